"""The carried picture: a reference picture cut into parts along its own keypoints, each part warped to where a frame's keypoints want it.

`prepare` runs once a clip, `carry` once a frame. The engine's `src/stages/carry` computes the same values in double precision; a
change here is a change there. Pixel (row i, column j) has its centre at (j + 0.5, i + 0.5); all places are in pixels of the output,
and reference and output have the same size. Keypoints are [133, 3]: x, y, confidence (0 = missing). Depth [133] is in pixels from the
middle of the hips, negative is nearer, NaN where unknown.

Parts, from far to near: neck, trunk, then head and arms by depth. Hands are not carried: the hand stage draws them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from .raster import signed_distance

FACE, FACE_END = 23, 91
JAW_FIRST, JAW_LAST = 26, 36
LEFT_HAND = 91
# Shoulder to elbow, elbow to wrist: left, then right. Radii in shoulder widths.
ARMS = np.array([[5, 7], [7, 9], [6, 8], [8, 10]])
UPPER_RADIUS, FOREARM_RADIUS = 0.17, 0.135
# How far the trunk reaches beyond its outline and how far that rises at the neck, in shoulder widths; below the hips
# in trunk lengths, where it is wider than the hips by TRUNK_FLARE.
TRUNK_GROW, TRUNK_BELOW, TRUNK_FLARE, NECK_RISE = 0.17, 0.6, 1.4, 0.14
# Half the neck's width where it meets the shoulders, in shoulder widths.
NECK_HALF = 0.24
# Where an arm begins to be cut out of the trunk: share of the upper arm from the shoulder.
CUT_FROM, CUT_RADIUS = 0.35, 0.15
# Beside the trunk's outline a pixel is the arm's where the arm's bone is nearer than this many times the outline.
BESIDE = 1.6
# How far hair beside the neck goes with the head, below the chin, in heights of the face.
HAIR_BELOW = 0.9
HIPS_APART, HIPS_BELOW = 0.31, 1.45
# Regularisation of the affine maps, square pixels in a picture of 256.
PULL = 30.0
# Spread of what the head's affine map leaves at the face points: in face widths, on a grid of GRID pixels.
SPREAD, HOLD, GRID = 0.07, 0.25, 4


@dataclass(frozen=True)
class Reference:
    """What `prepare` makes of a reference. Parts [H, W, 4] are RGB (0..255) times cover, and cover (0..1)."""

    keypoints: np.ndarray
    person: np.ndarray
    trunk: np.ndarray
    neck: np.ndarray
    head: np.ndarray
    plate: np.ndarray


@njit(cache=True)
def segment(px: float, py: float, ax: float, ay: float, bx: float, by: float) -> tuple[float, float]:
    """Distance of a point to a segment, and the share of the way along it, 0..1."""
    dx, dy = bx - ax, by - ay
    squared = dx * dx + dy * dy
    t = 0.0
    if squared > 0.0:
        t = min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / squared))
    ex, ey = px - ax - t * dx, py - ay - t * dy
    return np.sqrt(ex * ex + ey * ey), t


@njit(cache=True)
def clamp(value: float) -> float:
    return min(1.0, max(0.0, value))


@njit(cache=True)
def with_hips(keypoints: np.ndarray) -> np.ndarray:
    """Keypoints with hips below the shoulders where they are missing, upright, by mean proportions."""
    out = keypoints.copy()
    width = np.sqrt((out[5, 0] - out[6, 0]) ** 2 + (out[5, 1] - out[6, 1]) ** 2)
    x, y = (out[5, 0] + out[6, 0]) / 2, (out[5, 1] + out[6, 1]) / 2
    sign = 1.0 if out[5, 0] >= out[6, 0] else -1.0
    for side in range(2):
        if out[11 + side, 2] <= 0.0:
            out[11 + side, 0] = x + (1.0 - 2.0 * side) * sign * HIPS_APART * width
            out[11 + side, 1] = y + HIPS_BELOW * width
            out[11 + side, 2] = 1.0
    return out


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
def shared(first: np.ndarray, second: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """Those of `indices` that both sets of keypoints have."""
    keep = np.zeros(len(indices), np.bool_)
    for k in range(len(indices)):
        keep[k] = first[indices[k], 2] > 0.0 and second[indices[k], 2] > 0.0
    return indices[keep]


@njit(cache=True)
def trunk_outline(keypoints: np.ndarray) -> np.ndarray:
    """[6, 2] left shoulder, the neck's left and right, right shoulder, and below the hips."""
    out = np.zeros((6, 2))
    middle = (keypoints[5, :2] + keypoints[6, :2]) / 2
    span = np.sqrt(((keypoints[5, :2] - keypoints[6, :2]) ** 2).sum())
    up = np.array([0.0, -1.0])
    if keypoints[0, 2] > 0.0:
        up = keypoints[0, :2] - middle
        up /= np.sqrt((up**2).sum()) + 1e-6
    for side in range(2):
        shoulder, hip = keypoints[5 + side, :2], keypoints[11 + side, :2]
        out[3 * side] = shoulder
        out[1 + side] = middle + 0.3 * (shoulder - middle) + NECK_RISE * span * up
        out[5 - side] = hip + TRUNK_BELOW * (hip - shoulder)
    low = (out[4] + out[5]) / 2
    for k in (4, 5):
        out[k] = low + TRUNK_FLARE * (out[k] - low)
    return out


@njit(cache=True)
def head_frame(keypoints: np.ndarray) -> np.ndarray:
    """Middle x, y of the face points that are there, height, left and right end, lowest point; height 0 without a face."""
    low, high = np.full(2, 1e18), np.full(2, -1e18)
    x = y = 0.0
    n = 0
    for k in range(FACE, FACE_END):
        if keypoints[k, 2] > 0.0:
            x += keypoints[k, 0]
            y += keypoints[k, 1]
            n += 1
            for a in range(2):
                low[a] = min(low[a], keypoints[k, a])
                high[a] = max(high[a], keypoints[k, a])
    if n < 8:
        return np.zeros(6)
    return np.array([x / n, y / n, high[1] - low[1], low[0], high[0], high[1]])


@njit(cache=True)
def jaw_line(keypoints: np.ndarray, x: float, lowest: float) -> float:
    """y of the jaw at x, by straight lines through its points; `lowest` where the jaw does not reach."""
    y = -1e18
    for k in range(FACE, FACE + 16):
        a, b = keypoints[k], keypoints[k + 1]
        if a[2] <= 0.0 or b[2] <= 0.0:
            continue
        left, right = min(a[0], b[0]), max(a[0], b[0])
        if left <= x <= right and right > left:
            t = (x - a[0]) / (b[0] - a[0])
            y = max(y, a[1] + t * (b[1] - a[1]))
    return y if y > -1e17 else lowest


@njit(cache=True)
def hand_distance(keypoints: np.ndarray, start: int, x: float, y: float) -> float:
    """Distance to the fingers' lines of a hand in pixels; huge without a hand."""
    nearest = 1e18
    for finger in range(5):
        before = start
        for step in range(4):
            after = start + 1 + 4 * finger + step
            if keypoints[before, 2] > 0.0 and keypoints[after, 2] > 0.0:
                d, _ = segment(x, y, keypoints[before, 0], keypoints[before, 1], keypoints[after, 0], keypoints[after, 1])
                nearest = min(nearest, d)
            before = after
    return nearest


@njit(cache=True)
def arm_cut(keypoints: np.ndarray, width: float, x: float, y: float) -> float:
    """Share 0..1 of a pixel that belongs to a reference's arm or hand, and so not to its trunk or head."""
    most = 0.0
    for k in range(4):
        a, b = keypoints[ARMS[k, 0]], keypoints[ARMS[k, 1]]
        if a[2] <= 0.0 or b[2] <= 0.0:
            continue
        start = CUT_FROM if k % 2 == 0 else 0.0
        d, _ = segment(x, y, a[0] + start * (b[0] - a[0]), a[1] + start * (b[1] - a[1]), b[0], b[1])
        most = max(most, clamp((CUT_RADIUS * width - d) / (0.03 * width) + 0.5))
    for side in range(2):
        d = hand_distance(keypoints, LEFT_HAND + 21 * side, x, y)
        most = max(most, clamp((0.07 * width - d) / (0.03 * width) + 0.5))
    return most


@njit(cache=True)
def beside_trunk(keypoints: np.ndarray, width: float, inside: float, x: float, y: float) -> float:
    """Share 0..1 of a pixel beside the trunk (`inside`: signed distance to its outline) that is a wide sleeve's rather than the trunk's."""
    nearest = 1e18
    for k in range(4):
        a, b = keypoints[ARMS[k, 0]], keypoints[ARMS[k, 1]]
        if a[2] <= 0.0 or b[2] <= 0.0:
            continue
        start = CUT_FROM if k % 2 == 0 else 0.0
        d, _ = segment(x, y, a[0] + start * (b[0] - a[0]), a[1] + start * (b[1] - a[1]), b[0], b[1])
        nearest = min(nearest, d)
    return clamp((-BESIDE * inside - nearest) / (0.03 * width) + 0.5)


@njit(cache=True)
def part_covers(keypoints: np.ndarray, height: int, width: int) -> np.ndarray:
    """[3, H, W] how far each pixel of the reference belongs to trunk, neck and head, 0..1, before the person mask."""
    out = np.zeros((3, height, width))
    span = np.sqrt((keypoints[5, 0] - keypoints[6, 0]) ** 2 + (keypoints[5, 1] - keypoints[6, 1]) ** 2)
    outline = trunk_outline(keypoints)
    frame = head_frame(keypoints)
    neck = np.zeros((0, 2))
    if frame[2] > 0.0:
        ids = shared(keypoints, keypoints, np.arange(JAW_FIRST, JAW_LAST + 1))
        neck = np.zeros((len(ids) + 2, 2))
        for k in range(len(ids)):
            neck[k] = keypoints[ids[k], :2]
        neck[len(ids)] = 0.5 * (keypoints[5, :2] + keypoints[6, :2]) + NECK_HALF * (keypoints[6, :2] - keypoints[5, :2])
        neck[len(ids) + 1] = 0.5 * (keypoints[5, :2] + keypoints[6, :2]) + NECK_HALF * (keypoints[5, :2] - keypoints[6, :2])
    # Hair that lies on the shoulders goes with the trunk.
    upper = frame[5] + 0.04 * span
    for i in range(height):
        for j in range(width):
            x, y = j + 0.5, i + 0.5
            cut = 1.0 - arm_cut(keypoints, span, x, y)
            inside = signed_distance(outline, x, y)
            trunk = cut * clamp((TRUNK_GROW * span + inside) / (0.04 * span) + 0.5)
            if inside < 0.0 and trunk > 0.0:
                trunk *= 1.0 - beside_trunk(keypoints, span, inside, x, y)
            out[0, i, j] = trunk
            if frame[2] <= 0.0:
                continue
            if len(neck) > 4:
                out[1, i, j] = clamp(0.5 + (0.03 * span + signed_distance(neck, x, y)) / (0.03 * span))
            # Above `upper` what is the head's is not the trunk's, below it the other way round. The head ends where the trunk is whole.
            above = (upper - y) / (0.04 * span)
            out[2, i, j] = cut * head_cover(keypoints, frame, x, y) * (1.0 - (1.0 - clamp(above + 1.0)) * trunk)
            out[0, i, j] = trunk * (1.0 - out[2, i, j] * clamp(above))
    return out


@njit(cache=True)
def head_cover(keypoints: np.ndarray, frame: np.ndarray, x: float, y: float) -> float:
    """Skull, hair and face above the jaw, and hair beside the neck: neck and collar are not the head's."""
    size = 1.35 * frame[2]
    ex, ey = (x - frame[0]) / (0.95 * size), (y - frame[1] + 0.25 * size) / (1.15 * size)
    if frame[3] < x < frame[4]:
        round_head = clamp((1.25 - np.sqrt(ex * ex + ey * ey)) / 0.25)
        return round_head * clamp((jaw_line(keypoints, x, frame[5]) + 0.04 * size - y) / (0.06 * size))
    ey = min(ey, 0.0)
    round_head = clamp((1.25 - np.sqrt(ex * ex + ey * ey)) / 0.25)
    return round_head * clamp((frame[5] + HAIR_BELOW * frame[2] - y) / (0.12 * size))


def prepare(picture: np.ndarray, person: np.ndarray, plate: np.ndarray, keypoints: np.ndarray) -> Reference:
    """Cut a reference into parts. picture and plate [H, W, 3] 0..255, person [H, W] 0..1, keypoints with both shoulders.

    A pixel at the person's edge holds some of the plate, which is taken off, so that no fringe of the old place shows on a new one. Where
    the picture goes on below the plate, edges keep what they hold.
    """
    points = with_hips(keypoints.astype(np.float64))
    height, width = person.shape
    covers = part_covers(points, height, width)
    share = person[..., None].astype(np.float64)
    colours = picture * share
    rows = min(height, len(plate))
    colours[:rows] = np.clip(picture[:rows] - (1 - share[:rows]) * plate[:rows], 0, 255 * share[:rows])
    whole = np.concatenate([colours, share], axis=-1).astype(np.float32)
    trunk, neck, head = (whole * cover[..., None].astype(np.float32) for cover in covers)
    return Reference(points, whole, trunk, neck, head, plate.astype(np.float32))


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


def mean_depth(depth: np.ndarray, a: int, b: int) -> float:
    return float(depth[a] + depth[b]) / 2


def order(depth: np.ndarray, keypoints: np.ndarray, width: float) -> list[int]:
    """Parts from far to near: -2 neck, -1 trunk, 0..3 the limbs of ARMS, 4 head. Without depth: neck, trunk, head, arms."""
    keys: list[tuple[float, int]] = [(1e6, -2), (1e5, -1)]
    head = depth[0] if keypoints[0, 2] > 0 and np.isfinite(depth[0]) else np.nan
    keys.append((float(head) if np.isfinite(head) else 0.0, 4))
    for k, (a, b) in enumerate(ARMS):
        z = mean_depth(depth, a, b) if k % 2 == 0 else 0.25 * float(depth[a]) + 0.75 * float(depth[b])
        if not np.isfinite(z) or not np.isfinite(head):
            keys.append((-10.0 + 0.1 * (3 - k), k))
        else:
            # An arm lies in front of the trunk unless it is clearly behind it.
            keys.append((2e5 if z > 0.35 * width else min(z, 9e4), k))
    return [part for _, part in sorted(keys, key=lambda item: -item[0])]


def carry(reference: Reference, keypoints: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The carried picture [H, W, 3] 0..255 on the reference's plate, and its coverage [H, W] 0..1: where a part was laid.

    Keypoints are placed in the output (shoulders matched to the reference's by one similarity a clip). A frame without both
    shoulders gives the plate alone.
    """
    out = reference.plate.copy()
    cover = np.zeros(out.shape[:2], np.float32)
    if keypoints[5, 2] <= 0 or keypoints[6, 2] <= 0:
        return out, cover
    points, source = with_hips(keypoints.astype(np.float64)), reference.keypoints
    span = float(np.hypot(*(source[5, :2] - source[6, :2])))
    wide = max(float(np.hypot(*(points[5, :2] - points[6, :2]))), 0.55 * span)
    pull = PULL * (out.shape[1] / 256) ** 2
    trunk = np.array([5, 6, 11, 12])
    jaw = shared(points, source, np.arange(JAW_FIRST, JAW_LAST + 1))
    face = shared(points, source, np.arange(FACE, FACE_END))
    for part in order(depth.astype(np.float64), points, wide):
        if part == -1:
            lay_affine(out, cover, reference.trunk, cover_box(reference.trunk), affine(points[trunk, :2], source[trunk, :2], pull))
        elif part == -2 and len(jaw) > 2:
            ids = np.concatenate([trunk[:2], jaw])
            lay_affine(out, cover, reference.neck, cover_box(reference.neck), affine(points[ids, :2], source[ids, :2], pull))
        elif part == 4 and len(face) > 7:
            lay_head(out, cover, reference.head, cover_box(reference.head), points[face, :2].copy(), source[face, :2].copy(), pull)
        elif 0 <= part < 4:
            ids = ARMS[part]
            if (points[ids, 2] <= 0).any() or (source[ids, 2] <= 0).any():
                continue
            radius = (UPPER_RADIUS if part % 2 == 0 else FOREARM_RADIUS) * wide
            lay_bone(out, cover, reference.person, points[ids, :2].copy(), source[ids, :2].copy(), radius, span / wide)
    return out, cover
