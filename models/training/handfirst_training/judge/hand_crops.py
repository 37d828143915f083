"""Finds the hands that `training.mask_loss` drew: hands found, and the paper's DAP over their joints.

    python -m handfirst_training.judge.hand_crops DIR

Prints for each folder of DIR the share of hands that MediaPipe Hands finds and DAP (COCO-WholeBody's average precision of the keypoints
asked for, in `DIR/hands.json`, which takes the area of the person), with 95 % intervals. Needs the packages of requirements-judge.txt.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .distances import bootstrap
from .points import LEFT_HAND, SIGMAS
from .similarity import average_precision, oks

Array = NDArray[np.float64]


class Asked(NamedTuple):
    """What a picture was drawn from: joints [21, 3] in its pixels, and pixels of the person."""

    keypoints: Array
    area: float


def find(detector, path: Path) -> tuple[Array, float]:
    """[21, 3] the joints in pixels, and how sure MediaPipe is of them; all zeros and 0 where it finds no hand."""
    from PIL import Image

    picture = np.asarray(Image.open(path).convert("RGB"))
    found = detector.process(np.ascontiguousarray(picture))
    if not found.multi_hand_landmarks:
        return np.zeros((21, 3)), 0.0
    size = picture.shape[1], picture.shape[0]
    points = np.array([[at.x * size[0], at.y * size[1], 1.0] for at in found.multi_hand_landmarks[0].landmark])
    return points, float(found.multi_handedness[0].classification[0].score)


def scores(detector, folder: Path, asked: list[Asked]) -> tuple[Array, Array]:
    """Similarity and confidence of each hand."""
    rows = []
    for k, (truth, area) in enumerate(asked):
        points, sure = find(detector, folder / f"hand-{k:03d}.png")
        rows.append((oks(truth, points, area, SIGMAS[LEFT_HAND]), sure))
    similar, sure = np.array(rows).T
    return similar, sure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    import mediapipe

    asked = [Asked(np.array(hand["keypoints"]), hand["area"]) for hand in json.loads((args.folder / "hands.json").read_text())]
    with mediapipe.solutions.hands.Hands(static_image_mode=True, max_num_hands=1) as detector:
        for folder in sorted(path for path in args.folder.iterdir() if path.is_dir()):
            similar, sure = scores(detector, folder, asked)
            found = bootstrap(lambda at, sure=sure: float((sure[at] > 0).mean()), len(asked))
            within = bootstrap(lambda at, one=similar, two=sure: average_precision(one[at], two[at]), len(asked))
            print(
                f"{folder.name}: found {(sure > 0).mean():.3f} [{found[0]:.3f}, {found[1]:.3f}], "
                f"DAP {average_precision(similar, sure):.3f} [{within[0]:.3f}, {within[1]:.3f}], mean OKS {similar.mean():.3f}"
            )


if __name__ == "__main__":
    main()
