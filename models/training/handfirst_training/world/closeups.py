"""Which square regions of a picture are drawn again, larger: one a hand, or one for both where they meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .keypoints import LEFT_HAND, RIGHT_HAND

SIZE = 192
SMALLEST = 24.0
"""Pixels: a smaller hand has no close-up."""
WIDE = 1.9
NEAR = 1.3


@dataclass(frozen=True)
class Region:
    """x0, y0, side in picture pixels; which hands it is for."""

    x0: float
    y0: float
    side: float
    left: bool
    right: bool


def _box(points: NDArray) -> tuple[NDArray, NDArray]:
    """Middle and half sizes of the box around points [N, 2]."""
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, (high - low) / 2


def regions(points: NDArray[np.float32], size: int) -> list[Region]:
    """Close-ups for the keypoints [133, 3] of a picture of `size` pixels; hands centred outside it have none."""
    hands = {"left": points[LEFT_HAND, :2], "right": points[RIGHT_HAND, :2]}
    inside = {}
    for name, hand in hands.items():
        middle, _ = _box(hand)
        if np.all((middle >= 0) & (middle < size)):
            inside[name] = hand
    if len(inside) == 2:
        (ma, ha), (mb, hb) = (_box(h) for h in inside.values())
        if np.all(np.abs(ma - mb) < NEAR * (ha + hb)):
            return [_region(np.concatenate(list(inside.values())), True, True)]
    return [_region(hand, name == "left", name == "right") for name, hand in inside.items()]


def _region(points: NDArray, left: bool, right: bool) -> Region:
    middle, half = _box(points)
    side = float(WIDE * 2 * half.max())
    return Region(float(middle[0] - side / 2), float(middle[1] - side / 2), side, left, right)
