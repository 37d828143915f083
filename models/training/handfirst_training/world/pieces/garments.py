"""Clothes: which there are, how they sit on a body, and what the shader needs to know of each place on the cloth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..body import SignerBody, body_model
from ..vertices import normals, skin
from .mesh import Floats, Mesh, edges, load, place
from .skin import bare_faces

WAIST = 0.10
"""Height on the template, metres, that parts what a top hides of the body from what trousers hide."""
LOOSE_BELOW = 0.22
"""Height of the unposed body below which cloth keeps all of its distance, so that hems stay outside of what is worn beneath."""
HEM = 0.015
"""Metres above a top's hem from which a bottom beneath it lies close to the skin."""
CLEARANCE = 0.0035
"""Metres that cloth keeps from the skin at rest."""
NEAR = 0.035
"""Cloth further from the skin than this hangs free, as lapels do, and is left where it is."""
SMOOTHED = 8
"""Times that the moves of cloth towards the skin are averaged with those of their neighbours."""
ARM_ROUND, TRUNK_ROUND = 0.055, 0.15
"""Metres of cloth a radian of turn round an arm and round the trunk."""


@dataclass(frozen=True)
class Cut:
    """A kind of top: its piece, what people call it, who wears it, the trousers or skirt that go with it, how much of the distance
    between cloth and skin is kept (`loose`) and of its texture's relief, and whether it is tucked into the bottom."""

    piece: str
    word: str
    sleeve: str
    worn_by: tuple[str, ...]
    bottoms: tuple[str, ...]
    loose: float = 1.0
    relief: float = 1.0
    tucked: bool = False


BOTH = ("woman", "man")
JEANS = ("bottom_female_casualsuit01", "bottom_male_casualsuit02", "bottom_male_casualsuit01", "bottom_male_casualsuit06")

CUTS: dict[str, Cut] = {
    "tee": Cut("top_male_casualsuit06", "t-shirt", "short", BOTH, JEANS, 0.75, 0.3),
    "ringer": Cut("top_male_casualsuit04", "t-shirt", "short", ("man",), JEANS),
    "fitted tee": Cut("top_female_casualsuit01", "t-shirt", "short", ("woman",), JEANS),
    "jumper": Cut("top_male_casualsuit02", "jumper", "long", BOTH, JEANS),
    "shirt": Cut("top_male_casualsuit01", "shirt", "long", BOTH, ("bottom_male_casualsuit01",), 0.8, tucked=True),
    "blouse": Cut("top_female_elegantsuit01", "shirt", "long", ("woman",), ("bottom_female_elegantsuit01",)),
    "jacket": Cut("top_male_casualsuit05", "jacket", "long", ("man",), JEANS, 0.8),
    "suit": Cut("top_male_elegantsuit01", "suit", "long", BOTH, ("bottom_male_elegantsuit01",), 0.7),
}
"""Left out of the pieces: a shirt whose sleeve folds are cut open, dungarees that the shirt comes through, and hats."""


def garment_of(piece: str) -> str:
    """The garment that a top or bottom was cut from, which names its textures."""
    return piece.split("_", 1)[1]


def hidden_by(pieces: tuple[str, ...]) -> NDArray[np.bool_]:
    """[19158] base vertices that clothes cover. A garment's list is for top and bottom together: each takes its half."""
    height = body_model().base_template[:, 2]
    out = np.zeros(len(height), bool)
    for name in pieces:
        out |= load(name).hides & ((height > WAIST) == name.startswith("top"))
    return out


@dataclass
class Garment:
    """A piece on one body. rest: [N, 3] unposed places; cloth: [D, 2] metres on the cloth, along and across."""

    mesh: Mesh
    rest: Floats
    cloth: Floats

    def posed(self, moves: Floats) -> Floats:
        """[N, 3] places for the bones' moves."""
        return skin(self.rest, self.mesh.bones, self.mesh.bone_weights, moves)

    def creases(self, places: Floats) -> Floats:
        """[D] how much the cloth is pressed together at its corners, 0..1: edges that a pose has shortened."""
        a, b = edges(self.mesh.name)
        count = len(places)
        before = np.linalg.norm(self.rest[a] - self.rest[b], axis=1)
        after = np.linalg.norm(places[a] - places[b], axis=1)
        pressed = np.clip(1 - after / np.maximum(before, 1e-5), -0.2, 0.6)
        met = np.maximum(np.bincount(a, minlength=count) + np.bincount(b, minlength=count), 1)
        value = (np.bincount(a, pressed, count) + np.bincount(b, pressed, count)) / met
        for _ in range(2):
            value = 0.5 * value + 0.5 * (np.bincount(a, value[b], count) + np.bincount(b, value[a], count)) / met
        return np.clip(value * 4, 0, 1)[self.mesh.source].astype(np.float32)


def dress(body: SignerBody, cut: Cut, bottom: str) -> list[Garment]:
    """Top and bottom on a body; a top that hangs over the bottom lies outside of it."""
    skin_of = body.base, bare_faces()
    top_mesh, low_mesh = load(cut.piece), load(bottom)
    top = _closer(top_mesh, place(top_mesh, body.base), skin_of, cut.loose)
    low = _over(place(low_mesh, body.base), *skin_of, lambda height, z: height)
    if not cut.tucked:
        hem = float(top[:, 2].min()) + HEM
        low = _over(low, *skin_of, lambda height, z: np.where(z > hem, np.minimum(height, CLEARANCE), height))
        top = _over(top, low, low_mesh.triangles, lambda height, z: height)
    return [Garment(top_mesh, top, _on_cloth(top_mesh)), Garment(low_mesh, low, _on_cloth(low_mesh))]


def _closer(mesh: Mesh, places: Floats, skin_of: tuple[Floats, NDArray], loose: float) -> Floats:
    """Cloth [N, 3] nearer to the skin by `loose` above the waist. Neighbours move together: where each moved along the
    normal of the skin nearest to it, loose cloth had spikes."""

    def kept(height: NDArray, z: NDArray) -> NDArray:
        above = np.clip((z - LOOSE_BELOW) / (LOOSE_BELOW - WAIST), 0, 1)
        return np.where(height > 0, (1 - above * (1 - loose)) * height, height)

    a, b = edges(mesh.name)
    moves = _over(places, *skin_of, kept) - places
    met = np.maximum(np.bincount(a, minlength=len(moves)) + np.bincount(b, minlength=len(moves)), 1)
    for _ in range(SMOOTHED):
        around = np.stack([np.bincount(a, axis[b], len(axis)) + np.bincount(b, axis[a], len(axis)) for axis in moves.T], axis=1)
        moves = 0.5 * moves + 0.5 * around / met[:, None]
    return _over(np.ascontiguousarray(places + moves, np.float32), *skin_of, lambda height, z: height)


def _over(places: Floats, under: Floats, faces: NDArray, kept: Callable[[NDArray, NDArray], NDArray]) -> Floats:
    """Cloth that lies outside of the surface (under [V, 3], faces): `kept` says how far, of distance and height; never less than
    `CLEARANCE`."""
    used = np.unique(faces)
    out = normals(under, np.ascontiguousarray(faces))
    away, nearest = cKDTree(under[used]).query(places)
    nearest = used[nearest]
    height = np.einsum("nc,nc->n", places - under[nearest], out[nearest])
    step = np.where(away < NEAR, np.maximum(CLEARANCE, kept(height, places[:, 2])) - height, 0)
    return np.ascontiguousarray(places + out[nearest] * step[:, None], np.float32)


def _on_cloth(mesh: Mesh) -> Floats:
    """[D, 2] metres round and along: sleeves round the arm, everything else round the trunk."""
    model = body_model()
    places = place(mesh, model.base_template)[mesh.source]
    arms = [i for i, name in enumerate(model.bone_names) if name.startswith(("upperarm", "lowerarm", "wrist"))]
    share = np.where(np.isin(mesh.bones, arms), mesh.bone_weights, 0).sum(axis=1)[mesh.source]
    out = np.stack([np.arctan2(places[:, 0], -(places[:, 1] + 0.02)) * TRUNK_ROUND, places[:, 2]], axis=1)
    for island in range(mesh.island.max() + 1):
        mine = mesh.island == island
        if share[mine].mean() > 0.55:
            out[mine] = _round_arm(places[mine])
    return out.astype(np.float32)


def _round_arm(places: Floats) -> NDArray[np.float64]:
    """[n, 2] metres round the arm and along it, of places on the template."""
    model = body_model()
    side = "L" if places[:, 0].mean() > 0 else "R"
    heads = model.data["bone_heads"]
    shoulder, wrist = (heads[model.bone_names.index(f"{bone}.{side}")] for bone in ("upperarm01", "wrist"))
    along = (wrist - shoulder) / np.linalg.norm(wrist - shoulder)
    across = np.cross(along, [0, 1, 0])
    across /= np.linalg.norm(across)
    away = places - shoulder
    turn = np.arctan2(away @ np.cross(along, across), away @ across)
    return np.stack([turn * ARM_ROUND, -(away @ along)], axis=1)
