"""What a reader gives: pictures with keypoints and captions, and the record of what was left out."""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Array = NDArray[np.float64]

POINTS, HAND_POINTS = 133, 21
#: Why a picture is left out whose file is broken.
UNREADABLE = "picture cannot be read"
HANDS = {"left": 91, "right": 112}


class DataError(Exception):
    """A sentence for the user: what is wrong with a data set, where, and what to do."""


@dataclass(frozen=True)
class Picture:
    """A picture of a data set. ``pose`` [133, 3]: COCO-WholeBody in pixels, confidence 0 = unknown; left is the person's left."""

    #: Name within the data set, unique; masks and captions are found by it.
    key: str
    path: Path
    pose: Array
    caption: str

    def hand(self, side: str) -> Array | None:
        """[21, 3], or None where a point is unknown."""
        points = self.pose[HANDS[side] : HANDS[side] + HAND_POINTS]
        return points if bool((points[:, 2] > 0).all()) else None


@dataclass
class LeftOut:
    """What was left out: a row a picture, and how many for each reason."""

    rows: list[tuple[str, str]] = field(default_factory=list)

    def add(self, key: str, why: str) -> None:
        self.rows.append((key, why))

    def counts(self) -> dict[str, int]:
        return dict(Counter(why for _, why in self.rows).most_common())

    def write(self, path: Path) -> None:
        partial = path.with_name(f"{path.name}.partial")
        with partial.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("picture", "why"), *self.rows])
        partial.rename(path)


class Captions:
    """Captions by picture or by sequence, from a file of JSON lines ``{"key": ..., "caption": ...}`` (LLaVA's, for instance)."""

    def __init__(self, by_key: Mapping[str, str] | None = None) -> None:
        self.by_key = dict(by_key or {})

    @classmethod
    def read(cls, path: Path) -> "Captions":
        by_key: dict[str, str] = {}
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise DataError(f"{path} cannot be read ({error.strerror}): name the file of captions.") from error
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                by_key[str(row["key"])] = str(row["caption"])
            except (ValueError, KeyError, TypeError) as error:
                raise DataError(f'{path}, line {number}: give an object with "key" and "caption" ({error}).') from error
        return cls(by_key)

    def of(self, *keys: str, default: str = "") -> str:
        """The caption of the first of ``keys`` that has one."""
        return next((self.by_key[key] for key in keys if key in self.by_key), default)


def empty_pose() -> Array:
    return np.zeros((POINTS, 3))


def set_hand(pose: Array, side: str, points: Array) -> None:
    """Gives ``pose`` a hand [21, 2], wrist first, thumb to little finger."""
    start = HANDS[side]
    pose[start : start + HAND_POINTS, :2] = points
    pose[start : start + HAND_POINTS, 2] = 1


def picture_size(path: Path) -> Array | None:
    """Width and height in pixels; None where the file is no picture."""
    try:
        with Image.open(path) as image:
            return np.array(image.size, dtype=float)
    except OSError:
        return None


def readable(rows: Iterable[tuple[str, Path, Any]], left_out: LeftOut) -> Iterator[tuple[str, Path, Array, Any]]:
    """Of rows of key, picture and whatever else, those whose picture can be read, each with its size in pixels."""
    for key, path, row in rows:
        if not path.is_file():
            left_out.add(key, "picture missing")
        elif (size := picture_size(path)) is None:
            left_out.add(key, UNREADABLE)
        else:
            yield key, path, size, row


def read_object(path: Path) -> dict[str, Any]:
    """A JSON object. Raises ``DataError`` for anything else."""
    value = read_json(path)
    if not isinstance(value, dict):
        raise DataError(f"{path} is no JSON object: unpack the data set again.")
    return value


def read_json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror}): name the root folder of the data set.") from error
    except ValueError as error:
        raise DataError(f"{path} is no JSON ({error}): unpack the data set again.") from error
