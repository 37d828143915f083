"""What lies around the neck: a shirt's collar or a hood thrown back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from . import labels
from .body import SignerBody
from .geometry import TOP, Piece
from .shell import unposed_heads

Floats = NDArray[np.float32]

COLUMNS = 56


def _neck_ring(body: SignerBody, heights: NDArray, angles: NDArray, middle: NDArray) -> NDArray[np.float64]:
    """[C] the neck's radius in each direction (0 = front) at each height, metres."""
    offset = body.vertices - middle
    radius = np.hypot(offset[:, 0], offset[:, 1])
    near = (radius < 0.14) & (np.abs(offset[:, 2]) < 0.12)
    offset, radius = offset[near], radius[near]
    around = np.arctan2(offset[:, 0], -offset[:, 1])
    turn = (around[None] - angles[:, None] + np.pi) % (2 * np.pi) - np.pi
    weights = np.exp(-((turn / 0.16) ** 2) - ((offset[None, :, 2] - heights[:, None]) / 0.010) ** 2) + 1e-12
    return (weights * radius).sum(axis=1) / weights.sum(axis=1)


def _sweep(body: SignerBody, rings: NDArray, open_front: bool) -> Piece:
    """A piece from [C, R, 3] places in columns around the neck; `open_front` leaves the gap between last and first column."""
    columns, rows = rings.shape[:2]
    number = np.arange(columns * rows).reshape(columns, rows)
    right = np.roll(number, -1, axis=0)
    if open_front:
        number, right = number[:-1], right[:-1]
    a, b, c, d = number[:, :-1], right[:, :-1], right[:, 1:], number[:, 1:]
    faces = np.concatenate([np.stack([a, b, d], axis=-1).reshape(-1, 3), np.stack([b, c, d], axis=-1).reshape(-1, 3)])
    places = rings.reshape(-1, 3).astype(np.float32)
    n = len(places)
    names = body.rest.names
    bones = np.tile(np.array([[names.index("spine01"), names.index("neck01")]], np.int32), (n, 1))
    weights = np.tile(np.array([[0.65, 0.35]], np.float32), (n, 1))
    uv = np.stack([np.repeat(np.arange(columns) * 0.01, rows), places[:, 2]], axis=1).astype(np.float32)
    detail = np.tile(np.array([[1.0, 0.1, 0.0]], np.float32), (n, 1))
    return Piece(faces.astype(np.int32), np.zeros(n, np.int32), places, bones, weights, uv, detail,
                 np.full(n, TOP, np.float32), np.full(n, labels.CLOTHES, np.float32))  # fmt: skip


def _around(middle: NDArray, angles: NDArray, radius: NDArray, height: NDArray) -> NDArray:
    x, y = np.sin(angles) * radius, -np.cos(angles) * radius
    return np.stack([x, y, height], axis=-1) + middle


def shirt_collar(body: SignerBody, spread: float, shirt: Floats, shirt_normals: Floats) -> Piece:
    """A folded collar, open at the throat, that lies on the shirt. spread: half of the opening, radians; shirt, shirt_normals:
    [N, 3] the unposed cloth."""
    neck = unposed_heads(body)["neck01"]
    middle = np.array([0.0, neck[1] - 0.02, neck[2] - 0.012])
    angles = np.linspace(spread, 2 * np.pi - spread, COLUMNS)
    front = (1 + np.cos(angles)) / 2
    level = -0.002 - 0.046 * front**1.5
    radius = _neck_ring(body, level + 0.012, angles, middle)
    tip = np.exp(-(((np.minimum(angles, 2 * np.pi - angles) - spread) / 0.35) ** 2))
    rows = [
        (radius + 0.004, level - 0.006),
        (radius + 0.006, level + 0.018),
        (radius + 0.009, level + 0.026),
        (radius + 0.014, level + 0.025),
        (radius + 0.023, level + 0.008),
        (radius + 0.034 + 0.008 * tip, level - 0.016 - 0.028 * tip),
    ]
    rings = np.stack([_around(middle, angles, r, h) for r, h in rows], axis=1)
    fallen = rings[:, 3:].reshape(-1, 3)
    _, near = cKDTree(shirt).query(fallen, k=4)
    height = np.einsum("pki,pki->pk", fallen[:, None] - shirt[near], shirt_normals[near]).mean(axis=1)
    rings[:, 3:] += (shirt_normals[near].mean(axis=1) * np.maximum(0.007 - height, 0)[:, None]).reshape(COLUMNS, -1, 3)
    return _sweep(body, rings, True)


def hood(body: SignerBody, size: float) -> Piece:
    """A hood that lies on the back: a roll around the neck, thick behind. size: metres."""
    neck = unposed_heads(body)["neck01"]
    middle = np.array([0.0, neck[1] - 0.012, neck[2] - 0.012])
    angles = np.linspace(0, 2 * np.pi, COLUMNS, endpoint=False)
    behind = (1 - np.cos(angles)) / 2
    level = -0.050 + 0.080 * behind
    radius = _neck_ring(body, level + 0.02, angles, middle)
    thick = size * (0.5 + 0.8 * behind**0.8)
    turn = np.linspace(0, 2 * np.pi, 11)
    rings = [
        _around(
            middle,
            angles,
            radius + 0.012 + thick * (1 + np.cos(t)),
            level + 0.008 + thick * 0.85 * np.sin(t) - 0.35 * thick * behind * (1 + np.cos(t)),
        )
        for t in turn
    ]
    return _sweep(body, np.stack(rings, axis=1), False)
