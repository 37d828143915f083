"""HaGRID: ``annotations/<split>/<gesture>.json`` and ``<gesture>/<id>.jpg``.

An annotation holds, for each hand, a box, a label (the gesture or ``no_gesture``) and 21 landmarks in 0..1 (``landmarks`` in version 1,
``hand_landmarks`` in version 2); ``leading_hand`` says which hand of the person makes the gesture.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .pictures import HAND_POINTS, Array, Captions, DataError, LeftOut, Picture, empty_pose, read_object, readable, set_hand

OTHER = {"left": "right", "right": "left"}
NO_GESTURE = "no_gesture"


def read_hagrid(root: Path, captions: Captions, left_out: LeftOut) -> Iterator[Picture]:
    files = sorted((root / "annotations").glob("*/*.json"))
    if not files:
        raise DataError(f"{root} holds no annotations/<split>/<gesture>.json: name the root folder of HaGRID.")
    for file in files:
        gesture = file.stem
        rows = ((f"{gesture}/{name}", root / gesture / f"{name}.jpg", annotation) for name, annotation in read_object(file).items())
        for key, path, size, annotation in readable(rows, left_out):
            pose = _pose(annotation, size)
            if pose is None:
                left_out.add(key, "no landmarks")
            else:
                yield Picture(key, path, pose, captions.of(key, gesture))


def _pose(annotation: dict[str, Any], size: Array) -> Array | None:
    """None where it holds no whole hand."""
    landmarks = annotation.get("hand_landmarks") or annotation.get("landmarks") or []
    leading = annotation.get("leading_hand")
    pose, found = empty_pose(), False
    for label, points in zip(annotation.get("labels", []), landmarks, strict=False):
        if len(points) != HAND_POINTS or leading not in OTHER:
            continue
        side = leading if label != NO_GESTURE else OTHER[leading]
        set_hand(pose, side, np.asarray(points, dtype=float) * size)
        found = True
    return pose if found else None
