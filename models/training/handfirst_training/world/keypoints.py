"""The 133 COCO-WholeBody points of a posed body: places, visibility and depth.

Order: 17 body, 6 feet, 68 face, 21 left hand, 21 right hand. Left is the signer's.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from .body import SignerBody, body_model
from .camera import Camera
from .depth import relative_depth
from .skeleton import Pose, forward

BODY = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
    "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
    "left_big_toe", "left_small_toe", "left_heel", "right_big_toe", "right_small_toe", "right_heel",
)  # fmt: skip

# Body mesh vertex of each of the 68 face points. Found with MediaPipe's face mesh on 14 rendered faces: the vertex nearest
# in the mean to each point (1 to 5 pixels on a face of 300), the two sides mirrored.
FACE_VERTICES = (
    5388, 5747, 5696, 5225, 5224, 5282, 5207, 727, 732, 7433, 11801, 11871, 11817, 11818, 12277, 12328, 11971,
    265, 5244, 5243, 229, 233, 6990, 6986, 11835, 11836, 7018, 136, 131, 201, 5118, 354, 314, 317, 7061, 7099,
    19, 7, 55, 66, 47, 1093, 6834, 6823, 6775, 6787, 7769, 6815, 431, 5338, 456, 466, 7199, 11924, 7175, 7219, 7225, 492,
    486, 480, 497, 539, 537, 7267, 7230, 7227, 494, 488,
)  # fmt: skip

COUNT = 133
FACE = slice(23, 91)
LEFT_HAND = slice(91, 112)
RIGHT_HAND = slice(112, 133)

KNUCKLES, TIPS = np.array([5, 9, 13, 17]), np.array([4, 8, 12, 16, 20])
WRIST_FORWARD, KNUCKLE_BACK, TIP_BACK = 0.13, 0.06, 0.05

# How deep below the visible surface a point may lie and still count as seen, metres.
_BODY_DEEP = (0.02, 0.03, 0.03, 0.05, 0.05, 0.10, 0.10, 0.07, 0.07, 0.045, 0.045, 0.16, 0.16, 0.10, 0.10, 0.07, 0.07) + (0.05,) * 6
_HAND_DEEP = (0.035, 0.028, 0.024, 0.018, 0.014) + (0.022, 0.016, 0.014, 0.012) * 4


@cache
def allowance() -> NDArray[np.float64]:
    """[133] metres that each point may lie below the surface and still be seen."""
    return np.array(_BODY_DEEP + (0.012,) * 68 + _HAND_DEEP * 2)


def world_points(body: SignerBody, pose: Pose, vertices: NDArray[np.float32]) -> NDArray[np.float64]:
    """[133, 3] points in the world for posed body vertices [V, 3]."""
    model = body_model()
    posed = forward(body.rest, pose)
    out = np.empty((COUNT, 3))
    for i, name in enumerate(BODY):
        weights, used = _regressor(name)
        out[i] = weights @ vertices[used]
    out[FACE] = vertices[list(FACE_VERTICES)]
    for side, part in (("L", LEFT_HAND), ("R", RIGHT_HAND)):
        points = [posed.head(f"wrist.{side}")]
        for finger in range(1, 6):
            points += [posed.head(f"finger{finger}-{k}.{side}") for k in (1, 2, 3)]
            points.append(vertices[model.tips[f"finger{finger}-3.{side}"]].mean(axis=0))
        out[part] = as_detected(np.array(points))
    return out


def as_detected(joints: NDArray[np.float64]) -> NDArray[np.float64]:
    """[21, 3] the joints of the bones as hand points where a detector marks them.

    MediaPipe's wrist lies nearer to the knuckles than the bone's, its knuckles nearer to the wrist, its finger ends inside the
    flesh. The shares of the palm's length (wrist to middle knuckle) are medians over rendered hands that it found; in the median
    of 257 others, what is left is at most 0.06 of the palm (0.11 at the thumb's second point). The first finger bone becomes
    0.49 of the palm, as in detections of real hands (0.48).
    """
    out = joints.copy()
    wrist = joints[0]
    palm = np.linalg.norm(joints[9] - wrist)
    out[0] = wrist + WRIST_FORWARD * (joints[9] - wrist)
    out[KNUCKLES] -= KNUCKLE_BACK * (joints[KNUCKLES] - wrist)
    last = joints[TIPS] - joints[TIPS - 1]
    out[TIPS] -= TIP_BACK * palm * last / np.linalg.norm(last, axis=1, keepdims=True)
    return out


@cache
def _regressor(name: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    weights = body_model().coco[name].astype(np.float64)
    used = np.nonzero(weights)[0]
    return weights[used], used


def picture_points(camera: Camera, points: NDArray[np.float64], depth: NDArray[np.float32]) -> NDArray[np.float32]:
    """[133, 3] x, y in pixels and visibility: 1 seen, 0.5 hidden by the body, 0 outside. depth: the view's, [n, n] metres."""
    place = camera.project(points)
    x, y = np.floor(place[:, 0]).astype(int), np.floor(place[:, 1]).astype(int)
    n = camera.size
    inside = (x >= 0) & (y >= 0) & (x < n) & (y < n)
    front = np.zeros(len(points))
    front[inside] = depth[y[inside], x[inside]]
    hidden = (front > 0) & (front < place[:, 2] - allowance())
    seen = np.where(inside, np.where(hidden, 0.5, 1.0), 0.0)
    return np.column_stack([place[:, :2], seen]).astype(np.float32)


def picture_depth(camera: Camera, points: NDArray[np.float64]) -> NDArray[np.float32]:
    """[133] depth in pixels (see `relative_depth`) of points in the world."""
    return relative_depth(camera.view(points)[:, 2], camera.focal)
