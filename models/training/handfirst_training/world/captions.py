"""Captions that name what a viewer would say of a signer, from a fixed vocabulary."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from .appearance import Look


@cache
def vocabulary() -> dict[str, dict[str, list[str]]]:
    """Attribute -> value -> the ways to say it (the first is the plainest)."""
    return json.loads((Path(__file__).parent / "vocabulary.json").read_text())["attributes"]


def attributes(look: Look) -> dict[str, str]:
    """What can be said of a look: attribute -> value."""
    age = "young" if look.age < 0.25 else "old" if look.age > 0.65 else "middle-aged"
    return {
        "gender": look.gender, "age": age, "build": look.build, "skin": look.skin_name, "hair_kind": look.hair_kind,
        "hair": look.hair_name, "fringe": "fringe" if look.hair_style and look.hair_style.fringe else "none",
        "beard": "stubble" if look.stubble > 0.4 else "none", "eyes": look.eye_name,
        "garment": look.garment,
        "sleeve": look.sleeve, "neck": look.neck, "cloth": look.cloth_name, "pattern": look.pattern, "second": look.second_name,
        "trousers": look.trousers_name, "background": look.background_name, "light": look.light_name,
        "light_strength": "bright" if look.light_strength > 0.95 else "dim" if look.light_strength < 0.65 else "soft",
    }  # fmt: skip


def _say(rng: np.random.Generator, attribute: str, value: str) -> str:
    return str(rng.choice(vocabulary()[attribute][value]))


def _article(words: str) -> str:
    return ("an " if words[0] in "aeiou" else "a ") + words


def caption(rng: np.random.Generator, look: Look, share: float) -> dict[str, object]:
    """One caption that mentions each attribute with probability about `share`: {"text", "mentioned"}."""
    value = attributes(look)
    said: list[str] = ["gender"]

    def some(name: str, likely: float = 1.0) -> str:
        if rng.random() >= min(share * likely, 1.0):
            return ""
        said.append(name)
        return _say(rng, name, value[name])

    person = " ".join(w for w in (some("age"), some("build", 0.6), _say(rng, "gender", look.gender)) if w)
    parts = [_article(person)]
    traits = []
    if skin := some("skin"):
        traits.append(f"{skin} skin")
    if hair := _hair(rng, value, some, said):
        traits.append(hair)
    if value["fringe"] != "none" and (fringe := some("fringe", 0.7)):
        traits.append(_article(fringe) if fringe == "fringe" else fringe)
    if value["beard"] != "none" and (beard := some("beard")):
        traits.append(beard)
    if eyes := some("eyes", 0.3):
        traits.append(f"{eyes} eyes")
    if traits:
        parts.append("with " + (", ".join(traits[:-1]) + " and " + traits[-1] if len(traits) > 1 else traits[-1]))
    if clothes := _clothes(rng, value, some, said):
        parts.append(str(rng.choice(["in ", "wearing "])) + clothes)
    text = " ".join(parts)
    if background := some("background"):
        text += str(
            rng.choice(
                [f" on {_article(background)} background", f", {background} background", f" in front of {_article(background)} wall"]
            )
        )
    if light := some("light", 0.7):
        strength = some("light_strength", 0.8)
        text += f", {strength + ' ' if strength else ''}{light}"
    return {"text": text, "mentioned": said}


def _hair(rng: np.random.Generator, value: dict[str, str], some, said: list[str]) -> str:
    kind = some("hair_kind")
    if value["hair_kind"] == "bald":
        return kind
    colour = some("hair")
    if not kind and not colour:
        return ""
    if value["hair_kind"] in ("bob", "bun") and kind:
        return f"{colour} hair in {_article(kind)}" if colour else f"hair in {_article(kind)}"
    return " ".join(w for w in (kind, colour) if w) + " hair"


def _clothes(rng: np.random.Generator, value: dict[str, str], some, said: list[str]) -> str:
    colour, sleeve, pattern = some("cloth"), some("sleeve"), some("pattern", 0.8)
    neck = some("neck", 0.4) if value["garment"] in ("t-shirt", "jumper") else ""
    garment = some("garment")
    if not garment and not (colour or sleeve or pattern or neck):
        return ""
    second = ""
    if pattern and value["pattern"] != "plain" and colour and (second := some("second")):
        colour = f"{colour} and {second}"
    words = " ".join(w for w in (colour, pattern, sleeve, neck, garment or "top") if w)
    text = _article(words)
    if trousers := some("trousers", 0.35):
        text += f" and {trousers} trousers"
    return text


def captions(rng: np.random.Generator, look: Look, count: int = 4) -> list[dict[str, object]]:
    """`count` captions of a look: the first says nearly everything, the others less."""
    shares = [1.0, 0.8, 0.55, 0.35]
    return [caption(rng, look, shares[i % len(shares)]) for i in range(count)]
