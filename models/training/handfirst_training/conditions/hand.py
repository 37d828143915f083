"""Conditions of the hand stage: a heatmap a finger (paper, III-B) and what goes beyond it."""

from __future__ import annotations

import numpy as np
from numba import njit

from .raster import capsule, gaussian, surface_capsule, surface_polygon

LEFT_HAND, RIGHT_HAND, HAND_POINTS = 91, 112, 21
PALM = np.array([0, 1, 5, 9, 13, 17])


@njit(cache=True)
def span(points: np.ndarray, a: int, b: int) -> float:
    """Distance between two points, 0 where one is missing (confidence 0)."""
    if points[a, 2] <= 0.0 or points[b, 2] <= 0.0:
        return 0.0
    return np.sqrt((points[a, 0] - points[b, 0]) ** 2 + (points[a, 1] - points[b, 1]) ** 2)


@njit(cache=True)
def hand_length(points: np.ndarray) -> float:
    """Length that scales strokes, robust to foreshortening: the longest of palm, 1.5 x knuckles and fingers. [21, 3] -> pixels."""
    longest = 1.5 * span(points, 5, 17)
    for knuckle in (5, 9, 13, 17):
        longest = max(longest, span(points, 0, knuckle))
    for base in (1, 5, 9, 13, 17):
        longest = max(longest, span(points, base, base + 1) + span(points, base + 1, base + 2) + span(points, base + 2, base + 3))
    return longest


@njit(cache=True)
def finger_heatmaps(out: np.ndarray, keypoints: np.ndarray, sigma: float, min_pixels: float) -> None:
    """[10, S, S]: left thumb to little finger, then right; wrist to tip."""
    for side in range(2):
        points = keypoints[LEFT_HAND + 21 * side : LEFT_HAND + 21 * side + 21]
        spread = max(sigma * hand_length(points), min_pixels)
        for finger in range(5):
            before = 0
            for step in range(4):
                after = 1 + 4 * finger + step
                if points[before, 2] > 0.0 and points[after, 2] > 0.0:
                    gaussian(out[5 * side + finger], points[before, 0], points[before, 1], points[after, 0], points[after, 1], spread)
                before = after


@njit(cache=True)
def relative_depth(depth: np.ndarray, index: int, length: float) -> float:
    """Nearness of a hand's point in hand lengths, -1.5..1.5, 0 where unknown."""
    z = depth[index]
    if np.isnan(z):
        return 0.0
    return min(1.5, max(-1.5, -z / length))


@njit(cache=True)
def one_hand_surface(out: np.ndarray, points: np.ndarray, depth: np.ndarray, sign: float) -> None:
    """Capsules and palm of one hand over what is there, farthest first; without depth palm, then little finger to thumb."""
    length = hand_length(points)
    if length <= 0.0:
        return
    known = not np.isnan(depth).any() and (points[:, 2] > 0.0).all()
    segments = np.zeros((16, 11))
    keys = np.full(16, 1e18)
    count = 1
    palm_depth, palm_points = 0.0, 0
    for k in PALM:
        if points[k, 2] > 0.0:
            palm_depth += relative_depth(depth, k, length)
            palm_points += 1
    if palm_points > 2:
        palm_depth /= palm_points
        keys[0] = palm_depth if known else -100.0
    for finger in range(4, -1, -1):
        wide, narrow = (0.115, 0.09) if finger == 0 else (0.095, 0.075)
        for step in range(3):
            a = 1 + 4 * finger + step
            b = a + 1
            if points[a, 2] <= 0.0 or points[b, 2] <= 0.0:
                continue
            near_a, near_b = relative_depth(depth, a, length), relative_depth(depth, b, length)
            s = segments[count]
            s[0], s[1], s[2] = points[a, 0], points[a, 1], length * (wide + (narrow - wide) * step / 3.0)
            s[3], s[4], s[5] = points[b, 0], points[b, 1], length * (wide + (narrow - wide) * (step + 1) / 3.0)
            s[6], s[7], s[8] = sign * (finger + 1) / 6.0, step / 3.0, (step + 1) / 3.0
            s[9], s[10] = near_a, near_b
            keys[count] = 0.5 * (near_a + near_b) if known else float(count)
            count += 1
    order = np.argsort(keys[:count], kind="mergesort")
    for k in order:
        if k > 0:
            surface_capsule(out, segments[k])
        elif palm_points > 2:
            outline = np.zeros((palm_points, 2))
            n = 0
            for p in PALM:
                if points[p, 2] > 0.0:
                    outline[n, 0], outline[n, 1] = points[p, 0], points[p, 1]
                    n += 1
            surface_polygon(out, outline, 0.06 * length, sign, palm_depth)


@njit(cache=True)
def hand_surface(out: np.ndarray, keypoints: np.ndarray, depth: np.ndarray) -> None:
    """[5, S, S]: coverage; finger (thumb 1/6 .. little 5/6, palm 1; right hand negative); place along the finger 0..1;
    relief (1 on the axis, 0 at the edge); nearness in hand lengths. The hand whose body wrist is nearer is drawn last."""
    left_last = keypoints[9, 2] > 0.0 and keypoints[10, 2] > 0.0 and depth[9] < depth[10]
    for turn in range(2):
        side = (1 - turn) if left_last else turn
        start = LEFT_HAND + 21 * side
        one_hand_surface(out, keypoints[start : start + 21], depth[start : start + 21], 1.0 if side == 0 else -1.0)


@njit(cache=True)
def forearms(out: np.ndarray, keypoints: np.ndarray) -> None:
    """[S, S]: elbow to wrist, as wide as a forearm for the hand's length (a tenth of its own length without a hand)."""
    for side in range(2):
        elbow, wrist, start = 7 + side, 9 + side, LEFT_HAND + 21 * side
        points = keypoints[start : start + 21]
        if keypoints[elbow, 2] <= 0.0:
            continue
        x, y = keypoints[wrist, 0], keypoints[wrist, 1]
        if points[0, 2] > 0.0:
            x, y = points[0, 0], points[0, 1]
        elif keypoints[wrist, 2] <= 0.0:
            continue
        length = hand_length(points)
        if length <= 0.0:
            length = 0.35 * np.sqrt((x - keypoints[elbow, 0]) ** 2 + (y - keypoints[elbow, 1]) ** 2)
        capsule(out, keypoints[elbow, 0], keypoints[elbow, 1], 0.42 * length, x, y, 0.28 * length, 1.0)
