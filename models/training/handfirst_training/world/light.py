"""Light of real places: what falls on a signer from all around, one key light, a rim light, and what skin and eyes reflect."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from .pieces.folder import places_file

Floats = NDArray[np.float32]

LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
LEVEL = 0.62
"""Brightness of the light that a face gets, key and surroundings together."""
CAST = 0.72
"""How much of a place's cast of colour is taken out, as a camera's white balance does."""
SMALL = (64, 128)
"""Rows and columns of the panorama that light is taken from."""
FACE = ((0, -1, 0), (0.5, -0.8, 0.3), (-0.5, -0.8, 0.3))
"""Directions out of a face, which is metered."""


@dataclass(frozen=True)
class Light:
    """place: name of a panorama; yaw, pitch: where the key light stands, radians (pitch None: where the place is brightest);
    ratio: key to surroundings; warm: -1..1, yellow to blue; soft: size of the key light; rim: strength of the light from behind and
    the side (+1 the signer's left) it comes from."""

    place: str
    yaw: float
    ratio: float
    warm: float = 0.0
    pitch: float | None = None
    soft: float = 8.0
    exposure: float = 1.0
    rim: float = 0.25
    rim_side: float = 1.0


SOFT = Light("studio", yaw=-0.55, ratio=1.15, pitch=0.55, soft=8.0, exposure=1.05, rim=0.15)
"""The light of close-ups: soft, from one side, so that fingers that touch have an edge between them."""


@cache
def panorama(name: str) -> Floats:
    """[256, 512, 3] linear light of a place; shrinking has left values below zero near the sun, which are cut."""
    with np.load(places_file()) as places:
        return np.clip(places[name].astype(np.float32), 0, None)


def directions(height: int, width: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Unit directions [h, w, 3] of a panorama's texels, its first column to the front, and their solid angles [h, w]."""
    polar, turn = (np.arange(height) + 0.5) / height * np.pi, (np.arange(width) + 0.5) / width * 2 * np.pi
    sine = np.sin(polar)[:, None]
    up = np.broadcast_to(np.cos(polar)[:, None], (height, width))
    return np.stack([sine * np.sin(turn), -sine * np.cos(turn), up], axis=-1), sine * (np.pi / height) * (2 * np.pi / width) + 0 * up


def _basis(x, y, z) -> list:
    """The nine polynomials of the first three bands."""
    return [np.ones_like(x), y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y]


NORMS = np.array([0.282095, *[0.488603] * 3, 1.092548, 1.092548, 0.315392, 1.092548, 0.546274])
SPREAD = np.array([1, *[2 / 3] * 3, *[1 / 4] * 5])
"""Lambert's cosine in each band (Ramamoorthi and Hanrahan 2001), divided by pi."""


def harmonics(light: Floats) -> Floats:
    """[9, 3] spherical harmonics of the light that a matt surface sends back, with their norms multiplied in."""
    way, angle = directions(*light.shape[:2])
    sums = [(light * (b * angle)[..., None]).sum(axis=(0, 1)) for b in _basis(*np.moveaxis(way, -1, 0))]
    return (np.array(sums) * (NORMS**2 * SPREAD)[:, None]).astype(np.float32)


def seen_by(sh: Floats, normal: tuple[float, float, float]) -> NDArray[np.float64]:
    """[3] light on a surface with a normal."""
    x, y, z = np.array(normal) / np.linalg.norm(normal)
    return sum(s * b for s, b in zip(sh, _basis(x, y, z), strict=True))


def _brightest(light: Floats) -> tuple[int, int]:
    """Row and column of the brightest spot that is neither overhead nor on the ground."""
    lum = light @ LUMINANCE
    held = np.minimum(light, np.percentile(lum, 99.9) * 4) @ LUMINANCE
    soft = ndimage.gaussian_filter(held, 5, mode=("nearest", "wrap"))
    rows = len(soft)
    soft[: int(rows * 0.08)] = soft[int(rows * 0.55) :] = 0
    return divmod(int(np.argmax(soft)), soft.shape[1])


def _shrunk(light: Floats) -> Floats:
    high, wide = light.shape[0] // SMALL[0], light.shape[1] // SMALL[1]
    return light.reshape(SMALL[0], high, SMALL[1], wide, 3).mean(axis=(1, 3))


class Lighting:
    """What the shaders need of a light: sh [9, 3], direction and colour of key and rim, env [64, 128, 3], turn (of a circle)."""

    def __init__(self, spec: Light) -> None:
        self.spec = spec
        light = panorama(spec.place)
        lum = light @ LUMINANCE
        row, column = _brightest(light)
        height, width = lum.shape
        self.turn = (column + 0.5) / width - spec.yaw / (2 * np.pi)
        pitch = float(np.clip(np.pi / 2 - (row + 0.5) / height * np.pi if spec.pitch is None else spec.pitch, 0.12, 1.15))
        self.direction = np.array([np.sin(spec.yaw) * np.cos(pitch), -np.cos(spec.yaw) * np.cos(pitch), np.sin(pitch)], np.float32)
        held = light * np.minimum(1, (6 * np.median(lum) + 1e-3) / np.maximum(lum, 1e-4))[..., None]
        sh = harmonics(np.roll(_shrunk(held), -round(self.turn * SMALL[1]), axis=1))
        face = np.mean([seen_by(sh, way) for way in FACE], axis=0)
        level = float(np.maximum(face, 1e-4) @ LUMINANCE)
        around = LEVEL / (1 + spec.ratio)
        balance = 1 / np.clip(face / level, 0.6, 1.7) ** CAST
        self.scale = (around / level * balance).astype(np.float32)
        self.sh = sh * self.scale
        self.colour = self._key_colour(light, row, column, balance) * (LEVEL - around) * 1.55
        self.env = (_shrunk(np.minimum(light, 4.5 * level + 1e-3)) * self.scale).astype(np.float16)
        behind = np.array([spec.rim_side * 0.75, 0.6, 0.35], np.float32)
        self.rim_direction = behind / np.linalg.norm(behind)
        self.rim_colour = np.array([1.0, 1.02, 1.06], np.float32) * spec.rim * LEVEL

    def _key_colour(self, light: Floats, row: int, column: int, balance: NDArray) -> Floats:
        spot = light[max(row - 3, 0) : row + 4].take(range(column - 3, column + 4), axis=1, mode="wrap").mean(axis=(0, 1))
        colour = spot / max(spot @ LUMINANCE, 1e-4) * np.clip(balance, 0.6, 1.6)
        colour = np.clip(colour / max(colour @ LUMINANCE, 1e-4), 0.75, 1.3)
        return (colour * np.array([1 + self.spec.warm, 1, 1 - self.spec.warm])).astype(np.float32)
