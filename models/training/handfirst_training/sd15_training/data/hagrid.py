"""HaGRID: ``annotations/<split>/<gesture>.json`` and ``<gesture>/<id>.jpg``.

An annotation holds, for each hand, a box, a label (the gesture or ``no_gesture``) and 21 landmarks in 0..1 (``landmarks`` in version 1,
``hand_landmarks`` in version 2); ``leading_hand`` says which hand of the person makes the gesture.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .pictures import (
    HAND_POINTS,
    UNREADABLE,
    Captions,
    DataError,
    LeftOut,
    Picture,
    empty_pose,
    picture_size,
    read_json,
    set_hand,
)

OTHER = {"left": "right", "right": "left"}
NO_GESTURE = "no_gesture"


def read_hagrid(root: Path, captions: Captions, left_out: LeftOut) -> Iterator[Picture]:
    files = sorted((root / "annotations").glob("*/*.json"))
    if not files:
        raise DataError(f"{root} holds no annotations/<split>/<gesture>.json: name the root folder of HaGRID.")
    for file in files:
        gesture = file.stem
        annotations = read_json(file)
        if not isinstance(annotations, dict):
            raise DataError(f"{file} is no object of annotations by picture: unpack HaGRID's annotations again.")
        for name, annotation in annotations.items():
            key = f"{gesture}/{name}"
            path = root / gesture / f"{name}.jpg"
            if not path.is_file():
                left_out.add(key, "picture missing")
                continue
            picture = _picture(key, path, annotation, captions.of(key, gesture), left_out)
            if picture is not None:
                yield picture


def _picture(key: str, path: Path, annotation: dict[str, Any], caption: str, left_out: LeftOut) -> Picture | None:
    landmarks = annotation.get("hand_landmarks") or annotation.get("landmarks") or []
    leading = annotation.get("leading_hand")
    size = picture_size(path)
    if size is None:
        left_out.add(key, UNREADABLE)
        return None
    pose, sides = empty_pose(), set()
    for label, points in zip(annotation.get("labels", []), landmarks, strict=False):
        if len(points) != HAND_POINTS or leading not in OTHER:
            continue
        side = leading if label != NO_GESTURE else OTHER[leading]
        set_hand(pose, side, np.asarray(points, dtype=float) * size)
        sides.add(side)
    if not sides:
        left_out.add(key, "no landmarks")
        return None
    return Picture(key, path, pose, caption)
