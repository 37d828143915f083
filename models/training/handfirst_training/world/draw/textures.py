"""Maps that a formula draws: noise, pores and weave."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

SIDE = 256
Bytes = NDArray[np.uint8]


def _bytes(values: NDArray) -> Bytes:
    return (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)


def _slopes(height: NDArray, strength: float) -> tuple[NDArray, NDArray]:
    """How a height that repeats rises to the right and down, 0.5 = level."""
    right = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) / 2
    down = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) / 2
    return 0.5 + strength * right, 0.5 + strength * down


def _clouds(rng: np.random.Generator, cells: int) -> NDArray:
    """[256, 256] smooth noise that repeats, its cells SIDE / cells texels wide."""
    return ndimage.zoom(np.pad(rng.random((cells, cells)), ((0, 4), (0, 4)), "wrap"), SIDE / cells, order=3, mode="grid-wrap")[:SIDE, :SIDE]


@cache
def noise() -> Bytes:
    """[256, 256, 4] value, slope right, slope down, 255."""
    rng = np.random.default_rng(5)
    value = _clouds(rng, 64) + 0.5 * _clouds(rng, 128)
    value = (value - value.min()) / (value.max() - value.min())
    return _bytes(np.stack([value, *_slopes(value, 3.0), np.ones_like(value)], axis=-1))


def _as_normals(height: NDArray, strength: float) -> Bytes:
    right, down = _slopes(height, strength)
    x, y = 1 - 2 * right, 1 - 2 * down
    z = np.sqrt(np.clip(1 - x * x - y * y, 0.1, 1))
    return _bytes(np.stack([0.5 + 0.5 * x, 0.5 + 0.5 * y, 0.5 + 0.5 * z], axis=-1))


@cache
def pores() -> Bytes:
    """[256, 256, 3] normals of skin: small plates with furrows between them (distance to the two nearest of scattered points)."""
    rng = np.random.default_rng(7)
    points = rng.random((420, 2)) * SIDE
    tiles = np.concatenate([points + np.array([dx, dy]) * SIDE for dx in (-1, 0, 1) for dy in (-1, 0, 1)])
    grid = np.stack(np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5), axis=-1)
    away, _ = cKDTree(tiles).query(grid.reshape(-1, 2), k=2)
    furrow = (away[:, 1] - away[:, 0]).reshape(SIDE, SIDE)
    height = np.clip(furrow / 5.0, 0, 1) ** 0.6 + 0.35 * _clouds(rng, 128)
    return _as_normals(ndimage.gaussian_filter(height, 0.8, mode="wrap"), 0.55)


@cache
def weave() -> Bytes:
    """[256, 256, 3] normals of plain woven cloth: 16 x 16 threads, each over one and under the next, of slightly uneven width."""
    rng = np.random.default_rng(9)
    threads = 16
    line = np.arange(SIDE) / SIDE * threads
    wobble = 0.18 * (_clouds(rng, 32) - 0.5)
    across, along = line[None, :] + wobble, line[:, None] + wobble.T
    over = np.cos(np.pi * np.floor(across)) * np.cos(np.pi * np.floor(along))
    warp = np.sin(np.pi * (across % 1)) * (0.75 + 0.25 * np.where(over > 0, 1, -1) * np.sin(np.pi * (along % 1)))
    weft = np.sin(np.pi * (along % 1)) * (0.75 - 0.25 * np.where(over > 0, 1, -1) * np.sin(np.pi * (across % 1)))
    height = np.maximum(warp, weft) + 0.15 * _clouds(rng, 128)
    return _as_normals(ndimage.gaussian_filter(height, 0.7, mode="wrap"), 0.9)


def level() -> Bytes:
    """[2, 2, 3] normals of a surface without relief."""
    return np.tile(np.array([128, 128, 255], np.uint8), (2, 2, 1))
