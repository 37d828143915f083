"""Carried pictures of rendered signers, made once before the body stage trains.

    python -m handfirst_training.training.carried --data DIR [DIR ...] [--seed 0] [--watch]

Writes into each shard: carried [n, 3, 512, 512, 3], coverage [n, 3, 512, 512] uint8, placed [n, 3, 133, 3] and placed_depth [n, 3, 133]:
the target's keypoints as a detector would give them, and their depth in pixels. The reference is mostly the signer at rest, at times one
of the other pictures; it is at times framed otherwise, and its person mask is as rough as a detector's.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from ..conditions.carry import Reference, carry, prepare
from .faults import detector_faults, jitter
from .store import ARRAYS, TARGETS

SHOULDERS_APART = 0.36
OTHER_REFERENCE = 0.2
REFRAMED = 0.4


def pixel_depth(keypoints: np.ndarray, metres: np.ndarray) -> np.ndarray:
    """[133] depth in pixels from metres along the view: hands from their wrist, all else from the middle of the hips. Pixels a metre by the
    distance of the shoulders, as grown-ups have it."""
    deep = metres.astype(np.float64)
    across = np.hypot(*(keypoints[5, :2] - keypoints[6, :2]))
    scale = across / np.sqrt(max(SHOULDERS_APART**2 - (deep[5] - deep[6]) ** 2, 0.04))
    out = (deep - deep[[11, 12]].mean()) * scale
    for start in (91, 112):
        out[start : start + 21] = (deep[start : start + 21] - deep[start]) * scale
    return out


def rough_mask(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """[H, W] 0..1 the person as a detector finds it: a little too wide or too narrow, and soft."""
    mask = cv2.GaussianBlur((labels > 0).astype(np.float32), (0, 0), rng.uniform(0.6, 1.6))
    return np.clip((mask - rng.uniform(0.3, 0.6)) * rng.uniform(1.2, 3.0) + 0.5, 0, 1)


def reframed(picture: np.ndarray, mask: np.ndarray, keypoints: np.ndarray, rng: np.random.Generator):
    """The reference at another scale and place."""
    size = picture.shape[0]
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), rng.normal(0, 1.5), rng.uniform(0.78, 1.3))
    turn[:, 2] += rng.normal(0, 0.04 * size, 2)
    points = keypoints.copy()
    points[:, :2] = keypoints[:, :2] @ turn[:, :2].T + turn[:, 2]
    shape = (size, size)
    return cv2.warpAffine(picture, turn, shape, flags=cv2.INTER_AREA), cv2.warpAffine(mask, turn, shape), points


def reference_of(shard: dict[str, np.ndarray], i: int, j: int, rng: np.random.Generator) -> Reference:
    """The reference of signer i for target j."""
    picture, labels, keypoints = shard["reference"][i], shard["reference_labels"][i], shard["reference_keypoints"][i]
    if rng.random() < OTHER_REFERENCE:
        k = (j + 1 + int(rng.integers(TARGETS - 1))) % TARGETS
        picture, labels, keypoints = (shard[name][i, k] for name in ("pictures", "labels", "keypoints"))
    points, _ = jitter(keypoints, np.zeros(len(keypoints)), rng)
    points[:, 2] = 1.0
    mask, picture = rough_mask(labels, rng), np.asarray(picture, np.float32)
    if rng.random() < REFRAMED:
        picture, mask, points = reframed(picture, mask, points, rng)
    # As the engine does it: points far outside the picture say nothing.
    return prepare(picture, mask, np.asarray(shard["plate"][i], np.float32), points)


def make_shard(folder: Path, seed: int) -> int:
    shard = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    count, size = len(shard["reference"]), shard["reference"].shape[1]
    out = {
        "carried": np.zeros((count, TARGETS, size, size, 3), np.uint8),
        "coverage": np.zeros((count, TARGETS, size, size), np.uint8),
        "placed": np.zeros((count, TARGETS, 133, 3), np.float32),
        "placed_depth": np.zeros((count, TARGETS, 133), np.float32),
    }
    for i in range(count):
        for j in range(TARGETS):
            rng = np.random.default_rng([seed, int(folder.name.split("-")[1]), i, j])
            if j == 0 or rng.random() < 0.5:
                reference = reference_of(shard, i, j, rng)
            keypoints = np.array(shard["keypoints"][i, j])
            points, deep = jitter(keypoints, pixel_depth(keypoints, shard["depth"][i, j]), rng)
            detector_faults(points, size, rng)
            picture, cover = carry(reference, points, deep)
            out["carried"][i, j], out["coverage"][i, j] = picture.clip(0, 255).round(), (cover * 255).round()
            out["placed"][i, j], out["placed_depth"][i, j] = points, deep
    for name, array in out.items():  # placed_depth last: its presence says that all are there
        np.save(folder / f"{name}.part.npy", array)
        (folder / f"{name}.part.npy").rename(folder / f"{name}.npy")
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--watch", action="store_true", help="wait for more shards while they are rendered; end with Ctrl-C")
    args = parser.parse_args()
    while True:
        done = 0
        for folder in sorted(p for data in args.data for p in data.glob("shard-*") if p.suffix != ".part"):
            if not (folder / "placed_depth.npy").exists():
                started = time.time()
                done += make_shard(folder, args.seed)
                print(f"{folder.name}: {time.time() - started:.0f} s", flush=True)
        if not args.watch:
            return
        if not done:
            time.sleep(20)


if __name__ == "__main__":
    main()
