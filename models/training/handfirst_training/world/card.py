"""What the drawing context holds: a scene's mesh, and the framebuffers of a picture size."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .geometry import EDGE, KIND

Floats = NDArray[np.float32]

SAMPLES = 4
VERTICES_A_ROW = 256
TRIANGLES_A_ROW = 1024


@dataclass
class Scene:
    """What is drawn: places and normals [N, 3]; fixed [N, 7]: place on cloth or texture sheet 2, edge and two
    details 3, material, label; faces [F, 3]; closed: [F] faces that are never seen from behind; uniforms and background by name."""

    places: Floats
    turned: Floats
    fixed: Floats
    faces: NDArray[np.int32]
    uniforms: dict[str, object]
    background: dict[str, object]
    closed: NDArray[np.bool_]
    light_from: Floats = field(default_factory=lambda: np.array([0, -1, 0], np.float32))


class CardMesh:
    """A scene's vertices and triangles on the card, as buffers for drawing and as textures for reading back."""

    def __init__(self, context, gl, program, scene: Scene) -> None:
        self.vertex_count, self.face_count = len(scene.places), len(scene.faces)
        rows = -(-self.vertex_count // VERTICES_A_ROW)
        self.table = np.zeros((rows * VERTICES_A_ROW, 3, 4), np.float32)
        self.vertices = context.texture((VERTICES_A_ROW * 3, rows), 4, dtype="f4")
        self.list_rows = -(-self.face_count // TRIANGLES_A_ROW)
        self.triangles = context.texture((TRIANGLES_A_ROW, self.list_rows), 4, dtype="i4")
        for texture in (self.vertices, self.triangles):
            texture.filter = (gl.NEAREST, gl.NEAREST)
        self.buffer = context.buffer(reserve=12 * self.vertex_count)
        self.index = context.buffer(reserve=12 * self.face_count)
        self.array = context.vertex_array(program, [(self.buffer, "3f", "in_position")], index_buffer=self.index)

    def holds(self, scene: Scene) -> bool:
        """Whether a scene fits."""
        return len(scene.places) == self.vertex_count and len(scene.faces) == self.face_count

    def fill(self, scene: Scene) -> None:
        """Take over a scene's vertices."""
        table = self.table[: self.vertex_count]
        table[:, 0, :3], table[:, 0, 3] = scene.places, scene.fixed[:, EDGE]
        table[:, 1, :3], table[:, 1, 3] = scene.turned, scene.fixed[:, KIND] + 1
        table[:, 2, :2], table[:, 2, 2:] = scene.fixed[:, :2], scene.fixed[:, EDGE + 1 : EDGE + 3]
        self.vertices.write(self.table)
        self.buffer.write(np.ascontiguousarray(scene.places, np.float32))

    def draw(self, faces: NDArray[np.int32]) -> None:
        """Draw the given triangles."""
        if len(faces):
            self.index.write(np.ascontiguousarray(faces))
            self.array.render(vertices=3 * len(faces))

    def list(self, faces: NDArray[np.int32]) -> None:
        """Write the triangles of a view where shaders can read them."""
        table = np.zeros((self.list_rows * TRIANGLES_A_ROW, 4), np.int32)
        table[: len(faces), :3] = faces
        self.triangles.write(table)

    def release(self) -> None:
        """Free everything."""
        for item in (self.array, self.index, self.buffer, self.triangles, self.vertices):
            item.release()


class Targets:
    """Framebuffers for one picture size."""

    def __init__(self, context, gl, n: int) -> None:
        size = (n, n)
        self.ids = context.texture(size, 4, samples=SAMPLES)
        self.first = context.framebuffer([self.ids], context.depth_renderbuffer(size, samples=SAMPLES))
        self.four, self.seen = (context.texture(size, 4, dtype="f4") for _ in range(2))
        self.raw, self.open = context.texture(size, 1), context.texture(size, 1)
        self.behind, self.second = context.texture(size, 4), context.texture(size, 1)
        for texture in (self.four, self.seen, self.raw, self.open, self.behind, self.second):
            texture.filter = (gl.NEAREST, gl.NEAREST)
        self.raw.filter = (gl.LINEAR, gl.LINEAR)
        self.nearest_target = context.framebuffer([self.four, self.seen])
        self.raw_target = context.framebuffer([self.raw])
        self.open_target = context.framebuffer([self.open])
        self.behind_target = context.framebuffer([self.behind])
        self.one = context.framebuffer([context.renderbuffer(size, 4)])
