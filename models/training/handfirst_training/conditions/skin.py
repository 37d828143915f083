"""The reference's skin as nine numbers: what the hand stage knows of the signer. Twin of the engine's `skinOf`."""

from __future__ import annotations

import cv2
import numpy as np

FACE = 23
EYES_AND_MOUTH = ((36, 42), (42, 48), (48, 60))
LEVELS = ((0.0, 0.2), (0.4, 0.6), (0.8, 1.0))
LUMINANCE = np.array([0.299, 0.587, 0.114])


def hull_mask(points: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    mask = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(np.round(points).astype(np.int32)), 1)
    return mask.astype(bool)


def skin_of(picture: np.ndarray, skin: np.ndarray, keypoints: np.ndarray) -> np.ndarray | None:
    """[9] RGB, -1..1, of the darkest, the middle and the brightest fifth of the face's skin, by luminance; None without a face.

    picture [H, W, 3] 0..255, skin [H, W] bool, keypoints [133, 3]. Eyes and mouth are left out.
    """
    face = keypoints[FACE : FACE + 68, :2]
    inside = hull_mask(face, skin.shape) & skin
    for first, end in EYES_AND_MOUTH:
        inside &= ~hull_mask(face[first:end], skin.shape)
    colours = picture[inside].astype(np.float64)
    if len(colours) < 20:
        return None
    colours = colours[np.argsort(colours @ LUMINANCE, kind="stable")]
    spans = [colours[int(a * len(colours)) : max(int(a * len(colours)) + 1, int(b * len(colours)))] for a, b in LEVELS]
    return (np.concatenate([s.mean(axis=0) for s in spans]) / 127.5 - 1).astype(np.float32)
