"""One OpenGL context with its programs, textures and buffers. A process may have one; PyTorch must not be loaded before it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..pieces.marks import marks
from . import textures
from .scene import COLUMNS, Part

SHADERS = Path(__file__).parent / "shaders"
FORMULAS = {"noise": textures.noise, "pores": textures.pores, "weave": textures.weave, "marks": marks, "level": textures.level}
COLOURED = {"skin": "skin", "cloth": "cloth", "mouth": "mouth", "eye": "eye", "cornea": "eye", "card": "card", "hair": "hair"}
"""material -> shader."""
ATTRIBUTES = (("in_pos", "3f", 12), ("in_nrm", "3f", 12), ("in_uv", "2f", 8), ("in_aux", "4f", 16), ("in_label", "1f", 4))


def _source(name: str, cut: bool = False) -> str:
    text = (SHADERS / name).read_text()
    for word, file in (("common", "common.glsl"), ("hair", "hair_alpha.glsl")):
        text = text.replace(f"//include {word}", (SHADERS / file).read_text())
    return text.replace("#version 330", "#version 330\n#define CUT", 1) if cut else text


class Buffers:
    """Vertices and triangles of one part on the card."""

    def __init__(self, card: Card, part: Part) -> None:
        self.shape = len(part.vertices), len(part.faces)
        self.vertices = card.context.buffer(reserve=part.vertices.nbytes)
        self.faces = card.context.buffer(reserve=part.faces.nbytes)
        self.arrays: dict[object, object] = {}
        self.card = card

    def write(self, part: Part) -> None:
        self.vertices.write(part.vertices.tobytes())
        self.faces.write(part.faces.tobytes())

    def array(self, program):
        """The part as a program reads it."""
        if program not in self.arrays:
            names = [name for name, _, _ in ATTRIBUTES if name in program]
            layout = " ".join(kind if name in program else f"{size}x" for name, kind, size in ATTRIBUTES)
            self.arrays[program] = self.card.context.vertex_array(program, [(self.vertices, layout, *names)], self.faces)
        return self.arrays[program]

    def release(self) -> None:
        for array in (*self.arrays.values(), self.vertices, self.faces):
            array.release()


class Card:
    """The context and everything on it that outlives a scene."""

    def __init__(self) -> None:
        os.environ.setdefault("LP_NUM_THREADS", "0")  # the software driver draws in this thread: workers share the cores
        import moderngl

        self.gl = moderngl
        self.context = moderngl.create_standalone_context(backend="egl")
        make, mesh, screen = self.context.program, _source("mesh.vert"), _source("screen.vert")
        self.coloured = {
            material: make(vertex_shader=mesh, fragment_shader=_source(f"{shader}.frag")) for material, shader in COLOURED.items()
        }
        self.plain = {
            name: [make(vertex_shader=mesh, fragment_shader=_source(f"{name}.frag", cut)) for cut in (False, True)]
            for name in ("depth", "geometry", "label")
        }
        passes = ("occlusion", "soften", "plate")
        self.screens = {name: make(vertex_shader=screen, fragment_shader=_source(f"{name}.frag")) for name in passes}
        corners = self.context.buffer(np.array([-1, -1, 3, -1, -1, 3], np.float32))
        self.quads = {name: self.context.vertex_array(p, [(corners, "2f", "in_corner")]) for name, p in self.screens.items()}
        self.textures: dict[Path | str, object] = {}
        self.buffers: dict[str, Buffers] = {}

    def texture(self, source: Path | str):
        """A texture of a file, or of a formula's map, kept for good."""
        if source not in self.textures:
            if isinstance(source, str):
                pixels = FORMULAS[source]()
            else:
                with Image.open(source) as picture:
                    pixels = np.asarray(picture.convert("RGBA" if picture.mode in ("RGBA", "LA", "P") else "RGB"))
            self.textures[source] = self.texture_of(pixels)
        return self.textures[source]

    def texture_of(self, pixels: NDArray[np.uint8]):
        """A texture with its smaller copies, of pixels [h, w, c]."""
        height, width, channels = pixels.shape
        texture = self.context.texture((width, height), channels, np.ascontiguousarray(pixels).tobytes(), alignment=1)
        texture.build_mipmaps()
        texture.filter = (self.gl.LINEAR_MIPMAP_LINEAR, self.gl.LINEAR)
        return texture

    def load(self, part: Part) -> Buffers:
        """Take a part to the card."""
        kept = self.buffers.get(part.name)
        if kept is None or kept.shape != (len(part.vertices), len(part.faces)):
            if kept is not None:
                kept.release()
            kept = self.buffers[part.name] = Buffers(self, part)
        kept.write(part)
        return kept


assert sum(size for _, _, size in ATTRIBUTES) == 4 * COLUMNS


def give(program, **values: object) -> None:
    """Set those uniforms that the program has."""
    for name, value in values.items():
        if name not in program:
            continue
        if isinstance(value, np.ndarray):
            program[name].write(np.ascontiguousarray(value, np.float32).tobytes())
        else:
            program[name].value = value


def bind(program, textures_: dict[str, object]) -> None:
    """Bind those textures that the program samples."""
    unit = 0
    for name, texture in textures_.items():
        if name in program:
            texture.use(unit)
            program[name].value = unit
            unit += 1
