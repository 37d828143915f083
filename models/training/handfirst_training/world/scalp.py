"""The skull as seen from its middle: how far it is in every direction, and where the hairline runs."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from .body import body_model

COLUMNS = 72
MIDDLE = np.array([0.0, -0.050, 0.748])
EYES = 0.7284

# degrees from the front, metres above the eyes on the template
HAIRLINE = np.array(
    [[0, 0.070], [30, 0.066], [50, 0.052], [62, 0.026], [72, 0.004], [82, -0.016], [90, -0.002], [104, 0.004], [120, -0.03],
     [150, -0.072], [180, -0.080]]
)  # fmt: skip


@cache
def scalp() -> tuple[NDArray, NDArray, sparse.csr_matrix, NDArray[np.int64]]:
    """Angles [C], polar angles of the hairline [C], and weights that give the skull's radius on a fine grid (91 polar steps a
    column, 0 to pi) from head vertices' radii."""
    model = body_model()
    t = model.template
    head = model.part_vertices("head")
    offset = t[head] - MIDDLE
    ear = (np.abs(t[head][:, 0]) > 0.069) & (t[head][:, 2] < 0.760) & (t[head][:, 1] > -0.092) & (t[head][:, 1] < -0.010)
    inner = np.linalg.norm(offset, axis=1) < 0.062
    used = head[~ear & ~inner]
    offset = t[used] - MIDDLE
    directions = offset / np.linalg.norm(offset, axis=1, keepdims=True)
    angles = 2 * np.pi * np.arange(COLUMNS) / COLUMNS
    polar = np.linspace(0, np.pi, 91)
    a, p = np.meshgrid(angles, polar, indexing="ij")
    grid = np.stack([np.sin(a) * np.sin(p), -np.cos(a) * np.sin(p), np.cos(p)], axis=-1).reshape(-1, 3)
    far, near = cKDTree(directions).query(grid, k=6)
    weights = 1 / (far + 0.01) ** 2
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(len(grid)), 6)
    matrix = sparse.csr_matrix((weights.ravel(), (rows, near.ravel())), shape=(len(grid), len(used)))
    radius = (matrix @ np.linalg.norm(offset, axis=1)).reshape(COLUMNS, 91)
    degrees = np.degrees(np.minimum(angles, 2 * np.pi - angles))
    want = np.interp(degrees, HAIRLINE[:, 0], HAIRLINE[:, 1]) + EYES - MIDDLE[2]
    height = radius * np.cos(polar)
    line = np.array([np.interp(-w, -h[: np.argmin(h)], polar[: np.argmin(h)]) for h, w in zip(height, want, strict=True)])
    return angles, line, matrix, used
