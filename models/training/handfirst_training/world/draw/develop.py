"""What a camera does to a picture: softness of the lens and grain. Only references get it: targets stay clean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


@dataclass(frozen=True)
class Film:
    """softness: pixels; grain: of grey and of each channel, levels."""

    softness: float
    grain: tuple[float, float]


def sample_film(rng: np.random.Generator) -> Film:
    return Film(float(rng.uniform(0.3, 0.55)), (float(rng.uniform(0.0, 1.5)), float(rng.uniform(0.0, 0.9))))


def develop(picture: NDArray[np.uint8], film: Film, rng: np.random.Generator) -> NDArray[np.uint8]:
    """[n, n, 3] the picture as that camera takes it; `rng` draws the grain."""
    out = ndimage.gaussian_filter(picture.astype(np.float32), (film.softness, film.softness, 0), truncate=3)
    grey, coloured = film.grain
    out += grey * rng.standard_normal((*picture.shape[:2], 1), np.float32) + coloured * rng.standard_normal(picture.shape, np.float32)
    return np.clip(out + 0.5, 0, 255).astype(np.uint8)
