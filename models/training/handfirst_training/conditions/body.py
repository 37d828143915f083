"""Conditions of the body stage: body and face as filled shapes, and the skeleton's lines."""

from __future__ import annotations

import numpy as np
from numba import njit

from .hand import hand_surface
from .raster import capsule, polygon

BODY_SURFACE_CHANNELS = 15
FACE = 23
LINES = np.array([[5, 7], [7, 9], [6, 8], [8, 10], [5, 6], [11, 12], [5, 11], [6, 12], [11, 13], [12, 14], [0, 1], [0, 2], [1, 3], [2, 4]])


@njit(cache=True)
def present(keypoints: np.ndarray, index: int) -> bool:
    return keypoints[index, 2] > 0.0


@njit(cache=True)
def legs_inside(keypoints: np.ndarray, size: float) -> np.ndarray:
    """The points without those of a leg whose knee lies beyond the edge of the picture of `size` pixels: what clothes the stump at
    its edge cannot be seen, and a stage that is shown it draws a mean of trousers and top there."""
    out = keypoints.copy()
    for side in range(2):
        x, y = keypoints[13 + side, 0], keypoints[13 + side, 1]
        if x < 0.0 or y < 0.0 or x >= size or y >= size:
            out[13 + side] = 0.0
            out[15 + side] = 0.0
    return out


@njit(cache=True)
def middle(keypoints: np.ndarray, a: int, b: int) -> np.ndarray:
    """Mean of those of two points that are there: x, y, 1 or 0."""
    out = np.zeros(3)
    for k in (a, b):
        if present(keypoints, k):
            out[:2] += keypoints[k, :2]
            out[2] += 1.0
    if out[2] > 0.0:
        out[:2] /= out[2]
        out[2] = 1.0
    return out


@njit(cache=True)
def shoulder_width(keypoints: np.ndarray) -> float:
    """Width that scales limbs, in pixels: shoulders, or 0.7 x trunk where that is longer; 0 without shoulders."""
    width = 0.0
    if present(keypoints, 5) and present(keypoints, 6):
        width = np.sqrt(((keypoints[5, :2] - keypoints[6, :2]) ** 2).sum())
    shoulders, hips = middle(keypoints, 5, 6), middle(keypoints, 11, 12)
    if shoulders[2] > 0.0 and hips[2] > 0.0:
        width = max(width, 0.7 * np.sqrt(((shoulders[:2] - hips[:2]) ** 2).sum()))
    return width


@njit(cache=True)
def limb(out: np.ndarray, keypoints: np.ndarray, a: int, b: int, r0: float, r1: float) -> None:
    if present(keypoints, a) and present(keypoints, b):
        capsule(out, keypoints[a, 0], keypoints[a, 1], r0, keypoints[b, 0], keypoints[b, 1], r1, 1.0)


@njit(cache=True)
def trunk(out: np.ndarray, keypoints: np.ndarray, width: float) -> None:
    """[0] trunk, [1] neck, [2] head."""
    shoulders = middle(keypoints, 5, 6)
    if present(keypoints, 5) and present(keypoints, 6):
        corners = np.zeros((4, 2))
        corners[0], corners[1] = keypoints[5, :2], keypoints[6, :2]
        for k in range(2):
            hip = 12 - k
            corners[2 + k] = keypoints[hip, :2] if present(keypoints, hip) else corners[1 - k] + np.array([0.0, 1.35 * width])
        polygon(out[0], corners, 0.1 * width, 1.0)
    head = middle(keypoints, 3, 4)
    if head[2] == 0.0:
        head = middle(keypoints, 0, 0)
    if head[2] == 0.0 or shoulders[2] == 0.0:
        return
    up = head[:2] - shoulders[:2]
    up /= max(1e-6, np.sqrt((up**2).sum()))
    capsule(out[1], shoulders[0], shoulders[1], 0.17 * width, head[0], head[1], 0.14 * width, 1.0)
    top = head[:2] + 0.14 * width * up
    low = head[:2] - 0.12 * width * up
    capsule(out[2], low[0], low[1], 0.18 * width, top[0], top[1], 0.22 * width, 1.0)


@njit(cache=True)
def face_run(keypoints: np.ndarray, first: int, last: int) -> np.ndarray:
    """Those of face points first..last (0..67) that are there, [n, 2]."""
    points = keypoints[FACE + first : FACE + last + 1]
    return points[points[:, 2] > 0.0][:, :2].copy()


@njit(cache=True)
def stroke(out: np.ndarray, keypoints: np.ndarray, first: int, last: int, radius: float) -> None:
    for k in range(first, last):
        limb(out, keypoints, FACE + k, FACE + k + 1, radius, radius)


@njit(cache=True)
def face(out: np.ndarray, keypoints: np.ndarray) -> None:
    """[0] contour, filled; [1] brows; [2] eyes, filled; [3] mouth: lips 0.5, opening 1; [4] nose."""
    if not (present(keypoints, FACE) and present(keypoints, FACE + 16)):
        return
    width = np.sqrt(((keypoints[FACE, :2] - keypoints[FACE + 16, :2]) ** 2).sum())
    contour = face_run(keypoints, 0, 16)
    if len(contour) > 2:
        polygon(out[0], contour, 0.0, 1.0)
    line = max(0.6, 0.025 * width)
    stroke(out[1], keypoints, 17, 21, line)
    stroke(out[1], keypoints, 22, 26, line)
    for first in (36, 42):
        eye = face_run(keypoints, first, first + 5)
        if len(eye) > 2:
            polygon(out[2], eye, 0.2, 1.0)
    lips = face_run(keypoints, 48, 59)
    if len(lips) > 2:
        polygon(out[3], lips, 0.2, 0.5)
    opening = face_run(keypoints, 60, 67)
    if len(opening) > 2:
        polygon(out[3], opening, 0.0, 1.0)
    stroke(out[4], keypoints, 27, 30, line)
    stroke(out[4], keypoints, 31, 35, line)


@njit(cache=True)
def body_surface(out: np.ndarray, keypoints: np.ndarray, depth: np.ndarray) -> None:
    """[15, S, S]: trunk, neck, head, left upper arm, left forearm, right upper arm, right forearm, legs, hands' coverage, hands' relief,
    face contour, brows, eyes, mouth, nose."""
    width = shoulder_width(keypoints)
    if width > 0.0:
        trunk(out[0:3], keypoints, width)
        for side in range(2):
            limb(out[3 + 2 * side], keypoints, 5 + side, 7 + side, 0.13 * width, 0.11 * width)
            limb(out[4 + 2 * side], keypoints, 7 + side, 9 + side, 0.10 * width, 0.075 * width)
            limb(out[7], keypoints, 11 + side, 13 + side, 0.17 * width, 0.13 * width)
    hands = np.zeros((5, out.shape[1], out.shape[2]))
    hand_surface(hands, keypoints, depth)
    out[8], out[9] = hands[0], hands[3]
    face(out[10:15], keypoints)


@njit(cache=True)
def skeleton_lines(out: np.ndarray, keypoints: np.ndarray) -> None:
    """[S, S]: the body's limbs, 1.5 pixels wide."""
    for k in range(LINES.shape[0]):
        limb(out, keypoints, LINES[k, 0], LINES[k, 1], 0.75, 0.75)
