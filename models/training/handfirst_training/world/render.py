"""Draw signers with OpenGL, without a window: Mesa's software driver or a graphics card through EGL.

Three steps a view: which triangle each of a pixel's four samples sees; how much sky each point sees; then colours, worked out
only for squares of the picture that hold something.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .camera import SIZE, Camera
from .card import CardMesh, Scene, Targets
from .cull import Settled, settle, visible_faces

Floats = NDArray[np.float32]

SHADERS = Path(__file__).parent / "shaders"
SHADOW_SIZE = 1280
TILE = 16
REACH = 0.075
STRENGTH = 1.5


@dataclass
class View:
    """picture [n, n, 3] uint8; labels [n, n] uint8; depth [n, n] float32 metres, 0 where nothing is."""

    picture: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    depth: Floats


def _source(name: str) -> str:
    text = (SHADERS / name).read_text()
    return text.replace("//include mesh", (SHADERS / "mesh.glsl").read_text())


class Renderer:
    """One OpenGL context with its programs and textures. Not for sharing between processes."""

    def __init__(self, marks: NDArray[np.uint8]) -> None:
        os.environ.setdefault("LP_NUM_THREADS", "0")  # the software driver draws in this thread: workers share the cores
        import moderngl

        self.gl = moderngl
        self.context = moderngl.create_standalone_context(backend="egl")
        context = self.context
        screen, tile = _source("screen.vert"), _source("tile.vert")
        make = context.program
        self.triangles = make(vertex_shader=_source("triangles.vert"), fragment_shader=_source("triangles.frag"))
        self.nearest = make(vertex_shader=screen, fragment_shader=_source("nearest.frag"))
        self.background = make(vertex_shader=screen, fragment_shader=_source("background.frag"))
        self.occlusion = make(vertex_shader=tile, fragment_shader=_source("occlusion.frag"))
        self.soften = make(vertex_shader=tile, fragment_shader=_source("soften.frag"))
        self.colour = make(vertex_shader=tile, fragment_shader=_source("colour.frag"))
        cloth = _source("colour.frag").replace("#version 330", "#version 330\n#define CLOTH", 1)
        self.cloth = make(vertex_shader=tile, fragment_shader=cloth)
        corners = context.buffer(np.array([-1, -1, 3, -1, -1, 3], np.float32))
        self.tile_corners = context.buffer(reserve=48 * (SIZE // TILE) ** 2)
        self.quads = {p: context.vertex_array(p, [(corners, "2f", "in_corner")]) for p in (self.nearest, self.background)}
        for program in (self.occlusion, self.soften, self.colour, self.cloth):
            self.quads[program] = context.vertex_array(program, [(self.tile_corners, "2f", "in_corner")])
        self.marks = context.texture((marks.shape[1], marks.shape[0]), 4, marks.tobytes())
        self.marks.build_mipmaps()
        self.marks.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
        noise = noise_picture()
        self.noise = context.texture(noise.shape[:2], 4, noise.tobytes())
        self.noise.filter = (moderngl.LINEAR, moderngl.LINEAR)
        self.shadows = {fine: self._shadow_map(SHADOW_SIZE if fine else SHADOW_SIZE // 2) for fine in (True, False)}
        self.blank = np.full(SIZE * SIZE, 255, np.uint8)
        self.targets: dict[int, Targets] = {}
        self.mesh: CardMesh | None = None

    def _shadow_map(self, size: int):
        """A depth texture and the framebuffer that draws into it."""
        depth = self.context.depth_texture((size, size))
        depth.compare_func = "<="
        depth.repeat_x = depth.repeat_y = False
        return depth, self.context.framebuffer(depth_attachment=depth)

    def load(self, scene: Scene, fine: bool = True) -> None:
        """Take a scene to the card and draw its shadow map, at half the size where it need not be fine."""
        if self.mesh is None or not self.mesh.holds(scene):
            if self.mesh is not None:
                self.mesh.release()
            self.mesh = CardMesh(self.context, self.gl, self.triangles, scene)
        self.scene = scene
        self.mesh.fill(scene)
        self.shadow_map, target = self.shadows[fine]
        self.light_clip, self.light_texel = _light_camera(scene, self.shadow_map.width)
        for program, values in ((self.colour, scene.uniforms), (self.cloth, scene.uniforms), (self.background, scene.background)):
            for name, value in values.items():
                if name in program and isinstance(value, np.ndarray):
                    program[name].write(value.astype(np.float32).tobytes())
                elif name in program:
                    program[name].value = value
        target.use()
        target.clear(depth=1.0)
        self._draw(self.light_clip)

    def _draw(self, clip: Floats) -> tuple[NDArray[np.int32], Floats]:
        """Draw the triangles that a view can see; returns them and the box around them."""
        scene = self.scene
        faces, box = visible_faces(scene.places, scene.faces, scene.closed, clip)
        self.context.enable_only(self.gl.DEPTH_TEST)
        self.triangles["clip"].write(clip.T.tobytes())
        self.mesh.draw(faces)
        return faces, box

    def view(self, camera: Camera, whole: Camera, colour: bool = True) -> View:
        """Draw the loaded scene. `whole`: the camera of the full picture, which fixes the background."""
        n = camera.size
        if n not in self.targets:
            self.targets[n] = Targets(self.context, self.gl, n)
        targets = self.targets[n]
        targets.first.use()
        targets.first.clear()
        faces, box = self._draw(camera.matrix())
        self.mesh.list(faces)
        self.context.enable_only(self.gl.NOTHING)
        targets.nearest_target.clear()
        x0, y0, x1, y1 = np.clip((box * 0.5 + 0.5) * n + [-1, -1, 2, 2], 0, n).astype(int)
        targets.nearest_target.scissor = (x0, y0, max(x1 - x0, 1), max(y1 - y0, 1))
        self._pass(self.nearest, targets.nearest_target, camera, {"ids": targets.ids}, None)
        targets.nearest_target.scissor = None
        four = np.frombuffer(targets.four.read(alignment=1), np.float32).reshape(n, n, 4)
        scene = self.scene
        settled = settle(four, faces, scene.places, scene.turned, scene.fixed, TILE)
        if len(settled.corners):
            self.tile_corners.write(settled.corners.tobytes())
            targets.second.write(settled.second)
        depth = np.frombuffer(targets.seen.read(alignment=1), np.float32).reshape(n, n, 4)[..., 3]
        picture = self._colour(camera, whole, targets, settled) if colour else np.zeros((n, n, 3), np.uint8)
        return View(picture, settled.labels, depth)

    def _colour(self, camera: Camera, whole: Camera, targets: Targets, settled: Settled) -> NDArray[np.uint8]:
        scale = camera.focal / whole.focal
        x0 = (whole.centre[0] - camera.centre[0] / scale) / whole.size
        y0 = (whole.centre[1] - camera.centre[1] / scale) / whole.size
        side = camera.size / scale / whole.size
        self.background["region"].value = (x0, y0, side, side)
        targets.behind_target.use()
        self.quads[self.background].render()
        self.context.copy_framebuffer(targets.one, targets.behind_target)
        count = len(settled.corners)
        if count:
            seen = {"seen": targets.seen, "open_raw": targets.raw}
            targets.raw.write(self.blank[: camera.size**2])  # softening reads a little beyond the squares
            self._pass(self.occlusion, targets.raw_target, camera, seen, (0, count))
            self._pass(self.soften, targets.open_target, camera, seen, (0, count))
            textures = {"four": targets.four, "second": targets.second, "open_sky": targets.open, "marks": self.marks,
                        "noise": self.noise, "shadow": self.shadow_map, "behind": targets.behind}  # fmt: skip
            for program, part in ((self.cloth, (0, settled.cloth)), (self.colour, (settled.cloth, count - settled.cloth))):
                if "mark_level" in program:
                    program["mark_level"].value = float(np.clip(np.log2(6000 / max(camera.focal, 1)), 0, 4))
                program["shadow_texel"].value = self.light_texel
                program["shadow_clip"].write(self.light_clip.T.tobytes())
                self._pass(program, targets.one, camera, textures, part)
        n = camera.size
        return np.frombuffer(targets.one.read(components=3, alignment=1), np.uint8).reshape(n, n, 3)

    def _pass(self, program, target, camera: Camera, textures: dict[str, object], part: tuple[int, int] | None) -> None:
        """Run one program over the whole target or over a part (first corner, count) of the squares that hold something."""
        textures = {**textures, "vertices": self.mesh.vertices, "triangles": self.mesh.triangles}
        for i, (name, texture) in enumerate(textures.items()):
            if name in program:
                texture.use(i)
                program[name].value = i
        values = {"size": float(camera.size), "eye": tuple(camera.place), "lens": (camera.focal, *camera.centre),
                  "reach": REACH, "strength": STRENGTH}  # fmt: skip
        for name, value in values.items():
            if name in program:
                program[name].value = value
        if "turn" in program:
            program["turn"].write(camera.turn.astype(np.float32).T.tobytes())
        target.use()
        if part is None:
            self.quads[program].render()
        elif part[1]:
            self.quads[program].render(first=part[0], vertices=part[1])


def _light_camera(scene: Scene, size: int) -> tuple[Floats, float]:
    """[4, 4] orthographic view from the key light around what is above the hips; metres a texel of a shadow map of `size`."""
    forward = -scene.light_from / np.linalg.norm(scene.light_from)
    right = np.cross(forward, [0.0, 0.01, 1.0])
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    seen = scene.places[scene.places[:, 2] > -0.15] @ np.stack([right, down, forward]).T
    low, high = seen.min(axis=0), seen.max(axis=0)
    span = max(high[0] - low[0], high[1] - low[1]) + 0.04
    middle = (low + high) / 2
    deep = high[2] - low[2] + 1.0
    out = np.zeros((4, 4))
    for row, (axis, length) in enumerate(((right, span), (down, span), (forward, deep))):
        out[row, :3], out[row, 3] = axis * 2 / length, -middle[row] * 2 / length
    out[3, 3] = 1
    return out.astype(np.float32), float(span / size)


def noise_picture() -> NDArray[np.uint8]:
    """[256, 256, 4] smooth noise that repeats, its cells 4 texels wide: value, slope right, slope down (128 = level), 255."""
    cells = np.random.default_rng(5).random((64, 64))
    spots = np.arange(256) / 4
    low = spots.astype(int) % 64
    t = spots % 1
    t = t * t * (3 - 2 * t)
    rows = cells[low] * (1 - t)[:, None] + cells[(low + 1) % 64] * t[:, None]
    value = rows[:, low] * (1 - t) + rows[:, (low + 1) % 64] * t
    slopes = [np.clip(0.5 + 1.2 * (np.roll(value, -1, axis) - np.roll(value, 1, axis)), 0, 1) for axis in (1, 0)]
    return (np.stack([value, *slopes, np.ones_like(value)], axis=-1) * 255).astype(np.uint8)


@cache
def marks_picture() -> NDArray[np.uint8]:
    """[2048, 2048, 4] lips, brows and nails on the body's texture sheet (rows as OpenGL wants them)."""
    from .marks import draw_marks

    return draw_marks()
