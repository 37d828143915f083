"""Packed meshes that follow the base mesh, and how they are placed on a body."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..body import body_model
from .folder import piece_file

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

BASE_VERTICES = 19158
MOST_BONES = 8
BODY_AXIS = (0, 2, 1)
"""The body's axis of MakeHuman's x, y, z."""


@dataclass(frozen=True)
class Mesh:
    """A piece as packed. N vertices of the mesh; D >= N drawn corners, split where the texture is cut.

    triangles: [F, 3] of vertices; corners: [F, 3] of drawn corners; source: [D] vertex of each corner; uv: [D, 2];
    ref, weight: [N, 3] base vertices and shares that place a vertex; offset: [N, 3] added, in units of `scale`;
    scale: [3, 3] for x, y, z: two base vertices whose distance is measured, and the distance that stands for 1;
    hides: [19158] base vertices of the body that lie under the piece; bones, bone_weights: [N, 8];
    island: [D] which connected part of the texture a corner belongs to.
    """

    name: str
    triangles: Ints
    corners: Ints
    source: Ints
    uv: Floats
    ref: Ints
    weight: Floats
    offset: Floats
    scale: NDArray[np.float64]
    hides: NDArray[np.bool_]
    bones: Ints
    bone_weights: Floats
    island: Ints


@cache
def load(name: str) -> Mesh:
    """The piece `name`, once a process."""
    with np.load(piece_file(name)) as packed:
        ref, weight = packed["ref"].astype(np.int32), packed["weight"]
        hides = np.zeros(BASE_VERTICES, bool)
        for first, last in packed["delete"]:
            hides[first : last + 1] = True
        corners, source = packed["faces"].astype(np.int32), packed["source"].astype(np.int32)
        bones, bone_weights = _bones_of(ref, weight)
        return Mesh(name, packed["mesh"].astype(np.int32), corners, source, packed["uv"], ref, weight, packed["offset"], packed["scale"],
                    hides, bones, bone_weights, islands(len(source), corners))  # fmt: skip


def islands(count: int, faces: Ints) -> Ints:
    """[count] the connected part that each corner belongs to."""
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    links = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    return connected_components(links, directed=False)[1].astype(np.int32)


def _bones_of(ref: Ints, weight: Floats) -> tuple[Ints, Floats]:
    """Bones of the three base vertices, mixed; the largest few are kept, in falling order."""
    model = body_model()
    shares = (model.base_weights[ref] * np.clip(weight, 0, None)[..., None]).reshape(len(ref), -1)
    whole = np.zeros((len(ref), len(model.bone_names)), np.float32)
    np.add.at(whole, (np.arange(len(ref))[:, None], model.base_bones[ref].reshape(len(ref), -1)), shares)
    order = np.argsort(-whole, axis=1, kind="stable")[:, :MOST_BONES]
    kept = np.take_along_axis(whole, order, axis=1)
    return order.astype(np.int32), np.ascontiguousarray(kept / kept.sum(axis=1, keepdims=True))


def place(mesh: Mesh, base: Floats) -> Floats:
    """[N, 3] where the piece's vertices lie on an unposed base mesh [19158, 3]."""
    measured = [
        abs(base[int(a), axis] - base[int(b), axis]) / unit if unit else 0.1
        for (a, b, unit), axis in zip(mesh.scale, BODY_AXIS, strict=True)
    ]
    x, y, z = mesh.offset.T
    sx, sy, sz = measured
    out = np.einsum("nkc,nk->nc", base[mesh.ref], mesh.weight)
    out += np.stack([x * sx, -z * sz, y * sy], axis=1)
    return np.ascontiguousarray(out, np.float32)


@cache
def edges(name: str) -> tuple[Ints, Ints]:
    """Both ends [E] of each edge of a piece."""
    triangles = load(name).triangles
    pairs = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    unique = np.unique(pairs, axis=0)
    return unique[:, 0].copy(), unique[:, 1].copy()
