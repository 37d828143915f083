"""Writes the letter H of `hello.pose` in the layouts that other tools leave behind, one small file (or folder) for each.

`python -m handfirst_training.samples.formats --samples ../../samples`, with requirements-samples.txt. What MediaPipe found is kept point
by point in MediaPipe's layouts; the layouts of COCO-WholeBody and OpenPose get the points that correspond, in those tools' order.
"""

from __future__ import annotations

import argparse
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
from numpy.typing import NDArray
from pose_format import Pose

from ..judge.points import from_holistic

Array = NDArray[np.float64]

FIRST, COUNT = 8, 16
"""The letter H within `hello.pose`."""
PARTS = {"pose": 33, "face": 468, "left_hand": 21, "right_hand": 21}
KAGGLE_ORDER = ("face", "left_hand", "pose", "right_hand")
REDUCED_POSE = [11, 12, 13, 14, 23, 24]
REDUCED_FACE = """0 4 13 14 17 33 37 39 46 52 55 61 64 81 82 93 133 151 152 159 172 178 181 263 269 276 282 285 291 294 311 323 362
386 397 468 473"""
"""The last two are the irises, which only meshes of 478 points have."""
OPENPOSE_25: list[int | None] = [0, None, 6, 8, 10, 5, 7, 9, None, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3, 17, 18, 19, 20, 21, 22]
OPENPOSE_18 = OPENPOSE_25[:8] + OPENPOSE_25[9:19]
NECK = 1


@dataclass(frozen=True)
class Clip:
    """Landmarks as MediaPipe gives them: per part [frames, points, 4] of x, y (shares), z, visibility; NaN = not found."""

    width: int
    height: int
    fps: float
    parts: dict[str, Array]

    def frames(self) -> int:
        return len(self.parts["pose"])

    def whole_body(self, at: int) -> Array:
        """COCO-WholeBody's 133 points in pixels, [133, 3]."""
        seen = {name: None if np.isnan(rows[at, 0, 0]) else rows[at] for name, rows in self.parts.items()}
        hands = [None if seen[f"{side}_hand"] is None else seen[f"{side}_hand"][:, :3] for side in ("left", "right")]
        return from_holistic(seen["pose"], seen["face"], *hands, self.width, self.height)


def read(path: Path) -> Clip:
    pose = Pose.read(path.read_bytes())
    size = pose.header.dimensions
    data = np.asarray(pose.body.data.data, np.float64)[FIRST : FIRST + COUNT, 0]
    sure = np.asarray(pose.body.confidence, np.float64)[FIRST : FIRST + COUNT, 0]
    parts, start = {}, 0
    for name, count in PARTS.items():
        rows = np.concatenate([data[:, start : start + count], sure[:, start : start + count, None]], axis=2)
        rows[..., :2] /= (size.width, size.height)
        rows[~(sure[:, start : start + count] > 0).any(axis=1)] = np.nan
        parts[name] = rows
        start += count
    return Clip(size.width, size.height, float(pose.body.fps), parts)


def stacked(clip: Clip, order: tuple[str, ...], numbers: int, missing: float) -> NDArray[np.float32]:
    rows = np.concatenate([clip.parts[name][..., :numbers] for name in order], axis=1)
    return np.nan_to_num(rows, nan=missing).astype(np.float32) if missing == 0 else rows.astype(np.float32)


def write_arrays(clip: Clip, out: Path) -> None:
    """YouTube-ASL's extracts, and Holistic's points as others keep them."""
    face = [int(index) for index in REDUCED_FACE.split()]
    mesh = np.concatenate([clip.parts["face"], np.full((clip.frames(), 10, 4), np.nan)], axis=1)
    reduced = [clip.parts["pose"][:, REDUCED_POSE], mesh[:, face], clip.parts["left_hand"], clip.parts["right_hand"]]
    rows = np.nan_to_num(np.concatenate(reduced, axis=1)).astype(np.float32)
    np.save(out / "h-85.npy", rows)
    np.save(out / "h-255.npy", rows[..., :3].reshape(len(rows), -1))
    bodies = stacked(clip, ("pose", "left_hand", "right_hand"), 3, 0.0)
    np.save(out / "h-225.npy", bodies.reshape(len(bodies), -1))
    np.save(out / "h-543.npy", stacked(clip, KAGGLE_ORDER, 3, np.nan))
    np.savez_compressed(out / "h.npz", keypoints=stacked(clip, KAGGLE_ORDER, 3, np.nan))


def write_parquet(clip: Clip, out: Path) -> None:
    """The Kaggle sets: isolated signs (long) and fingerspelling (wide)."""
    values = {name: clip.parts[name][..., :3].astype(np.float32) for name in KAGGLE_ORDER}
    rows = [
        (f, f"{f}-{name}-{i}", name, i, *map(float, values[name][f, i]))
        for f in range(clip.frames())
        for name in KAGGLE_ORDER
        for i in range(PARTS[name])
    ]
    frame, row, kind, index, x, y, z = zip(*rows, strict=True)
    long = {
        "frame": pyarrow.array(frame, "int16"), "row_id": row, "type": kind, "landmark_index": pyarrow.array(index, "int16"),
        "x": pyarrow.array(x, "float32"), "y": pyarrow.array(y, "float32"), "z": pyarrow.array(z, "float32"),
    }  # fmt: skip
    pyarrow.parquet.write_table(pyarrow.table(long), out / "h-long.parquet", compression="zstd")
    wide = {"sequence_id": pyarrow.array([1] * clip.frames(), "int64"), "frame": pyarrow.array(range(clip.frames()), "int16")}
    for axis, letter in enumerate("xyz"):
        for name in KAGGLE_ORDER:
            wide |= {f"{letter}_{name}_{i}": values[name][:, i, axis] for i in range(PARTS[name])}
    pyarrow.parquet.write_table(
        pyarrow.table(wide), out / "h-wide.parquet", compression="zstd", write_statistics=False, use_dictionary=False
    )


def landmarks(rows: Array) -> list[dict[str, float]]:
    """MediaPipe's objects; an empty list where the part was not found."""
    if np.isnan(rows[0, 0]):
        return []
    return [{"x": round(x, 5), "y": round(y, 5), "z": round(z, 5), "visibility": round(v, 4)} for x, y, z, v in rows.tolist()]


def write_mediapipe(clip: Clip, out: Path) -> None:
    """The Tasks API's results, packed, rows under Python's names (YouTube-ASL's clip sets), and WMT-SLT's folder."""
    names = {"pose": "poseLandmarks", "face": "faceLandmarks", "left_hand": "leftHandLandmarks", "right_hand": "rightHandLandmarks"}
    frames = [
        {key: [found] if (found := landmarks(clip.parts[name][at])) else [] for name, key in names.items()} for at in range(clip.frames())
    ]
    (out / "h-tasks.json.gz").write_bytes(gzip.compress(json.dumps(frames, separators=(",", ":")).encode(), mtime=0))
    kept = [
        {f"{name}_landmarks": [] if np.isnan(rows[at, 0, 0]) else rows[at, :, :2].round(5).tolist() for name, rows in clip.parts.items()}
        for at in range(clip.frames())
    ]
    save(out / "h-youtube-asl.json", {"cropped_keypoints": kept})
    folder = out / "h-wmt-slt"
    folder.mkdir(exist_ok=True)
    for at in range(0, clip.frames(), 2):
        stated = {}
        for name, count in PARTS.items():
            rows = [",".join(f"{v:.5g}" for v in row) for row in np.nan_to_num(clip.parts[name][at]).tolist()]
            stated[f"{name}_landmarks"] = {"num_landmarks": count, "landmarks": rows}
        (folder / f"h.{at // 2:06d}.json").write_text(json.dumps(stated, separators=(",", ":")) + "\n")


def write_mmpose(clip: Clip, out: Path) -> None:
    """MMPose's inferencer and demo script; DWPose's detector."""
    frames, with_neck, dwpose = [], [], []
    for at in range(clip.frames()):
        points = clip.whole_body(at).round(3)
        seen = points[points[:, 2] > 0, :2]
        box = [*seen.min(axis=0).tolist(), *seen.max(axis=0).tolist()]
        instance = {"keypoints": points[:, :2].tolist(), "keypoint_scores": points[:, 2].tolist(), "bbox": [box], "bbox_score": 1.0}
        frames.append({"frame_id": at, "instances": [instance]})
        body = openpose(points, OPENPOSE_18)
        shares = np.where(points[:, 2:] > 0, points[:, :2] / (clip.width, clip.height), -1.0).round(5)
        rows = np.concatenate([body[:, :2] / (clip.width, clip.height), shares[17:]]).round(5)
        scores = np.concatenate([body[:, 2], points[17:, 2]]).round(3)
        with_neck.append({"frame_id": at, "instances": [{"keypoints": rows.tolist(), "keypoint_scores": scores.tolist()}]})
        subset = [[i if body[i, 2] > 0 else -1 for i in range(18)]]
        candidate = (body[:, :2] / (clip.width, clip.height)).round(5).tolist()
        dwpose.append(
            {
                "bodies": {"candidate": candidate, "subset": subset},
                "hands": [shares[91:112].tolist(), shares[112:].tolist()],
                "faces": [shares[23:91].tolist()],
            }
        )
    save(out / "h-mmpose.json", frames)
    demo = [{"frame_id": frame["frame_id"] + 1, "instances": frame["instances"]} for frame in frames]
    save(out / "h-mmpose-demo.json", {"meta_info": {"dataset_name": "coco_wholebody", "num_keypoints": 133}, "instance_info": demo})
    save(out / "h-dwpose-134.json", with_neck)
    save(out / "h-dwpose.json", dwpose)


def openpose(points: Array, order: list[int | None]) -> Array:
    """The body in OpenPose's order; neck and middle of the hips lie between the two points they join."""
    rows = np.zeros((len(order), 3))
    for place, source in enumerate(order):
        pair = points[[5, 6] if place == NECK else [11, 12]]
        if source is not None:
            rows[place] = points[source]
        elif (pair[:, 2] > 0).all():
            rows[place] = [*pair[:, :2].mean(axis=0), pair[:, 2].min()]
    return rows


def write_openpose(clip: Clip, out: Path) -> None:
    """OpenPose's folder of frames (70 points of the face: the pupils are the eyes' middles), and ComfyUI's frames in one file."""
    folder, comfy = out / "h-openpose", []
    folder.mkdir(exist_ok=True)
    for at in range(clip.frames()):
        points = clip.whole_body(at)
        face = points[23:91]
        pupils = [face[36:42].mean(axis=0), face[42:48].mean(axis=0)]
        hands = {f"hand_{side}_keypoints_2d": flat(points[start : start + 21]) for side, start in (("left", 91), ("right", 112))}
        person = {
            "person_id": [-1],
            "pose_keypoints_2d": flat(openpose(points, OPENPOSE_25)),
            "face_keypoints_2d": flat(np.concatenate([face, pupils])),
            **hands,
        }
        (folder / f"h_{at:012d}_keypoints.json").write_text(json.dumps({"version": 1.3, "people": [person]}, separators=(",", ":")) + "\n")
        parts = {name: value if any(value) else None for name, value in hands.items()}
        people = [{"pose_keypoints_2d": flat(openpose(points, OPENPOSE_18)), "face_keypoints_2d": flat(face), **parts}]
        comfy.append({"people": people, "canvas_width": clip.width, "canvas_height": clip.height})
    save(out / "h-comfyui.json", comfy)


def write_alphapose(clip: Clip, out: Path) -> None:
    """AlphaPose's results with a whole-body model of 133 points, a person an entry."""
    people = [
        {"image_id": f"{at}.jpg", "category_id": 1, "keypoints": flat(clip.whole_body(at)), "score": 3.0, "idx": [0.0]}
        for at in range(clip.frames())
    ]
    save(out / "h-alphapose.json", people)


def write_frames(clip: Clip, out: Path) -> None:
    """One array a frame, as recorders of sign languages keep them: 33 body points with visibility and both hands, 258 numbers."""
    folder = out / "h-258"
    folder.mkdir(exist_ok=True)
    hands = [clip.parts[f"{side}_hand"][..., :3].reshape(clip.frames(), -1) for side in ("left", "right")]
    rows = np.nan_to_num(np.concatenate([clip.parts["pose"].reshape(clip.frames(), -1), *hands], axis=1)).astype(np.float32)
    for at, row in enumerate(rows):
        np.save(folder / f"{at}.npy", row)


def flat(rows: Array) -> list[float]:
    return rows.round(3).reshape(-1).tolist()


def save(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, required=True, help="the folder with hello.pose")
    out = parser.parse_args().samples
    clip = read(out / "hello.pose")
    for write in (write_arrays, write_parquet, write_mediapipe, write_mmpose, write_openpose, write_alphapose, write_frames):
        write(clip, out)
    print(f"{clip.frames()} frames of hello.pose in every layout under {out}")


if __name__ == "__main__":
    main()
