"""The rendered world on disk, memory-mapped: shards written by `world.dataset`, and carried pictures beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ARRAYS = (
    "reference", "reference_labels", "reference_keypoints", "plate", "pictures", "labels", "keypoints", "depth",
    "closeups", "closeup_labels", "closeup_boxes", "closeup_owner", "soft_skin",
)  # fmt: skip
CARRIED = ("carried", "coverage", "placed", "placed_depth")
TARGETS = 3


@dataclass(frozen=True)
class Shard:
    """Arrays of one shard and the words of its signers; layouts in `world/dataset.py` and `training/carried.py`."""

    folder: Path
    arrays: dict[str, np.ndarray]
    words: list[dict[str, object]]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.arrays[name]


def open_shard(folder: Path, carried: bool) -> Shard:
    names = ARRAYS + (CARRIED if carried else ())
    arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in names}
    return Shard(folder, arrays, json.loads((folder / "words.json").read_text()))


class World:
    """All shards of one or more folders, with flat indices over targets (shard, signer, target) and close-ups (shard, row)."""

    def __init__(self, folders: list[Path], carried: bool = False) -> None:
        paths = sorted(p for folder in folders for p in folder.glob("shard-*") if (p / "words.json").exists() and p.suffix != ".part")
        if carried:
            paths = [p for p in paths if (p / "placed_depth.npy").exists()]
        if not paths:
            where = ", ".join(map(str, folders))
            raise SystemExit(f"No shards under {where}: render some with `python -m handfirst_training.world.dataset`.")
        self.shards = [open_shard(p, carried) for p in paths]
        self.targets = [(s, i, j) for s, shard in enumerate(self.shards) for i in range(len(shard["reference"])) for j in range(TARGETS)]
        self.closeups = [(s, i) for s, shard in enumerate(self.shards) for i in range(len(shard["closeups"]))]
