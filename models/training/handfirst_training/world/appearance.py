"""What a signer looks like, drawn from a seed: body, skin, face, hair, clothes, light and background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .hair import Style
from .palette import (
    BACKGROUND_COLOURS,
    CLOTH_COLOURS,
    EYE_COLOURS,
    GARMENTS,
    HAIR_COLOURS,
    HAIR_KINDS,
    LIGHTS,
    NECKS,
    PATTERNS,
    SKINS,
    TROUSER_COLOURS,
    Colour,
)

Fields = dict[str, object]
DARK_SKINS = ("dark brown", "black")


@dataclass
class Look:
    """Everything a picture's colours and kinds depend on. Colours are sRGB, 0..1."""

    phenotype: dict[str, float]
    local: dict[str, float]
    gender: str
    age: float
    build: str
    skin_name: str
    skin: Colour
    lips: Colour
    nails: Colour
    eye_name: str
    eyes: Colour
    hair_kind: str
    hair_name: str
    hair: Colour
    brow: Colour
    stubble: float
    garment: str
    sleeve: str
    sleeve_end: float
    neck: str
    cloth_name: str
    cloth: Colour
    second: Colour
    second_name: str
    pattern: str
    pattern_step: float
    trousers_name: str
    trousers: Colour
    background_name: str
    background: Fields
    light_name: str
    light_from: tuple[float, float, float]
    light_strength: float
    light_colour: Colour
    sky: float
    loose: float
    hem: float
    collar: float
    creases: float
    hair_volume: float
    hair_style: Style | None


def _near(rng: np.random.Generator, colour: Colour, spread: float, tint: float | None = None) -> Colour:
    """A colour near one: brightness varies by `spread`, each channel by `tint` (default: a third of it)."""
    base = np.array(colour) * (1 + rng.normal(0, spread)) + rng.normal(0, spread * 0.35 if tint is None else tint, 3)
    return tuple(float(c) for c in np.clip(base, 0.03, 0.98))


def _pick(rng: np.random.Generator, names: list[str], weights: list[float] | None = None) -> str:
    return str(rng.choice(names, p=None if weights is None else np.array(weights) / np.sum(weights)))


LOCALS = (
    "nose-hump", "nose-scale-vert", "nose-scale-horiz", "nose-width1", "nose-width2", "nose-point", "nose-volume",
    "mouth-scale-horiz", "mouth-upperlip-height", "mouth-lowerlip-height", "mouth-lowerlip-volume", "chin-height",
    "chin-width", "chin-prominent", "cheek-bones", "cheek-volume", "eye-scale", "eye-height2", "eye-trans", "eyebrows-trans",
    "eyebrows-angle", "forehead-scale-vert", "head-scale-horiz", "head-scale-vert", "head-fat", "head-age", "ear-scale",
    "ear-wing", "hand-fingers-length", "hand-fingers-diameter", "hand-scale", "eye-bag", "eye-eyefold-angle",
)  # fmt: skip


def _body(rng: np.random.Generator) -> tuple[dict[str, float], dict[str, float], str, float, str]:
    from .body import body_model

    gender = _pick(rng, ["woman", "man"])
    side = rng.beta(1.2, 9)
    age = float(rng.beta(1.1, 1.5))
    weight = float(np.clip(rng.normal(0.5, 0.2), 0.1, 0.98))
    race = rng.dirichlet([0.5, 0.5, 0.5])
    phenotype = {
        "gender": float(1 - side if gender == "woman" else side),
        "age": 2 / 3 + age / 3,
        "muscle": float(np.clip(rng.normal(0.5, 0.18), 0.1, 0.95)),
        "weight": weight,
        "height": float(np.clip(rng.normal(0.5, 0.2), 0.05, 0.95)),
        "proportions": float(rng.uniform(0.3, 1.0)),
        "cupsize": float(rng.uniform(0.2, 0.7)),
        "firmness": float(rng.uniform(0.4, 0.8)),
        "african": float(race[0]), "asian": float(race[1]), "caucasian": float(race[2]),
    }  # fmt: skip
    names = sorted({n[:-1] for n in body_model().locals if n.startswith(LOCALS)})
    local = {n: float(np.clip(rng.normal(0, 0.28 if "hand" not in n else 0.2), -0.7, 0.7)) for n in names}
    local["hand-fingers-length-incr"] = float(np.clip(rng.normal(0.4, 0.12), 0.1, 0.65))  # at 0 anny's fingers are short
    build = "slim" if weight < 0.36 else "heavy" if weight > 0.66 else "medium"
    return phenotype, local, gender, age, build


def _skin_for(rng: np.random.Generator, phenotype: dict[str, float]) -> str:
    names = list(SKINS)
    dark = np.array([0.02, 0.05, 0.13, 0.28, 0.32, 0.20])
    middle = np.array([0.22, 0.36, 0.30, 0.12, 0.0, 0.0])
    light = np.array([0.30, 0.40, 0.22, 0.08, 0.0, 0.0])
    weights = phenotype["african"] * dark + phenotype["asian"] * middle + phenotype["caucasian"] * light
    return _pick(rng, names, list(weights + 0.05))


def _hair(rng: np.random.Generator, gender: str, age: float, skin_name: str) -> tuple[str, str]:
    kinds = [0.02, 0.14, 0.16, 0.2, 0.32, 0.16] if gender == "woman" else [0.16, 0.55, 0.2, 0.02, 0.05, 0.02]
    kind = _pick(rng, list(HAIR_KINDS), kinds)
    deep = skin_name in ("dark brown", "black")
    weights = np.array([0.35, 0.25, 0.12, 0.03, 0.02, 0.02, 0, 0] if deep else [0.2, 0.22, 0.2, 0.12, 0.14, 0.08, 0, 0])
    if age > 0.55:
        weights = weights * 0.4 + np.array([0, 0, 0, 0, 0, 0, 0.35, 0.25])
    return kind, _pick(rng, list(HAIR_COLOURS), list(weights + 0.01))


def _style(rng: np.random.Generator, kind: str) -> Style | None:
    """The shape of a kind of hair."""
    if kind == "bald":
        return None
    seed = int(rng.integers(0, 2**31))
    parting = float(rng.choice([-0.03, 0.0, 0.03]))
    draw = rng.random(4)
    if kind == "short":
        return Style(kind, 0.005 + 0.014 * draw[0], parting=parting if draw[1] < 0.4 else 0.0, seed=seed)
    if kind == "curly":
        return Style(kind, 0.014 + 0.030 * draw[0] ** 1.5, bumps=0.003 + 0.004 * draw[1], seed=seed)
    if kind == "bob":
        return Style(kind, 0.010 + 0.010 * draw[0], 0.075 + 0.05 * draw[1], draw[2] < 0.4, parting=parting, wave=0.003 * draw[3], seed=seed)
    if kind == "long":
        return Style(kind, 0.009 + 0.010 * draw[0], 0.19 + 0.14 * draw[1], draw[2] < 0.3, parting=parting, wave=0.004 * draw[3], seed=seed)
    return Style(kind, 0.005 + 0.005 * draw[0], bun=0.032 + 0.018 * draw[1], seed=seed)


def _background(rng: np.random.Generator) -> tuple[str, dict[str, object]]:
    name = _pick(rng, list(BACKGROUND_COLOURS), [2, 3, 1.2, 0.8, 1.2, 1.2, 1.2, 1.2, 0.7, 0.6, 0.6, 0.6, 0.6])
    top = _near(rng, BACKGROUND_COLOURS[name], 0.07)
    varied = rng.random() < 0.5
    bottom = tuple(float(c) for c in np.clip(np.array(top) * (1 + (rng.normal(0, 0.12) if varied else rng.normal(0, 0.02))), 0.02, 0.99))
    blobs = np.zeros((8, 4), np.float32)
    panel = (0.0, 0.1, 0.0, 0.0)
    glow = (0.5, 0.5, 0.5, 0.0)
    count = 0
    if varied:
        count = int(rng.integers(0, 7))
        blobs[:count] = np.stack([rng.uniform(-0.1, 1.1, count), rng.uniform(-0.1, 1.1, count), rng.uniform(0.06, 0.35, count),
                                  rng.normal(0, 0.06, count)], axis=1)  # fmt: skip
        glow = (float(rng.uniform(0, 1)), float(rng.uniform(0, 0.8)), float(rng.uniform(0.3, 0.8)), float(rng.uniform(0, 0.35)))
        if rng.random() < 0.4:
            panel = (float(rng.uniform(0.1, 0.9)), float(rng.uniform(0.004, 0.06)), float(rng.normal(0, 0.1)), float(rng.integers(0, 2)))
    glow_colour = tuple(float(c) for c in np.clip(np.array(top) * rng.uniform(0.9, 1.35), 0, 1))
    return name, {"top": top, "bottom": bottom, "glow_colour": glow_colour, "glow": glow, "blobs": blobs,
                  "blob_count": count, "panel": panel,
                  "grain": float(rng.uniform(0, 0.012))}  # fmt: skip


def _light(rng: np.random.Generator) -> Fields:
    name = _pick(rng, list(LIGHTS), [0.28, 0.28, 0.28, 0.16])
    yaw = {"left": -0.9, "right": 0.9, "front": 0.0, "above": 0.0}[name] + rng.normal(0, 0.15)
    pitch = {"left": 0.5, "right": 0.5, "front": 0.35, "above": 1.05}[name] + rng.normal(0, 0.1)
    source = (float(np.sin(yaw) * np.cos(pitch)), float(-np.cos(yaw) * np.cos(pitch)), float(np.sin(pitch)))
    strength = float(rng.uniform(0.55, 1.15))
    warm = rng.normal(0, 0.04)
    return {"light_name": name, "light_from": source, "light_strength": strength,
            "light_colour": (float(1 + warm), 1.0, float(1 - warm)), "sky": float(rng.uniform(0.38, 0.62))}  # fmt: skip


def _clear(colour: np.ndarray) -> Colour:
    return tuple(float(c) for c in np.clip(colour, 0.02, 0.98))


def _face(rng: np.random.Generator, gender: str, age: float, phenotype: dict[str, float]) -> Fields:
    """Skin, lips, nails, eyes, hair and beard."""
    skin_name = _skin_for(rng, phenotype)
    a, b = (np.array(c) for c in SKINS[skin_name])
    t = rng.uniform(-0.15, 1.15)
    skin = np.array(_near(rng, _clear(a * (1 - t) + b * t), 0.02))
    hair_kind, hair_name = _hair(rng, gender, age, skin_name)
    hair = np.array(_near(rng, HAIR_COLOURS[hair_name], 0.08, 0.008))
    redder = [0.98, 0.74, 0.76] if skin_name in DARK_SKINS else [0.90, 0.62, 0.62]
    made_up = gender == "woman" and rng.random() < 0.35
    lips = np.array([0.68, 0.16, 0.20]) * rng.uniform(0.7, 1.1) if made_up else skin * redder
    polish = gender == "woman" and rng.random() < 0.25
    varnish = CLOTH_COLOURS[_pick(rng, ["red", "dark red", "pink", "white", "purple"])]
    brown = [0.7, 0.25, 0.03, 0.01, 0.01, 0.0] if skin_name in ("brown", *DARK_SKINS) else [0.25, 0.25, 0.12, 0.1, 0.2, 0.08]
    eye_name = _pick(rng, list(EYE_COLOURS), brown)
    beard = gender == "man" and rng.random() < 0.45
    style = _style(rng, hair_kind)
    return {
        "skin_name": skin_name, "skin": _clear(skin), "lips": _clear(lips),
        "nails": varnish if polish else _clear(skin * [1.1, 1.06, 1.06]), "eye_name": eye_name,
        "eyes": _near(rng, EYE_COLOURS[eye_name], 0.06), "hair_kind": hair_kind, "hair_name": hair_name, "hair": _clear(hair),
        "brow": _clear(hair * 0.6 + skin * 0.08), "stubble": float(rng.uniform(0.15, 0.9)) if beard else 0.0,
        "hair_style": style, "hair_volume": style.volume if style else 0.0,
    }  # fmt: skip


def _clothes(rng: np.random.Generator) -> Fields:
    """Top and trousers."""
    garment = _pick(rng, list(GARMENTS), [0.5, 0.2, 0.18, 0.12])
    cloth_name = _pick(rng, list(CLOTH_COLOURS))
    second_name = _pick(rng, [n for n in CLOTH_COLOURS if n != cloth_name])
    trousers_name = _pick(rng, list(TROUSER_COLOURS))
    sleeve = "long" if garment in ("jumper", "hoodie") else _pick(rng, ["short", "long"])
    neck = "round" if garment in ("shirt", "hoodie") else _pick(rng, list(NECKS), [0.5, 0.28, 0.14, 0.08])
    collar = {"shirt": rng.uniform(0.16, 0.42), "hoodie": rng.uniform(0.022, 0.032)}.get(garment, 0.0)
    low, high = (0.45, 0.85) if sleeve == "short" else (1.86, 1.97)
    return {
        "garment": garment, "sleeve": sleeve, "sleeve_end": float(rng.uniform(low, high)), "neck": neck,
        "cloth_name": cloth_name,
        "cloth": _near(rng, CLOTH_COLOURS[cloth_name], 0.07), "second_name": second_name,
        "second": _near(rng, CLOTH_COLOURS[second_name], 0.07), "pattern": _pick(rng, list(PATTERNS), [0.72, 0.1, 0.05, 0.07, 0.06]),
        "pattern_step": float(rng.uniform(0.025, 0.07)), "trousers_name": trousers_name,
        "trousers": _near(rng, TROUSER_COLOURS[trousers_name], 0.08), "collar": float(collar), "creases": float(rng.uniform(0.35, 1.0)),
        "loose": float(rng.uniform(0.006, 0.022)) + (0.006 if garment == "hoodie" else 0.0), "hem": float(rng.uniform(-0.2, 0.25)),
    }  # fmt: skip


def sample_look(rng: np.random.Generator) -> Look:
    """One signer's look."""
    phenotype, local, gender, age, build = _body(rng)
    face, clothes = _face(rng, gender, age, phenotype), _clothes(rng)
    name, background = _background(rng)
    return Look(
        phenotype=phenotype, local=local, gender=gender, age=age, build=build, background_name=name, background=background,
        **face, **clothes, **_light(rng),
    )  # fmt: skip
