"""The bare body: which of its faces are drawn, and where blood, beard, palms and knuckles are."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..bake import PARTS
from ..body import body_model
from .mesh import BASE_VERTICES, Floats, Ints

NOT_SKIN = ("eye_front.L", "eye_back.L", "eye_front.R", "eye_back.R", "tongue")
"""Parts of the body's mesh that pieces stand for."""


def _faces_of(*parts: str) -> NDArray[np.bool_]:
    return np.isin(body_model().face_part, [PARTS.index(part) for part in parts])


@cache
def bare_faces() -> Ints:
    """[F, 3] faces of the skin, base vertices."""
    return np.ascontiguousarray(body_model().base_faces[~_faces_of(*NOT_SKIN)])


def visible_corners(hidden: NDArray[np.bool_]) -> tuple[Ints, Ints, Floats]:
    """Skin that clothes leave bare, split where the texture sheet is cut: faces [F, 3], base vertex [D] and uv [D, 2] of each corner."""
    model = body_model()
    keep = ~_faces_of(*NOT_SKIN) & ~hidden[model.base_faces].all(axis=1)
    pairs = np.stack([model.base_faces[keep], model.data["face_uv"][keep]], axis=-1).reshape(-1, 2)
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    return inverse.reshape(-1, 3).astype(np.int32), unique[:, 0].astype(np.int32), model.data["uv"][unique[:, 1]].astype(np.float32)


def _on_base(values: Floats) -> Floats:
    """[19158] from values [V] of the body's vertices."""
    out = np.zeros(BASE_VERTICES, np.float32)
    out[body_model().kept] = values
    return out


@cache
def hands() -> NDArray[np.bool_]:
    """[19158, 2] whether a base vertex is of the left and of the right hand."""
    out = np.zeros((BASE_VERTICES, 2), bool)
    for side, name in enumerate("LR"):
        out[np.unique(body_model().base_faces[_faces_of(f"hand.{name}")]), side] = True
    return out


def _spots(places: Floats, spots: list[tuple[NDArray, float, float]]) -> Floats:
    """[n] the largest of some Gaussian spots (place, radius in metres, strength)."""
    out = np.zeros(len(places), np.float32)
    for spot, radius, strength in spots:
        away = ((places - spot) ** 2).sum(axis=1)
        out = np.maximum(out, strength * np.exp(-away / (2 * radius**2)).astype(np.float32))
    return out


@cache
def palms() -> Floats:
    """[19158] 1 where a hand is palm, the undersides of fingers included, 0 on its back."""
    from ..hands import hand_of
    from ..vertices import normals

    body = body_model().shape({}, {})
    facing = normals(body.base, bare_faces())
    out = np.zeros(BASE_VERTICES, np.float32)
    for at, side in enumerate("LR"):
        mine = hands()[:, at]
        # rest axes of the hand, carried back to the unposed mesh by the wrist's bind
        bone = body_model().bone_names.index(f"wrist.{side}")
        axis = np.linalg.inv(body.binds[bone][:, :3]) @ hand_of(body.rest, side).axes[:, 2]
        out[mine] = np.clip((facing[mine] @ axis + 0.25) / 0.5, 0, 1)
    return out


@cache
def knuckles() -> Floats:
    """[19158] creases over the fingers' joints, on the back of the hands, 0..1."""
    model = body_model()
    heads = model.data["bone_heads"]
    spots = []
    for side in "LR":
        for finger in range(1, 6):
            for joint, radius, strength in ((1, 0.008, 0.55), (2, 0.0055, 1.0), (3, 0.004, 0.6)):
                spots.append((heads[model.bone_names.index(f"finger{finger}-{joint}.{side}")], radius + 0.004, strength))
    on_hand = hands().any(axis=1)
    out = np.zeros(BASE_VERTICES, np.float32)
    out[on_hand] = _spots(model.base_template[on_hand], spots)
    return out * (1 - palms())


@cache
def blood() -> Floats:
    """[19158] where blood shows: finger tips, knuckles, nose and cheeks; 0..1."""
    model = body_model()
    tips = [model.bone_names.index(f"finger{finger}-3.{side}") for side in "LR" for finger in range(1, 6)]
    share = np.where(np.isin(model.base_bones, tips), model.base_weights, 0).sum(axis=1)
    cheeks = [(np.array(spot), radius, 0.28) for spot, radius in (((0.04, -0.13, 0.695), 0.016), ((-0.04, -0.13, 0.695), 0.016),
                                                                  ((0.0, -0.157, 0.70), 0.010))]  # fmt: skip
    return np.clip(0.6 * share + _spots(model.base_template, cheeks) + 0.5 * knuckles(), 0, 1).astype(np.float32)


def _rise(low: float, high: float, value: NDArray) -> NDArray:
    """0 up to `low`, 1 from `high` on; `low` may be the larger."""
    return np.clip((value - low) / (high - low), 0, 1)


@cache
def beard() -> Floats:
    """[19158] where a beard grows, 0..1, lips left bare."""
    model = body_model()
    x, y, z = model.base_template.T
    side = np.abs(x)
    lips = np.exp(-((side / 0.026) ** 4 + ((z - 0.661) / 0.010) ** 4))
    moustache = np.exp(-((side / 0.029) ** 3)) * _rise(0.664, 0.671, z) * _rise(0.686, 0.677, z + 0.15 * side) * _rise(-0.125, -0.135, y)
    chin = _rise(0.046, 0.030, side) * _rise(0.655, 0.645, z) * _rise(0.585, 0.60, z) * _rise(-0.07, -0.09, y)
    cheek = 0.648 + 0.055 * _rise(0.035, 0.075, side)
    jaw = _rise(0.0, 0.012, cheek - z) * _rise(0.575, 0.595, z) * _rise(-0.03, -0.06, y) * _rise(0.585, 0.605, z)
    out = np.maximum(np.maximum(moustache, chin), jaw) * (1 - lips)
    face = np.zeros(BASE_VERTICES, bool)
    face[np.unique(model.base_faces[_faces_of("head", "body")])] = True
    inside = np.unique(model.base_faces[_faces_of("mouth_cavity")])
    out[~face], out[inside] = 0, 0
    return out.astype(np.float32)


# degrees from the front, metres above the eyes on the template
HAIRLINE = np.array([[0, 0.070], [30, 0.066], [50, 0.052], [62, 0.026], [72, 0.004], [82, -0.016], [90, -0.002], [104, 0.004],
                     [120, -0.03], [150, -0.072], [180, -0.080]])  # fmt: skip
EYES, SKULL = 0.7284, np.array([0.0, -0.050])


@cache
def scalp() -> Floats:
    """[19158] metres that a head's vertex lies above the hairline, negative below it and off the head."""
    model = body_model()
    x, y, z = model.base_template.T
    turn = np.degrees(np.abs(np.arctan2(x - SKULL[0], -(y - SKULL[1]))))
    above = z - EYES - np.interp(turn, HAIRLINE[:, 0], HAIRLINE[:, 1])
    head = np.zeros(BASE_VERTICES, bool)
    head[np.unique(model.base_faces[_faces_of("head")])] = True
    return np.where(head & ~ears() & (z > 0.62), above, -1).astype(np.float32)


@cache
def ears() -> NDArray[np.bool_]:
    """[19158] whether a base vertex lies where the ears are on the template."""
    x, y, z = body_model().base_template.T
    return (np.abs(x) > 0.069) & (z < 0.760) & (z > 0.66) & (y > -0.092) & (y < -0.010)
