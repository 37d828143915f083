"""The part of the body that clothes can cover, with what makes cloth of it: neighbours, soft weights, places along the arms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .bake import PARTS
from .body import SignerBody, body_model

Floats = NDArray[np.float32]


@cache
def arm_place() -> Floats:
    """[V] place along the arm on the template: below 0 on the trunk, 1 at the elbow, 2 at the wrist."""
    model = body_model()
    heads = model.data["bone_heads"]
    index = {n: i for i, n in enumerate(model.bone_names)}
    out = np.full(len(model.template), -1.0)
    limb = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")
    for side in "LR":
        names = [i for n, i in index.items() if n.endswith("." + side) and n.startswith(limb)]
        share = np.where(np.isin(model.bones, names), model.weights, 0).sum(axis=1)
        joints = [heads[index[f"{n}.{side}"]] for n in ("upperarm01", "lowerarm01", "wrist")]
        best = np.full(len(out), np.inf)
        place = np.zeros(len(out))
        for k in range(2):
            a, b = joints[k], joints[k + 1]
            t = (model.template - a) @ (b - a) / ((b - a) @ (b - a))
            t = np.clip(t, -0.6 if k == 0 else 0.0, 1.0 if k == 0 else 1.6)
            far = np.linalg.norm(model.template - (a + t[:, None] * (b - a)), axis=1)
            place = np.where(far < best, k + t, place)
            best = np.minimum(far, best)
        out = np.where(share > 0.25, np.maximum(out, place), out)
    return out.astype(np.float32)


@dataclass(frozen=True)
class Shell:
    """The part of the body that clothes can cover. faces [F, 3]; source [N] body vertices; mean: neighbour mean; bones and smoothed
    weights [N, 8]; arm [N] place along the arm; trunk [N] 1 on the trunk, 0 on the arms."""

    faces: NDArray[np.int32]
    source: NDArray[np.int32]
    mean: sparse.csr_matrix
    bones: NDArray[np.int32]
    weights: Floats
    arm: Floats
    trunk: Floats


@cache
def _whole_shell() -> Shell:
    model = body_model()
    z = model.template[:, 2]
    skin = np.isin(model.face_part, [PARTS.index(p) for p in ("body", "head", "hand.L", "hand.R")])
    ok = (z < 0.64) & (arm_place() < 2.12) & (z > -0.78)
    ok[model.part_vertices("mouth_cavity", "tongue")] = False
    return _shell_of(model.faces[skin & ok[model.faces].all(axis=1)])


@cache
def shell_for(lower: bool) -> Shell:
    """The shell of tops or of trousers."""
    whole = _whole_shell()
    z = body_model().template[whole.source, 2]
    keep = (z < 0.28) & (whole.arm < -0.9) if lower else z > -0.12
    return _shell_of(whole.source[whole.faces[keep[whole.faces].all(axis=1)]])


def _shell_of(chosen: NDArray[np.int32]) -> Shell:
    model = body_model()
    source, inverse = np.unique(chosen, return_inverse=True)
    faces = inverse.reshape(-1, 3).astype(np.int32)
    n = len(source)
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    pairs = np.concatenate([pairs, pairs[:, ::-1]])
    graph = sparse.csr_matrix((np.ones(len(pairs), np.float32), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    graph.data[:] = 1
    mean = sparse.diags(1 / np.asarray(graph.sum(axis=1)).ravel()) @ graph
    mean = (0.3 * sparse.eye(n) + 0.7 * mean).tocsr().astype(np.float32)
    dense = np.zeros((n, len(model.bone_names)), np.float32)
    np.add.at(dense, (np.arange(n)[:, None], model.bones[source]), model.weights[source])
    for _ in range(3):
        dense = mean @ dense
    order = np.argsort(-dense, axis=1)[:, :8].astype(np.int32)
    weights = np.take_along_axis(dense, order, axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    arm = arm_place()[source]
    trunk = np.clip(1 - (arm + 0.3) * 2.5, 0, 1).astype(np.float32)
    return Shell(faces, source.astype(np.int32), mean, order, weights, arm, trunk)


def unposed_heads(body: SignerBody) -> dict[str, NDArray]:
    """Bone heads of an identity before binding, by name."""
    linear, shift = body.binds[:, :, :3], body.binds[:, :, 3]
    heads = np.einsum("bji,bj->bi", linear, body.rest.heads - shift)
    return dict(zip(body.rest.names, heads, strict=True))
