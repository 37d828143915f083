"""Cutting a reference into parts: how far each of its pixels belongs to trunk, neck and head, along its own keypoints.

Places are in pixels: pixel (row i, column j) has its centre at (j + 0.5, i + 0.5). Keypoints are [133, 3]: x, y, confidence (0 = missing).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .limbs import ARMS, shoulder_span, width_at
from .pieces import drop_islands, drop_slivers
from .raster import signed_distance

FACE, FACE_END = 23, 91
JAW_FIRST, JAW_LAST = 26, 36
LEFT_HAND = 91
# How far the trunk reaches beyond its outline and how far that rises at the neck, in shoulder widths; below the hips
# in trunk lengths, where it is wider than the hips by TRUNK_FLARE.
TRUNK_GROW, TRUNK_BELOW, TRUNK_FLARE, NECK_RISE = 0.21, 0.6, 1.4, 0.24
# Half the neck's width where it meets the shoulders, in shoulder widths.
NECK_HALF = 0.14
# How far above the trunk's outline hair goes with the head, in shoulder widths.
HAIR_OFF = 0.13
# Where an arm begins to be cut out of the trunk: share of the upper arm from the shoulder.
CUT_FROM, CUT_BEYOND, CUT_BESIDE = 0.65, 0.015, 0.03
# Beside the trunk's outline a pixel is the arm's where the arm's bone is nearer than this many times the outline.
BESIDE = 1.6
# How far hair beside the neck goes with the head, below the chin, in heights of the face.
HAIR_BELOW = 0.9
# How far such hair reaches below the face itself, from each of its sides, in widths of the face.
HAIR_WITHIN = 0.14
# How far below the chin a trunk's neck ends, and how far beyond the neck's outline it is taken off, in shoulder widths.
THROAT, NECK_BESIDE = 0.05, 0.045
# Pieces of trunk and head that are thinner than twice this, in shoulder widths, are dropped: sleeves beside the trunk, the neck's edges
# below the ears.
TRUNK_SLIVER, HEAD_SLIVER = 0.02, 0.012
HIPS_APART, HIPS_BELOW = 0.31, 1.45


@njit(cache=True)
def segment(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> tuple[float, float]:
    """Distance of a point to a segment, and the share of the way along it, 0..1."""
    dx, dy = bx - ax, by - ay
    squared = dx * dx + dy * dy
    t = 0.0
    if squared > 0.0:
        t = min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / squared))
    ex, ey = px - ax - t * dx, py - ay - t * dy
    return np.sqrt(ex * ex + ey * ey), t


@njit(cache=True)
def clamp(value: float) -> float:
    return min(1.0, max(0.0, value))


@njit(cache=True)
def with_hips(keypoints: np.ndarray) -> np.ndarray:
    """Keypoints with hips below the shoulders where they are missing, upright, by mean proportions."""
    out = keypoints.copy()
    width = shoulder_span(out)
    x, y = (out[5, 0] + out[6, 0]) / 2, (out[5, 1] + out[6, 1]) / 2
    sign = 1.0 if out[5, 0] >= out[6, 0] else -1.0
    for side in range(2):
        if out[11 + side, 2] <= 0.0:
            out[11 + side, 0] = x + (1.0 - 2.0 * side) * sign * HIPS_APART * width
            out[11 + side, 1] = y + HIPS_BELOW * width
            out[11 + side, 2] = 1.0
    return out


@njit(cache=True)
def with_hips_of(keypoints: np.ndarray, reference: np.ndarray, scale: float) -> np.ndarray:
    """Keypoints with the reference's hips below their shoulders where they are missing; `scale`: output pixels a reference pixel."""
    out = keypoints.copy()
    for side in range(2):
        if out[11 + side, 2] <= 0.0:
            for axis in range(2):
                here = (out[5, axis] + out[6, axis]) / 2
                there = (reference[5, axis] + reference[6, axis]) / 2
                out[11 + side, axis] = here + scale * (reference[11 + side, axis] - there)
            out[11 + side, 2] = 1.0
    return out


@njit(cache=True)
def shared(first: np.ndarray, second: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """Those of `indices` that both sets of keypoints have."""
    keep = np.zeros(len(indices), np.bool_)
    for k in range(len(indices)):
        keep[k] = first[indices[k], 2] > 0.0 and second[indices[k], 2] > 0.0
    return indices[keep]


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
def hand_distance(keypoints: np.ndarray, start: int, x: float, y: float) -> float:
    """Distance to the fingers' lines of a hand in pixels; huge without a hand."""
    nearest = 1e18
    for finger in range(5):
        before = start
        for step in range(4):
            after = start + 1 + 4 * finger + step
            if keypoints[before, 2] > 0.0 and keypoints[after, 2] > 0.0:
                d, _ = segment(x, y, keypoints[before, 0], keypoints[before, 1], keypoints[after, 0], keypoints[after, 1])
                nearest = min(nearest, d)
            before = after
    return nearest


@njit(cache=True)
def arm_cut(keypoints: np.ndarray, ends: np.ndarray, outlines: np.ndarray, width: float, inside: float, x: float, y: float) -> float:
    """Share 0..1 of a pixel that belongs to a reference's arm or hand, and so not to its trunk or head. `inside`: signed distance to the
    trunk's outline."""
    beyond = (CUT_BEYOND + CUT_BESIDE * clamp(0.5 - inside / (0.03 * width))) * width
    most = 0.0
    for k in range(4):
        if outlines[k, 0, 0] <= 0.0:
            continue
        ax, ay, bx, by = ends[k, 0, 0], ends[k, 0, 1], ends[k, 1, 0], ends[k, 1, 1]
        start = CUT_FROM if k % 2 == 0 else 0.0
        d, t = segment(x, y, ax + start * (bx - ax), ay + start * (by - ay), bx, by)
        across = (y - ay) * (bx - ax) - (x - ax) * (by - ay)
        radius = width_at(outlines[k], start + t * (1.0 - start), across) + beyond
        most = max(most, clamp((radius - d) / (0.03 * width) + 0.5))
    for side in range(2):
        d = hand_distance(keypoints, LEFT_HAND + 21 * side, x, y)
        most = max(most, clamp((0.07 * width - d) / (0.03 * width) + 0.5))
    return most


@njit(cache=True)
def beside_trunk(keypoints: np.ndarray, width: float, inside: float, x: float, y: float) -> float:
    """Share 0..1 of a pixel beside the trunk (`inside`: signed distance to its outline) that is a wide sleeve's rather than the trunk's."""
    nearest = 1e18
    for k in range(4):
        a, b = keypoints[ARMS[k, 0]], keypoints[ARMS[k, 1]]
        if a[2] <= 0.0 or b[2] <= 0.0:
            continue
        start = CUT_FROM if k % 2 == 0 else 0.0
        d, _ = segment(x, y, a[0] + start * (b[0] - a[0]), a[1] + start * (b[1] - a[1]), b[0], b[1])
        nearest = min(nearest, d)
    return clamp((-BESIDE * inside - nearest) / (0.03 * width) + 0.5)


def part_covers(keypoints: np.ndarray, ends: np.ndarray, outlines: np.ndarray, person: np.ndarray) -> np.ndarray:
    """[3, H, W] how far each pixel of the reference belongs to trunk, neck and head, 0..1, before the person mask [H, W]."""
    out = overlapping_covers(keypoints, ends, outlines, *person.shape)
    frame, span = head_frame(keypoints), shoulder_span(keypoints)
    if frame[2] > 0.0:
        drop_slivers(out[2], person, HEAD_SLIVER * span)
        drop_islands(out[2], person)
        # What is the head's is not the trunk's, down to where hair lies on the shoulders and goes with the trunk.
        above = (upper_edge(frame, span) - (np.arange(len(person)) + 0.5)) / (0.04 * span)
        out[0] *= 1.0 - out[2] * np.clip(above, 0.0, 1.0)[:, None]
    drop_slivers(out[0], person, TRUNK_SLIVER * span)
    return out


@njit(cache=True)
def upper_edge(frame: np.ndarray, span: float) -> float:
    """How far down the head is nearer than the trunk."""
    return frame[5] + 0.04 * span


@njit(cache=True)
def overlapping_covers(keypoints: np.ndarray, ends: np.ndarray, outlines: np.ndarray, height: int, width: int) -> np.ndarray:
    """`part_covers` with the trunk going on behind the head."""
    out = np.zeros((3, height, width))
    span = shoulder_span(keypoints)
    outline = trunk_outline(keypoints)
    frame = head_frame(keypoints)
    # The ends of the jaw, and between the shoulders: the neck goes on behind the chin.
    neck = np.zeros((0, 2))
    ids = shared(keypoints, keypoints, np.arange(JAW_FIRST, JAW_LAST + 1))
    if len(ids) > 2:
        neck = np.zeros((4, 2))
        neck[0], neck[1] = keypoints[ids[0], :2], keypoints[ids[-1], :2]
        between, half = 0.5 * (keypoints[5, :2] + keypoints[6, :2]), NECK_HALF * (keypoints[6, :2] - keypoints[5, :2])
        neck[2], neck[3] = between - half, between + half
    upper, throat = upper_edge(frame, span), frame[5] + THROAT * span
    for i in range(height):
        for j in range(width):
            x, y = j + 0.5, i + 0.5
            inside = signed_distance(outline, x, y)
            within = signed_distance(neck, x, y) / span if len(neck) > 0 else -1e18
            cut = 1.0 - arm_cut(keypoints, ends, outlines, span, inside, x, y)
            into = (TRUNK_GROW * span + inside) / (0.04 * span)
            trunk, whole = cut * clamp(into + 0.5), clamp(into - 0.5)
            if inside < 0.0 and trunk > 0.0:
                own = 1.0 - beside_trunk(keypoints, span, inside, x, y)
                trunk *= own
                whole *= own
            head = head_cover(keypoints, frame, x, y) if frame[2] > 0.0 else 0.0
            # Hair that stands off the shoulders does not stay there when the head moves.
            off = head * clamp(0.5 - (HAIR_OFF * span + inside) / (0.04 * span))
            trunk *= 1.0 - off
            whole *= 1.0 - off
            # The neck's own part shows it: the trunk's would stand beside the chin once that has moved.
            out[0, i, j] = trunk * (1.0 - clamp((within + NECK_BESIDE) / 0.03) * clamp(0.5 + (throat - y) / (0.06 * span)))
            if frame[2] <= 0.0:
                continue
            out[1, i, j] = clamp(1.5 + within / 0.03)
            # Below its upper edge the head ends where the trunk is whole.
            above = (upper - y) / (0.04 * span)
            out[2, i, j] = cut * head * (1.0 - (1.0 - clamp(above + 1.0)) * whole)
    return out


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
