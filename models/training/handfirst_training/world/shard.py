"""One shard of a set: the arrays of some signers, written all or nothing."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .closeups import SIZE as CLOSEUP
from .studio import Shot

ARRAYS = ("picture", "labels", "keypoints", "away")


@dataclass
class Sample:
    """One signer: reference and its plate, targets and their plate [n, n, 3], its skin in the light of close-ups [9], and what is said of
    it."""

    reference: Shot
    reference_plate: NDArray[np.uint8]
    plate: NDArray[np.uint8]
    targets: list[Shot]
    soft_skin: NDArray[np.float32]
    words: dict[str, object]


def arrays_of(samples: list[Sample]) -> dict[str, NDArray]:
    """reference [n, 512, 512, 3], reference_labels [n, 512, 512], reference_keypoints [n, 133, 3], reference_depth [n, 133];
    reference_plate and plate (of the targets' camera) [n, 512, 512, 3]; pictures [n, t, 512, 512, 3], labels, keypoints and depth
    likewise; closeups [m, 192, 192, 3], closeup_labels [m, 192, 192], closeup_boxes [m, 3] (x0, y0, side in pixels of the picture),
    closeup_owner [m, 4] (signer, target, left, right), soft_skin [n, 9] (the face's skin in the light of close-ups).

    Labels: see `labels.py`. Keypoints: x, y, 1 seen, 0.5 hidden, 0 outside. Depth: metres from the camera along the view.
    """
    out: dict[str, NDArray] = {}
    names = ("", "_labels", "_keypoints", "_depth")
    for ending, field in zip(names, ARRAYS, strict=True):
        out[f"reference{ending}"] = np.stack([getattr(s.reference, field) for s in samples])
    out["plate"] = np.stack([s.plate for s in samples])
    out["reference_plate"] = np.stack([s.reference_plate for s in samples])
    for name, field in zip(("pictures", "labels", "keypoints", "depth"), ARRAYS, strict=True):
        out[name] = np.stack([np.stack([getattr(shot, field) for shot in s.targets]) for s in samples])
    out["soft_skin"] = np.stack([s.soft_skin for s in samples])
    near = [(i, t, shot) for i, s in enumerate(samples) for t, target in enumerate(s.targets) for shot in target.closeups]
    out["closeups"] = np.array([shot.picture for _, _, shot in near], np.uint8).reshape(-1, CLOSEUP, CLOSEUP, 3)
    out["closeup_labels"] = np.array([shot.labels for _, _, shot in near], np.uint8).reshape(-1, CLOSEUP, CLOSEUP)
    out["closeup_boxes"] = np.array([shot.box for _, _, shot in near], np.float32).reshape(-1, 3)
    out["closeup_owner"] = np.array([(i, t, shot.left, shot.right) for i, t, shot in near], np.int32).reshape(-1, 4)
    return out


def write_shard(folder: Path, samples: list[Sample]) -> None:
    """Write the arrays (see `arrays_of`) and words.json under a temporary name, then rename the folder."""
    part = folder.with_name(f".{folder.name}.part{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, array in arrays_of(samples).items():
        np.save(part / f"{name}.npy", array)
    (part / "words.json").write_text(json.dumps([sample.words for sample in samples], ensure_ascii=False))
    part.rename(folder)
