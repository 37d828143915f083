"""Makes a sample keypoint file of a rendered clip, with a real detector and its faults.

`python -m handfirst_training.world.clip --out CLIP --spell HELLO --identity 2 --seed 77 --front` renders, then, in the judge's environment,
`python -m handfirst_training.samples.detect --clip CLIP --out ../../samples/hello.pose` runs MediaPipe Holistic over the frames the
way users do, through the Python package `pose-format`, and writes a `.pose` file 0.2.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image
from pose_format import Pose
from pose_format.utils.holistic import load_holistic


def frames_of(clip: Path) -> list[np.ndarray]:
    return [np.asarray(Image.open(path).convert("RGB")) for path in sorted(clip.glob("frame-*.png"))]


def detect(frames: list[np.ndarray], fps: float) -> Pose:
    """MediaPipe Holistic over a video, tracking from frame to frame."""
    height, width = frames[0].shape[:2]
    return load_holistic(frames, fps=fps, width=width, height=height, depth=width, additional_holistic_config={"model_complexity": 1})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    pose = detect(frames_of(args.clip), float(json.loads((args.clip / "stated.json").read_text())["fps"]))
    temporary = args.out.with_suffix(".partial")
    with temporary.open("wb") as file:
        pose.write(file)
    temporary.replace(args.out)
    print(f"{args.out}: {len(pose.body.data)} frames")


if __name__ == "__main__":
    main()
