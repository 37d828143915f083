"""Outlines of a reference's trunk and head, along its own keypoints.

Places are in pixels: pixel (row i, column j) has its centre at (j + 0.5, i + 0.5). Keypoints are [133, 3]: x, y, confidence (0 = missing).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .geometry import clamp

FACE, FACE_END = 23, 91
# Below the hips the trunk reaches so far, in trunk lengths, and is wider than the hips by TRUNK_FLARE; how far it rises at the neck, in
# shoulder widths.
TRUNK_BELOW, TRUNK_FLARE, NECK_RISE = 0.6, 1.4, 0.24
# How far hair beside the neck goes with the head, below the chin, in heights of the face.
HAIR_BELOW = 0.9
# How far such hair reaches below the face itself, from each of its sides, in widths of the face.
HAIR_WITHIN = 0.14


@njit(cache=True)
def trunk_outline(keypoints: np.ndarray) -> np.ndarray:
    """[6, 2] left shoulder, the neck's left and right, right shoulder, and below the hips."""
    out = np.zeros((6, 2))
    middle = (keypoints[5, :2] + keypoints[6, :2]) / 2
    span = np.sqrt(((keypoints[5, :2] - keypoints[6, :2]) ** 2).sum())
    up = np.array([0.0, -1.0])
    if keypoints[0, 2] > 0.0:
        up = keypoints[0, :2] - middle
        up /= np.sqrt((up**2).sum()) + 1e-6
    for side in range(2):
        shoulder, hip = keypoints[5 + side, :2], keypoints[11 + side, :2]
        out[3 * side] = shoulder
        out[1 + side] = middle + 0.3 * (shoulder - middle) + NECK_RISE * span * up
        out[5 - side] = hip + TRUNK_BELOW * (hip - shoulder)
    low = (out[4] + out[5]) / 2
    for k in (4, 5):
        out[k] = low + TRUNK_FLARE * (out[k] - low)
    return out


@njit(cache=True)
def head_frame(keypoints: np.ndarray) -> np.ndarray:
    """Middle x, y of the face points that are there, height, left and right end, lowest point; height 0 without a face."""
    low, high = np.full(2, 1e18), np.full(2, -1e18)
    x = y = 0.0
    n = 0
    for k in range(FACE, FACE_END):
        if keypoints[k, 2] > 0.0:
            x += keypoints[k, 0]
            y += keypoints[k, 1]
            n += 1
            for a in range(2):
                low[a] = min(low[a], keypoints[k, a])
                high[a] = max(high[a], keypoints[k, a])
    if n < 8:
        return np.zeros(6)
    return np.array([x / n, y / n, high[1] - low[1], low[0], high[0], high[1]])


@njit(cache=True)
def jaw_line(keypoints: np.ndarray, x: float, lowest: float) -> float:
    """y of the jaw at x, by straight lines through its points; `lowest` where the jaw does not reach."""
    y = -1e18
    for k in range(FACE, FACE + 16):
        a, b = keypoints[k], keypoints[k + 1]
        if a[2] <= 0.0 or b[2] <= 0.0:
            continue
        left, right = min(a[0], b[0]), max(a[0], b[0])
        if left <= x <= right and right > left:
            t = (x - a[0]) / (b[0] - a[0])
            y = max(y, a[1] + t * (b[1] - a[1]))
    return y if y > -1e17 else lowest


@njit(cache=True)
def head_cover(keypoints: np.ndarray, frame: np.ndarray, x: float, y: float) -> float:
    """Skull, hair and face above the jaw, and hair beside the neck: neck and collar are not the head's."""
    size = 1.35 * frame[2]
    ex, ey = (x - frame[0]) / (0.95 * size), (y - frame[1] + 0.25 * size) / (1.15 * size)
    # Narrower below the chin, where the shoulders begin.
    down, wide = min(ey, 0.0), ex * (1.0 + 0.6 * clamp((y - frame[5]) / (0.15 * size)))
    hair = clamp((1.25 - np.sqrt(wide * wide + down * down)) / 0.25) * clamp((frame[5] + HAIR_BELOW * frame[2] - y) / (0.12 * size))
    if not frame[3] < x < frame[4]:
        return hair
    round_head = clamp((1.25 - np.sqrt(ex * ex + ey * ey)) / 0.25)
    face = round_head * clamp((jaw_line(keypoints, x, frame[5]) + 0.04 * size - y) / (0.06 * size))
    # Below the jaw's ends, at the face's sides, there is hair too: the neck is narrower.
    side = min(x - frame[3], frame[4] - x) / (frame[4] - frame[3])
    return max(face, hair * clamp((HAIR_WITHIN - side) / 0.05))
