"""Captions that name what a viewer would say of a signer, from a fixed vocabulary."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from .look import Look

RENAMED = {"hairstyle": "hair_kind", "wall": "background"}
"""What the vocabulary calls some of a look's words."""


@cache
def vocabulary() -> dict[str, dict[str, list[str]]]:
    """Attribute -> value -> the ways to say it (the first is the plainest)."""
    return json.loads((Path(__file__).parent / "vocabulary.json").read_text())["attributes"]


def attributes(look: Look) -> dict[str, str]:
    """What can be said of a look: attribute -> value, "" or "none" where there is nothing to say."""
    return {RENAMED.get(name, name): value for name, value in look.words().items()}


def _article(words: str) -> str:
    return ("an " if words[0] in "aeiou" else "a ") + words


def caption(rng: np.random.Generator, look: Look) -> str:
    """One caption that says nearly everything, each thing in one of its ways."""
    value = attributes(look)

    def say(name: str) -> str:
        return str(rng.choice(vocabulary()[name][value[name]])) if value[name] in vocabulary()[name] else ""

    traits = [f"{say('skin')} skin", _hair(value, say)]
    if value["beard"] != "none":
        traits.append(say("beard"))
    pattern = say("pattern") if value["pattern"] != "plain" else ""
    clothes = " ".join(word for word in (say("cloth"), pattern, say("sleeve"), say("garment")) if word)
    person = _article(f"{say('age')} {say('gender')}")
    text = f"{person} with {' and '.join(traits)} in {_article(clothes)}"
    wall = say("background")
    return text + (f" on {_article(wall)} background" if wall else "")


def _hair(value: dict[str, str], say) -> str:
    kind = say("hair_kind")
    if value["hair_kind"] == "bald":
        return kind
    colour = say("hair")
    return f"{colour} hair in {_article(kind)}" if value["hair_kind"] in ("bob", "bun") else f"{kind} {colour} hair"
