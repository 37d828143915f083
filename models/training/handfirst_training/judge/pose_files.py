"""Keypoint files for the product, and the letters' files as 133 points. Uses pose-format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .points import BODY, COUNT, FACE, FEET, LEFT_HAND, MESH_TO_FACE, POSE_TO_BODY, POSE_TO_FEET, RIGHT_HAND

Array = NDArray[np.float64]


def write_pose(path: Path, keypoints: Array, depth: Array | None, fps: float, size: int) -> None:
    """Write `.pose` 0.2 with COCO-WholeBody's components: keypoints [n, 133, 3] x, y in pixels and confidence, depth [n, 133] pixels.

    Points without confidence are written as zeros. The file appears under its name only when it is whole.
    """
    from pose_format import Pose
    from pose_format.numpy import NumPyPoseBody
    from pose_format.pose_header import PoseHeader, PoseHeaderDimensions
    from pose_format.utils.cocowholebody133_header import cocowholebody_components

    components = cocowholebody_components()
    planes = [keypoints[..., 0], keypoints[..., 1]]
    if depth is not None:
        planes.append(depth)
        for component in components:
            component.format = "XYZC"
    header = PoseHeader(version=0.2, dimensions=PoseHeaderDimensions(size, size, 0), components=components)
    confidence = keypoints[:, None, :, 2].astype(np.float32)
    data = np.where(confidence[..., None] > 0, np.stack(planes, axis=-1)[:, None], 0).astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        Pose(header, NumPyPoseBody(fps, data, confidence)).write(file)
    part.rename(path)


def read_pose(path: Path) -> Array:
    """First person of a MediaPipe Holistic `.pose` file as [n, 133, 3]: x, y in pixels, confidence."""
    from pose_format import Pose

    pose = Pose.read(path.read_bytes())
    starts, first = {}, 0
    for component in pose.header.components:
        starts[component.name] = first
        first += len(component.points)
    values = np.asarray(pose.body.data.filled(0), np.float64)[:, 0]
    confidence = np.asarray(pose.body.confidence, np.float64)[:, 0]
    out = np.zeros((len(values), COUNT, 3))
    sources = (
        (BODY, starts["POSE_LANDMARKS"] + POSE_TO_BODY),
        (FEET, starts["POSE_LANDMARKS"] + POSE_TO_FEET),
        (FACE, starts["FACE_LANDMARKS"] + MESH_TO_FACE),
        (LEFT_HAND, starts["LEFT_HAND_LANDMARKS"] + np.arange(21)),
        (RIGHT_HAND, starts["RIGHT_HAND_LANDMARKS"] + np.arange(21)),
    )
    for part, at in sources:
        out[:, part, :2], out[:, part, 2] = values[:, at, :2], confidence[:, at]
    return out
