"""A nearest-neighbour reader of fingerspelled letters: is what was drawn still the letter that was asked for?"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .points import HAND_PARTS

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Letter:
    """One letter of the alphabet as a person signed it: file, frame in its middle, the hand that signs, its points [21, 3] in pixels."""

    name: str
    path: Path
    frame: int
    side: str
    hand: Array


def normalised(hand: Array, side: str) -> Array:
    """[21, 2] x, y of a hand with place and size removed; rotation stays (U and H differ by it). Left hands are mirrored."""
    places = hand[:, :2].astype(np.float64) - hand[:, :2].mean(axis=0)
    size = np.sqrt((places**2).sum(axis=1).mean())
    out = places / max(size, 1e-9)
    return out * np.array([-1.0, 1.0]) if side == "left" else out


@dataclass(frozen=True)
class Reader:
    """Names [k] and normalised hands [k, 21, 2] that a hand is compared with."""

    names: tuple[str, ...]
    library: Array

    def distances(self, hand: Array, side: str) -> Array:
        """[k] root mean square distance to each letter, in sizes of the hand."""
        return np.sqrt(((self.library - normalised(hand, side)) ** 2).sum(axis=2).mean(axis=1))

    def read(self, hand: Array, side: str) -> str | None:
        """The nearest letter; None where the hand was not found (a point without confidence)."""
        if (hand[:, 2] <= 0).any():
            return None
        return self.names[int(np.argmin(self.distances(hand, side)))]


def make_reader(letters: list[Letter]) -> Reader:
    """A reader whose library is the letters' own frames."""
    return Reader(tuple(at.name for at in letters), np.stack([normalised(at.hand, at.side) for at in letters]))


def signing_side(points: Array) -> str | None:
    """The hand that signs in points [133, 3]: the higher of the complete ones; None where no hand is complete."""
    heights = {name: points[part, 1].mean() for name, part in HAND_PARTS.items() if (points[part, 2] > 0).all()}
    return min(heights, key=heights.__getitem__) if heights else None


def middle_frame(frames: Array) -> int | None:
    """The frame nearest to the middle of [n, 133, 3] in which a hand is complete."""
    order = sorted(range(len(frames)), key=lambda at: (abs(at - (len(frames) - 1) // 2), at))
    return next((at for at in order if signing_side(frames[at]) is not None), None)


def load_letters(folder: Path) -> list[Letter]:
    """The letters that `index.csv` of the folder names (columns path, signed_language, words), A to Z.

    Raises SystemExit with a sentence where the folder holds none.
    """
    from .pose_files import read_pose

    index = folder / "index.csv"
    if not index.exists():
        raise SystemExit(f"{folder} has no index.csv: name the folder that holds the alphabet's .pose files.")
    letters: dict[str, Letter] = {}
    with index.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["words"].upper() in letters:
                continue
            path = folder / row["path"]
            frames = read_pose(path)
            at = middle_frame(frames)
            if at is None:
                raise SystemExit(f"{path} shows no complete hand in any frame: it cannot stand for {row['words']}.")
            side = signing_side(frames[at])
            assert side is not None
            letters[row["words"].upper()] = Letter(row["words"].upper(), path, at, side, frames[at][HAND_PARTS[side]])
    return [letters[name] for name in sorted(letters)]


def share_read(letters: list[Letter], found: list[str | None]) -> float:
    """Share of the letters that were read as themselves."""
    return sum(read == letter.name for letter, read in zip(letters, found, strict=True)) / max(1, len(letters))
