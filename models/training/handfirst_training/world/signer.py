"""One signer, ready to be posed and drawn: body, clothes and hair made from a look."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .appearance import Look
from .body import SignerBody, body_model, normals
from .card import Scene
from .collars import hood, shirt_collar
from .garments import Top, make_top, make_trousers
from .geometry import Wardrobe, body_piece
from .hair import make_hair
from .palette import GARMENTS, PATTERNS
from .skeleton import Pose
from .teeth import teeth


@dataclass
class Signer:
    """look, body and everything the body wears."""

    look: Look
    body: SignerBody
    wardrobe: Wardrobe

    def scene(self, pose: Pose) -> tuple[NDArray[np.float32], Scene]:
        """Posed body vertices [V, 3] and what is to be drawn."""
        bare, places, turned = self.wardrobe.pose(pose)
        wardrobe = self.wardrobe
        source = np.asarray(self.look.light_from, np.float32)
        scene = Scene(
            places, turned, wardrobe.fixed, wardrobe.faces, uniforms(self.look), dict(self.look.background), wardrobe.closed, source
        )
        return bare, scene


def uniforms(look: Look) -> dict[str, object]:
    """The shader's numbers for a look."""
    key = look.light_strength
    linear = np.array(look.light_colour) * 1.15 * key
    sky = look.sky
    x, y, z = look.light_from
    return {
        "skin": look.skin, "lips": look.lips, "brow": look.brow, "nail": look.nails, "iris": look.eyes, "hair": look.hair,
        "cloth": look.cloth, "cloth_second": look.second, "trousers": look.trousers, "pupil": 0.2,
        "shine": 0.22, "stubble": look.stubble, "curl": 0.9 if look.hair_kind == "curly" else 0.0,
        "garment": GARMENTS.index(look.garment), "creases": look.creases,
        "pattern": PATTERNS.index(look.pattern), "pattern_step": look.pattern_step,
        "light_from": tuple(np.array([x, y, z]) / np.linalg.norm([x, y, z])), "light_colour": tuple(linear),
        "sky_colour": (sky, sky * 1.01, sky * 1.04), "ground_colour": (sky * 0.62, sky * 0.58, sky * 0.55),
        "rim_from": (-0.8 * np.sign(x or 1.0), 0.55, 0.25), "rim_colour": (0.5 * sky, 0.52 * sky, 0.56 * sky),
    }  # fmt: skip


def make_signer(look: Look) -> Signer:
    """Build the body and dress it."""
    body = body_model().shape(look.phenotype, look.local)
    top, under_top = make_top(body, Top(look.garment, look.sleeve_end, look.neck, look.loose, look.hem))
    trousers, under_trousers = make_trousers(body)
    hidden = np.maximum(under_top, under_trousers) > 0.022
    pieces = [body_piece(body, hidden), top, trousers]
    cloth_normals = normals(top.unposed, top.shell)
    near = top.detail[:, 0] > -0.02
    cover = top.unposed[near], cloth_normals[near]
    if look.garment == "shirt":
        pieces.append(shirt_collar(body, look.collar, *cover))
    if look.garment == "hoodie":
        pieces.append(hood(body, look.collar))
    if look.hair_style is not None:
        pieces += make_hair(body, look.hair_style, *cover)
    pieces.append(teeth(body))
    return Signer(look, body, Wardrobe(body, pieces))
