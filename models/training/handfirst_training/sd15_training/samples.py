"""Prepared samples as tensors: augmentation, conditions, captions. The same seed and place give the same sample."""

import argparse
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset

from ..sd15.reference_drawing import finger_heatmaps, openpose_hint
from .data.pictures import Array, DataError
from .prepare import INDEX


@dataclass(frozen=True)
class Augmentation:
    """How far pictures are changed at most. The paper names the three and gives no amounts (docs/method.md)."""

    #: Levels of 255, each colour by itself.
    rgb_shift: float = 20.0
    #: Share of the range, added to all colours.
    brightness: float = 0.2
    #: Share by which differences from middle grey grow or shrink.
    contrast: float = 0.2


@dataclass(frozen=True)
class Row:
    file: str
    caption: str
    pose: Array


def read_index(store: Path) -> list[Row]:
    if not (store / INDEX).is_file():
        raise DataError(f"{store} holds no {INDEX}: make it with handfirst_training.sd15_training.prepare.")
    rows = [json.loads(line) for line in (store / INDEX).read_text(encoding="utf-8").splitlines()]
    return [Row(row["file"], row["caption"], np.asarray(row["pose"]).reshape(-1, 3)) for row in rows]


def augment(picture: NDArray[np.uint8], rng: np.random.Generator, most: Augmentation) -> NDArray[np.float32]:
    """RGB shift, contrast and brightness; [S, S, 3] in 0..255."""
    shift, contrast, brightness = (
        rng.uniform(-1, 1, count) * size for count, size in ((3, most.rgb_shift), (1, most.contrast), (1, most.brightness))
    )
    values = picture.astype(np.float32) + shift.astype(np.float32)
    values = (values - 127.5) * (1 + float(contrast[0])) + 127.5 + 255 * float(brightness[0])
    return values.clip(0, 255)


class Samples(Dataset):
    """All epochs as one list: place i is a picture of epoch i // n in that epoch's order, so that training can go on anywhere."""

    def __init__(self, stores: list[Path], epochs: int, seed: int, hint: bool, augmentation: Augmentation | None = None) -> None:
        self.rows = [(store, row) for store in stores for row in read_index(store)]
        self.epochs, self.seed, self.hint = epochs, seed, hint
        self.augmentation = augmentation or Augmentation()

    def __len__(self) -> int:
        return self.epochs * len(self.rows)

    def __getitem__(self, place: int) -> dict[str, Tensor | str]:
        epoch, at = divmod(place, len(self.rows))
        store, row = self.rows[order(len(self.rows), self.seed, epoch)[at]]
        rng = np.random.default_rng([self.seed, place])
        picture = augment(np.asarray(Image.open(store / f"{row.file}.png").convert("RGB")), rng, self.augmentation)
        mask = np.asarray(Image.open(store / f"{row.file}-mask.png").convert("L"), np.float32) / 255
        size = len(mask)
        drawn = openpose_hint(row.pose, size).transpose(2, 0, 1) / 255 if self.hint else finger_heatmaps(row.pose, size)
        return {
            "picture": torch.from_numpy(picture.transpose(2, 0, 1) / 127.5 - 1),
            "mask": torch.from_numpy(mask)[None],
            "drawn": torch.from_numpy(drawn).float(),
            "caption": row.caption,
        }


def samples_of(options: argparse.Namespace, hint: bool) -> Samples:
    """What a training's options name."""
    most = Augmentation(options.rgb_shift, options.brightness, options.contrast)
    return Samples(options.store, options.epochs, options.seed, hint, most)


@lru_cache(maxsize=2)
def order(count: int, seed: int, epoch: int) -> tuple[int, ...]:
    return tuple(np.random.default_rng([seed, epoch, count]).permutation(count).tolist())
