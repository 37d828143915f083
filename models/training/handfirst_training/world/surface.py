"""Where the front of the body is, so that hands touch chest and face and do not sink into them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .skeleton import Posed, Rest

Array = NDArray[np.float64]

HAND_DEPTH = 0.011
"""Metres from a hand's joint to its skin; between a finger's 8 mm and a palm's 14 mm."""

_AVERAGE_TRUNK = np.array(
    # height, half width, front y, back y: metres, of a middling body of `anny`, its waist bone at height 0.05
    [
        [-0.10, 0.179, -0.121, 0.044],
        [0.00, 0.166, -0.115, 0.087],
        [0.10, 0.150, -0.128, 0.074],
        [0.20, 0.133, -0.128, 0.039],
        [0.30, 0.132, -0.133, 0.056],
        [0.40, 0.160, -0.137, 0.074],
        [0.50, 0.150, -0.090, 0.065],
        [0.55, 0.120, -0.078, 0.043],
    ]
)
_AVERAGE_HEAD = np.array(
    [
        [0.56, 0.055, -0.078, 0.03],
        [0.60, 0.053, -0.149, 0.018],
        [0.65, 0.075, -0.161, 0.030],
        [0.70, 0.078, -0.147, 0.050],
        [0.75, 0.072, -0.145, 0.051],
        [0.80, 0.052, -0.119, 0.011],
        [0.83, 0.020, -0.080, 0.000],
    ]
)


@dataclass(frozen=True)
class Part:
    """A body part as ellipses at heights: bone it moves with, heights [N], half widths [N], fronts and backs [N] in y."""

    bone: str
    heights: Array
    widths: Array
    fronts: Array
    backs: Array

    def front(self, x: Array, z: Array) -> Array:
        """y of the front skin at places (x, z) of the rest pose; far back where the part is not."""
        width = np.interp(z, self.heights, self.widths)
        front = np.interp(z, self.heights, self.fronts)
        back = np.interp(z, self.heights, self.backs)
        middle = (front + back) / 2.0
        bulge = 1.0 - (x / width) ** 2
        inside = (bulge > 0.0) & (z > self.heights[0]) & (z < self.heights[-1])
        return np.where(inside, middle + (front - middle) * np.sqrt(np.clip(bulge, 0.0, 1.0)), 10.0)

    def depth(self, posed: Posed, points: Array) -> Array:
        """How deep [N] points [N, 3] lie behind the front skin, metres; negative in front of it or beside it."""
        i = posed.rest.index[self.bone]
        rest = (points - posed.heads[i]) @ posed.rotations[i] + posed.rest.heads[i]
        front = self.front(rest[:, 0], rest[:, 2])
        back = np.interp(rest[:, 2], self.heights, self.backs)
        return np.where(rest[:, 1] < back, rest[:, 1] - front, -10.0)


def _measured(bone: str, skin: Array, low: float, high: float, limit: float) -> Part:
    heights = np.linspace(low, high, 24)
    rows = []
    near = skin[np.abs(skin[:, 0]) < limit]
    for height in heights:
        band = near[np.abs(near[:, 2] - height) < (high - low) / 30.0 + 0.006]
        middle = band[np.abs(band[:, 0]) < 0.04]
        if len(middle) < 3:
            continue
        rows.append([height, np.abs(band[:, 0]).max(), middle[:, 1].min(), middle[:, 1].max()])
    table = np.array(rows)
    return Part(bone, *table.T)


def parts_of(rest: Rest) -> tuple[Part, Part]:
    """Trunk and head of a rest body, measured on its skin, or average ones scaled to its skeleton."""
    waist = rest.head("spine05")
    neck = rest.head("neck01")
    if rest.skin is not None:
        limit = 0.98 * abs(rest.head("upperarm01.L")[0])
        top = float(rest.skin[:, 2].max())
        trunk = _measured("spine02", rest.skin, waist[2] - 0.12, neck[2] - 0.02, limit)
        return trunk, _measured("head", rest.skin, neck[2] + 0.02, top - 0.005, 0.5 * limit + 0.01)
    scale = float(neck[2] - waist[2]) / 0.51
    move = np.array([waist[2] - 0.05 * scale, 0.0, waist[1] + 0.011 * scale, waist[1] + 0.011 * scale])
    trunk, head = (_AVERAGE_TRUNK * scale + move, _AVERAGE_HEAD * scale + move)
    return Part("spine02", *trunk.T), Part("head", *head.T)


def hand_depth(parts: tuple[Part, Part], posed: Posed, points: Array) -> float:
    """How deep the deepest of a hand's joints [N, 3] lies in trunk or head, metres, the hand's own depth included."""
    return max(float(np.max(part.depth(posed, points))) for part in parts) + HAND_DEPTH
