"""Laying a part of a reference over a picture: by an affine map, by a map that follows the face's points, or along a bone.

Parts [H, W, 4] are RGB (0..255) times cover, and cover (0..1). Places are in pixels: pixel (row i, column j) has its centre at
(j + 0.5, i + 0.5).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .face import TEETH_COLOUR, face_shifts
from .geometry import clamp
from .limbs import width_at

# What lies under a limb is darkened round it as far as this many times its half width, from this share of its bone on.
SHADE_REACH, SHADE_FROM = 0.4, 0.5
# Over how many output pixels the side of a limb fades.
SOFT = 1.5
# A limb that has turned bends from its first end to this share of its length.
BEND = 0.75


@njit(cache=True)
def affine(source: np.ndarray, goal: np.ndarray, pull: float) -> np.ndarray:
    """[2, 3] the affine map from `source` to `goal` [n, 2] by least squares, its linear part pulled towards the identity by `pull`
    (square pixels)."""
    n = len(source)
    sx, sy, gx, gy = source[:, 0].sum() / n, source[:, 1].sum() / n, goal[:, 0].sum() / n, goal[:, 1].sum() / n
    xx, xy, yy = pull, 0.0, pull
    ux, uy, vx, vy = pull, 0.0, 0.0, pull
    for k in range(n):
        x, y, u, v = source[k, 0] - sx, source[k, 1] - sy, goal[k, 0] - gx, goal[k, 1] - gy
        xx += x * x
        xy += x * y
        yy += y * y
        ux += u * x
        uy += u * y
        vx += v * x
        vy += v * y
    det = xx * yy - xy * xy
    a, b = (ux * yy - uy * xy) / det, (uy * xx - ux * xy) / det
    c, d = (vx * yy - vy * xy) / det, (vy * xx - vx * xy) / det
    return np.array([[a, b, gx - a * sx - b * sy], [c, d, gy - c * sx - d * sy]])


@njit(cache=True)
def lay(out: np.ndarray, cover: np.ndarray, part: np.ndarray, x: float, y: float, i: int, j: int, share: float) -> None:
    """Lay the part's value at (x, y), bilinear, times `share`, over pixel (i, j) of the picture. Below the reference its last row goes
    on."""
    height, width = part.shape[0], part.shape[1]
    u, v = x - 0.5, min(y - 0.5, height - 1.001)
    j0, i0 = int(np.floor(u)), int(np.floor(v))
    if j0 < 0 or i0 < 0 or j0 >= width - 1 or i0 >= height - 1:
        return
    fu, fv = u - j0, v - i0
    w00, w01, w10, w11 = (1 - fu) * (1 - fv), fu * (1 - fv), (1 - fu) * fv, fu * fv
    a = part[i0, j0, 3] * w00 + part[i0, j0 + 1, 3] * w01 + part[i0 + 1, j0, 3] * w10 + part[i0 + 1, j0 + 1, 3] * w11
    a *= share
    if a <= 0.0:
        return
    for c in range(3):
        value = part[i0, j0, c] * w00 + part[i0, j0 + 1, c] * w01 + part[i0 + 1, j0, c] * w10 + part[i0 + 1, j0 + 1, c] * w11
        out[i, j, c] = out[i, j, c] * (1.0 - a) + value * share
    cover[i, j] = cover[i, j] + a * (1.0 - cover[i, j])


@njit(cache=True)
def window(low: float, high: float, size: int) -> tuple[int, int]:
    """Pixels whose centres lie within [low, high]: first, and one past the last."""
    return max(0, min(size, int(np.floor(low)))), max(0, min(size, int(np.ceil(high)) + 1))


@njit(cache=True)
def goal_window(back: np.ndarray, box: np.ndarray, height: int, width: int) -> np.ndarray:
    """Window (top, bottom, left, right) of the output that the map `back` (output to reference) takes into `box` (x0, y0, x1, y1)."""
    det = back[0, 0] * back[1, 1] - back[0, 1] * back[1, 0]
    xs, ys = np.zeros(4), np.zeros(4)
    for k in range(4):
        u, v = box[2 * (k % 2)] - back[0, 2], box[1 + 2 * (k // 2)] - back[1, 2]
        xs[k] = (u * back[1, 1] - v * back[0, 1]) / det
        ys[k] = (v * back[0, 0] - u * back[1, 0]) / det
    top, bottom = window(ys.min(), ys.max(), height)
    left, right = window(xs.min(), xs.max(), width)
    return np.array([top, bottom, left, right])


@njit(cache=True)
def cover_box(part: np.ndarray) -> np.ndarray:
    """Box (x0, y0, x1, y1) of what a part covers, far beyond the lower edge where that cuts it off; all zeros where it covers nothing."""
    height, width = part.shape[0], part.shape[1]
    x0, y0, x1, y1 = width, height, 0, 0
    for i in range(height):
        for j in range(width):
            if part[i, j, 3] > 0.0:
                x0, y0, x1, y1 = min(x0, j), min(y0, i), max(x1, j + 1), max(y1, i + 1)
    if x1 <= x0:
        return np.zeros(4)
    return np.array([x0, y0, x1, y1 if y1 < height else 4 * height], np.float64)


@njit(cache=True)
def lay_affine(out: np.ndarray, cover: np.ndarray, part: np.ndarray, box: np.ndarray, back: np.ndarray) -> None:
    """Lay a part by the affine map `back`, from output to reference."""
    top, bottom, left, right = goal_window(back, box, out.shape[0], out.shape[1])
    for i in range(top, bottom):
        for j in range(left, right):
            x, y = j + 0.5, i + 0.5
            lay(out, cover, part, back[0, 0] * x + back[0, 1] * y + back[0, 2], back[1, 0] * x + back[1, 1] * y + back[1, 2], i, j, 1.0)


@njit(cache=True)
def lay_head(
    out: np.ndarray,
    cover: np.ndarray,
    part: np.ndarray,
    box: np.ndarray,
    goal: np.ndarray,
    source: np.ndarray,
    ids: np.ndarray,
    pull: float,
) -> None:
    """The head: an affine map for skull and hair, and within the face shifts that follow its points, `ids` of the 68 in `goal` and
    `source` [68, 2]."""
    back = affine(goal[ids], source[ids], pull)
    window = goal_window(back, box, out.shape[0], out.shape[1])
    shifts, light, teeth = face_shifts(goal, source, ids, back, window)
    top, bottom, left, right = window
    for i in range(top, bottom):
        for j in range(left, right):
            x, y = j + 0.5, i + 0.5
            mx = back[0, 0] * x + back[0, 1] * y + back[0, 2] + shifts[i - top, j - left, 0]
            my = back[1, 0] * x + back[1, 1] * y + back[1, 2] + shifts[i - top, j - left, 1]
            lay(out, cover, part, mx, my, i, j, 1.0)
            for c in range(3):
                out[i, j, c] *= light[i - top, j - left]
                out[i, j, c] += teeth[i - top, j - left] * (TEETH_COLOUR[c] - out[i, j, c])


@njit(cache=True)
def lay_bone(
    out: np.ndarray,
    cover: np.ndarray,
    part: np.ndarray,
    goal: np.ndarray,
    source: np.ndarray,
    outline: np.ndarray,
    scales: tuple[float, float],
    fades: tuple[float, float],
    shade: float,
    turn: float,
) -> None:
    """A limb along its bone, `goal` and `source` [2, 2] its ends: stretched along the bone, and across it scaled from the first of `scales`
    (reference pixels an output pixel) at its first end to the second, within its `outline` [STATIONS, 2]: reference pixels from the bone
    to each side. Its ends are round, and within `fades` of its half width there it fades out. Beyond its second end its last colours
    go on. At its first end it leaves that way turned by `turn`, radians from the picture's right to its bottom, and bends into it: cloth
    of a shoulder does not break. What lies under it is darkened round it by the share `shade`."""
    gx, gy = goal[1, 0] - goal[0, 0], goal[1, 1] - goal[0, 1]
    sx, sy = source[1, 0] - source[0, 0], source[1, 1] - source[0, 1]
    long_goal, long_source = np.sqrt(gx * gx + gy * gy) + 1e-3, np.sqrt(sx * sx + sy * sy) + 1e-3
    gx, gy, sx, sy = gx / long_goal, gy / long_goal, sx / long_source, sy / long_source
    bent = BEND * long_goal
    reach = max((1.0 + SHADE_REACH) * outline.max() / min(scales[0], scales[1]), 0.0 if turn == 0.0 else bent) + 2.0
    top, bottom = window(min(goal[0, 1], goal[1, 1]) - reach, max(goal[0, 1], goal[1, 1]) + reach, out.shape[0])
    left, right = window(min(goal[0, 0], goal[1, 0]) - reach, max(goal[0, 0], goal[1, 0]) + reach, out.shape[1])
    for i in range(top, bottom):
        for j in range(left, right):
            x, y = j + 0.5 - goal[0, 0], i + 0.5 - goal[0, 1]
            along, across = x * gx + y * gy, y * gx - x * gy
            if turn != 0.0:
                # A turn about the first end by an angle that the distance to it sets: no place is laid twice, and none is left out.
                far = clamp(np.sqrt(x * x + y * y) / bent)
                angle = turn * (1.0 - far * far * (3.0 - 2.0 * far))
                c, s = np.cos(angle), np.sin(angle)
                along, across = c * along + s * across, c * across - s * along
            scale = scales[0] + clamp(along / long_goal) * (scales[1] - scales[0])
            across *= scale
            radius = width_at(outline, along / long_goal, across)
            beyond, fade = max(-along, along - long_goal, 0.0) * scale, fades[0] if along < 0.0 else fades[1]
            apart = np.sqrt(across * across + beyond * beyond)
            if beyond > 0.0:
                # Round an end one side's half width turns into the other's: else the two would meet in a step.
                first, second = width_at(outline, along / long_goal, -1.0), width_at(outline, along / long_goal, 1.0)
                radius = first + (second - first) * (0.5 + 0.5 * across / apart)
            share = clamp((radius - apart) / (SOFT * scale) + 0.5)
            end = clamp(1.0 - beyond / (fade * radius + 1e-6)) if fade < 1.0 else 1.0
            share *= end
            if cover[i, j] > 0.0 and share < 1.0:
                near = clamp(1.0 - (apart - radius) / (SHADE_REACH * radius))
                light = 1.0 - shade * end * near * near * clamp(along / (SHADE_FROM * long_goal)) * cover[i, j]
                for c in range(3):
                    out[i, j, c] *= light
            if share <= 0.0:
                continue
            if along < 0.0:
                along *= scale
            elif along > long_goal:
                along = long_source
            else:
                along *= long_source / long_goal
            y = source[0, 1] + sy * along + sx * across
            if y < part.shape[0]:
                lay(out, cover, part, source[0, 0] + sx * along - sy * across, y, i, j, share)
