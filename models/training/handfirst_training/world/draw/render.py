"""Draws a scene: shadow map, how much sky each point sees, the picture, and which part each pixel shows.

Order: shadows once a scene; a view then draws normals and distance at half size with occlusion from them, the plate, the depth of
everything opaque so that each pixel is coloured once, the opaque parts, what is blended over them, and hair twice: solid texels, then
soft edges from far to near.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..camera import Camera
from ..pieces.hair import far_to_near
from .context import Buffers, Card, bind, give
from .scene import PLACE, Part, Scene
from .shadows import light_camera
from .targets import Targets

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

SHADOW_SIZE = 1024
SOLID = 0.6
"""Alpha from which hair counts as solid."""
SHADOW_SOFTNESS = 0.001
"""Metres of the key light's blur a unit of `Light.soft`."""


@dataclass
class View:
    """picture [n, n, 3]; labels [n, n]; depth [n, n] metres along the view, 0 where nothing is."""

    picture: Bytes
    labels: Bytes
    depth: Floats


@dataclass(frozen=True)
class Behind:
    """The plate [S, S, 3] of the whole picture, and the region (x, y, side in shares of it) that a view shows."""

    plate: Bytes
    region: tuple[float, float, float] = (0.0, 0.0, 1.0)


class Renderer:
    """One context. `load` takes a scene, `view` draws it from a camera. Not for sharing between processes."""

    def __init__(self) -> None:
        card = self.card = Card()
        context, gl = card.context, card.gl
        self.shadow = context.depth_texture((SHADOW_SIZE, SHADOW_SIZE))
        self.shadow.compare_func = "<="
        self.shadow.filter = (gl.LINEAR, gl.LINEAR)
        self.shadow_target = context.framebuffer(depth_attachment=self.shadow)
        self.env = context.texture((128, 64), 3, dtype="f2")
        self.env.repeat_y = False
        self.targets: dict[int, Targets] = {}
        self.plates: dict[int, object] = {}

    def load(self, scene: Scene) -> None:
        """Take a scene to the card and draw its shadow map."""
        context, gl = self.card.context, self.card.gl
        self.scene = scene
        self.loaded: list[tuple[Part, Buffers]] = [(part, self.card.load(part)) for part in scene.parts]
        self.env.write(scene.lighting.env.tobytes())
        self.env.build_mipmaps()
        self.env.filter = (gl.LINEAR_MIPMAP_LINEAR, gl.LINEAR)
        casting = [part for part in scene.parts if part.casts]
        self.light_clip, self.span = light_camera(scene.lighting.direction, np.concatenate([p.vertices[:, PLACE] for p in casting]))
        self.shadow_target.use()
        self.shadow_target.clear(depth=1.0)
        context.enable_only(gl.DEPTH_TEST)
        context.depth_func = "<"
        self._plain("depth", self.light_clip, [entry for entry in self.loaded if entry[0].casts])

    def _plain(self, name: str, clip: Floats, parts: list[tuple[Part, Buffers]], **values: object) -> None:
        """Draw parts with a program that needs no light: hair by its solid texels."""
        for part, buffers in parts:
            program = self.card.plain[name][part.material == "hair"]
            give(program, clip=clip.T.copy(), **values)
            bind(program, {"tex": self.card.texture(part.textures["tex"])} if part.material == "hair" else {})
            buffers.array(program).render()

    def view(self, camera: Camera, behind: Behind, labels: bool = True) -> View:
        """Draw the loaded scene. Labels and depth are empty where `labels` is False."""
        targets = self._targets(camera.size)
        self._sort_hair(camera)
        self._occlusion(camera, targets)
        self._colours(camera, behind, targets)
        picture = targets.picture()
        if not labels:
            return View(picture, np.zeros((0, 0), np.uint8), np.zeros((0, 0), np.float32))
        return View(picture, self._labels(camera, targets), targets.distance())

    def _targets(self, size: int) -> Targets:
        if size not in self.targets:
            self.targets[size] = Targets(self.card.context, self.card.gl, size)
        return self.targets[size]

    def distance(self, camera: Camera) -> Floats:
        """[n, n] metres along the view of the loaded scene, 0 where nothing is."""
        targets = self._targets(camera.size)
        self._occlusion(camera, targets)
        return targets.distance()

    def _sort_hair(self, camera: Camera) -> None:
        for part, buffers in self.loaded:
            if part.material == "hair":
                buffers.faces.write(far_to_near(part.vertices[:, PLACE], part.faces, camera.place).tobytes())

    def _occlusion(self, camera: Camera, targets: Targets) -> None:
        context, gl = self.card.context, self.card.gl
        targets.geometry_target.use()
        targets.geometry_target.clear()
        context.enable_only(gl.DEPTH_TEST)
        seen = [entry for entry in self.loaded if entry[0].opaque or entry[0].material == "hair"]
        self._plain("geometry", camera.matrix(), seen, rigid=camera.rigid().astype(np.float32).T.copy())
        context.enable_only(gl.NOTHING)
        half = targets.size // 2
        scale = half / camera.size
        lens = tuple(float(value) * scale for value in (camera.focal, *camera.centre))
        self._screen("occlusion", targets.raw_target, {"geo": targets.geometry}, lens=lens, size=float(half))
        self._screen("soften", targets.open_target, {"raw": targets.raw, "geo": targets.geometry}, size=float(half))

    def _screen(self, name: str, target, textures: dict[str, object], **values: object) -> None:
        program = self.card.screens[name]
        target.use()
        bind(program, textures)
        give(program, **values)
        self.card.quads[name].render()

    def _plate(self, plate: Bytes):
        """The plate as a texture; one a size is kept."""
        size = plate.shape[0]
        if size not in self.plates:
            texture = self.plates[size] = self.card.context.texture((size, size), 3)
            texture.repeat_x = texture.repeat_y = False
        self.plates[size].write(np.ascontiguousarray(plate).tobytes(), alignment=1)
        return self.plates[size]

    def _colours(self, camera: Camera, behind: Behind, targets: Targets) -> None:
        context, gl = self.card.context, self.card.gl
        many = targets.many
        many.use()
        many.clear(depth=1.0)
        context.enable_only(gl.NOTHING)
        self._screen("plate", many, {"plate": self._plate(behind.plate)}, region=behind.region)
        clip = camera.matrix()
        opaque = [entry for entry in self.loaded if entry[0].opaque]
        context.enable_only(gl.DEPTH_TEST)
        context.depth_func = "<="
        many.color_mask = (False,) * 4
        self._plain("depth", clip, opaque)
        many.color_mask = (True,) * 4
        self._light(camera, clip, targets)
        for part, buffers in opaque:
            self._coloured(part, buffers, targets)
        context.enable_only(gl.DEPTH_TEST | gl.BLEND)
        context.blend_func = gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA
        many.depth_mask = False
        for part, buffers in self.loaded:
            if part.material in ("cornea", "card"):
                self._coloured(part, buffers, targets)
        many.depth_mask = True
        for part, buffers in self.loaded:
            if part.material == "hair":
                self._hair(part, buffers, targets)
        targets.resolve()

    def _hair(self, part: Part, buffers: Buffers, targets: Targets) -> None:
        context, gl = self.card.context, self.card.gl
        context.enable_only(gl.DEPTH_TEST)
        self._coloured(part, buffers, targets, blend_pass=0.0, cut=SOLID)
        context.enable_only(gl.DEPTH_TEST | gl.BLEND)
        targets.many.depth_mask = False
        context.depth_func = "<"
        self._coloured(part, buffers, targets, blend_pass=1.0, cut=SOLID)
        targets.many.depth_mask = True
        context.depth_func = "<="

    def _light(self, camera: Camera, clip: Floats, targets: Targets) -> None:
        """What all coloured parts share."""
        light = self.scene.lighting
        for program in self.card.coloured.values():
            give(program, clip=clip.T.copy(), shadow_clip=self.light_clip.T.copy(), shadow_texel=self.span / SHADOW_SIZE,
                 soft=light.spec.soft * SHADOW_SOFTNESS / self.span * SHADOW_SIZE, size=float(camera.size), exposure=self.scene.exposure,
                 eye=tuple(float(v) for v in camera.place), light_from=light.direction, light_colour=light.colour, sh=light.sh,
                 rim_from=light.rim_direction, rim_colour=light.rim_colour, env_levels=6.0, env_turn=float(light.turn))  # fmt: skip

    def _coloured(self, part: Part, buffers: Buffers, targets: Targets, **more: object) -> None:
        program = self.card.coloured[part.material]
        fixed = {"shadow": self.shadow, "open_sky": targets.open, "env": self.env, "noise": self.card.texture("noise")}
        bind(program, fixed | {name: self.card.texture(source) for name, source in part.textures.items()})
        give(program, **part.uniforms, **more)
        buffers.array(program).render()

    def _labels(self, camera: Camera, targets: Targets) -> Bytes:
        context, gl = self.card.context, self.card.gl
        targets.label_target.use()
        targets.label_target.clear()
        context.enable_only(gl.DEPTH_TEST)
        seen = [entry for entry in self.loaded if entry[0].opaque or entry[0].material == "hair"]
        self._plain("label", camera.matrix(), seen)
        return targets.labels()
