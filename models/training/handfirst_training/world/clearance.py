"""Poses whose arms do not pass through the trunk."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from .body import SignerBody, body_model
from .motion import sample_pose
from .skeleton import Pose, forward
from .vertices import normals

DEEPEST = 0.035
"""Metres that the bones of an arm may lie inside the trunk: beyond, a picture looks wrong."""
TRIES = 40
TRUNK = ("spine", "root", "pelvis", "breast", "neck", "head")


@cache
def _trunk() -> NDArray[np.int64]:
    model = body_model()
    bones = [i for i, name in enumerate(model.bone_names) if name.startswith(TRUNK)]
    return np.flatnonzero(np.isin(model.bones[:, 0], bones))


def depth_in_trunk(body: SignerBody, pose: Pose) -> float:
    """Metres that the deepest point of the arms' bones lies inside the trunk or head; negative outside."""
    model = body_model()
    places = body.posed(pose)
    out = normals(places, model.faces)
    trunk = _trunk()
    posed = forward(body.rest, pose)
    points = []
    for side in "LR":
        shoulder, elbow, wrist, knuckle = (posed.head(f"{bone}.{side}") for bone in ("upperarm02", "lowerarm01", "wrist", "finger3-1"))
        for a, b, low, count in ((shoulder, elbow, 0.5, 6), (elbow, wrist, 0.0, 10), (wrist, knuckle, 0.0, 4)):
            points.append(a + (b - a) * np.linspace(low, 1, count)[:, None])
    arm = np.concatenate(points)
    _, near = cKDTree(places[trunk]).query(arm)
    near = trunk[near]
    return float(-np.einsum("nc,nc->n", arm - places[near], out[near]).min())


def clear_pose(body: SignerBody, seed: list[int]) -> Pose:
    """A random pose (`sample_pose`) whose arms stay outside of the trunk; the last of many tries where none does."""
    pose = Pose()
    for attempt in range(TRIES):
        pose = sample_pose(np.random.default_rng([*seed, attempt]), body.rest)
        if depth_in_trunk(body, pose) < DEEPEST:
            break
    return pose
