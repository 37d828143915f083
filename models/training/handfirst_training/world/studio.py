"""Takes pictures of signers, with everything that is known of them. One a process: it holds the drawing context."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..conditions.skin import skin_of
from . import closeups, labels
from .camera import Camera
from .draw.render import Behind, Renderer
from .keypoints import FACE, picture_depth, picture_points, world_points
from .light import SOFT, Lighting
from .plate import plate
from .signer import Signer
from .skeleton import Pose

Bytes = NDArray[np.uint8]


@cache
def soft_light() -> Lighting:
    return Lighting(SOFT)


class Closeup(NamedTuple):
    """picture [192, 192, 3] and labels [192, 192] of the square (x0, y0, side) of the whole picture, in soft light, and which hands it is
    for. A network cannot know from where a place's light falls on a hand, and would draw the mean of all lights, which is flat."""

    picture: Bytes
    labels: Bytes
    box: tuple[float, float, float]
    left: bool
    right: bool


class Shot(NamedTuple):
    """picture [n, n, 3], labels [n, n], keypoints [133, 3], depth [133] (pixels, see `picture_depth`), close-ups, and away [133]: metres
    of each point along the view."""

    picture: Bytes
    labels: Bytes
    keypoints: NDArray[np.float32]
    depth: NDArray[np.float32]
    closeups: list[Closeup]
    away: NDArray[np.float32]


class Studio:
    """The drawing context of this process."""

    def __init__(self) -> None:
        self.renderer = Renderer()
        self.kept: tuple[Signer, Camera, Bytes] | None = None

    def plate(self, signer: Signer, camera: Camera) -> Bytes:
        """[n, n, 3] the picture without the signer; the last one is kept."""
        if self.kept is None or self.kept[0] is not signer or self.kept[1] is not camera:
            self.kept = signer, camera, plate(signer.look.backdrop, signer.lighting, camera, signer.exposure)
        return self.kept[2]

    def draw(self, signer: Signer, pose: Pose, camera: Camera, closeups: bool = True) -> Shot:
        """A posed signer; close-ups of the hands unless they are refused."""
        bare, scene = signer.scene(pose)
        behind = self.plate(signer, camera)
        self.renderer.load(scene)
        view = self.renderer.view(camera, Behind(behind))
        world = world_points(signer.body, pose, bare)
        points = picture_points(camera, world, view.depth)
        shots = self._closeups(signer, pose, points, camera) if closeups else []
        away = camera.view(world)[:, 2].astype(np.float32)
        return Shot(view.picture, view.labels, points, picture_depth(camera, world), shots, away)

    def soft_skin(self, signer: Signer, pose: Pose, camera: Camera) -> NDArray[np.float32]:
        """[9] the face's skin in the light of close-ups, see `skin_of`: what their colours are to be compared with."""
        lit = replace(signer, lighting=soft_light())
        bare, scene = lit.scene(pose)
        points = camera.project(world_points(signer.body, pose, bare))[:, :2]
        low, high = points[FACE].min(axis=0), points[FACE].max(axis=0)
        side = 1.5 * float((high - low).max())
        corner = (low + high - side) / 2
        near = camera.zoom(float(corner[0]), float(corner[1]), side, closeups.SIZE)
        self.renderer.load(scene)
        view = self.renderer.view(near, Behind(self.plate(signer, camera)))
        found = skin_of(view.picture, view.labels == labels.SKIN, (points - corner) * closeups.SIZE / side)
        return np.zeros(9, np.float32) if found is None else found

    def measure(self, signer: Signer, pose: Pose, camera: Camera) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Keypoints [133, 3] and depth [133] of a posed signer, without a picture."""
        bare, scene = signer.scene(pose)
        self.renderer.load(scene)
        world = world_points(signer.body, pose, bare)
        return picture_points(camera, world, self.renderer.distance(camera)), picture_depth(camera, world)

    def _closeups(self, signer: Signer, pose: Pose, points: NDArray[np.float32], camera: Camera) -> list[Closeup]:
        out = []
        regions = [region for region in closeups.regions(points, camera.size) if region.side >= closeups.SMALLEST]
        if regions:
            self.renderer.load(replace(signer, lighting=soft_light()).scene(pose)[1])
        for region in regions:
            near = camera.zoom(region.x0, region.y0, region.side, closeups.SIZE)
            x, y, side = (value / camera.size for value in (region.x0, region.y0, region.side))
            view = self.renderer.view(near, Behind(self.plate(signer, camera), (x, y, side)))
            out.append(Closeup(view.picture, view.labels, (region.x0, region.y0, region.side), region.left, region.right))
        return out
