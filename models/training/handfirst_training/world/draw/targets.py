"""What one size of picture is drawn into."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLES = 4


class Targets:
    """Framebuffers for pictures of `size` pixels: geometry and occlusion at half of it, colours with four samples a pixel, labels."""

    def __init__(self, context, gl, size: int) -> None:
        self.context, self.size = context, size
        half = (size // 2, size // 2)
        self.geometry = context.texture(half, 4, dtype="f4")
        self.geometry.filter = (gl.NEAREST, gl.NEAREST)
        self.geometry_target = context.framebuffer([self.geometry], context.depth_renderbuffer(half))
        self.raw, self.open = (context.texture(half, 1) for _ in range(2))
        for texture in (self.geometry, self.raw, self.open):
            texture.repeat_x = texture.repeat_y = False
        self.raw_target, self.open_target = (context.framebuffer([texture]) for texture in (self.raw, self.open))
        whole = (size, size)
        self.many = context.framebuffer(
            [context.renderbuffer(whole, 4, samples=SAMPLES)], context.depth_renderbuffer(whole, samples=SAMPLES)
        )
        self.one = context.framebuffer([context.renderbuffer(whole, 4)])
        self.label_target = context.framebuffer([context.texture(whole, 4)], context.depth_renderbuffer(whole))

    def resolve(self) -> None:
        """Mix the samples."""
        self.context.copy_framebuffer(self.one, self.many)

    def picture(self) -> NDArray[np.uint8]:
        """[n, n, 3]"""
        return np.frombuffer(self.one.read(components=3, alignment=1), np.uint8).reshape(self.size, self.size, 3).copy()

    def labels(self) -> NDArray[np.uint8]:
        """[n, n]"""
        return np.frombuffer(self.label_target.read(components=1, alignment=1), np.uint8).reshape(self.size, self.size).copy()

    def distance(self) -> NDArray[np.float32]:
        """[n, n] metres along the view, 0 where nothing is; drawn at half the size."""
        half = self.size // 2
        drawn = np.frombuffer(self.geometry_target.read(components=4, dtype="f4"), np.float32).reshape(half, half, 4)[..., 3]
        return np.repeat(np.repeat(drawn, 2, axis=0), 2, axis=1)
