"""Samples that the project makes itself, for ``--tiny`` and for tests: a hand of coloured lines on a plain ground, and its mask."""

import itertools
import json
from pathlib import Path

import numpy as np
from PIL import Image

from ..sd15.reference_drawing import FINGERS, segment_distance
from .data.pictures import Array, empty_pose, set_hand
from .prepare import INDEX


def made_hand(rng: np.random.Generator, centre: tuple[float, float], length: float) -> Array:
    """[21, 2]: a hand of straight fingers."""
    points = np.empty((21, 2))
    points[0] = centre
    turn = rng.uniform(0, 2 * np.pi)
    for finger, share in enumerate((0.62, 0.95, 1.0, 0.93, 0.75)):
        angle = turn + 0.28 * (finger - 2)
        for joint, reach in enumerate((0.45, 0.68, 0.86, 1.0)):
            points[1 + 4 * finger + joint] = points[0] + share * length * reach * np.array([np.cos(angle), np.sin(angle)])
    return points


def drawn(points: Array, size: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Picture [s, s, 3] in 0..255 and mask [s, s] of 0 and 255."""
    picture = np.broadcast_to(rng.uniform(60, 200, 3), (size, size, 3)).copy()
    mask = np.zeros((size, size), bool)
    skin = rng.uniform(90, 240, 3)
    for chain in FINGERS:
        for a, b in itertools.pairwise(chain):
            mask |= segment_distance(points[a], points[b], size) <= size / 20
    picture[mask] = skin
    return picture, 255.0 * mask


def make_store(folder: Path, count: int, size: int, seed: int) -> None:
    """A prepared store of ``count`` samples."""
    folder.mkdir(parents=True)
    rows = []
    for index in range(count):
        rng = np.random.default_rng([seed, index])
        points = made_hand(rng, (size / 2, size / 2), 0.45 * size)
        picture, mask = drawn(points, size, rng)
        Image.fromarray(picture.astype(np.uint8)).save(folder / f"{index:07d}.png")
        Image.fromarray(mask.astype(np.uint8)).save(folder / f"{index:07d}-mask.png")
        pose = empty_pose()
        set_hand(pose, "right" if index % 2 else "left", points)
        rows.append({"file": f"{index:07d}", "set": "made", "key": str(index), "caption": "a photo", "pose": pose.ravel().tolist()})
    (folder / INDEX).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
