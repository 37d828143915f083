"""Hair: which pieces stand for which kind, and the shade of roots on the skin beneath."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from ..body import SignerBody, body_model
from ..vertices import skin
from .mesh import Floats, Mesh, islands, load, place
from .skin import scalp

KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    "woman": {
        "bald": ("",), "short": ("short03", "short01", "short02"), "curly": ("afro01",), "bob": ("bob02",), "long": ("long01",),
        "bun": ("ponytail01",),
    },
    "man": {
        "bald": ("",), "short": ("short01", "short02", "short04"), "curly": ("afro01",), "bob": ("short02",), "long": ("short02",),
        "bun": ("short01",),
    },
}  # fmt: skip
"""gender -> kind -> pieces. Left out: a second bob and a braid, whose fringes hang over the eyes in many cards."""

CROWN = (5399, 11998)
"""Base vertices at both temples: highlights on hair turn round a point between and above them."""


@dataclass
class Hair:
    """A head of hair on one body. rest: [N, 3] unposed places; middle: [3] the point that its shells surround; ends: [D, 2] metres inside
    the part of the fringe that is cut away, and metres from a shell's open edge."""

    mesh: Mesh
    rest: Floats
    middle: NDArray[np.float64]
    ends: Floats

    def posed(self, moves: Floats) -> tuple[Floats, NDArray[np.float64]]:
        """Places [N, 3] and the middle [3] for the bones' moves."""
        head = moves[body_model().bone_names.index("head")]
        return skin(self.rest, self.mesh.bones, self.mesh.bone_weights, moves), head[:, :3] @ self.middle + head[:, 3]


def grow(body: SignerBody, piece: str) -> Hair:
    """Put a head of hair on a body."""
    mesh = load(f"hair_{piece}")
    rest = place(mesh, body.base)
    cut = np.where(_stray(mesh, rest), FAR, _over_eyes(body, rest))
    ends = np.stack([cut, _from_edge(mesh, rest)], axis=1)[mesh.source]
    return Hair(mesh, rest, body.base[list(CROWN)].mean(axis=0) + np.array([0, 0.06, 0.02]), ends)


FRINGE_ABOVE, FRINGE_HALF, FRINGE_DEEP = 0.022, 0.060, 0.045
"""Metres above the eyes that a fringe ends, half the width of the face that stays clear, and how far behind the eyes that holds."""
OVER_EARS = ("long01", "bob02")
"""Pieces that hang over the ears, which are not drawn beneath them: they would come through."""

SHELLS = ("hair_afro01", "hair_short02", "hair_short03", "hair_short04")
"""Pieces that are closed shells, whose open edge is thinned; the others are made of cards that end by themselves."""
SHELL = 100
"""Vertices from which a connected part of them is a shell."""
FAR = 1.0
STRAY_CURLS = ("hair_short04",)
"""Pieces whose cards at the temples stand off from the head; those are left out."""


def _over_eyes(body: SignerBody, rest: Floats) -> Floats:
    """[N] metres that a vertex lies inside the region of the face that a fringe must leave clear; negative outside it."""
    model = body_model()
    eyes = body.base[model.kept[model.part_vertices("eye_front.L", "eye_front.R")]].mean(axis=0)
    x, y, z = (rest - eyes).T
    return np.minimum(np.minimum(FRINGE_ABOVE - z, FRINGE_HALF - np.abs(x)), FRINGE_DEEP - y).astype(np.float32)


def _stray(mesh: Mesh, rest: Floats) -> NDArray[np.bool_]:
    """[N] whether a vertex is of a card at the temples of some pieces."""
    part = islands(len(rest), mesh.triangles)
    size = np.bincount(part)
    middle = np.stack([np.bincount(part, rest[:, k]) / size for k in range(3)], axis=1)
    temple = (size < SHELL) & (middle[:, 1] < rest[:, 1].min() + 0.08) & (mesh.name in STRAY_CURLS)
    return temple[part]


def _from_edge(mesh: Mesh, rest: Floats) -> Floats:
    """[N] metres from the open edge of the shell that a vertex belongs to."""
    triangles = mesh.triangles
    sides = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    unique, uses = np.unique(sides, axis=0, return_counts=True)
    part = islands(len(rest), triangles)
    shell = (np.bincount(part)[part] >= SHELL) & (mesh.name in SHELLS)
    open_edge = np.zeros(len(rest), bool)
    open_edge[unique[uses == 1].ravel()] = True
    out = np.full(len(rest), FAR, np.float32)
    for number in np.unique(part[shell & open_edge]):
        mine = part == number
        out[mine] = cKDTree(rest[mine & open_edge]).query(rest[mine])[0]
    return out


def roots(body: SignerBody, hair: Hair | None, shaved: float) -> Floats:
    """[19158] how dark the roots make the scalp, 0..1: near the piece's strands, or `shaved` where there is no piece."""
    above = scalp()
    if hair is None:
        return (np.clip(above / 0.016, 0, 1) * shaved).astype(np.float32)
    out = np.zeros(len(above), np.float32)
    near = np.flatnonzero(above > -0.02)
    away, _ = cKDTree(hair.rest).query(body.base[near])
    out[near] = np.clip((0.017 - away) / 0.013, 0, 1) * np.clip((above[near] + 0.02) / 0.02, 0, 1)
    return out


def far_to_near(places: Floats, corners: NDArray[np.int32], eye: NDArray[np.float64]) -> NDArray[np.int32]:
    """The triangles [F, 3] ordered for blending: the furthest from the eye first."""
    away = places[corners].mean(axis=1) - eye
    return np.ascontiguousarray(corners[np.argsort(-(away * away).sum(axis=1), kind="stable")])
