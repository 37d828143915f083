"""The signer's face: mouthing, mouth gestures, brows, eyes, in the ranges in which they carry grammar.

A face is a dictionary from the 52 ARKit action names (as in `anny`) to 0..1. Brows up mark yes-no questions and topics,
brows down mark wh-questions; mouth gestures are adverbs. A sentence about which is which: Valli & Lucas, Linguistics of
American Sign Language, part on nonmanual signals.
"""

from __future__ import annotations

import numpy as np

Face = dict[str, float]


def _face(**actions: float) -> Face:
    """A face of actions; a name that ends in Both stands for its Left and its Right."""
    face: Face = {}
    for name, value in actions.items():
        names = [name.removesuffix("Both") + side for side in ("Left", "Right")] if name.endswith("Both") else [name]
        face |= dict.fromkeys(names, value)
    return face


MOUTHS: dict[str, Face] = {
    "rest": {},
    "a": _face(jawOpen=0.5, mouthLowerDownBoth=0.25),
    "e": _face(jawOpen=0.2, mouthStretchBoth=0.5, mouthUpperUpBoth=0.2),
    "i": _face(jawOpen=0.1, mouthSmileBoth=0.45, mouthStretchBoth=0.3),
    "o": _face(jawOpen=0.35, mouthFunnel=0.7),
    "u": _face(jawOpen=0.1, mouthPucker=0.8),
    "m": _face(mouthPressBoth=0.5, mouthRollLower=0.3, mouthRollUpper=0.3),
    "f": _face(jawOpen=0.08, mouthRollLower=0.6, mouthUpperUpBoth=0.35),
    "th": _face(jawOpen=0.22, tongueOut=0.6),
    "l": _face(jawOpen=0.3, mouthLowerDownBoth=0.2),
    "ch": _face(jawOpen=0.08, mouthFunnel=0.5, mouthShrugUpper=0.3),
    "smile": _face(mouthSmileBoth=0.65, cheekSquintBoth=0.4),
    "grin": _face(jawOpen=0.25, mouthSmileBoth=0.6, mouthUpperUpBoth=0.3),
    "frown": _face(mouthFrownBoth=0.7, mouthShrugLower=0.4),
    "mm": _face(mouthPucker=0.35, mouthShrugLower=0.5, mouthPressBoth=0.3),
    "puff": _face(cheekPuff=0.8, mouthPressBoth=0.3),
    "cha": _face(jawOpen=0.85, mouthLowerDownBoth=0.4),
    "teeth": _face(mouthStretchBoth=0.7, mouthUpperUpBoth=0.5, mouthLowerDownBoth=0.5),
    "aside": _face(mouthLeft=0.6, mouthDimpleLeft=0.4),
}
"""Mouth shapes of mouthed words and of mouth gestures, at full strength."""

MOUTH_ODDS = {"rest": 6.0, "smile": 1.6, "puff": 0.7, "cha": 0.5, "teeth": 0.7, "aside": 0.5, "frown": 0.8}

BROWS: dict[str, Face] = {
    "rest": {},
    "up": _face(browInnerUp=0.8, browOuterUpBoth=0.8, eyeWideBoth=0.4),
    "down": _face(browDownBoth=0.85, eyeSquintBoth=0.4),
    "worried": _face(browInnerUp=0.9, browDownBoth=0.25),
    "one": _face(browOuterUpLeft=0.8, browDownRight=0.4),
    "sneer": _face(noseSneerBoth=0.7, browDownBoth=0.5),
}
FRIENDLY = _face(mouthSmileBoth=0.38, browOuterUpBoth=0.12, browInnerUp=0.08, cheekSquintBoth=0.2)
"""Someone who is about to sign: calm and kind."""
BROW_ODDS = {"rest": 4.0, "up": 2.2, "down": 2.2, "worried": 0.8, "one": 0.5, "sneer": 0.5}


def mirrored(face: Face) -> Face:
    """The face seen in a mirror."""

    def other(name: str) -> str:
        if name.endswith("Left"):
            return name.removesuffix("Left") + "Right"
        return name.removesuffix("Right") + "Left" if name.endswith("Right") else name

    return {other(name): value for name, value in face.items()}


def mixed(parts: list[tuple[Face, float]]) -> Face:
    """The weighted sum of faces, each action kept within 0..1; what is below 0.005 is left out."""
    total: Face = {}
    for face, weight in parts:
        for name, value in face.items():
            total[name] = total.get(name, 0.0) + weight * value
    return {name: min(value, 1.0) for name, value in total.items() if value > 0.005}


def gaze(right: float, up: float) -> Face:
    """Eyes turned to the signer's right (positive) and up, each -1..1."""
    pairs = {
        "eyeLookOutRight": right,
        "eyeLookInLeft": right,
        "eyeLookOutLeft": -right,
        "eyeLookInRight": -right,
        "eyeLookUpLeft": up,
        "eyeLookUpRight": up,
        "eyeLookDownLeft": -up,
        "eyeLookDownRight": -up,
    }
    return {name: min(value, 1.0) for name, value in pairs.items() if value > 0.005}


def blink(amount: float) -> Face:
    """Both lids closed by 0..1."""
    return {"eyeBlinkLeft": amount, "eyeBlinkRight": amount}


def _pick(rng: np.random.Generator, table: dict[str, Face], odds: dict[str, float]) -> Face:
    names = list(table)
    weights = np.array([odds.get(name, 1.0) for name in names])
    face = table[names[int(rng.choice(len(names), p=weights / weights.sum()))]]
    return mirrored(face) if rng.random() < 0.5 else face


def sample_mouth(rng: np.random.Generator) -> Face:
    """A mouth shape, sometimes between two, of varied strength."""
    first = _pick(rng, MOUTHS, MOUTH_ODDS)
    second = _pick(rng, MOUTHS, MOUTH_ODDS)
    share = rng.uniform(0.0, 0.6) if rng.random() < 0.4 else 0.0
    strength = rng.uniform(0.5, 1.15)
    return mixed([(first, strength * (1.0 - share)), (second, strength * share)])


def sample_brows(rng: np.random.Generator) -> Face:
    """Brows and the lids that go with them, of varied strength."""
    return mixed([(_pick(rng, BROWS, BROW_ODDS), rng.uniform(0.4, 1.2))])


def sample_face(rng: np.random.Generator) -> Face:
    """A signer's face at one moment."""
    lids = rng.uniform(0.6, 1.0) if rng.random() < 0.03 else rng.uniform(0.0, 0.15)
    look = gaze(*rng.normal(0.0, [0.25, 0.2])) if rng.random() < 0.6 else {}
    return mixed([(sample_mouth(rng), 1.0), (sample_brows(rng), 1.0), (look, 1.0), (blink(lids), 1.0)])
