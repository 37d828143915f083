"""A signer's body: from shape numbers to rest mesh, from a pose to skinned vertices.

Linear blend shapes and linear blend skinning as `anny` defines them (its `local-ref` pose parameterisation), on plain
arrays. Axes: x = the signer's left, -y = front, z = up; metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .bake import PARTS, load_baked
from .skeleton import Pose, Rest, forward
from .vertices import Floats, add_shapes, skin

AGE_ANCHORS = {"young": 2 / 3, "old": 1.0}
PHENOTYPES = ("gender", "age", "muscle", "weight", "height", "proportions", "cupsize", "firmness")
RACES = ("african", "asian", "caucasian")
GROUPS = {
    "gender": ("male", "female"),
    "muscle": ("minmuscle", "averagemuscle", "maxmuscle"),
    "weight": ("minweight", "averageweight", "maxweight"),
    "height": ("minheight", "maxheight"),
    "proportions": ("idealproportions", "uncommonproportions"),
    "cupsize": ("mincup", "averagecup", "maxcup"),
    "firmness": ("minfirmness", "averagefirmness", "maxfirmness"),
}


def phenotype_weights(phenotype: dict[str, float], variations: list[str]) -> Floats:
    """[26] weight of each variation: linear between neighbouring anchors, races normalised to a sum of one."""
    value = {name: float(np.clip(phenotype.get(name, 0.5), 0, 1)) for name in PHENOTYPES}
    weights = dict.fromkeys(variations, 0.0)
    old = float(np.clip((value["age"] - 2 / 3) * 3, 0, 1))
    weights["young"], weights["old"] = 1 - old, old
    for name, steps in GROUPS.items():
        place = value[name] * (len(steps) - 1)
        low = min(int(place), len(steps) - 2)
        weights[steps[low]], weights[steps[low + 1]] = low + 1 - place, place - low
    races = np.array([phenotype.get(name, 0.5) for name in RACES])
    for name, share in zip(RACES, races / max(races.sum(), 1e-9), strict=True):
        weights[name] = float(share)
    return np.array([weights[name] for name in variations], np.float32)


def _rotation_part(matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rotation nearest to each [3, 3] matrix (special orthogonal Procrustes)."""
    u, _, vt = np.linalg.svd(matrices)
    flip = np.linalg.det(u @ vt)
    u[..., :, 2] *= flip[..., None]
    return u @ vt


@dataclass
class SignerBody:
    """One identity. base: [19158, 3] the unposed base mesh; binds: [B, 3, 4] move it to the skeleton `rest`'s pose."""

    model: BodyModel
    base: Floats
    binds: NDArray[np.float64]
    rest: Rest

    def moves(self, pose: Pose) -> Floats:
        """[B, 3, 4] what each bone does to the unposed mesh in a pose."""
        posed = forward(self.rest, pose)
        turns = posed.rotations
        shifts = posed.heads - np.einsum("bij,bj->bi", turns, self.rest.heads)
        linear = turns @ self.binds[:, :, :3]
        shift = np.einsum("bij,bj->bi", turns, self.binds[:, :, 3]) + shifts
        return np.concatenate([linear, shift[:, :, None]], axis=2).astype(np.float32)

    def unposed(self, face: dict[str, float]) -> Floats:
        """[19158, 3] the unposed base mesh with facial actions added."""
        out = self.base.copy()
        for name, value in face.items():
            self.model.add_action(out, name, value)
        return out

    def posed(self, pose: Pose) -> Floats:
        """[V, 3] skinned vertices of the body."""
        model = self.model
        return skin(self.unposed(pose.face)[model.kept], model.bones, model.weights, self.moves(pose))


class BodyModel:
    """The baked model of adults. `shape` gives one identity.

    The base mesh has 19,158 vertices, most of which no face of the body uses: they carry clothes, hair and eyes. `kept` [V] are those
    that the body's faces use; what is not called `base` counts in them.
    """

    def __init__(self) -> None:
        data = load_baked()
        self.data = data
        self.base_template: Floats = data["template"]
        self.base_faces: NDArray[np.int32] = data["faces"]
        self.base_weights: Floats = np.ascontiguousarray(data["weights"])
        self.base_bones: NDArray[np.int32] = np.ascontiguousarray(data["weight_bones"])
        self.kept, faces = np.unique(self.base_faces, return_inverse=True)
        self.faces: NDArray[np.int32] = faces.reshape(-1, 3).astype(np.int32)
        self.template: Floats = self.base_template[self.kept]
        self.face_part: NDArray[np.uint8] = data["face_part"]
        self.bone_names = [str(n) for n in data["bone_names"]]
        self.parents = data["bone_parents"]
        self.weights: Floats = np.ascontiguousarray(self.base_weights[self.kept])
        self.bones: NDArray[np.int32] = np.ascontiguousarray(self.base_bones[self.kept])
        self.variations = [str(n) for n in data["phenotype_variations"]]
        self.actions = {str(n): i for i, n in enumerate(data["face_names"])}
        self.locals = {str(n): i for i, n in enumerate(data["local_names"])}
        self.coco = {str(n): w[self.kept] for n, w in zip(data["coco_names"], data["coco_weights"], strict=True)}
        self.shapes: Floats = data["phenotype_shapes"].astype(np.float32)

    def part_vertices(self, *parts: str) -> NDArray[np.int64]:
        """Indices of the vertices of named mesh parts (see `bake.PARTS`)."""
        chosen = np.isin(self.face_part, [PARTS.index(p) for p in parts])
        return np.unique(self.faces[chosen])

    def add_action(self, vertices: Floats, name: str, value: float) -> None:
        """Add one facial action to base vertices, in place."""
        i = self.actions[name]
        a, b = self.data["face_starts"][i : i + 2]
        vertices[self.data["face_vertices"][a:b]] += np.float32(value) * self.data["face_offsets"][a:b]

    def shape(self, phenotype: dict[str, float], local: dict[str, float]) -> SignerBody:
        """Build an identity. phenotype: anny's names, 0..1; local: names of local changes, -1..1."""
        data = self.data
        weights = phenotype_weights(phenotype, self.variations)
        mask = data["phenotype_mask"]
        coefficients = np.prod(weights[None] * mask + (1 - mask), axis=1)
        vertices = self.base_template.copy()
        add_shapes(vertices, self.shapes, coefficients.astype(np.float32))
        heads = data["bone_heads"] + np.tensordot(coefficients, data["phenotype_heads"], axes=1)
        turns = data["bone_turns"] + np.tensordot(coefficients, data["phenotype_turns"], axes=1)
        for name, value in local.items():
            i = self.locals[name + ("+" if value >= 0 else "-")]
            a, b = data["local_starts"][i : i + 2]
            vertices[data["local_vertices"][a:b]] += np.float32(abs(value)) * data["local_offsets"][a:b]
            heads = heads + abs(value) * data["local_heads"][i]
            turns = turns + abs(value) * data["local_turns"][i]
        return self._bind(vertices, heads, _rotation_part(turns))

    def _bind(self, vertices: Floats, heads: NDArray, turns: NDArray) -> SignerBody:
        """Turn every bone to the reference orientation, which is the rest pose that motion works in."""
        reference = self.data["reference_turns"]
        count = len(heads)
        linear = reference @ np.swapaxes(turns, 1, 2)
        linear[0] = np.eye(3)
        placed = np.zeros((count, 3))
        for i in range(1, count):
            parent = self.parents[i]
            placed[i] = placed[parent] + linear[parent] @ (heads[i] - heads[parent])
        linear[0] = reference[0].T @ reference[0] @ turns[0].T
        shift = placed - np.einsum("bij,bj->bi", linear, heads)
        binds = np.concatenate([linear, shift[:, :, None]], axis=2)
        posed = skin(vertices[self.kept], self.bones, self.weights, binds.astype(np.float32))
        rest = Rest(self.bone_names, self.parents.astype(np.int64), placed, self._tails(posed, placed), skin=posed)
        return SignerBody(self, vertices, binds, rest)

    def _tails(self, posed: Floats, heads: NDArray) -> NDArray:
        """Bone ends: the first child's head; for the last bones of fingers and toes the tip of the flesh."""
        tails = heads.copy()
        for i in range(len(heads)):
            children = np.nonzero(self.parents == i)[0]
            if len(children):
                tails[i] = heads[children[0]]
        for name, tip in self.tips.items():
            tails[self.bone_names.index(name)] = posed[tip].mean(axis=0)
        return tails

    @property
    def tips(self) -> dict[str, NDArray[np.int64]]:
        """Last bone of each finger -> the vertices furthest along it."""
        if not hasattr(self, "_tips"):
            self._tips = {}
            for side in "LR":
                for finger in range(1, 6):
                    self._tips[f"finger{finger}-3.{side}"] = self._tip(f"finger{finger}-3.{side}")
        return self._tips

    def _tip(self, name: str) -> NDArray[np.int64]:
        bone = self.bone_names.index(name)
        share = np.where(self.bones == bone, self.weights, 0).sum(axis=1)
        mine = np.nonzero(share > 0.6)[0]
        heads = self.data["bone_heads"]
        along = heads[bone] - heads[self.parents[bone]]
        reach = self.template[mine] @ (along / np.linalg.norm(along)).astype(np.float32)
        return mine[reach >= reach.max() - 0.0035]


@cache
def body_model() -> BodyModel:
    """The one model of this process."""
    return BodyModel()
