"""Recolour maps of garments, from their diffuse textures: R shade (0.5 = the cloth's mean), G trim, B the texture's own colour,
A lower garment. Prints are taken out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from ..pieces.mesh import islands

SIDE = 512
Mask = NDArray[np.bool_]
Floats = NDArray[np.float32]

ORANGE_TRIM = ("female_casualsuit01", "male_casualsuit02", "male_casualsuit04")
RED_TRIM = ("female_elegantsuit01", "male_casualsuit05")
PRINTS = {
    "female_casualsuit01": (0.70, 0.88, 0.13, 0.33), "male_casualsuit02": (0.49, 0.65, 0.12, 0.33),
    "male_casualsuit04": (0.49, 0.65, 0.12, 0.33),
}  # fmt: skip
"""Box (left, right, top, bottom; shares of the sheet) that holds a print."""
FADED = {"female_elegantsuit01": False, "male_casualsuit04": True, "male_casualsuit02": True}
"""Garments whose cloth does not recolour well, so that only its broad shading is kept; whether their trim stays."""


def linear(values: NDArray) -> NDArray:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def drawn(uv: Floats, faces: NDArray, grow: int) -> Mask:
    """[512, 512] where faces lie on the sheet, `grow` texels more on every side."""
    out = np.zeros((SIDE, SIDE), np.uint8)
    places = (np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1) * SIDE - 0.5)[faces]
    for triangle in places:
        cv2.fillConvexPoly(out, np.round(triangle * 256).astype(np.int32), 255, shift=8)
    return cv2.dilate(out, np.ones((2 * grow + 1,) * 2, np.uint8)) > 0


def _dilated(mask: Mask, side: int) -> Mask:
    return cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0


def _eroded(mask: Mask) -> Mask:
    return cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def _marks(name: str, picture: Floats, top: Mask, bottom: Mask) -> tuple[Mask, Floats, Mask]:
    """Where a garment has trim, what keeps its own colour (0..1: tie, belt, buttons), and where a print is."""
    hue, saturation, value = np.moveaxis(cv2.cvtColor(picture, cv2.COLOR_RGB2HSV), -1, 0)
    rows, columns = np.mgrid[:SIDE, :SIDE] / SIDE
    trim, kept, print_ = np.zeros_like(top), np.zeros_like(value), np.zeros_like(top)
    if name in ORANGE_TRIM:
        trim = ((hue < 48) | (hue > 345)) & (saturation > 0.45) & (value > 0.35) & top
        left, right, high, low = PRINTS[name]
        box = (columns > left) & (columns < right) & (rows > high) & (rows < low)
        print_ = _dilated(box & ~((hue > 190) & (hue < 235) & (saturation > 0.35)), 5)
    elif name == "male_casualsuit06":
        print_ = _dilated(((saturation > 0.15) | (value < 0.72)) & top & (rows < 0.3), 7)
    elif name in RED_TRIM:
        trim = (((hue > 330) | (hue < 20)) & (saturation > 0.3) & (value > 0.28) | (value > 0.55)) & top
    elif name == "male_elegantsuit01":
        tie = (columns > 0.36) & (columns < 0.52) & (rows < 0.22)
        kept = np.maximum(_dilated((value > 0.4) | (saturation > 0.22), 3) * top, tie * top).astype(np.float32)
    brown = (hue < 40) & (saturation > 0.3) & (value > 0.3) & bottom
    return trim, np.maximum(kept, brown.astype(np.float32)), print_


def _shade(light: Floats, regions: list[tuple[str, Mask]], kept: Floats) -> Floats:
    """[512, 512] brightness of each region's cloth against its own mean, 0.5 = the mean."""
    out = np.full(light.shape, 0.5, np.float32)
    for name, region in regions:
        mine = region & (kept < 0.5)
        if mine.sum() < 200:
            continue
        core = _eroded(mine)
        mean = float(light[core if core.sum() >= 200 else mine].mean())
        ratio = light / mean
        if mean < 0.035:
            ratio = 1 + (ratio - 1) * 0.18  # dark cloth: little to learn from its shading
        elif name == "bottom":
            ratio = 1 + (ratio - 1) * 0.8
        out[mine] = (0.5 * np.clip(ratio, 0.25, 1.9))[mine]
    return out


def recolour(name: str, textures: Path, pieces: dict[str, dict[str, NDArray]], out: Path) -> None:
    """Write NAME_recolour.png, NAME_diffuse.jpg and, where there is one, NAME_normal.jpg. pieces: the garment's packed top and bottom."""
    with Image.open(textures / f"{name}_diffuse.png") as source:
        picture = np.asarray(source.convert("RGB"), np.float32) / 255
    areas = {grow: {kind: drawn(p["uv"], p["faces"], grow) for kind, p in pieces.items()} for grow in (0, 4)}
    top, bottom = areas[4]["top"], areas[4]["bottom"]
    trim, kept, print_ = _marks(name, picture, top, bottom)
    soft = cv2.GaussianBlur(trim.astype(np.float32), (0, 0), 0.7) * ~print_
    pixels = (picture * 255).astype(np.uint8)
    if print_.any():
        pixels = cv2.inpaint(pixels[..., ::-1].copy(), print_.astype(np.uint8), 4, cv2.INPAINT_TELEA)[..., ::-1]
    light = (linear(pixels.astype(np.float32) / 255) @ np.array([0.2126, 0.7152, 0.0722])).astype(np.float32)
    low, trim = bottom & ~top, trim & ~print_
    kept = cv2.GaussianBlur(kept, (0, 0), 0.8)
    shade = _shade(light, [("bottom", low & ~trim), ("bottom", low & trim), ("top", top & ~trim), ("top", top & trim)], kept)
    shade = np.where(print_, shade + np.random.default_rng(0).normal(0, 0.012, shade.shape), shade)
    occlusion = textures / f"{name}_ao.png"
    if occlusion.exists():
        with Image.open(occlusion) as source:
            shade = shade * (0.72 + 0.28 * np.asarray(source.convert("L"), np.float32) / 255)
    # what lies outside of the panels takes the nearest texel inside, so that seams do not pick up the sheet's ground
    inside = _eroded(areas[0]["top"] | areas[0]["bottom"])
    near = tuple(ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True))
    maps = np.stack([shade[near], soft[near], kept[near], low.astype(np.float32)], axis=-1)
    maps = (np.clip(maps, 0, 1) * 255 + 0.5).astype(np.uint8)
    if name == "male_elegantsuit01":
        maps = _shirt_of_suit(maps, picture[near], pieces["top"])
    elif name in FADED:
        maps = _faded(maps, pieces["top"], FADED[name])
    Image.fromarray(maps, "RGBA").save(out / f"{name}_recolour.png", optimize=True)
    Image.fromarray((picture[near] * 255).astype(np.uint8)).save(out / f"{name}_diffuse.jpg", quality=93, subsampling=0)
    if (textures / f"{name}_normal.png").exists():
        with Image.open(textures / f"{name}_normal.png") as source:
            source.convert("RGB").save(out / f"{name}_normal.jpg", quality=93, subsampling=0)


def _shirt_of_suit(maps: NDArray[np.uint8], picture: Floats, top: dict[str, NDArray]) -> NDArray[np.uint8]:
    """Shirt, tie and cuffs of the suit keep their own colours: whole islands of the sheet, which are the bright ones."""
    uv, faces = top["uv"], top["faces"].astype(int)
    island = islands(len(uv), faces)
    x = np.clip((uv[:, 0] * SIDE).astype(int), 0, SIDE - 1)
    y = np.clip(((1 - uv[:, 1]) * SIDE).astype(int), 0, SIDE - 1)
    bright = picture.max(axis=2)[y, x]
    shirt = np.array([bright[island == k].mean() > 0.35 for k in range(island.max() + 1)])[island]
    out = maps.copy()
    own = drawn(uv, faces[shirt[faces[:, 0]]], 2)
    jacket = drawn(uv, faces[~shirt[faces[:, 0]]], 3) & ~own
    out[..., 2] = 255 * own
    flat = np.clip(128 + (out[..., 0].astype(np.float32) - 128) * 0.6, 100, 160)
    out[..., 0] = np.where(jacket, flat, out[..., 0]).astype(np.uint8)
    return out


def _faded(maps: NDArray[np.uint8], top: dict[str, NDArray], keep_trim: bool, sigma: float = 7) -> NDArray[np.uint8]:
    """A top of which only the broad shading is kept."""
    mine = drawn(top["uv"], top["faces"], 2)
    weight = mine.astype(np.float32)
    shade = np.clip(maps[..., 0].astype(np.float32), 64, 176)
    broad = cv2.GaussianBlur(shade * weight, (0, 0), sigma) / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma), 1e-3)
    out = maps.astype(np.float32)
    out[..., 0] = np.where(mine, np.clip(128 + (broad - broad[mine].mean()) * 0.45, 70, 180), out[..., 0])
    if not keep_trim:
        out[..., 1] = np.where(mine, 0, out[..., 1])
    return out.astype(np.uint8)
