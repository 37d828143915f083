"""The paper's evaluator: MediaPipe Holistic on single pictures, as COCO-WholeBody's 133 points."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .points import COUNT, from_holistic

Array = NDArray[np.float64]

CHUNK = 4
HEAVY_MODEL = "pose_landmark_heavy.tflite"

_holistic = None


def largest_complexity() -> int:
    """2 where the heavy body model lies in the installed package, else 1, the only one in the wheel: nothing is fetched."""
    return 2 if (_models() / HEAVY_MODEL).exists() else 1


def _models() -> Path:
    import mediapipe

    return Path(mediapipe.__file__).parent / "modules" / "pose_landmark"


def check_complexity(complexity: int) -> None:
    """Raises SystemExit with a sentence where the package lacks the model: MediaPipe itself would try to fetch it."""
    if complexity not in (1, 2):
        raise SystemExit(f"--complexity {complexity} is not offered: choose 1, or 2 with the heavy body model.")
    if complexity == 2 and largest_complexity() < 2:
        raise SystemExit(
            f"--complexity 2 needs {HEAVY_MODEL}, which mediapipe's wheel does not hold: "
            f"copy it from the npm package @mediapipe/holistic to {_models()}, or choose --complexity 1."
        )


def _start(complexity: int) -> None:
    global _holistic
    _silence()
    import mediapipe

    _holistic = mediapipe.solutions.holistic.Holistic(static_image_mode=True, model_complexity=complexity)


def _silence() -> None:
    """MediaPipe's C++ logs go past Python: the worker's stderr is turned away."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    os.close(quiet)


def _rows(landmarks: object, visible: bool = False) -> Array | None:
    if landmarks is None:
        return None
    return np.array([[at.x, at.y, at.z, at.visibility] if visible else [at.x, at.y, at.z] for at in landmarks.landmark])


def _detect_one(picture: NDArray[np.uint8]) -> Array:
    assert _holistic is not None
    height, width = picture.shape[:2]
    found = _holistic.process(np.ascontiguousarray(picture))
    return from_holistic(
        _rows(found.pose_landmarks, visible=True),
        _rows(found.face_landmarks),
        _rows(found.left_hand_landmarks),
        _rows(found.right_hand_landmarks),
        width,
        height,
    )


def _load_and_detect(source: Path | NDArray[np.uint8]) -> Array:
    if isinstance(source, Path):
        from PIL import Image

        source = np.asarray(Image.open(source).convert("RGB"))
    return _detect_one(source)


def detect(
    pictures: Sequence[Path] | NDArray[np.uint8],
    complexity: int = 1,
    workers: int = 2,
    tell: Callable[[int], None] | None = None,
) -> Array:
    """[n, 133, 3] x, y in pixels and confidence of what Holistic finds in each picture (files, or uint8 [n, h, w, 3] RGB).

    Each picture is seen for itself (`static_image_mode`), so that their order changes nothing. `tell` hears how many are done.
    """
    check_complexity(complexity)
    out = np.zeros((len(pictures), COUNT, 3))
    if len(pictures) == 0:
        return out
    context = get_context("spawn")
    with context.Pool(min(workers, len(pictures)), initializer=_start, initargs=(complexity,)) as pool:
        for at, points in enumerate(pool.imap(_load_and_detect, pictures, chunksize=CHUNK)):
            out[at] = points
            if tell is not None:
                tell(at + 1)
    return out
