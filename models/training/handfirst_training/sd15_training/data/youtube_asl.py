"""YouTube-ASL: a list of video ids, and what a user has made of the videos.

``youtube_asl_video_ids.txt`` as published; ``frames/<id>/<number>.jpg``, a video's frames in order; ``keypoints/<id>.json``, an extract
``{"cropped_keypoints": [{"pose_landmarks": [[x, y] x 33], "left_hand_landmarks": [...], "right_hand_landmarks": [...]}, ...]}``
with a row a frame, 0..1, an empty list where a part was not found.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .pictures import HAND_POINTS, Captions, DataError, LeftOut, Picture, empty_pose, read_json, readable, set_hand

#: COCO's 17 body points among MediaPipe's 33.
BODY = [0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28]


def read_youtube_asl(root: Path, captions: Captions, left_out: LeftOut) -> Iterator[Picture]:
    listed = root / "youtube_asl_video_ids.txt"
    if not listed.is_file():
        raise DataError(f"{listed} is missing: name the folder that holds YouTube-ASL's list of videos, frames and keypoints.")
    for video in listed.read_text(encoding="utf-8").split():
        file, frames = root / "keypoints" / f"{video}.json", sorted((root / "frames" / video).glob("*.jpg"))
        if not frames or not file.is_file():
            left_out.add(video, "video not there" if not frames else "no keypoints")
            continue
        value = read_json(file)
        rows = value.get("cropped_keypoints", []) if isinstance(value, dict) else []
        extract = ((f"{video}/{path.stem}", path, row) for path, row in zip(frames, rows, strict=False))
        for key, path, size, row in readable(extract, left_out):
            pose, found = empty_pose(), False
            body = np.asarray(row.get("pose_landmarks", []), dtype=float)
            if len(body) == 33:
                pose[: len(BODY), :2], pose[: len(BODY), 2] = body[BODY, :2] * size, 1
            for side in ("left", "right"):
                points = np.asarray(row.get(f"{side}_hand_landmarks", []), dtype=float)
                if len(points) == HAND_POINTS:
                    set_hand(pose, side, points[:, :2] * size)
                    found = True
            if found:
                yield Picture(key, path, pose, captions.of(key, video))
            else:
                left_out.add(key, "no hands")
        for path in frames[len(rows) :]:
            left_out.add(f"{video}/{path.stem}", "no keypoints")
