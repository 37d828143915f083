"""Segments and sets of keypoints, as cutting and laying need them.

Places are in pixels. Keypoints are [133, 3]: x, y, confidence (0 = missing).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .limbs import shoulder_span

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
