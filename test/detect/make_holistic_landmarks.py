"""What Python's MediaPipe Holistic 0.10.21 sees in `pictures/`, written to `holistic.json`: the oracle of test/detect.

The pictures are rendered by `models/training` (set of seed 0, 512x512, some cut, 128 colours); run with an environment of
models/training/requirements-judge.txt:
`python test/detect/make_holistic_landmarks.py`

"pictures": each seen for itself, by a Holistic of its own, since one that is used again tracks hands and faces even with
static_image_mode. "clip": a window of 448x448 that moves over `two-hands.png`, 4 pixels right and 2 down each frame, as a video of 30
frames a second. Coordinates are pixels of the picture, z too (share of the width times width).
"""

from __future__ import annotations

import json
from pathlib import Path

import mediapipe
import numpy as np
from PIL import Image

HERE = Path(__file__).parent
PARTS = {"body": "pose_landmarks", "face": "face_landmarks", "leftHand": "left_hand_landmarks", "rightHand": "right_hand_landmarks"}
CLIP = {"picture": "two-hands.png", "side": 448, "right": 4, "down": 2, "frames": 8}
BLOCK = 16


def seen(found: object, width: int, height: int) -> dict[str, list[list[float]] | None]:
    """Points of each part as rows of x, y, z in pixels, the body's with visibility."""
    parts: dict[str, list[list[float]] | None] = {}
    for name, field in PARTS.items():
        landmarks = getattr(found, field)
        if landmarks is None:
            parts[name] = None
            continue
        rows = [[p.x * width, p.y * height, p.z * width] + ([p.visibility] if name == "body" else []) for p in landmarks.landmark]
        parts[name] = [[round(value, 4) for value in row] for row in rows]
    return parts


def blocks(mask: np.ndarray) -> list[list[float]]:
    """Means of the mask over squares of 16 pixels."""
    height, width = (side // BLOCK for side in mask.shape)
    return np.round(mask.reshape(height, BLOCK, width, BLOCK).mean(axis=(1, 3)), 4).tolist()


def main() -> None:
    holistic = mediapipe.solutions.holistic.Holistic
    stated: dict[str, object] = {"mediapipe": mediapipe.__version__, "complexity": 1}
    pictures: dict[str, object] = {}
    for path in sorted((HERE / "pictures").glob("*.png")):
        picture = np.asarray(Image.open(path).convert("RGB"))
        with holistic(static_image_mode=True, model_complexity=1, enable_segmentation=True) as detector:
            found = detector.process(picture)
        pictures[path.name] = {**seen(found, picture.shape[1], picture.shape[0]), "mask": blocks(found.segmentation_mask)}
    whole = np.asarray(Image.open(HERE / "pictures" / str(CLIP["picture"])).convert("RGB"))
    side, frames = int(CLIP["side"]), []
    with holistic(static_image_mode=False, model_complexity=1) as detector:
        for index in range(int(CLIP["frames"])):
            left, top = index * int(CLIP["right"]), index * int(CLIP["down"])
            window = np.ascontiguousarray(whole[top : top + side, left : left + side])
            frames.append(seen(detector.process(window), side, side))
    stated |= {"pictures": pictures, "clip": {**CLIP, "seen": frames}}
    (HERE / "holistic.json").write_text(json.dumps(stated, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
