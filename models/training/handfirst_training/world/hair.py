"""Hair of several kinds: a grid of strands around the head, raised over the scalp and, for long kinds, hanging from its widest place.

Columns go around the head (angle 0 = front, growing to the signer's left), rows from the crown down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from . import labels
from .body import SignerBody
from .geometry import HAIR, Piece
from .scalp import COLUMNS, EYES, MIDDLE, scalp

Floats = NDArray[np.float32]

SCALP_ROWS, DROP_ROWS = 18, 14


@dataclass(frozen=True)
class Style:
    """volume: metres over the crown; length: metres below the eyes that hair hangs (0: it does not); fringe: hair over the brow;
    bumps: metres of curls; bun: radius in metres; parting: metres from the middle; wave: metres; seed: of its irregularities."""

    kind: str
    volume: float
    length: float = 0.0
    fringe: bool = False
    bumps: float = 0.0
    bun: float = 0.0
    parting: float = 0.0
    wave: float = 0.0
    seed: int = 0


def _wobble(rng: np.random.Generator, angles: NDArray, rows: int, waves: int) -> NDArray[np.float64]:
    """[C, rows] smooth irregularity of about -1..1 that closes around the head."""
    out = np.zeros((len(angles), rows))
    down = np.linspace(0, 1, rows)
    for _ in range(waves):
        across, along, shift, lean = rng.integers(2, 16), rng.uniform(0.5, 6), rng.uniform(0, 6.28), rng.uniform(0, 6.28)
        out += np.sin(across * angles[:, None] + shift + along * down[None] + lean) / np.sqrt(waves)
    return out


def _smooth_step(a: float, b: float, x: NDArray) -> NDArray:
    t = np.clip((x - a) / (b - a), 0, 1)
    return t * t * (3 - 2 * t)


def make_hair(body: SignerBody, style: Style, cover: Floats, cover_normals: Floats) -> list[Piece]:
    """The pieces of a hairstyle. cover, cover_normals: [N, 3] unposed cloth or skin that long hair must stay outside of."""
    angles, line, matrix, used = scalp()
    rng = np.random.default_rng(style.seed)
    model = body.model
    shift = body.vertices[used].mean(axis=0) - model.template[used].mean(axis=0)
    middle = MIDDLE + shift
    radius = (matrix @ np.linalg.norm(body.vertices[used] - middle, axis=1)).reshape(COLUMNS, 91)
    degrees = np.degrees(np.minimum(angles, 2 * np.pi - angles))
    down = np.linspace(0, 1, SCALP_ROWS)
    polar = line[:, None] * down[None]
    steps = polar / np.pi * 90
    low = np.minimum(steps.astype(int), 89)
    column = np.arange(COLUMNS)[:, None]
    skull = radius[column, low] * (1 - (steps - low)) + radius[column, low + 1] * (steps - low)
    rise = _rise(style, rng, angles, degrees, down)
    reach = skull + rise
    across = np.sin(polar) * reach
    x = np.sin(angles)[:, None] * across + middle[0]
    y = -np.cos(angles)[:, None] * across + middle[1]
    z = np.cos(polar) * reach + middle[2]
    if style.parting or style.kind in ("long", "bob"):
        groove = np.exp(-(((x - style.parting) / 0.006) ** 2)) * (y < middle[1] + 0.03)
        z -= 0.006 * groove
    if style.length or style.fringe:
        x, y, z = _hang(style, rng, angles, degrees, middle, np.stack([x, y, z]))
    places = np.stack([x, y, z], axis=-1)
    shape = places.shape[:2]
    places = places.reshape(-1, 3)
    if style.length:
        places = _keep_outside(places, cover, cover_normals)
        places = _settle(places.reshape(*shape, 3)).reshape(-1, 3)
    pieces = [_strands(body, places, shape, angles, middle, closed_top=True)]
    if style.bun:
        pieces.append(_bun(body, style, rng, middle, radius[COLUMNS // 2]))
    return pieces


def _rise(style: Style, rng: np.random.Generator, angles: NDArray, degrees: NDArray, down: NDArray) -> NDArray:
    """[C, rows] metres over the scalp: full on top, thin at the hairline."""
    thin = 1 - _smooth_step(0.72, 1.0, down)
    sides = 1 - (0.45 if style.kind == "short" else 0.1) * _smooth_step(0.45, 0.9, down)[None] * _smooth_step(50, 80, degrees)[:, None]
    rise = 0.002 + style.volume * thin[None] ** 0.7 * sides
    rise = rise * (1 + 0.14 * _wobble(rng, angles, len(down), 8))
    if style.kind == "short":
        rise += style.volume * 0.5 * _smooth_step(45, 10, degrees)[:, None] * np.exp(-(((down - 0.86) / 0.13) ** 2))[None]
    if style.bumps:
        small = sum(
            np.sin(k * angles[:, None] + rng.uniform(0, 6.28)) * np.sin(m * down[None] * 6.28 + rng.uniform(0, 6.28))
            for k, m in ((17, 3), (23, 4), (29, 5), (13, 6))
        )
        rise += style.bumps * small / 2 * np.clip(down * 4, 0, 1)[None] * (0.35 + 0.65 * thin[None])
        rise += style.volume * 0.45 * (thin[None] ** 0.3)
    return rise


def _hang(style: Style, rng: np.random.Generator, angles: NDArray, degrees: NDArray, middle: NDArray, raised: NDArray) -> NDArray:
    """[3, C, scalp + drop rows]: strands that follow the scalp to its widest place and fall from there."""
    x, y, z = raised
    out_x, out_y = x - middle[0], y - middle[1]
    wide = np.hypot(out_x, out_y)
    rows = SCALP_ROWS + DROP_ROWS
    curtain = _smooth_step(52, 68, degrees) if style.length else np.zeros(COLUMNS)
    fringe = _smooth_step(60, 44, degrees) if style.fringe else np.zeros(COLUMNS)
    result = np.empty((3, COLUMNS, rows))
    eyes = middle[2] - MIDDLE[2] + EYES
    irregular = _wobble(rng, angles, 1, 9)[:, 0]
    side = np.where(angles < np.pi, 1.0, -1.0)
    forward = side * np.radians(24) * _smooth_step(124, 104, degrees) * _smooth_step(56, 80, degrees)
    for c in range(COLUMNS):
        widest = int(np.argmax(wide[c])) if curtain[c] > 0 else SCALP_ROWS - 1
        widest = max(widest, 6)
        end = z[c, -1]
        if curtain[c] > 0:
            goal = eyes - style.length * (1 + 0.04 * irregular[c]) - 0.01
            end = end + (goal - end) * curtain[c]
        if fringe[c] > 0:
            end = end + (eyes + 0.034 + 0.004 * irregular[c] - end) * fringe[c]
        stop = round(widest * curtain[c] + (SCALP_ROWS - 1) * (1 - curtain[c]))
        t = np.linspace(0, stop, SCALP_ROWS)
        head = [np.interp(t, np.arange(SCALP_ROWS), raised[k, c]) for k in range(3)]
        start = np.array([h[-1] for h in head])
        fall = np.linspace(0, 1, DROP_ROWS + 1)[1:]
        heights = start[2] + (end - start[2]) * fall
        drop = start[2] - heights
        spread = 1 - 0.10 * np.clip(drop / 0.25, 0, 1) * curtain[c] + (0.05 * fringe[c] * np.sin(fall * 3.1))
        spread = spread + style.wave * np.sin(drop * 42 + 3 * irregular[c]) * curtain[c] / 0.1
        tuck = 0.10 * _smooth_step(0.85, 1.0, fall) * curtain[c] if style.kind == "bob" else 0.0
        flat = spread - tuck
        turn = forward[c] * _smooth_step(0.08, 0.22, drop)
        cos, sin = np.cos(turn), np.sin(turn)
        out = start[:2] - middle[:2]
        result[0, c] = np.concatenate([head[0], middle[0] + (out[0] * cos + out[1] * sin) * flat])
        result[1, c] = np.concatenate([head[1], middle[1] + (out[1] * cos - out[0] * sin) * flat])
        result[2, c] = np.concatenate([head[2], heights])
    return result


def _keep_outside(places: NDArray, cover: Floats, cover_normals: Floats) -> NDArray:
    """Push points that lie in or just over the body outwards, to 12 mm."""
    far, near = cKDTree(cover).query(places, k=3)
    weights = 1 / (far + 0.004)
    weights /= weights.sum(axis=1, keepdims=True)
    normal = (cover_normals[near] * weights[..., None]).sum(axis=1)
    base = (cover[near] * weights[..., None]).sum(axis=1)
    inside = ((places - base) * normal).sum(axis=1)
    push = np.where((inside < 0.012) & (far[:, 0] < 0.12), 0.012 - inside, 0)
    return places + normal * push[:, None]


def _settle(grid: NDArray) -> NDArray:
    """Even out the hanging rows of a grid [C, R, 3] after it was pushed about."""
    for _ in range(3):
        sides = (np.roll(grid, 1, axis=0) + np.roll(grid, -1, axis=0)) / 2
        inner = grid.copy()
        inner[:, SCALP_ROWS:-1] = 0.4 * grid[:, SCALP_ROWS:-1] + 0.3 * (grid[:, SCALP_ROWS - 1 : -2] + grid[:, SCALP_ROWS + 1 :])
        inner[:, SCALP_ROWS + 2 :] = 0.75 * inner[:, SCALP_ROWS + 2 :] + 0.25 * sides[:, SCALP_ROWS + 2 :]
        grid = inner
    return grid


def _strands(body: SignerBody, places: NDArray, shape: tuple[int, int], angles: NDArray, middle: NDArray, closed_top: bool) -> Piece:
    columns, rows = shape
    number = np.arange(columns * rows).reshape(columns, rows)
    right = np.roll(number, -1, axis=0)
    a, b, c, d = number[:, :-1], right[:, :-1], right[:, 1:], number[:, 1:]
    faces = np.concatenate([np.stack([a, d, b], axis=-1).reshape(-1, 3), np.stack([b, d, c], axis=-1).reshape(-1, 3)]).astype(np.int32)
    grid = places.reshape(columns, rows, 3)
    along = np.concatenate([np.zeros((columns, 1)), np.cumsum(np.linalg.norm(np.diff(grid, axis=1), axis=2), axis=1)], axis=1)
    mirrored = np.minimum(angles, 2 * np.pi - angles)
    detail = np.stack([np.ones(places.shape[0]), np.repeat(mirrored * 0.35, rows), along.ravel()], axis=1).astype(np.float32)
    n = len(places)
    bones, weights = _bones(body, places, middle)
    curls = (places[:, :2] + places[:, 2:] * [0.67, 0.83]).astype(np.float32)
    return Piece(faces, np.zeros(n, np.int32), places.astype(np.float32), bones, weights, curls, detail,
                 np.full(n, HAIR, np.float32), np.full(n, labels.HAIR, np.float32))  # fmt: skip


def _bones(body: SignerBody, places: NDArray, middle: NDArray) -> tuple[NDArray[np.int32], Floats]:
    """Strands follow the head, and further down more and more the chest."""
    names = body.rest.names
    chest = _smooth_step(0.10, 0.26, middle[2] - places[:, 2])
    bones = np.tile(np.array([[names.index("head"), names.index("spine01")]], np.int32), (len(places), 1))
    weights = np.stack([1 - chest, chest], axis=1).astype(np.float32)
    swap = chest > 0.5
    bones[swap], weights[swap] = bones[swap][:, ::-1], weights[swap][:, ::-1]
    return bones, weights


def _bun(body: SignerBody, style: Style, rng: np.random.Generator, middle: NDArray, profile: NDArray) -> Piece:
    """A knot on the crown or the back of the head. profile: [91] the skull's radius down its back."""
    tilt = rng.uniform(0.15, 0.9)
    away = np.array([0.0, np.sin(tilt), np.cos(tilt)])
    skull = float(np.interp(tilt / np.pi * 90, np.arange(91), profile))
    centre = middle + away * (skull + style.volume + style.bun * 0.55)
    columns, rows = 24, 13
    angles = 2 * np.pi * np.arange(columns) / columns
    polar = np.linspace(0.0, np.pi, rows)
    turn = np.stack(
        [np.sin(angles)[:, None] * np.sin(polar), -np.cos(angles)[:, None] * np.sin(polar), np.tile(np.cos(polar), (columns, 1))], axis=-1
    )
    size = style.bun * (1 + 0.07 * _wobble(rng, angles, rows, 6))
    places = (centre + turn * size[..., None] * np.array([1.1, 1.0, 0.9])).reshape(-1, 3)
    piece = _strands(body, places, (columns, rows), angles, middle, closed_top=True)
    piece.detail[:, 1] *= 0.4
    piece.closed = True
    return piece
