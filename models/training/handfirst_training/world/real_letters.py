"""Real letters of the ASL alphabet with their depths, read from a fingerspelling lexicon.

The lexicon is a folder with `index.csv` and Holistic `.pose` files of pose-format 0.2 (as in the PyPI package
`spoken-to-signed`). It is used to fit and to check hand shapes and is no part of this project. The judge's own reader of
these files (`judge.pose_files`) gives no depths and needs a package that fitting does not.
"""

from __future__ import annotations

import csv
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..judge.letters import Letter, Reader, make_reader

Array = NDArray[np.float64]

DEPTH_SCALE = 600.0
"""Pixels for 1 of a hand's stored z in these files, which is not on the scale of x and y: with it the bones of a hand
keep their lengths best over all letters."""

HAND = "RIGHT_HAND_LANDMARKS"
"""The hand that spells in the lexicon."""


def read_pose(path: Path) -> tuple[float, dict[str, tuple[Array, Array]]]:
    """A `.pose` file of one person: frames a second, and component -> (points [frames, n, 3], confidence [frames, n])."""
    data = path.read_bytes()
    at = 0

    def take(form: str) -> tuple:
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    def text() -> str:
        nonlocal at
        (size,) = take("H")
        at += size
        return data[at - size : at].decode("utf-8")

    (version,) = take("f")
    if round(version, 1) != 0.2:
        raise ValueError(f"{path} is pose-format {version:.1f}; only 0.2 is read here.")
    _, _, _, components = take("HHHH")
    sizes: dict[str, int] = {}
    for _ in range(components):
        name, _ = text(), text()
        points, limbs, colours = take("HHH")
        for _ in range(points):
            text()
        at += 4 * limbs + 6 * colours
        sizes[name] = points
    fps, frames, people = take("fIH")
    count = sum(sizes.values())
    places = np.frombuffer(data, "<f4", frames * people * count * 3, at).reshape(frames, people, count, 3)[:, 0]
    at += 4 * frames * people * count * 3
    confidence = np.frombuffer(data, "<f4", frames * people * count, at).reshape(frames, people, count)[:, 0]
    parts, first = {}, 0
    for name, size in sizes.items():
        part = slice(first, first + size)
        parts[name] = (places[:, part].astype(np.float64), confidence[:, part].astype(np.float64))
        first += size
    return float(fps), parts


def real_letters(folder: Path) -> dict[str, Array]:
    """Letter -> the hand's points [frames, 21, 3] in pixels: x to the right, y down, z away from the viewer."""
    letters: dict[str, Array] = {}
    with (folder / "index.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            if row["signed_language"] == "ase" and row["words"] not in letters:
                points = read_pose(folder / row["path"])[1][HAND][0].copy()
                points[..., 2] = (points[..., 2] - points[:, :1, 2]) * DEPTH_SCALE
                letters[row["words"]] = points
    return letters


def middle_frames(letters: dict[str, Array]) -> Reader:
    """The judge's reader with the middle frame of every real letter as its library."""
    hands = {name: frames[len(frames) // 2].copy() for name, frames in letters.items()}
    return make_reader([Letter(name, Path(name), 0, "right", hand) for name, hand in hands.items()])


def read_drawn(reader: Reader, points: Array) -> str:
    """The letter that points [21, 2] of a right hand, in pixels or metres with y down, are most like."""
    return str(reader.read(np.column_stack([points, np.ones(21)]), "right"))
