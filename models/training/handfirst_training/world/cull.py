"""Which triangles a view can see, and what the label samples of a pixel agree on: the parts of drawing that a processor does best."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from .geometry import KIND, LABEL, TOP, TROUSERS


@numba.njit(cache=True, fastmath=True)
def _project(places, clip, out):
    for v in range(places.shape[0]):
        x, y, z = places[v, 0], places[v, 1], places[v, 2]
        for r in range(3):
            row = r if r < 2 else 3
            out[v, r] = clip[row, 0] * x + clip[row, 1] * y + clip[row, 2] * z + clip[row, 3]


@numba.njit(cache=True, fastmath=True)
def _visible(flat, faces, closed, out, box):
    count = 0
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        wa, wb, wc = flat[a, 2], flat[b, 2], flat[c, 2]
        if wa <= 0.05 and wb <= 0.05 and wc <= 0.05:
            continue
        xa, xb, xc = flat[a, 0], flat[b, 0], flat[c, 0]
        if (xa > wa and xb > wb and xc > wc) or (xa < -wa and xb < -wb and xc < -wc):
            continue
        ya, yb, yc = flat[a, 1], flat[b, 1], flat[c, 1]
        if (ya > wa and yb > wb and yc > wc) or (ya < -wa and yb < -wb and yc < -wc):
            continue
        if closed[f]:
            turn = xa * (yb * wc - yc * wb) - xb * (ya * wc - yc * wa) + xc * (ya * wb - yb * wa)
            if turn >= 0:
                continue
        out[count, 0], out[count, 1], out[count, 2] = a, b, c
        count += 1
        for v in (a, b, c):
            w = max(flat[v, 2], np.float32(0.05))
            box[0], box[2] = min(box[0], flat[v, 0] / w), max(box[2], flat[v, 0] / w)
            box[1], box[3] = min(box[1], flat[v, 1] / w), max(box[3], flat[v, 1] / w)
    return count


def visible_faces(
    places: NDArray[np.float32], faces: NDArray[np.int32], closed: NDArray[np.bool_], clip: NDArray[np.float32]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The faces [K, 3] that may be seen: not outside the frame and, where `closed` [F], not turned away; and the box around them
    (x0, y0, x1, y1 in clip space, -1..1 being the frame).

    clip: [4, 4] world -> clip, as `Camera.matrix` gives it (the picture is mirrored in y, so faces that look at the eye run
    clockwise).
    """
    flat = np.empty((len(places), 3), np.float32)
    _project(places, clip, flat)
    out = np.empty_like(faces)
    box = np.array([9, 9, -9, -9], np.float32)
    return out[: _visible(flat, faces, closed, out, box)], box


@numba.njit(cache=True, fastmath=True)
def _alike(f, g, faces, places, turned, kinds):
    """Whether two triangles are parts of one smooth surface: same material, like normals, nearly one plane."""
    a, b = faces[f, 0], faces[g, 0]
    if kinds[a] != kinds[b]:
        return False
    turn = turned[a, 0] * turned[b, 0] + turned[a, 1] * turned[b, 1] + turned[a, 2] * turned[b, 2]
    if turn < 0.6:
        return False
    off = (
        (places[b, 0] - places[a, 0]) * turned[a, 0]
        + (places[b, 1] - places[a, 1]) * turned[a, 1]
        + (places[b, 2] - places[a, 2]) * turned[a, 2]
    )
    return abs(off) < 0.005


@numba.njit(cache=True, fastmath=True)
def _settle(four, faces, places, turned, kinds, face_labels, labels, second, tiles, tile):
    n = labels.shape[0]
    for y in range(n):
        for x in range(n):
            a, b, c, d = int(four[y, x, 0]), int(four[y, x, 1]), int(four[y, x, 2]), int(four[y, x, 3])
            if a == 0 and b == 0 and c == 0 and d == 0:
                labels[y, x] = 0
                second[y, x] = 0
                continue
            for i in range(4):
                if four[y, x, i] > 0:
                    cloth = kinds[faces[int(four[y, x, i]) - 1, 0]]
                    tiles[y // tile, x // tile] |= 1 if cloth in (TOP, TROUSERS) else 2
            if a == b and a == c and a == d:
                labels[y, x] = face_labels[a]
                second[y, x] = 0
                continue
            which, count = 0, 0
            for i in range(1, 4):
                other = int(four[y, x, i])
                if other != a and (a == 0 or other == 0 or not _alike(a - 1, other - 1, faces, places, turned, kinds)):
                    which = i if count == 0 else which
                    count += 1
            second[y, x] = 4 * which + count
            p, q, r, s = face_labels[a], face_labels[b], face_labels[c], face_labels[d]
            best, most = p, 0
            for label in (p, q, r, s):
                votes = (label == p) + (label == q) + (label == r) + (label == s)
                if votes > most or (votes == most and label > best):
                    best, most = label, votes
            labels[y, x] = best


@dataclass
class Settled:
    """labels [n, n]: what most of a pixel's four samples show (of two pairs the greater); second [n, n]: 0 where they lie on one
    smooth surface, else four times the number (1..3) of a sample on another surface than the first's plus how many do;
    corners [6 T, 2]: two triangles for each square of the picture that holds something, the first `cloth` corners of squares
    that hold nothing but cloth."""

    labels: NDArray[np.uint8]
    second: NDArray[np.uint8]
    corners: NDArray[np.float32]
    cloth: int


def settle(
    four: NDArray[np.float32],
    faces: NDArray[np.int32],
    places: NDArray[np.float32],
    turned: NDArray[np.float32],
    fixed: NDArray[np.float32],
    tile: int,
) -> Settled:
    """four: [n, n, 4] the triangles (from 1 on, 0 = nothing) that a pixel's samples see; faces: [K, 3] those of the view; places,
    turned, fixed: as in `Scene`; tile: side of the squares in pixels."""
    n = len(four)
    labels, second = np.empty((n, n), np.uint8), np.empty((n, n), np.uint8)
    used = np.zeros((-(-n // tile), -(-n // tile)), np.uint8)
    face_labels = np.zeros(len(faces) + 1, np.uint8)
    face_labels[1:] = fixed[faces[:, 0], LABEL]
    _settle(four, faces, places, turned, fixed[:, KIND], face_labels, labels, second, used, tile)
    (r1, c1), (r2, c2) = np.nonzero(used == 1), np.nonzero(used > 1)
    rows, columns = np.concatenate([r1, r2]), np.concatenate([c1, c2])
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 0], [1, 1], [0, 1]], np.float32)
    corners = (np.stack([columns, rows], axis=-1)[:, None] + square) * tile
    return Settled(labels, second, np.minimum(corners, n).reshape(-1, 2).astype(np.float32), 6 * len(r1))
