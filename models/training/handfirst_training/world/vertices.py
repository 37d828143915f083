"""What is done to every vertex of a mesh: shapes added, skinning, normals. Compiled, as meshes have tens of thousands."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@numba.njit(cache=True, fastmath=True)
def add_shapes(out, shapes, coefficients):
    """Add to out [V, 3] the shapes [K, V, 3] by their coefficients [K], in place."""
    for k in range(shapes.shape[0]):
        c = coefficients[k]
        if c > 1e-6:
            for v in range(out.shape[0]):
                for i in range(3):
                    out[v, i] += c * shapes[k, v, i]


@numba.njit(cache=True, fastmath=True)
def _skin(rest, bones, weights, moves, out):
    for v in range(rest.shape[0]):
        x, y, z = rest[v, 0], rest[v, 1], rest[v, 2]
        ox = oy = oz = np.float32(0)
        for k in range(bones.shape[1]):
            w = weights[v, k]
            if w <= 0:
                break
            m = moves[bones[v, k]]
            ox += w * (m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3])
            oy += w * (m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3])
            oz += w * (m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3])
        out[v, 0], out[v, 1], out[v, 2] = ox, oy, oz


@numba.njit(cache=True, fastmath=True)
def _normals(vertices, faces, out):
    out[:] = 0
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = (vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2])
        wx, wy, wz = (vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2])
        nx, ny, nz = uy * wz - uz * wy, uz * wx - ux * wz, ux * wy - uy * wx
        for k in (a, b, c):
            out[k, 0] += nx
            out[k, 1] += ny
            out[k, 2] += nz
    for v in range(out.shape[0]):
        length = np.sqrt(out[v, 0] ** 2 + out[v, 1] ** 2 + out[v, 2] ** 2) + np.float32(1e-20)
        out[v, 0] /= length
        out[v, 1] /= length
        out[v, 2] /= length


def skin(rest: Floats, bones: NDArray[np.int32], weights: Floats, moves: Floats) -> Floats:
    """Linear blend skinning: rest [V, 3], bones and weights [V, k] in falling order, moves [B, 3, 4] -> [V, 3]."""
    out = np.empty_like(rest)
    _skin(rest, bones, weights, moves, out)
    return out


def normals(vertices: Floats, faces: NDArray[np.int32]) -> Floats:
    """[V, 3] unit normals, faces weighted by their area."""
    out = np.empty_like(vertices)
    _normals(vertices, faces, out)
    return out
