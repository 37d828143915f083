"""The rendered world on disk, memory-mapped: shards written by `world.dataset`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .mirror import SIDED

ARRAYS = ("pictures", "labels", "keypoints", "depth", "closeups", "closeup_labels", "closeup_boxes", "closeup_owner", "references", "look")


@dataclass(frozen=True)
class Shard:
    """Arrays of one shard and its captions; layouts in `world/dataset.py`."""

    arrays: dict[str, np.ndarray]
    captions: list[list[dict[str, object]]]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]


def open_shard(folder: Path) -> Shard:
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    return Shard(arrays, json.loads((folder / "captions.json").read_text()))


class World:
    """All shards of one or more folders, with flat indices over pictures and close-ups."""

    def __init__(self, folders: list[Path], limit: int | None = None) -> None:
        paths = sorted(p for folder in folders for p in folder.glob("shard-*") if (p / "captions.json").exists())
        if not paths:
            where = ", ".join(map(str, folders))
            raise SystemExit(f"No shards under {where}: render some with `python -m handfirst_training.world.dataset`.")
        self.shards = [open_shard(p) for p in paths[:limit]]
        self.look_layout: list[dict[str, object]] = json.loads((folders[0] / "look.json").read_text())
        starts = self._starts()
        self.skin = slice(starts["skin"], starts["skin"] + 3)
        self.sided = [starts[name] for name in SIDED if name in starts]
        self.pictures = [(s, i) for s, shard in enumerate(self.shards) for i in range(len(shard["pictures"]))]
        self.closeups = [(s, i) for s, shard in enumerate(self.shards) for i in range(len(shard["closeups"]))]

    def _starts(self) -> dict[str, int]:
        """Where each part of the look vector begins."""
        starts, at = {}, 0
        for entry in self.look_layout:
            starts[str(entry["name"])] = at
            at += int(str(entry["size"]))
        return starts

    @property
    def look_size(self) -> int:
        return int(self.shards[0]["look"].shape[1])
