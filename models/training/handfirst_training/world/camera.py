"""Pinhole camera in picture pixels: x right, y down, pixel centres at .5; depth along the view in metres."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .skeleton import Pose, Rest, forward

SIZE = 512


@dataclass(frozen=True)
class Camera:
    """turn: [3, 3] rows are the camera's right, down and forward in world axes; place: [3] metres;
    focal: pixels; centre: principal point (x, y) in pixels; size: picture side in pixels."""

    turn: NDArray[np.float64]
    place: NDArray[np.float64]
    focal: float
    centre: tuple[float, float]
    size: int = SIZE

    def view(self, points: NDArray) -> NDArray[np.float64]:
        """[..., 3] world points in camera axes (right, down, forward), metres."""
        return (np.asarray(points, np.float64) - self.place) @ self.turn.T

    def project(self, points: NDArray) -> NDArray[np.float64]:
        """[..., 3] world points -> [..., 3]: x, y in pixels and depth in metres."""
        seen = self.view(points)
        depth = np.maximum(seen[..., 2:], 1e-3)
        flat = seen[..., :2] / depth * self.focal + np.asarray(self.centre)
        return np.concatenate([flat, seen[..., 2:]], axis=-1)

    def zoom(self, x0: float, y0: float, side: float, size: int) -> Camera:
        """The camera that sees the square region (x0, y0, side) of this picture as a picture of `size` pixels."""
        scale = size / side
        centre = ((self.centre[0] - x0) * scale, (self.centre[1] - y0) * scale)
        return replace(self, focal=self.focal * scale, centre=centre, size=size)

    def matrix(self, near: float = 0.1, far: float = 20.0) -> NDArray[np.float32]:
        """[4, 4] world -> clip. Row 0 of what OpenGL reads back is the top of the picture."""
        half = self.size / 2
        lens = np.zeros((4, 4))
        lens[0, 0] = lens[1, 1] = self.focal / half
        lens[0, 2] = self.centre[0] / half - 1
        lens[1, 2] = self.centre[1] / half - 1
        lens[2, 2] = (far + near) / (far - near)
        lens[2, 3] = -2 * far * near / (far - near)
        lens[3, 2] = 1
        return (lens @ self.rigid()).astype(np.float32)

    def rigid(self) -> NDArray[np.float64]:
        """[4, 4] world -> camera axes."""
        out = np.eye(4)
        out[:3, :3] = self.turn
        out[:3, 3] = -self.turn @ self.place
        return out


def look_at(target: NDArray, yaw: float, pitch: float, roll: float, distance: float, focal: float,
            centre: tuple[float, float], size: int = SIZE) -> Camera:  # fmt: skip
    """A camera in front of the signer that has `target` at its principal point. Angles in radians, 0 = from the front.

    yaw > 0: the camera stands further to the signer's left; pitch > 0: it stands higher.
    """
    back = np.array([np.sin(yaw) * np.cos(pitch), -np.cos(yaw) * np.cos(pitch), np.sin(pitch)])
    forward = -back
    right = np.cross(forward, [0, 0, 1])
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    cos, sin = np.cos(roll), np.sin(roll)
    right, down = cos * right + sin * down, cos * down - sin * right
    return Camera(np.stack([right, down, forward]), np.asarray(target) + back * distance, focal, centre, size)


def heights(rest: Rest) -> dict[str, float]:
    """Heights (z, metres) that frame a signer: crown (about), chin, shoulder, hip, knee."""
    head, neck = rest.head("head")[2], rest.head("neck01")[2]
    return {
        "crown": head + 1.4 * (head - neck) + 0.012,
        "shoulder": rest.head("upperarm01.L")[2],
        "hip": rest.head("upperleg01.L")[2],
        "knee": rest.head("lowerleg01.L")[2],
    }


def sample_camera(rng: np.random.Generator, rest: Rest, size: int = SIZE) -> Camera:
    """Framing as in sign videos: mostly from above the head to the hips, some closer or to the thighs, a little off centre and turned."""
    z = heights(rest)
    kind = rng.random()
    low = z["hip"] + rng.uniform(-0.2, 0.02)
    if kind < 0.2:
        low = z["shoulder"] - rng.uniform(0.26, 0.42)
    elif kind > 0.85:
        low = z["hip"] - rng.uniform(0.2, 0.42)
    headroom = rng.uniform(0.06, 0.2)
    height = (z["crown"] - low) * (1 + headroom)
    middle = low + height / 2
    distance = height * rng.uniform(1.8, 3.2)
    shift = np.clip(rng.normal(0, 0.035), -0.1, 0.1), np.clip(rng.normal(0, 0.01), -0.03, 0.03)
    yaw, pitch, roll = np.clip(rng.normal(0, [0.15, 0.05, 0.012]), [-0.4, -0.12, -0.04], [0.4, 0.15, 0.04])
    target = np.array([0.0, rest.head("spine01")[1], middle])
    centre = size * (0.5 + float(shift[0])), size * (0.5 + float(shift[1]))
    return look_at(target, yaw, pitch, roll, distance, size * distance / height, centre, size)


def gallery_camera(rest: Rest, pose: Pose, size: int = SIZE) -> Camera:
    """From the front, so that a signer whose arms hang is seen from just below the wrists to the crown, with air above the head and room at
    the sides. Hands may be cut off: they are never carried."""
    posed = forward(rest, pose)
    bottom = min(float(posed.head(f"wrist.{side}")[2]) for side in "LR") - 0.03
    height = (heights(rest)["crown"] - bottom) * 1.12
    target = np.array([0.0, rest.head("spine01")[1], bottom + height / 2])
    distance = 2.6 * height
    return look_at(target, 0, 0, 0, distance, size * distance / height, (size / 2, size / 2), size)


def reference_camera(rest: Rest, size: int = 256) -> Camera:
    """The canonical frontal camera of reference pictures: head to hips, centred."""
    z = heights(rest)
    top, bottom = z["crown"] + 0.05, z["hip"] - 0.12
    height = top - bottom
    target = np.array([0.0, rest.head("spine01")[1], (top + bottom) / 2])
    distance = 2.2 * height
    return look_at(target, 0, 0, 0, distance, size * distance / height, (size / 2, size / 2), size)
