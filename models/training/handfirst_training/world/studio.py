"""Takes pictures of signers, with everything that is known of them. One a process: it holds the drawing context."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import closeups
from .camera import Camera
from .draw.render import Behind, Renderer
from .keypoints import picture_depth, picture_points, world_points
from .plate import plate
from .signer import Signer
from .skeleton import Pose

Bytes = NDArray[np.uint8]


class Closeup(NamedTuple):
    """picture [192, 192, 3] and labels [192, 192] of the square (x0, y0, side) of the whole picture, and which hands it is for."""

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
        shots = self._closeups(points, camera, behind) if closeups else []
        away = camera.view(world)[:, 2].astype(np.float32)
        return Shot(view.picture, view.labels, points, picture_depth(camera, world), shots, away)

    def _closeups(self, points: NDArray[np.float32], camera: Camera, behind: Bytes) -> list[Closeup]:
        out = []
        for region in closeups.regions(points, camera.size):
            if region.side < closeups.SMALLEST:
                continue
            near = camera.zoom(region.x0, region.y0, region.side, closeups.SIZE)
            x, y, side = (value / camera.size for value in (region.x0, region.y0, region.side))
            view = self.renderer.view(near, Behind(behind, (x, y, side)))
            out.append(Closeup(view.picture, view.labels, (region.x0, region.y0, region.side), region.left, region.right))
        return out
