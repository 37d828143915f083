"""Anti-aliased shapes on small float pictures, by distance: coverage = clamp(0.5 + signed distance, 0, 1).

Pixel (row i, column j) has its centre at (j + 0.5, i + 0.5). The engine's `raster.ts` computes the same values in
double precision; a change here is a change there.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True)
def bounds(low: float, high: float, reach: float, size: int) -> tuple[int, int]:
    """Pixels whose centres can lie within `reach` of [low, high]: first and one past the last."""
    first = math.floor(low - reach - 0.5)
    last = math.ceil(high + reach + 0.5)
    return max(0, min(size, first)), max(0, min(size, last))


@njit(cache=True)
def capsule(out: np.ndarray, x0: float, y0: float, r0: float, x1: float, y1: float, r1: float, value: float) -> None:
    """Tapered stroke into one channel [S, S], keeping the larger value."""
    size = out.shape[0]
    reach = max(r0, r1) + 1.0
    left, right = bounds(min(x0, x1), max(x0, x1), reach, size)
    top, bottom = bounds(min(y0, y1), max(y0, y1), reach, size)
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy
    for i in range(top, bottom):
        for j in range(left, right):
            px, py = j + 0.5 - x0, i + 0.5 - y0
            t = 0.0
            if squared > 0.0:
                t = min(1.0, max(0.0, (px * dx + py * dy) / squared))
            ex, ey = px - t * dx, py - t * dy
            cover = 0.5 + (r0 + t * (r1 - r0)) - math.sqrt(ex * ex + ey * ey)
            if cover > 0.0:
                painted = value * min(1.0, cover)
                if painted > out[i, j]:
                    out[i, j] = painted


@njit(cache=True)
def gaussian(out: np.ndarray, x0: float, y0: float, x1: float, y1: float, sigma: float) -> None:
    """exp(-d^2 / (2 sigma^2)) of the distance to a segment into one channel, keeping the larger; cut at 4 sigma."""
    size = out.shape[0]
    left, right = bounds(min(x0, x1), max(x0, x1), 4.0 * sigma, size)
    top, bottom = bounds(min(y0, y1), max(y0, y1), 4.0 * sigma, size)
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy
    for i in range(top, bottom):
        for j in range(left, right):
            px, py = j + 0.5 - x0, i + 0.5 - y0
            t = 0.0
            if squared > 0.0:
                t = min(1.0, max(0.0, (px * dx + py * dy) / squared))
            ex, ey = px - t * dx, py - t * dy
            d2 = ex * ex + ey * ey
            if d2 <= 16.0 * sigma * sigma:
                heat = math.exp(-d2 / (2.0 * sigma * sigma))
                if heat > out[i, j]:
                    out[i, j] = heat


@njit(cache=True)
def signed_distance(points: np.ndarray, x: float, y: float) -> float:
    """Distance from (x, y) to the edge of a closed polygon [n, 2]; positive inside (even-odd rule)."""
    n = points.shape[0]
    nearest = 1e18
    inside = False
    k = n - 1
    for i in range(n):
        ax, ay = points[k, 0], points[k, 1]
        bx, by = points[i, 0], points[i, 1]
        dx, dy = bx - ax, by - ay
        squared = dx * dx + dy * dy
        t = 0.0
        if squared > 0.0:
            t = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / squared))
        ex, ey = x - ax - t * dx, y - ay - t * dy
        nearest = min(nearest, ex * ex + ey * ey)
        if (ay > y) != (by > y) and x < dx * (y - ay) / dy + ax:
            inside = not inside
        k = i
    distance = math.sqrt(nearest)
    return distance if inside else -distance


@njit(cache=True)
def polygon(out: np.ndarray, points: np.ndarray, grow: float, value: float) -> None:
    """Closed polygon, enlarged by `grow` pixels with round corners, into one channel, keeping the larger value."""
    size = out.shape[0]
    left, right = bounds(points[:, 0].min(), points[:, 0].max(), grow + 1.0, size)
    top, bottom = bounds(points[:, 1].min(), points[:, 1].max(), grow + 1.0, size)
    for i in range(top, bottom):
        for j in range(left, right):
            cover = 0.5 + grow + signed_distance(points, j + 0.5, i + 0.5)
            if cover > 0.0:
                painted = value * min(1.0, cover)
                if painted > out[i, j]:
                    out[i, j] = painted


@njit(cache=True)
def blend(out: np.ndarray, i: int, j: int, cover: float, finger: float, along: float, relief: float, depth: float) -> None:
    """Paint one pixel of the five hand-surface channels over what is there."""
    keep = 1.0 - cover
    out[0, i, j] = out[0, i, j] * keep + cover
    out[1, i, j] = out[1, i, j] * keep + cover * finger
    out[2, i, j] = out[2, i, j] * keep + cover * along
    out[3, i, j] = out[3, i, j] * keep + cover * relief
    out[4, i, j] = out[4, i, j] * keep + cover * depth


@njit(cache=True)
def surface_capsule(out: np.ndarray, seg: np.ndarray) -> None:
    """One bone of a finger. `seg` = x0, y0, r0, x1, y1, r1, finger, along0, along1, depth0, depth1."""
    size = out.shape[1]
    x0, y0, r0, x1, y1, r1 = seg[0], seg[1], seg[2], seg[3], seg[4], seg[5]
    reach = max(r0, r1) + 1.0
    left, right = bounds(min(x0, x1), max(x0, x1), reach, size)
    top, bottom = bounds(min(y0, y1), max(y0, y1), reach, size)
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy
    for i in range(top, bottom):
        for j in range(left, right):
            px, py = j + 0.5 - x0, i + 0.5 - y0
            t = 0.0
            if squared > 0.0:
                t = min(1.0, max(0.0, (px * dx + py * dy) / squared))
            ex, ey = px - t * dx, py - t * dy
            distance = math.sqrt(ex * ex + ey * ey)
            radius = r0 + t * (r1 - r0)
            cover = min(1.0, 0.5 + radius - distance)
            if cover > 0.0:
                ratio = distance / radius
                relief = math.sqrt(max(0.0, 1.0 - ratio * ratio))
                along = seg[7] + t * (seg[8] - seg[7])
                blend(out, i, j, cover, seg[6], along, relief, seg[9] + t * (seg[10] - seg[9]))


@njit(cache=True)
def surface_polygon(out: np.ndarray, points: np.ndarray, grow: float, finger: float, depth: float) -> None:
    """The palm, flat: relief 1, along 0."""
    size = out.shape[1]
    left, right = bounds(points[:, 0].min(), points[:, 0].max(), grow + 1.0, size)
    top, bottom = bounds(points[:, 1].min(), points[:, 1].max(), grow + 1.0, size)
    for i in range(top, bottom):
        for j in range(left, right):
            cover = min(1.0, 0.5 + grow + signed_distance(points, j + 0.5, i + 0.5))
            if cover > 0.0:
                blend(out, i, j, cover, finger, 0.0, 1.0, depth)
