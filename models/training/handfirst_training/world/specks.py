"""Dots that single strands of hair leave in a picture: thinner than a pixel, they show where they cross its middle alone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .labels import HAIR


def without_specks(picture: NDArray[np.uint8], labels: NDArray[np.uint8], plate: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    """Picture [H, W, 3] and labels [H, W] without the dots that single strands leave beside the hair, where the plate [H, W, 3] shows."""
    person = (labels > 0).astype(np.uint8)
    solid = cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    solid = cv2.dilate(solid, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))) & person
    near_hair = cv2.dilate((labels == HAIR).astype(np.uint8), np.ones((11, 11), np.uint8)) > 0
    # Strands are thinner than a pixel: beside what counts as one its colour shows too.
    edge = cv2.dilate(solid, np.ones((3, 3), np.uint8)) > 0
    gone = near_hair & ~edge
    return np.where(gone[..., None], plate, picture), np.where(gone, 0, labels).astype(np.uint8)
