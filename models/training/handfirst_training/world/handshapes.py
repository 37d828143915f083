"""The letters and digits of the ASL manual alphabet, and hands in general."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .hands import COUNT, FINGERS, LOWER, UPPER, clamp
from .rotations import unit

Array = NDArray[np.float64]

RELAXED = np.array([48.0, 38.0, 0.0, 15.0, 15.0, 3, 22, 32, 18, 0, 28, 36, 20, -4, 32, 40, 22, -8, 34, 42, 22])
"""A hand that nobody holds: every finger a little bent, the little finger most."""

FLAT = np.array([40.0, 20.0, 0.0, 5.0, 5.0, 3, 2, 4, 2, 0, 2, 4, 2, -2, 2, 4, 2, -4, 3, 5, 3])
FIST = np.array([35.0, 50.0, 0.0, 40.0, 35.0] + [0, 85, 100, 60] * 4)
SPREAD = np.array([65.0, 20.0, 0.0, 3.0, 3.0, 14, 0, 3, 2, 2, 0, 3, 2, -9, 0, 3, 2, -18, 0, 3, 2])
CLAW = np.array([60.0, 40.0, 0.0, 25.0, 35.0, 12, 5, 65, 40, 2, 5, 65, 40, -8, 5, 65, 40, -16, 5, 65, 40])


def mirror(side: str) -> Array:
    """What turns a direction for the right hand into one for a hand, "L" or "R"."""
    return np.array([-1.0 if side == "L" else 1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Stop:
    """A point on the path of a letter that moves: seconds from its start, metres moved, directions as in `HandShape`."""

    at: float
    move: Array
    fingers: Array
    palm: Array


@dataclass(frozen=True)
class HandShape:
    """A letter or digit of the right hand.

    angles: [21] degrees (`hands.ANGLES`). fingers, palm: [3] directions of the fingers and out of the palm in body
    axes (x = signer's left, -y = towards the viewer, z = up); for the left hand x is mirrored.
    path: the stops of a letter that moves (J, Z), empty for the others; fingers and palm are then those at its end.
    """

    name: str
    angles: Array
    fingers: Array
    palm: Array
    path: tuple[Stop, ...] = ()

    def directions(self, side: str) -> tuple[Array, Array]:
        """The directions of fingers and palm for a hand, "L" or "R"."""
        return self.fingers * mirror(side), self.palm * mirror(side)


@cache
def alphabet() -> dict[str, HandShape]:
    """A to Z and 0 to 9, from `handshapes.json`."""
    table = json.loads((Path(__file__).parent / "handshapes.json").read_text(encoding="utf-8"))
    shapes = {}
    for name, row in table.items():
        angles = np.array([v for part in ("thumb", "index", "middle", "ring", "little") for v in row[part]])
        if angles.shape != (COUNT,):
            raise ValueError(f"handshapes.json: {name} has {angles.size} angles, {COUNT} are needed.")
        fingers, palm = (unit(np.array(row[key], float)) for key in ("fingers", "palm"))
        path = tuple(Stop(stop["at"], *(np.array(stop[key], float) for key in ("move", "fingers", "palm"))) for stop in row.get("path", []))
        shapes[name] = HandShape(name, angles.astype(float), fingers, palm, path)
    return shapes


def random_shape(rng: np.random.Generator) -> Array:
    """A hand [21] anywhere within human limits: each finger bends as a whole, its end joint follows the middle one."""
    shape = np.empty(COUNT)
    shape[:5] = rng.uniform([10, 0, -15, -5, -10], [80, 70, 15, 55, 70])
    common = rng.uniform(0.0, 1.0)
    for i, k in enumerate(FINGERS):
        at = 5 + 4 * i
        curl = float(np.clip(common + rng.normal(0.0, 0.28), 0.0, 1.0))
        pip = 108.0 * np.clip(curl + rng.normal(0.0, 0.25), 0.0, 1.0)
        mcp = -8.0 + 96.0 * np.clip(curl + rng.normal(0.0, 0.3), 0.0, 1.0)
        room = 1.0 - 0.75 * np.clip(mcp / 90.0, 0.0, 1.0)
        shape[at] = (np.array([6.0, 0.0, -5.0, -11.0])[k - 2] + rng.normal(0.0, 7.0)) * room
        shape[at + 1 : at + 4] = mcp, pip, 0.66 * pip * rng.uniform(0.8, 1.1)
    return untangle(clamp(shape))


def untangle(shape: Array) -> Array:
    """Keep straight neighbours from crossing: a finger spreads no further inward than the next one does."""
    out = shape.copy()
    for at in (9, 13, 17):
        near = abs(out[at + 1] - out[at - 3]) < 25.0 and abs(out[at + 2] - out[at - 2]) < 30.0
        if near and out[at] > out[at - 4] + 2.0:
            out[at] = out[at - 4] + 2.0
    return out


def noisy(rng: np.random.Generator, shape: Array, degrees: float) -> Array:
    """A shape as another person or another moment has it."""
    scale = np.array([1.0, 1.0, 0.8, 1.0, 1.2] + [0.5, 1.0, 1.0, 0.7] * 4)
    return clamp(shape + rng.normal(0.0, degrees, COUNT) * scale)


def sample_shape(rng: np.random.Generator) -> Array:
    """A hand shape [21] for a picture: letters and digits, blends between two, relaxed, open, random hands."""
    kind = rng.choice(5, p=[0.36, 0.2, 0.12, 0.12, 0.2])
    shapes = list(alphabet().values())
    if kind == 0:
        return noisy(rng, shapes[rng.integers(len(shapes))].angles, rng.uniform(0.0, 6.0))
    if kind == 1:
        first, second = (shapes[i].angles for i in rng.integers(len(shapes), size=2))
        share = rng.uniform(0.15, 0.85)
        return noisy(rng, first + share * (second - first), rng.uniform(0.0, 5.0))
    if kind == 2:
        return noisy(rng, RELAXED + rng.uniform(-0.7, 0.8) * (RELAXED - FLAT), rng.uniform(2.0, 7.0))
    if kind == 3:
        base = (FLAT, FIST, SPREAD, CLAW)[rng.integers(4)]
        return noisy(rng, base, rng.uniform(1.0, 6.0))
    return random_shape(rng)


__all__ = [
    "CLAW",
    "FIST",
    "FLAT",
    "LOWER",
    "RELAXED",
    "SPREAD",
    "UPPER",
    "HandShape",
    "alphabet",
    "noisy",
    "random_shape",
    "sample_shape",
    "untangle",
]
