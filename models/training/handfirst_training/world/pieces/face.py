"""Eyes, brows, lashes, teeth and tongue: attached again for each face, since they follow its actions."""

from __future__ import annotations

import numpy as np

from ..body import SignerBody
from ..vertices import skin
from .mesh import Floats, load, place

EYEBALLS, CORNEAS, TEETH, TONGUE = "eyes_ball", "eyes_cornea", "teeth_base", "tongue_01"
CALM = 0.0018
"""Metres that the brows' inner ends are raised, and half of it that the outer ends are lowered: the pieces slant as if angry."""
INNER, OUTER = 0.014, 0.055


def posed_face(body: SignerBody, unposed: Floats, moves: Floats, brows: str, lashes: str) -> dict[str, Floats]:
    """Places [N, 3] of the face's pieces by name, for a base mesh with the face's actions."""
    out = {}
    for name in (EYEBALLS, CORNEAS, TEETH, TONGUE, brows, lashes):
        mesh = load(name)
        places = place(mesh, unposed)
        if name == brows:
            places[:, 2] += _calm(places[:, 0])
        out[name] = skin(places, mesh.bones, mesh.bone_weights, moves)
    return out


def _calm(x: Floats) -> Floats:
    along = np.clip((np.abs(x) - INNER) / (OUTER - INNER), 0, 1)
    return (CALM * (1 - 1.5 * along)).astype(np.float32)
