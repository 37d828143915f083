"""Where in the reference's head a frame's head is read: an affine map for skull and hair, and in the face a shift that follows its points.

What the affine map leaves at the points is spread smoothly. Lids and lips, which are few pixels apart and close on each other, are curves
between the corners of eyes and mouth instead: across them the reference is stretched from curve to curve.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .geometry import clamp

# Spread of what the affine map leaves at the face points: in face widths, on a grid of GRID pixels.
SPREAD, HOLD, GRID = 0.07, 0.25, 4
# How often what spreading still leaves at the points is spread again: else brows move 0.83 of their way, and corners of the mouth 0.7.
# What lies at the sides of the face is left as it is, jaw and outer ends of brows and eyes: it moves most as a head turns, and would fold.
REPEATS = 2
AT_SIDES = np.array([*range(17), 17, 26, 36, 45])
# Eyes and mouth: their two corners and their curves from top to bottom, of the 68 points; -1 fills rows up. Inside a row points go from
# the first corner to the second.
CORNERS = np.array([[36, 39], [42, 45], [48, 54]])
CURVES = np.array(
    [
        [[37, 38, -1, -1, -1], [41, 40, -1, -1, -1], [-1, -1, -1, -1, -1], [-1, -1, -1, -1, -1]],
        [[43, 44, -1, -1, -1], [47, 46, -1, -1, -1], [-1, -1, -1, -1, -1], [-1, -1, -1, -1, -1]],
        [[49, 50, 51, 52, 53], [60, 61, 62, 63, 64], [60, 67, 66, 65, 64], [59, 58, 57, 56, 55]],
    ]
)
COUNTS = np.array([2, 2, 4])
# How far above and below its corners a feature is stretched, and the least distance of two curves, in distances of its corners.
REACHES = np.array([0.6, 0.6, 0.5])
APART = 0.01
# Between lips that are farther apart than the reference's by GAPE, in mouth widths, the picture keeps 1 - DARK of its light; towards the
# lips it brightens within SOFT.
MOUTH, INNER, GAPE, DARK, SOFT = 2, 2, 0.12, 0.75, 0.05
# Upper teeth show below the upper lip as far down as TEETH, in mouth widths, and fade towards the corners of the mouth within SIDES of its
# width; their colour, 0..255.
TEETH, SIDES = 0.12, 0.3
TEETH_COLOUR = np.array([185.0, 172.0, 160.0])
# How much farther out than its points an eye of the reference is taken to open, in distances of the corners: else the white below the
# points of a lower lid stays when the lids close.
MARGINS = np.array([0.08, 0.08, 0.0])


@njit(cache=True)
def is_curve(point: int) -> bool:
    """Whether one of the 68 points belongs to a curve: all of eyes and mouth but their outer corners."""
    return point >= 36 and point not in (36, 39, 42, 45, 48, 54)


@njit(cache=True)
def rests(ids: np.ndarray, goal: np.ndarray, left: np.ndarray, spread: float) -> np.ndarray:
    """[n, 2] what is to be spread from the points `goal` [n, 2], `ids` of the 68, so that `left` [n, 2] reaches them."""
    out, reached = left.copy(), np.zeros_like(left)
    for _ in range(REPEATS):
        for n in range(len(goal)):
            total = HOLD
            reached[n] = 0.0
            for k in range(len(goal)):
                d2 = (goal[n, 0] - goal[k, 0]) ** 2 + (goal[n, 1] - goal[k, 1]) ** 2
                if d2 > 16.0 * spread * spread:
                    continue
                w = np.exp(-d2 / (2.0 * spread * spread))
                total += w
                reached[n] += w * out[k]
            reached[n] /= total
        for n in range(len(goal)):
            if not (ids[n] == AT_SIDES).any():
                out[n] += left[n] - reached[n]
    return out


@njit(cache=True)
def coarse_shifts(goal: np.ndarray, rest: np.ndarray, spread: float, top: int, left: int, rows: int, columns: int) -> np.ndarray:
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
def enlarged(nodes: np.ndarray, height: int, width: int) -> np.ndarray:
    """[height, width, 2] shifts of pixels, bilinear between the grid's nodes."""
    out = np.zeros((height, width, 2))
    for i in range(height):
        for j in range(width):
            u, v = (j + 0.5) / GRID, (i + 0.5) / GRID
            c, r = int(u), int(v)
            fu, fv = u - c, v - r
            for axis in range(2):
                upper = nodes[r, c, axis] * (1 - fu) + nodes[r, c + 1, axis] * fu
                lower = nodes[r + 1, c, axis] * (1 - fu) + nodes[r + 1, c + 1, axis] * fu
                out[i, j, axis] = upper * (1 - fv) + lower * fv
    return out


@njit(cache=True)
def frame(points: np.ndarray, feature: int) -> np.ndarray:
    """A feature's first corner, the way to its second corner, and the distance of the two: x, y, across x, across y, length."""
    a, b = points[CORNERS[feature, 0]], points[CORNERS[feature, 1]]
    x, y = b[0] - a[0], b[1] - a[1]
    length = np.sqrt(x * x + y * y) + 1e-6
    return np.array([a[0], a[1], x / length, y / length, length])


@njit(cache=True)
def within(f: np.ndarray, x: float, y: float) -> tuple[float, float]:
    """A place in a feature's frame: along from corner to corner, 0..1, and below, in distances of the corners."""
    px, py = x - f[0], y - f[1]
    return (px * f[2] + py * f[3]) / f[4], (py * f[2] - px * f[3]) / f[4]


@njit(cache=True)
def height_at(points: np.ndarray, feature: int, curve: int, f: np.ndarray, along: float) -> float:
    """How far below its corners a feature's curve lies at `along`."""
    at, height = 0.0, 0.0
    value = 0.0
    for k in range(6):
        point = CURVES[feature, curve, k] if k < 5 else -1
        to, level = within(f, points[point, 0], points[point, 1]) if point >= 0 else (1.0, 0.0)
        if to > at and at <= along <= to:
            value = height + (along - at) / (to - at) * (level - height)
        if point < 0:
            break
        at, height = to, level
    return value


@njit(cache=True)
def opening(points: np.ndarray, feature: int, f: np.ndarray) -> float:
    """How far an eye's lids are apart in the middle, in distances of its corners."""
    return height_at(points, feature, 1, f, 0.5) - height_at(points, feature, 0, f, 0.5)


@njit(cache=True)
def heights(points: np.ndarray, feature: int, f: np.ndarray, along: float, margin: float, out: np.ndarray) -> None:
    """Fill `out` with where a feature's curves lie at `along`, in rising order within its reach, which is first and last. The two curves of
    an eye lie `margin` farther out in its middle."""
    reach, count = REACHES[feature], COUNTS[feature]
    out[0] = -reach
    outward = 4.0 * along * (1.0 - along) * margin
    for curve in range(count):
        value = height_at(points, feature, curve, f, along) + (-outward if curve == 0 else outward)
        lowest, highest = out[curve] + APART, reach - APART * (count - curve)
        out[curve + 1] = min(max(value, lowest), highest)
    out[count + 1] = reach


@njit(cache=True)
def add_feature(
    shifts: np.ndarray,
    light: np.ndarray,
    teeth: np.ndarray,
    corner: tuple[int, int],
    goal: np.ndarray,
    source: np.ndarray,
    feature: int,
) -> None:
    """Add the stretching across a feature to the shifts of pixels [H, W, 2] from `corner` (top, left) on, and darken an opened mouth in
    their `light` [H, W] below its `teeth` [H, W]; `goal` and `source` are all 68 points [68, 2]."""
    top, left = corner
    f, g = frame(goal, feature), frame(source, feature)
    wanted, given = np.zeros(6), np.zeros(6)
    count, margin, kept = COUNTS[feature], MARGINS[feature], 0.0
    if margin > 0.0:
        # Lids that close take the margin with them.
        kept = margin * clamp(opening(goal, feature, f) / max(opening(source, feature, g), APART))
    far = (1.0 + REACHES[feature]) * f[4]
    middle_x, middle_y = f[0] + 0.5 * f[2] * f[4], f[1] + 0.5 * f[3] * f[4]
    for i in range(max(0, int(middle_y - far) - top), min(shifts.shape[0], int(middle_y + far) + 1 - top)):
        for j in range(max(0, int(middle_x - far) - left), min(shifts.shape[1], int(middle_x + far) + 1 - left)):
            along, below = within(f, left + j + 0.5, top + i + 0.5)
            if not 0.0 < along < 1.0 or abs(below) >= REACHES[feature]:
                continue
            heights(goal, feature, f, along, kept, wanted)
            heights(source, feature, g, along, margin, given)
            k = 0
            while k < count and below > wanted[k + 1]:
                k += 1
            share = (below - wanted[k]) / (wanted[k + 1] - wanted[k])
            more = (given[k] + share * (given[k + 1] - given[k]) - below) * g[4]
            shifts[i, j, 0] -= more * g[3]
            shifts[i, j, 1] += more * g[2]
            if feature == MOUTH and k == INNER:
                gap = wanted[k + 1] - wanted[k]
                opened = clamp((gap - (given[k + 1] - given[k])) / GAPE)
                under, over = share * gap, (1.0 - share) * gap
                light[i, j] = 1.0 - DARK * opened * clamp(min(under, over) / SOFT)
                side = clamp(min(along, 1.0 - along) / SIDES)
                teeth[i, j] = opened * side * clamp(under / SOFT) * clamp((TEETH - under) / SOFT) * clamp(over / SOFT)


@njit(cache=True)
def face_shifts(
    goal: np.ndarray, source: np.ndarray, ids: np.ndarray, back: np.ndarray, window: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """[H, W, 2] what to add to the map `back` in a window (top, bottom, left, right) of the picture, [H, W] how much of its light each
    pixel keeps, and [H, W] how much teeth cover it; `goal` and `source` [68, 2], of which `ids` are there."""
    top, bottom, left, right = window
    height, width = max(0, bottom - top), max(0, right - left)
    rest, places, spread_ids = np.zeros((len(ids), 2)), np.zeros((len(ids), 2)), np.zeros(len(ids), np.int64)
    low, high, count = 1e18, -1e18, 0
    for k in ids:
        x, y = goal[k]
        low, high = min(low, x), max(high, x)
        if not is_curve(k):
            places[count] = goal[k]
            spread_ids[count] = k
            rest[count, 0] = source[k, 0] - (back[0, 0] * x + back[0, 1] * y + back[0, 2])
            rest[count, 1] = source[k, 1] - (back[1, 0] * x + back[1, 1] * y + back[1, 2])
            count += 1
    rows, columns = height // GRID + 2, width // GRID + 2
    spread = SPREAD * (high - low)
    spreading = rests(spread_ids[:count], places[:count], rest[:count], spread)
    shifts = enlarged(coarse_shifts(places[:count], spreading, spread, top, left, rows, columns), height, width)
    light, teeth = np.ones((height, width)), np.zeros((height, width))
    if len(ids) == len(goal):
        for feature in range(len(CORNERS)):
            add_feature(shifts, light, teeth, (top, left), goal, source, feature)
    return shifts, light, teeth
