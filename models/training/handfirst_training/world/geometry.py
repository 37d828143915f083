"""Drawable pieces: vertices that follow the body's bones, with what the shader needs to know of each.

A piece is drawn where its `edge` is not negative, so a hem or a hairline is a smooth line through triangles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from . import labels
from .bake import PARTS
from .body import BodyModel, SignerBody, body_model, normals, skin

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

# Columns of what is known of each drawn vertex: place on cloth or texture sheet 2, edge and two details 3, material, label.
EDGE, KIND, LABEL = 2, 5, 6

EYE_RADIUS = 0.0138

FEET = PARTS.index("foot.L")

SKIN, EYE, HAIR, TOP, TROUSERS, MOUTH, TONGUE, TEETH, LASHES = range(9)

PART_KIND = {
    "eye_front.L": EYE, "eye_back.L": EYE, "eye_front.R": EYE, "eye_back.R": EYE,
    "mouth_cavity": MOUTH, "tongue": TONGUE, "eye_cavity.L": SKIN, "eye_cavity.R": SKIN,
}  # fmt: skip
PART_LABEL = {
    "hand.L": labels.LEFT_HAND, "hand.R": labels.RIGHT_HAND, "eye_front.L": labels.EYES, "eye_back.L": labels.EYES,
    "eye_front.R": labels.EYES, "eye_back.R": labels.EYES,
}  # fmt: skip


@dataclass
class Piece:
    """source: [N] body vertex that carries each vertex, or own skinning in `bones`/`weights`;
    unposed: [N, 3] place before posing (None: the body's own vertices, faces' movement included);
    shell: the triangles that give normals (before cutting);
    closed: never seen from inside; edge_between: the true edge distance at a share between two vertices, where the straight line
    between their distances is too coarse."""

    faces: Ints
    source: Ints
    unposed: Floats | None
    bones: Ints
    weights: Floats
    uv: Floats
    detail: Floats
    kind: Floats
    label: Floats
    shell: Ints | None = None
    closed: bool = False
    edge_between: Callable[[Ints, Ints, Floats], Floats] | None = None

    def __post_init__(self) -> None:
        if self.shell is None:
            self.shell = self.faces


@cache
def corners() -> tuple[Ints, Ints, Floats, NDArray[np.uint8]]:
    """Body vertices split where texture or part differ: faces [F, 3], source [N], uv [N, 2], part [N]."""
    model = body_model()
    part = np.repeat(model.face_part[:, None], 3, axis=1)
    keys = np.stack([model.faces, model.data["face_uv"], part], axis=-1).reshape(-1, 3)
    unique, inverse = np.unique(keys, axis=0, return_inverse=True)
    faces = inverse.reshape(-1, 3).astype(np.int32)
    return faces, unique[:, 0].astype(np.int32), model.data["uv"][unique[:, 1]], unique[:, 2].astype(np.uint8)


def _eye_directions(model: BodyModel) -> Floats:
    """[V, 3] direction of each eye vertex from the middle of its eye on the template (zero elsewhere)."""
    out = np.zeros_like(model.template)
    for side in "LR":
        mine = model.part_vertices(f"eye_front.{side}", f"eye_back.{side}")
        middle = (model.template[mine].min(axis=0) + model.template[mine].max(axis=0)) / 2
        out[mine] = model.template[mine] - middle
    return out


def _blush(model: BodyModel) -> Floats:
    """[V] where blood shows: finger tips, knuckles' sides, nose, cheeks, ears; 0..1."""
    out = np.zeros(len(model.template), np.float32)
    for side in "LR":
        for finger in range(1, 6):
            bone = model.bone_names.index(f"finger{finger}-3.{side}")
            out += 0.6 * np.where(model.bones == bone, model.weights, 0).sum(axis=1)
    t = model.template
    for spot, radius in (((0.04, -0.13, 0.695), 0.022), ((-0.04, -0.13, 0.695), 0.022), ((0, -0.157, 0.70), 0.014)):
        out += 0.28 * np.exp(-(((t - np.float32(spot)) / radius) ** 2).sum(axis=1))
    return np.clip(out, 0, 1).astype(np.float32)


def _beard(model: BodyModel) -> Floats:
    """[V] where a beard's shadow lies, 0..1, on the template."""
    x, y, z = model.template.T
    jaw = np.clip((0.668 - z) / 0.02, 0, 1) * np.clip((z - 0.603) / 0.02, 0, 1)
    front = np.clip((-0.055 - y) / 0.03, 0, 1)
    lip = np.exp(-(((x / 0.026) ** 2) + ((z - 0.672) / 0.007) ** 2)) * (y < -0.13)
    head = np.zeros(len(x), bool)
    head[model.part_vertices("head")] = True
    return (np.maximum(jaw * front, lip) * head).astype(np.float32)


@cache
def body_statics() -> dict[str, NDArray]:
    """Per-corner facts of the body that no identity changes."""
    model = body_model()
    faces, source, uv, part = corners()
    names = [PARTS[p] for p in part]
    kind = np.array([PART_KIND.get(n, SKIN) for n in names], np.float32)
    label = np.array([PART_LABEL.get(n, labels.PERSON) for n in names], np.float32)
    blush, beard = _blush(model), _beard(model)
    detail = np.stack([np.ones(len(source)), blush[source], beard[source]], axis=1).astype(np.float32)
    eye = kind == EYE
    uv, look = uv.copy(), _eye_directions(model)[source]
    uv[eye], detail[eye, 1] = look[eye, :2] / EYE_RADIUS, look[eye, 2] / EYE_RADIUS
    return {"faces": faces, "source": source, "uv": uv, "kind": kind, "label": label, "detail": detail}


def body_piece(body: SignerBody, hidden: NDArray[np.bool_]) -> Piece:
    """The bare body without the vertices that clothes hide ([V] bool)."""
    fixed = body_statics()
    source = fixed["source"]
    faces = fixed["faces"][body.model.face_part < FEET]
    faces = faces[~hidden[source[faces]].all(axis=1)]
    model = body.model
    return Piece(faces, source, None, model.bones[source], model.weights[source], fixed["uv"], fixed["detail"],
                 fixed["kind"], fixed["label"], closed=True)  # fmt: skip


@dataclass
class Cut:
    """New vertices on a piece's edge line: vertex i lies at share `t` from vertex `a` to vertex `b`."""

    a: Ints
    b: Ints
    t: Floats


def cut_edge(piece: Piece) -> Cut:
    """Cut the piece's triangles along edge = 0 (detail's first number) and drop what lies outside. Changes `faces`."""
    edge = piece.detail[:, 0]
    first = len(edge)
    inside = edge[piece.faces] >= 0
    count = inside.sum(axis=1)
    whole = piece.faces[count == 3]
    if not np.any((count == 1) | (count == 2)):
        piece.faces = whole
        empty = np.zeros(0, np.int32)
        return Cut(empty, empty, np.zeros(0, np.float32))
    corner_in, corner_out = _turned(piece.faces, inside, count == 1, True), _turned(piece.faces, inside, count == 2, False)
    a, b, c = np.concatenate([corner_in, corner_out]).T
    keys = np.stack([np.minimum(a, b), np.maximum(a, b), np.minimum(a, c), np.maximum(a, c)], axis=1).reshape(-1, 2)
    pairs, place = np.unique(keys, axis=0, return_inverse=True)
    ab, ac = (first + place.reshape(-1, 2)).T
    one = len(corner_in)
    made = [
        np.stack([a, ab, ac], axis=1)[:one],
        np.stack([ab, b, c], axis=1)[one:],
        np.stack([ab, c, ac], axis=1)[one:],
    ]
    piece.faces = np.concatenate([whole, *made]).astype(np.int32)
    low, high = pairs.astype(np.int32).T
    return Cut(low, high, _crossing(piece, low, high).astype(np.float32))


def _turned(faces: Ints, inside: NDArray[np.bool_], chosen: NDArray[np.bool_], kept: bool) -> Ints:
    """[K, 3] the chosen faces, turned so that the corner that alone is inside (`kept`) or outside comes first."""
    start = np.argmax(inside[chosen] == kept, axis=1)
    return np.take_along_axis(faces[chosen], (start[:, None] + np.arange(3)) % 3, axis=1)


def _crossing(piece: Piece, a: Ints, b: Ints) -> Floats:
    """Where between vertices a and b the edge distance is 0 (Illinois variant of false position)."""
    low, high = piece.detail[a, 0].astype(np.float64), piece.detail[b, 0].astype(np.float64)
    t = low / (low - high)
    if piece.edge_between is None:
        return t
    left, right = np.zeros(len(a)), np.ones(len(a))
    for _ in range(5):
        t = np.clip(left + (right - left) * low / np.where(low == high, 1, low - high), 0.02, 0.98)
        value = piece.edge_between(a, b, t)
        same = np.sign(value) == np.sign(low)
        left, low, high = np.where(same, t, left), np.where(same, value, low * np.where(same, 1, 0.5)), np.where(same, high * 0.5, value)
        right = np.where(same, right, t)
    return t


@dataclass
class Wardrobe:
    """All pieces of one signer as one vertex and index list, ready for posing."""

    body: SignerBody
    pieces: list[Piece]

    def __post_init__(self) -> None:
        self.cuts = [cut_edge(piece) for piece in self.pieces]
        sizes = [len(p.uv) + len(c.t) for p, c in zip(self.pieces, self.cuts, strict=True)]
        starts = np.cumsum([0, *sizes])
        self.faces = np.concatenate([p.faces + s for p, s in zip(self.pieces, starts, strict=False)]).astype(np.int32)
        self.closed = np.concatenate([np.full(len(p.faces), p.closed) for p in self.pieces])
        self.fixed = np.concatenate([_fixed(p, c) for p, c in zip(self.pieces, self.cuts, strict=True)]).astype(np.float32)

    def pose(self, pose) -> tuple[Floats, Floats, Floats]:
        """Body vertices [V, 3], and all drawn vertices' places and normals [N, 3]."""
        body, model = self.body, self.body.model
        moves = body.moves(pose)
        bare = skin(body.unposed(pose.face), model.bones, model.weights, moves)
        bare_normals = normals(bare, model.faces)
        places, turned = [], []
        for piece, cut in zip(self.pieces, self.cuts, strict=True):
            if piece.unposed is None:
                place, turn = bare[piece.source], bare_normals[piece.source]
            else:
                place = skin(piece.unposed, piece.bones, piece.weights, moves)
                turn = normals(place, piece.shell)
            places += [place, between(place, cut)]
            turned += [turn, between(turn, cut)]
        return bare, np.concatenate(places), np.concatenate(turned)


def between(values: Floats, cut: Cut) -> Floats:
    """Values at the cut's new vertices."""
    return values[cut.a] + (values[cut.b] - values[cut.a]) * cut.t[:, None]


def _fixed(piece: Piece, cut: Cut) -> Floats:
    """[N, 7] what the shader knows of each vertex, the cut's new ones included."""
    n = len(piece.uv)
    smooth = np.concatenate([piece.uv, piece.detail], axis=1)
    steady = np.stack([piece.kind.reshape(n), piece.label.reshape(n)], axis=1)
    return np.concatenate([np.concatenate([smooth, between(smooth, cut)]), np.concatenate([steady, steady[cut.a]])], axis=1)
