"""COCO-WholeBody's 133 points as the judge needs them: parts, tolerances, and where MediaPipe Holistic has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

COUNT = 133
BODY, FEET, FACE = slice(0, 17), slice(17, 23), slice(23, 91)
LEFT_HAND, RIGHT_HAND, HANDS = slice(91, 112), slice(112, 133), slice(91, 133)
HAND_PARTS = {"left": LEFT_HAND, "right": RIGHT_HAND}
FEWEST_HAND_POINTS = 8
"""A hand with fewer points is not drawn by the product, so it is not asked for here."""

_BODY = ".026 .025 .025 .035 .035 .079 .079 .072 .072 .062 .062 .107 .107 .087 .087 .089 .089"
_FEET = ".068 .066 .066 .092 .094 .094"
_FACE = """.042 .043 .044 .043 .040 .035 .031 .025 .020 .023 .029 .032 .037 .038 .043 .041 .045 .013 .012 .011 .011 .012 .012
.011 .011 .013 .015 .009 .007 .007 .007 .012 .009 .008 .016 .010 .017 .011 .009 .011 .009 .007 .013 .008 .011 .012 .010
.034 .008 .008 .009 .008 .008 .007 .010 .008 .009 .009 .009 .007 .007 .008 .011 .008 .008 .008 .010 .008"""
_HAND = ".029 .022 .035 .037 .047 .026 .025 .024 .035 .018 .024 .022 .026 .017 .021 .021 .032 .020 .019 .022 .031"

SIGMAS: Array = np.array(" ".join([_BODY, _FEET, _FACE, _HAND, _HAND]).split(), np.float64)
"""[133] per-point tolerances of COCO (body) and COCO-WholeBody (feet, face, hands)."""

POSE_TO_BODY = np.array([0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28])
POSE_TO_FEET = np.array([31, 31, 29, 32, 32, 30])
_MESH = """162 234 93 58 172 136 149 148 152 377 378 365 397 288 323 454 389 71 63 105 66 107 336 296 334 293 301
168 197 5 4 75 97 2 326 305 33 160 158 133 153 144 362 385 387 263 373 380 61 39 37 0 267 269 291 405 314 17 84 181
78 82 13 312 308 317 14 87"""
MESH_TO_FACE = np.array([int(vertex) for vertex in _MESH.split()])
"""[68] MediaPipe face mesh vertex of each face point."""


def from_holistic(pose: Array | None, face: Array | None, left: Array | None, right: Array | None, width: int, height: int) -> Array:
    """MediaPipe Holistic's points as [133, 3]: x, y in pixels, confidence 0..1 (0 = not found, then x = y = 0).

    pose: [33, 4] x, y (shares of the picture), z, visibility; face: [468 or 478, 3]; left, right: [21, 3]; None = not found.
    Points of face and hands carry no confidence of their own: 1.
    """
    out = np.zeros((COUNT, 3))
    size = np.array([width, height], np.float64)
    if pose is not None:
        for part, source in ((BODY, POSE_TO_BODY), (FEET, POSE_TO_FEET)):
            out[part, :2] = pose[source, :2] * size
            out[part, 2] = np.clip(pose[source, 3], 1e-3, 1.0)
    if face is not None:
        out[FACE, :2], out[FACE, 2] = face[MESH_TO_FACE, :2] * size, 1.0
    for part, hand in ((LEFT_HAND, left), (RIGHT_HAND, right)):
        if hand is not None:
            out[part, :2], out[part, 2] = hand[:, :2] * size, 1.0
    return out


def box_of(points: Array) -> tuple[float, float, float, float] | None:
    """Left, top, right, bottom of the points [n, 3] that are there (confidence > 0); None where none is."""
    seen = points[points[:, 2] > 0]
    if len(seen) == 0:
        return None
    (left, top), (right, bottom) = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def hand_in_frame(points: Array, width: int, height: int) -> bool:
    """Whether a hand's points [21, 3] ask for a hand in the picture: the product's rule for drawing one."""
    if np.count_nonzero(points[:, 2] > 0) < FEWEST_HAND_POINTS:
        return False
    box = box_of(points)
    if box is None or max(box[2] - box[0], box[3] - box[1]) < 2:
        return False
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return 0 <= x <= width and 0 <= y <= height
