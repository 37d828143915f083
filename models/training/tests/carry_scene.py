"""A signer and a picture that the tests of cutting and carrying share."""

from __future__ import annotations

import numpy as np

SIZE = 128


def signer() -> np.ndarray:
    """[133, 3] a signer from the hips up in a picture of 128, arms a little away from the trunk."""
    points = np.zeros((133, 3))
    places = {0: (64, 28), 5: (84, 50), 6: (44, 50), 7: (94, 80), 8: (34, 80), 9: (98, 108), 10: (30, 108), 11: (76, 108), 12: (52, 108)}
    for k, (x, y) in places.items():
        points[k] = x, y, 1
    turn = np.linspace(np.pi, 0, 17)
    points[23:40, 0], points[23:40, 1] = 64 + 12 * np.cos(turn), 28 + 14 * np.sin(turn)
    points[40:91, :2] = np.stack([64 + 8 * np.cos(np.arange(51)), 26 + 6 * np.sin(np.arange(51))], axis=1)
    points[23:91, 2] = 1
    return points


def scene() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A picture that says its own place (red across, green down), everyone's mask, a blue plate."""
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    plate = np.zeros((SIZE, SIZE, 3))
    plate[..., 2] = 255
    return np.stack([x, y, np.zeros_like(x)], axis=-1), np.ones((SIZE, SIZE)), plate
