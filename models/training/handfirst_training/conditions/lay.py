"""Laying a part of a reference over a picture: by an affine map, by a map that follows the face's points, or along a bone.

Parts [H, W, 4] are RGB (0..255) times cover, and cover (0..1). Places are in pixels: pixel (row i, column j) has its centre at
(j + 0.5, i + 0.5).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .cut import clamp, segment

# Spread of what the head's affine map leaves at the face points: in face widths, on a grid of GRID pixels.
SPREAD, HOLD, GRID = 0.07, 0.25, 4


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
def face_shifts(goal: np.ndarray, rest: np.ndarray, spread: float, top: int, left: int, rows: int, columns: int) -> np.ndarray:
    """[rows, columns, 2] what to add to the head's affine map at the grid's nodes: what it leaves at the face points `goal` [n, 2],
    `rest` [n, 2], spread by Gaussians."""
    out = np.zeros((rows, columns, 2))
    for r in range(rows):
        for c in range(columns):
            x, y = left + GRID * c, top + GRID * r
            total = sx = sy = 0.0
            for k in range(len(goal)):
                d2 = (x - goal[k, 0]) ** 2 + (y - goal[k, 1]) ** 2
                if d2 > 16.0 * spread * spread:
                    continue
                w = np.exp(-d2 / (2.0 * spread * spread))
                total += w
                sx += w * rest[k, 0]
                sy += w * rest[k, 1]
            if total > 0.0:
                out[r, c, 0], out[r, c, 1] = sx / (total + HOLD), sy / (total + HOLD)
    return out


@njit(cache=True)
def lay_head(
    out: np.ndarray, cover: np.ndarray, part: np.ndarray, box: np.ndarray, goal: np.ndarray, source: np.ndarray, pull: float
) -> None:
    """The head: an affine map for skull and hair, and within the face what that map leaves at the points [n, 2], spread smoothly."""
    back = affine(goal, source, pull)
    rest = np.zeros_like(source)
    for k in range(len(goal)):
        rest[k, 0] = source[k, 0] - (back[0, 0] * goal[k, 0] + back[0, 1] * goal[k, 1] + back[0, 2])
        rest[k, 1] = source[k, 1] - (back[1, 0] * goal[k, 0] + back[1, 1] * goal[k, 1] + back[1, 2])
    spread = SPREAD * (goal[:, 0].max() - goal[:, 0].min())
    top, bottom, left, right = goal_window(back, box, out.shape[0], out.shape[1])
    rows, columns = max(0, bottom - top) // GRID + 2, max(0, right - left) // GRID + 2
    shifts = face_shifts(goal, rest, spread, top, left, rows, columns)
    for i in range(top, bottom):
        for j in range(left, right):
            x, y = j + 0.5, i + 0.5
            u, v = (x - left) / GRID, (y - top) / GRID
            c, r = int(u), int(v)
            fu, fv = u - c, v - r
            upper = shifts[r, c] * (1 - fu) + shifts[r, c + 1] * fu
            lower = shifts[r + 1, c] * (1 - fu) + shifts[r + 1, c + 1] * fu
            shift = upper * (1 - fv) + lower * fv
            mx = back[0, 0] * x + back[0, 1] * y + back[0, 2] + shift[0]
            my = back[1, 0] * x + back[1, 1] * y + back[1, 2] + shift[1]
            lay(out, cover, part, mx, my, i, j, 1.0)


@njit(cache=True)
def lay_bone(
    out: np.ndarray, cover: np.ndarray, part: np.ndarray, goal: np.ndarray, source: np.ndarray, radius: float, scale: float
) -> None:
    """A limb along its bone, `goal` and `source` [2, 2] its ends: stretched along the bone, scaled by `scale` (reference pixels an output
    pixel) across it, within `radius` output pixels of the bone."""
    gx, gy = goal[1, 0] - goal[0, 0], goal[1, 1] - goal[0, 1]
    sx, sy = source[1, 0] - source[0, 0], source[1, 1] - source[0, 1]
    long_goal, long_source = np.sqrt(gx * gx + gy * gy) + 1e-3, np.sqrt(sx * sx + sy * sy) + 1e-3
    gx, gy, sx, sy = gx / long_goal, gy / long_goal, sx / long_source, sy / long_source
    reach = radius + 2.0
    top, bottom = window(min(goal[0, 1], goal[1, 1]) - reach, max(goal[0, 1], goal[1, 1]) + reach, out.shape[0])
    left, right = window(min(goal[0, 0], goal[1, 0]) - reach, max(goal[0, 0], goal[1, 0]) + reach, out.shape[1])
    soft = max(1.0, 0.06 * radius)
    for i in range(top, bottom):
        for j in range(left, right):
            x, y = j + 0.5, i + 0.5
            distance, _ = segment(x, y, goal[0, 0], goal[0, 1], goal[1, 0], goal[1, 1])
            share = clamp((radius - distance) / soft + 0.5)
            if share <= 0.0:
                continue
            along = (x - goal[0, 0]) * gx + (y - goal[0, 1]) * gy
            across = ((y - goal[0, 1]) * gx - (x - goal[0, 0]) * gy) * scale
            if along < 0.0:
                along *= scale
            elif along > long_goal:
                along = long_source + (along - long_goal) * scale
            else:
                along *= long_source / long_goal
            y = source[0, 1] + sy * along + sx * across
            if y < part.shape[0]:
                lay(out, cover, part, source[0, 0] + sx * along - sy * across, y, i, j, share)
