"""InterHand2.6M and Re:InterHand: joints in space and calibrated cameras.

Both number 42 joints, the right hand first, each finger from its tip to its root, thumb to little finger, the wrist last.

* InterHand2.6M: ``annotations/<split>/InterHand2.6M_<split>_{data,camera,joint_3d}.json``, ``images/<split>/<file_name>``; a camera
  has ``campos``, ``camrot``, ``focal`` and ``princpt``, and sees R (X - position).
* Re:InterHand: a folder a capture with ``Mugsy_cameras/cam_params.json`` (``R``, ``t``, ``focal``, ``princpt``: sees R X + t),
  ``Mugsy_cameras/envmap_per_frame/images/<camera>/<frame>.png`` and ``keypoints_orig/keypoints_orig/<frame>.json``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .pictures import HAND_POINTS, Array, Captions, DataError, LeftOut, Picture, empty_pose, read_json, read_object, set_hand

SIDES = {"right": 0, "left": HAND_POINTS}
#: Tip to root, finger by finger, wrist last -> wrist first, then root to tip.
ORDER = [20, *(4 * finger + 3 - joint for finger in range(5) for joint in range(4))]


def read_interhand(root: Path, captions: Captions, left_out: LeftOut) -> Iterator[Picture]:
    files = sorted((root / "annotations").glob("*/InterHand2.6M_*_data.json"))
    if not files:
        raise DataError(f"{root} holds no annotations/<split>/InterHand2.6M_<split>_data.json: name the root folder of InterHand2.6M.")
    for file in files:
        split = file.parent.name
        data = read_object(file)
        cameras = read_object(file.with_name(file.name.replace("_data", "_camera")))
        joints = read_object(file.with_name(file.name.replace("_data", "_joint_3d")))
        for image in data["images"]:
            key = f"{split}/{image['file_name']}"
            path = root / "images" / split / image["file_name"]
            capture, frame, camera = str(image["capture"]), str(image["frame_idx"]), str(image["camera"])
            if not path.is_file():
                left_out.add(key, "picture missing")
            elif frame not in joints.get(capture, {}):
                left_out.add(key, "no joints")
            elif camera not in cameras.get(capture, {}).get("campos", {}):
                left_out.add(key, "camera not calibrated")
            else:
                known = joints[capture][frame]
                world = np.asarray(known["world_coord"], dtype=float).reshape(-1, 3)
                valid = np.asarray(known["joint_valid"], dtype=float).reshape(-1) > 0
                lens = {name: np.asarray(cameras[capture][name][camera], dtype=float) for name in ("campos", "camrot", "focal", "princpt")}
                seen = (world - lens["campos"]) @ lens["camrot"].T
                caption = captions.of(key, f"{capture}/{image['seq_name']}", str(image["seq_name"]))
                yield from _picture(key, path, _projected(seen, lens), valid, caption, left_out)


def read_reinterhand(root: Path, captions: Captions, left_out: LeftOut) -> Iterator[Picture]:
    captures = sorted(path.parent.parent for path in root.glob("*/Mugsy_cameras/cam_params.json"))
    if not captures:
        raise DataError(f"{root} holds no <capture>/Mugsy_cameras/cam_params.json: name the folder of Re:InterHand's captures.")
    for capture in captures:
        cameras = read_object(capture / "Mugsy_cameras" / "cam_params.json")
        for path in sorted((capture / "Mugsy_cameras" / "envmap_per_frame" / "images").glob("*/*.png")):
            camera, frame = path.parent.name, path.stem
            key = f"{capture.name}/{camera}/{frame}"
            places = capture / "keypoints_orig"
            file = next((file for file in (places / "keypoints_orig" / f"{frame}.json", places / f"{frame}.json") if file.is_file()), None)
            if camera not in cameras:
                left_out.add(key, "camera not calibrated")
            elif file is None:
                left_out.add(key, "no joints")
            else:
                world = np.asarray(read_json(file), dtype=float).reshape(-1, 3)
                lens = {name: np.asarray(value, dtype=float) for name, value in cameras[camera].items()}
                seen = world @ lens["R"].reshape(3, 3).T + lens["t"].reshape(3)
                valid = np.ones(len(world), bool)
                caption = captions.of(key, capture.name)
                yield from _picture(key, path, _projected(seen, lens), valid, caption, left_out)


def _projected(seen: Array, lens: dict[str, Array]) -> Array:
    """[n, 2] pixels; NaN behind the camera."""
    depth = np.where(seen[:, 2:] > 0, seen[:, 2:], np.nan)
    return seen[:, :2] / depth * lens["focal"].reshape(-1)[:2] + lens["princpt"].reshape(-1)[:2]


def _picture(key: str, path: Path, pixels: Array, valid: Any, caption: str, left_out: LeftOut) -> Iterator[Picture]:
    pose, found = empty_pose(), False
    for side, start in SIDES.items():
        rows = slice(start, start + HAND_POINTS)
        if bool(valid[rows].all()) and bool(np.isfinite(pixels[rows]).all()):
            set_hand(pose, side, pixels[rows][ORDER])
            found = True
    if found:
        yield Picture(key, path, pose, caption)
    else:
        left_out.add(key, "no hand with all joints")
