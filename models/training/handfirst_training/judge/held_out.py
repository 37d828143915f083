"""The held-out set: rendered pictures of signers that training never saw, with their truth, and the keypoints that the product is given."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..world.depth import relative_depth

Array = NDArray[np.float64]
Pixels = NDArray[np.uint8]

HAND_LABELS = {"left": 2, "right": 3}
BODY_POINTS = 17


@dataclass(frozen=True)
class Item:
    """One held-out picture: pixels [s, s, 3], labels [s, s], keypoints [133, 3] and depth [133] as rendered, caption, reference picture."""

    index: int
    picture: Pixels
    labels: Pixels
    keypoints: Array
    depth: Array
    caption: str
    reference: Pixels
    closeups: tuple[tuple[Pixels, tuple[float, float, float]], ...]

    @property
    def name(self) -> str:
        return f"{self.index:05d}"

    @property
    def size(self) -> int:
        return int(self.picture.shape[0])

    @property
    def area(self) -> float:
        """Pixels of the person."""
        return float(np.count_nonzero(self.labels))


def given_points(keypoints: Array) -> Array:
    """What the product is given of rendered keypoints [..., 133, 3], as files from detectors have it.

    Confidence 1 in the frame, seen or hidden. Outside it the 17 body points are there with confidence 0.5 (a detector's body model
    goes on there), everything else is missing.
    """
    out = keypoints.astype(np.float64).copy()
    inside = keypoints[..., 2] > 0
    out[..., 2] = np.where(inside, 1.0, 0.0)
    out[..., :BODY_POINTS, 2] = np.where(inside[..., :BODY_POINTS], 1.0, 0.5)
    return np.where(out[..., 2:] > 0, out, 0.0)


def asked_points(keypoints: Array) -> Array:
    """The points that a picture is judged by: those in the frame, with confidence 1; the others zeros."""
    inside = keypoints[..., 2:] > 0
    return np.where(inside, np.concatenate([keypoints[..., :2], np.ones_like(inside, np.float64)], axis=-1), 0.0)


SHARD_ARRAYS = ("reference", "pictures", "labels", "keypoints", "closeup_labels", "closeup_boxes", "closeup_owner")


def load_items(folder: Path, count: int) -> list[Item]:
    """The first target of each of the first `count` signers. Raises SystemExit with a sentence where there are fewer."""
    items: list[Item] = []
    for path in sorted(folder.glob("shard-*")):
        if (path / "words.json").exists() and len(items) < count:
            items += _shard_items(path, len(items))[: count - len(items)]
    if len(items) < count:
        raise SystemExit(f"{folder} holds {len(items)} signers, not {count}: render more, or give --count {len(items)}.")
    return items


def _shard_items(path: Path, first: int) -> list[Item]:
    """The items of one shard, numbered from `first` on."""
    shard = {name: np.load(path / f"{name}.npy", mmap_mode="r") for name in SHARD_ARRAYS}
    away = np.load(path / "depth.npy")
    words = json.loads((path / "words.json").read_text(encoding="utf-8"))
    items = []
    for row, said in enumerate(words):
        mine = np.nonzero((shard["closeup_owner"][:, :2] == (row, 0)).all(axis=1))[0]
        boxes = [(float(x), float(y), float(side)) for x, y, side in shard["closeup_boxes"][mine]]
        items.append(
            Item(
                first + row,
                shard["pictures"][row, 0],
                shard["labels"][row, 0],
                shard["keypoints"][row, 0].astype(np.float64),
                relative_depth(away[row, 0].astype(np.float64), float(said["focal"])).astype(np.float64),
                str(said["caption"]),
                shard["reference"][row],
                tuple((shard["closeup_labels"][at], box) for at, box in zip(mine, boxes, strict=True)),
            )
        )
    return items


def hand_truth(item: Item, crop: tuple[float, float, float], hands: list[str], size: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where a crop (x0, y0, side in pixels of the picture) shows its hands, and where that is known: both [size, size].

    Close-ups, rendered at several times the picture's resolution, are asked first, then the picture's own labels.
    """
    x0, y0, side = crop
    line = (np.arange(size) + 0.5) * side / size
    x, y = x0 + line[None, :], y0 + line[:, None]
    truth, known = np.zeros((size, size), bool), np.zeros((size, size), bool)
    wanted = [HAND_LABELS[name] for name in hands]
    for labels, (left, top, whole) in [*item.closeups, (item.labels, (0.0, 0.0, float(item.size)))]:
        scale = labels.shape[0] / whole
        columns, rows = np.floor((x - left) * scale).astype(int), np.floor((y - top) * scale).astype(int)
        inside_x, inside_y = (columns >= 0) & (columns < labels.shape[1]), (rows >= 0) & (rows < labels.shape[0])
        inside = inside_y & inside_x & ~known
        seen = np.isin(labels[np.clip(rows, 0, labels.shape[0] - 1), np.clip(columns, 0, labels.shape[1] - 1)], wanted)
        truth |= inside & seen
        known |= inside
    return truth, known


@dataclass(frozen=True)
class Scene:
    """Rendered pictures [n, s, s, 3] with labels, keypoints, depth, and what `stated.json` says of them."""

    pictures: Pixels
    labels: Pixels
    keypoints: Array
    depth: Array
    stated: dict[str, object]


def load_scene(folder: Path) -> Scene | None:
    """`letters` or `clip` beside the held-out shards (see `scenes.py`); None where they were not rendered."""
    if not (folder / "stated.json").exists():
        return None
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("pictures", "labels", "keypoints", "depth")}
    return Scene(
        arrays["pictures"],
        arrays["labels"],
        np.asarray(arrays["keypoints"], np.float64),
        np.asarray(arrays["depth"], np.float64),
        json.loads((folder / "stated.json").read_text(encoding="utf-8")),
    )
