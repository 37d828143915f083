"""Maps of hair: R detail (0.5 = the hair's mean), G and B twice the angle of its strands (cosine, sine), A how solid it is."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .recolour import linear


def _blurred(values: NDArray, sigma: float) -> NDArray[np.float32]:
    return cv2.GaussianBlur(values.astype(np.float32), (0, 0), sigma)


def strands(texture: Path, out: Path) -> None:
    """Write one map. Highlights of the texture are flattened by half, so that the renderer's own can replace them."""
    with Image.open(texture) as source:
        picture = np.asarray(source.convert("RGBA"), np.float32) / 255
    alpha = picture[..., 3]
    light = linear(picture[..., :3]) @ np.array([0.2126, 0.7152, 0.0722])
    weight = alpha * (alpha > 0.05)
    broad = _blurred(light * weight, 24) / np.maximum(_blurred(weight, 24), 1e-3)
    mean = float(np.average(light, weights=weight + 1e-9))
    detail = np.clip(0.5 * ((light + 0.004) / np.sqrt((broad + 0.004) * (mean + 0.004))) ** 0.75, 0, 1)
    # see-through texels take their neighbours' detail, so that smaller copies of the map do not darken edges
    near = _blurred(detail * weight, 3) / np.maximum(_blurred(weight, 3), 1e-3)
    detail = np.where(weight > 0.3, detail, np.where(near > 0, near, 0.5))
    angle = _direction(np.sqrt(np.clip(light, 0, 1)) * alpha, alpha)
    maps = np.stack([detail, 0.5 + 0.5 * np.cos(2 * angle), 0.5 + 0.5 * np.sin(2 * angle), alpha], axis=-1)
    Image.fromarray((np.clip(maps, 0, 1) * 255 + 0.5).astype(np.uint8), "RGBA").save(out, optimize=True)


def _direction(light: NDArray, alpha: NDArray) -> NDArray:
    """[h, w] angle along the strands: across the gradient, from the structure tensor."""
    smooth = _blurred(light, 0.8)
    gx, gy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    inside = cv2.erode((alpha > 0.6).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(np.float32)
    xx, yy, xy = (_blurred(product * inside, 6) for product in (gx * gx, gy * gy, gx * gy))
    return 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
