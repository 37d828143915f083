"""The key light's view of a signer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LOWEST = -0.15
"""Metres: what hangs lower (legs) need not be in the map."""
MARGIN, DEPTH = 0.06, 1.0


def light_camera(direction: NDArray[np.float32], places: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """[4, 4] orthographic view along -`direction` around the upper body's places [N, 3], and the metres that its map is wide."""
    ahead = -direction
    right = np.cross(ahead, [0.0, 0.01, 1.0])
    right /= np.linalg.norm(right)
    down = np.cross(ahead, right)
    seen = places[places[:, 2] > LOWEST] @ np.stack([right, down, ahead]).T
    low, high = seen.min(axis=0), seen.max(axis=0)
    span = float(max(high[0] - low[0], high[1] - low[1]) + MARGIN)
    middle, deep = (low + high) / 2, float(high[2] - low[2] + DEPTH)
    out = np.eye(4)
    for row, (axis, length) in enumerate(((right, span), (down, span), (ahead, deep))):
        out[row, :3], out[row, 3] = axis * 2 / length, -middle[row] * 2 / length
    return out.astype(np.float32), span
