"""What is behind a signer: a plain wall of one named colour, or a real place out of focus."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from .camera import Camera
from .light import Lighting, panorama
from .palette import Colour

Floats = NDArray[np.float32]

WIDER = 1.35
"""A wider view of what is behind reads better than a true one."""
BRIGHTEST = 12.0
GAIN = 0.92


@dataclass(frozen=True)
class Backdrop:
    """colour: sRGB of a plain wall, or None for the light's place, out of focus by `blur` texels; seed: the wall's own unevenness."""

    colour: Colour | None
    blur: float
    seed: int


def plate(backdrop: Backdrop, lighting: Lighting, camera: Camera, exposure: float) -> NDArray[np.uint8]:
    """[n, n, 3] the picture of `camera` without a signer."""
    if backdrop.colour is not None:
        return _bytes(_wall(backdrop.colour, np.random.default_rng(backdrop.seed), camera.size))
    return _bytes(developed(_place(backdrop, lighting, camera) * (exposure * GAIN)))


def _bytes(picture: Floats) -> NDArray[np.uint8]:
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def developed(light: Floats) -> Floats:
    """Linear light as the shaders turn it into sRGB (`tone` of common.glsl)."""
    film = light * (light * 2.43 + 0.03) / (light * (light * 2.35 + 0.62) + 0.14)
    return np.clip(0.75 * (1 - np.exp(-1.6 * light)) + 0.25 * film, 0, 1) ** (1 / 2.2)


def _wall(colour: Colour, rng: np.random.Generator, size: int) -> Floats:
    """A matt wall: light falls off across it, a soft pool of light, a little texture of paint."""
    line = np.linspace(-0.5, 0.5, 64)
    across, down = rng.uniform(-0.12, 0.12), rng.uniform(-0.12, 0.06)
    x, y, wide = rng.uniform(-0.3, 0.3), rng.uniform(-0.4, 0.1), rng.uniform(0.4, 0.7)
    pool = np.exp(-((line[None] - x) ** 2 + (line[:, None] - y) ** 2) / (2 * wide**2))
    shade = (0.88 + 0.14 * pool) * (1 + across * line[None] + down * line[:, None])
    shade = _resized(shade.astype(np.float32), size)
    grain = rng.normal(0, 1, (size, size))
    shade = shade + 0.012 * ndimage.gaussian_filter(grain, 2.5, mode="wrap") + 0.003 * grain
    return (np.array(colour, np.float32) * shade[..., None]).astype(np.float32)


def _resized(channel: Floats, size: int) -> Floats:
    return np.asarray(Image.fromarray(channel, "F").resize((size, size), Image.Resampling.BICUBIC))


def _place(backdrop: Backdrop, lighting: Lighting, camera: Camera, coarse: int = 160) -> Floats:
    """Linear light [n, n, 3] of the place as the camera sees it."""
    rows, columns = np.mgrid[:coarse, :coarse]
    step = camera.size / coarse
    x, y = ((columns + 0.5) * step - camera.centre[0]) / camera.focal, ((rows + 0.5) * step - camera.centre[1]) / camera.focal
    rays = np.stack([x * WIDER, y * WIDER, np.ones_like(x)], axis=-1) @ camera.turn
    rays /= np.linalg.norm(rays, axis=-1, keepdims=True)
    light = _blurred(lighting.spec.place, round(backdrop.blur, 1))
    height, width = light.shape[:2]
    u = ((np.arctan2(rays[..., 0], -rays[..., 1]) / (2 * np.pi) + lighting.turn) % 1) * width - 0.5
    v = np.arccos(np.clip(rays[..., 2], -1, 1)) / np.pi * height - 0.5
    seen = [ndimage.map_coordinates(light[..., k], [v, u], order=1, mode="grid-wrap") * lighting.scale[k] for k in range(3)]
    return np.maximum(np.stack([_resized(channel.astype(np.float32), camera.size) for channel in seen], axis=-1), 0)


@cache
def _blurred(name: str, blur: float) -> Floats:
    light = np.minimum(panorama(name), BRIGHTEST)
    return np.stack([ndimage.gaussian_filter(light[..., k], blur, mode=("nearest", "wrap")) for k in range(3)], axis=-1).astype(np.float32)
