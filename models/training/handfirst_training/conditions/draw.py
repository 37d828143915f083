"""Condition tensors by the manifest's channel lists; the Python twin of the engine's `drawConditions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from . import body, hand

CHANNEL_COUNTS = {
    "finger-heatmaps": 10,
    "hand-mask": 1,
    "hand-surface": 5,
    "forearms": 1,
    "body-surface": body.BODY_SURFACE_CHANNELS,
    "skeleton-lines": 1,
    "coordinates": 2,
    "parts": 1,
    "carried": 3,
    "coverage": 1,
}
HAND_CHANNELS: list[dict[str, object]] = [
    {"kind": "finger-heatmaps", "sigma": 0.05, "minPixels": 0.75},
    {"kind": "hand-mask"},
    {"kind": "hand-surface"},
    {"kind": "forearms"},
]
BODY_CHANNELS: list[dict[str, object]] = [
    {"kind": "body-surface"},
    {"kind": "skeleton-lines"},
    {"kind": "carried"},
    {"kind": "coverage"},
    {"kind": "parts", "count": CHANNEL_COUNTS["parts"]},
]


def channel_count(channels: Sequence[Mapping[str, object]]) -> int:
    return sum(CHANNEL_COUNTS[str(c["kind"])] for c in channels)


def place(channels: Sequence[Mapping[str, object]], kind: str) -> slice:
    """Where the channels of a kind lie in the condition tensor."""
    kinds = [str(c["kind"]) for c in channels]
    start = sum(CHANNEL_COUNTS[k] for k in kinds[: kinds.index(kind)])
    return slice(start, start + CHANNEL_COUNTS[kind])


def split(channels: list[dict[str, object]], kind: str) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """The channels without those of a kind, and those."""
    return [c for c in channels if c["kind"] != kind], [c for c in channels if c["kind"] == kind]


# What the mask head predicts in one step is an input of its own in the next; the rest stays.
HAND_STEADY, HAND_PREDICTED = split(HAND_CHANNELS, "hand-mask")
BODY_STEADY, BODY_PREDICTED = split(BODY_CHANNELS, "parts")


def coordinates(size: int) -> np.ndarray:
    """[2, S, S]: x and y of the pixel's centre, -1..1."""
    line = (np.arange(size) + 0.5) / size * 2 - 1
    return np.stack([np.broadcast_to(line, (size, size)), np.broadcast_to(line[:, None], (size, size))])


def transform(keypoints: np.ndarray, depth: np.ndarray, x0: float, y0: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Keypoints [133, 3] and depth [133] in the coordinates of a crop with corner (x0, y0), enlarged by `scale`."""
    moved = keypoints.astype(np.float64).copy()
    moved[:, :2] = (moved[:, :2] - (x0, y0)) * scale
    return moved, depth.astype(np.float64) * scale


def draw(channels: Sequence[Mapping[str, object]], size: int, keypoints: np.ndarray, depth: np.ndarray, whole: bool = True) -> np.ndarray:
    """Condition tensor float32 [C, S, S].

    Keypoints [133, 3] (x, y, confidence; 0 = missing) and depth [133] (NaN = unknown) are in its pixels. `whole`: the tensor shows the
    whole picture; of a part of it only the caller can tell where the picture ends.
    """
    standing = body.legs_inside(keypoints, size) if whole else keypoints
    out = np.zeros((channel_count(channels), size, size))
    at = 0
    for channel in channels:
        kind = str(channel["kind"])
        here = out[at : at + CHANNEL_COUNTS[kind]]
        if kind == "finger-heatmaps":
            hand.finger_heatmaps(here, keypoints, float(channel["sigma"]), float(channel["minPixels"]))
        elif kind == "hand-surface":
            hand.hand_surface(here, keypoints, depth)
        elif kind == "forearms":
            hand.forearms(here[0], keypoints)
        elif kind == "body-surface":
            body.body_surface(here, standing, depth)
        elif kind == "skeleton-lines":
            body.skeleton_lines(here[0], standing)
        elif kind == "coordinates":
            here[:] = coordinates(size)
        at += CHANNEL_COUNTS[kind]
    return out.astype(np.float32)
