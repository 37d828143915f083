"""Look: everything that a picture of a signer depends on beside pose and camera."""

from __future__ import annotations

from dataclasses import dataclass

from .light import Light
from .palette import Colour
from .pieces.garments import CUTS
from .plate import Backdrop


@dataclass(frozen=True)
class Choice:
    """What is wanted of a signer; what is None is left to chance. race: shares of african, asian, caucasian; age: 0..1."""

    gender: str | None = None
    age: float | None = None
    weight: float | None = None
    race: tuple[float, float, float] | None = None
    skin: str | None = None
    eyes: str | None = None
    hair: str | None = None
    hair_piece: str | None = None
    cut: str | None = None
    cloth: str | None = None
    trousers: str | None = None
    wall: str | None = None
    pattern: str | None = None
    stubble: float | None = None


@dataclass(frozen=True)
class Figure:
    """Body: anny's phenotype (0..1) and local changes (-1..1); age 0..1 between a young and an old grown-up."""

    gender: str
    age: float
    build: str
    phenotype: dict[str, float]
    local: dict[str, float]


@dataclass(frozen=True)
class Face:
    """skin: sRGB that the texture `skin_map` is brought to; stubble: 0..1; brows, lashes: pieces."""

    skin_name: str
    skin: Colour
    skin_map: str
    eye_name: str
    brows: str
    lashes: str
    stubble: float
    shine: float


@dataclass(frozen=True)
class HairLook:
    """piece: name without `hair_`, or "" where there is none; shaved: how dark a scalp without a piece is."""

    kind: str
    piece: str
    colour_name: str
    colour: Colour
    gloss: float
    shaved: float


@dataclass(frozen=True)
class Clothes:
    """cut: of `CUTS`; bottom: a piece; step: metres that a pattern repeats in; weave, crease: strengths of relief; shift: place in the
    cloth's noise."""

    cut: str
    bottom: str
    cloth_name: str
    cloth: Colour
    trim: Colour
    second: Colour
    pattern: str
    step: float
    trousers_name: str
    trousers: Colour
    weave: float
    crease: float
    shift: float


@dataclass(frozen=True)
class Look:
    """Everything that a picture of a signer depends on beside pose and camera. wall: its colour's name, "" before a real place."""

    figure: Figure
    face: Face
    hair: HairLook
    clothes: Clothes
    light: Light
    backdrop: Backdrop
    wall: str

    def words(self) -> dict[str, str]:
        """What a viewer would say of the signer, in the words of captions."""
        cut = CUTS[self.clothes.cut]
        age = "young" if self.figure.age < 0.25 else "old" if self.figure.age > 0.65 else "middle-aged"
        return {
            "gender": self.figure.gender, "age": age, "build": self.figure.build, "skin": self.face.skin_name, "eyes": self.face.eye_name,
            "hair": self.hair.colour_name, "hairstyle": self.hair.kind, "beard": "stubble" if self.face.stubble > 0.4 else "none",
            "garment": cut.word, "sleeve": cut.sleeve, "cloth": self.clothes.cloth_name, "pattern": self.clothes.pattern,
            "trousers": self.clothes.trousers_name, "wall": self.wall,
        }  # fmt: skip
