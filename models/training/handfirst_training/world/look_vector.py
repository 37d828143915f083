"""A look as a flat vector of numbers, with its layout."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .appearance import Look
from .palette import GARMENTS, HAIR_KINDS, NECKS, PATTERNS

BUILDS = ("slim", "medium", "heavy")
GENDERS = ("woman", "man")
SLEEVES = ("short", "long")

COLOURS = (
    "skin",
    "lips",
    "nails",
    "eyes",
    "hair",
    "brow",
    "cloth",
    "second",
    "trousers",
    "background_top",
    "background_bottom",
    "light_colour",
)
STYLE = {"hair_length": 3.0, "fringe": 1.0, "bumps": 120.0, "bun": 20.0, "parting": 20.0, "wave": 100.0}
SCALARS = ("age", "femininity", "weight", "muscle", "stubble", "sleeve_end", "hair_volume", "loose", "pattern_step", "light_x", "light_y",
           "light_z", "light_strength", "sky", "collar", "creases", "hem",
           *STYLE)  # fmt: skip
CATEGORIES: dict[str, tuple[str, ...]] = {
    "gender": GENDERS, "build": BUILDS, "hair_kind": HAIR_KINDS, "garment": GARMENTS, "sleeve": SLEEVES, "neck": NECKS, "pattern": PATTERNS,
}  # fmt: skip


def layout() -> list[dict[str, object]]:
    """What the vector holds, in order: name, kind, size and, for categories, the values."""
    out: list[dict[str, object]] = [{"name": n, "kind": "colour", "size": 3} for n in COLOURS]
    out += [{"name": n, "kind": "scalar", "size": 1} for n in SCALARS]
    out += [{"name": n, "kind": "category", "size": len(v), "values": list(v)} for n, v in CATEGORIES.items()]
    return out


def look_vector(look: Look) -> NDArray[np.float32]:
    """[A] the look's numbers: colours as seen (sRGB, 0..1), scalars scaled to about 0..1 (light direction -1..1), one-hot categories."""
    colours = {n: getattr(look, n) for n in COLOURS if not n.startswith("background")}
    colours["background_top"] = look.background["top"]
    colours["background_bottom"] = look.background["bottom"]
    light = np.array(look.light_from)
    scalars = {
        "age": look.age, "femininity": look.phenotype["gender"],
        "weight": look.phenotype["weight"], "muscle": look.phenotype["muscle"], "stubble": look.stubble,
        "sleeve_end": look.sleeve_end / 2, "hair_volume": look.hair_volume * 40, "loose": look.loose * 40,
        "pattern_step": look.pattern_step * 10, "light_x": light[0], "light_y": light[1], "light_z": light[2],
        "light_strength": look.light_strength, "sky": look.sky,
        "collar": look.collar * (20 if look.garment == "hoodie" else 1), "creases": look.creases, "hem": look.hem,
    }  # fmt: skip
    style = look.hair_style
    shape = {"hair_length": style.length, "fringe": style.fringe, "bumps": style.bumps, "bun": style.bun, "parting": style.parting,
             "wave": style.wave} if style else dict.fromkeys(STYLE, 0.0)  # fmt: skip
    scalars |= {name: shape[name] * scale for name, scale in STYLE.items()}
    values: list[float] = []
    for name in COLOURS:
        values += [float(c) for c in colours[name]]
    values += [float(scalars[n]) for n in SCALARS]
    for name, options in CATEGORIES.items():
        values += [float(getattr(look, name) == o) for o in options]
    return np.array(values, np.float32)
