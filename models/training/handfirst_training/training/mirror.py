"""A sample seen in a mirror: twice the signers for nothing, left-handed ones among them."""

from __future__ import annotations

import numpy as np

# COCO-WholeBody: for each point the one that stands in its place in the mirror.
_BODY = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15, 20, 21, 22, 17, 18, 19]
_FACE_68 = [
    *range(16, -1, -1), *range(26, 16, -1), *range(27, 31), *range(35, 30, -1), 45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), *range(67, 64, -1),
]  # fmt: skip
OPPOSITE = np.array([*_BODY, *(23 + k for k in _FACE_68), *range(112, 133), *range(91, 112)])


def mirrored_points(keypoints: np.ndarray, depth: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Keypoints [133, 3] and depth [133] in a picture `width` wide, in its mirror."""
    moved = keypoints[OPPOSITE].copy()
    there = moved[:, 2] > 0
    moved[there, 0] = width - moved[there, 0]
    return moved, depth[OPPOSITE]
