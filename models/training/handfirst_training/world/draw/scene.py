"""What the renderer is given: posed parts with their materials, light, and what is behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..light import Lighting
from ..plate import Backdrop

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

PLACE, NORMAL, UV, AUX, LABEL = slice(0, 3), slice(3, 6), slice(6, 8), slice(8, 12), 12
COLUMNS = 13
MATERIALS = ("skin", "cloth", "mouth", "eye", "cornea", "card", "hair")
"""In the order of drawing; the first four are opaque."""


@dataclass
class Part:
    """One drawn mesh. vertices: [D, 13] place, normal, uv, what the material needs to know, label; textures: sampler -> file or the name
    of a map that is drawn by a formula; uniforms: the material's numbers. `still` is False for a part whose shadow does not count."""

    name: str
    material: str
    faces: Ints
    vertices: Floats
    textures: dict[str, Path | str] = field(default_factory=dict)
    uniforms: dict[str, object] = field(default_factory=dict)
    casts: bool = True

    @property
    def opaque(self) -> bool:
        return self.material in MATERIALS[:4]


@dataclass
class Scene:
    """Parts of one posed signer, its light and backdrop; exposure: what the camera makes of skin as dark as the signer's."""

    parts: list[Part]
    lighting: Lighting
    backdrop: Backdrop
    exposure: float


def part_vertices(places: Floats, normals: Floats, uv: Floats, aux: Floats | None, label: Floats | int) -> Floats:
    """[D, 13] in the order that the shaders read."""
    out = np.zeros((len(places), COLUMNS), np.float32)
    out[:, PLACE], out[:, NORMAL], out[:, UV], out[:, LABEL] = places, normals, uv, label
    if aux is not None:
        out[:, AUX.start : AUX.start + aux.shape[1]] = aux
    return out
