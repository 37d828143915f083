"""The outlines of a reference's arms, measured once a clip on the person's mask: how far the person reaches from the bones to either side.

Places are in pixels: pixel (row i, column j) has its centre at (j + 0.5, i + 0.5). Keypoints are [133, 3]: x, y, confidence (0 = missing).
"""

from __future__ import annotations

import numpy as np
from numba import njit

# Shoulder to elbow, elbow to wrist: left, then right.
ARMS = np.array([[5, 7], [7, 9], [6, 8], [8, 10]])
# Usual and largest half width of an upper arm and a forearm, in shoulder widths; how much wider one side is than the other at most.
UPPER_RADIUS, FOREARM_RADIUS, WIDEST, ASIDE = 0.15, 0.12, 0.26, 1.2
# How far within its measured edge a limb ends, so that its outline is smooth: in usual half widths.
INSET = 0.08
# A limb of which a reference shows less than this share is taken from another.
LEAST_SEEN = 0.3
# A forearm of which none is shown is the upper arm from here on, so much narrower.
BORROWED_FROM, NARROWER = 0.55, 0.8
# Places along a limb at which its width is measured.
STATIONS = 24


@njit(cache=True)
def shoulder_span(keypoints: np.ndarray) -> float:
    return np.sqrt((keypoints[5, 0] - keypoints[6, 0]) ** 2 + (keypoints[5, 1] - keypoints[6, 1]) ** 2)


@njit(cache=True)
def width_at(outline: np.ndarray, along: float, across: float) -> float:
    """Half the width of a limb at the share `along` of its bone, on the side where `across` is, between the stations of its `outline`."""
    side = 0 if across < 0.0 else 1
    place = min(STATIONS - 1.001, max(0.0, along * STATIONS - 0.5))
    k = int(place)
    return outline[k, side] + (place - k) * (outline[k + 1, side] - outline[k, side])


@njit(cache=True)
def sampled(person: np.ndarray, x: float, y: float) -> float:
    """The mask at a place, bilinear; 0 outside the picture."""
    u, v = x - 0.5, y - 0.5
    j, i = int(np.floor(u)), int(np.floor(v))
    if j < 0 or i < 0 or j >= person.shape[1] - 1 or i >= person.shape[0] - 1:
        return 0.0
    fu, fv = u - j, v - i
    upper = person[i, j] * (1.0 - fu) + person[i, j + 1] * fu
    lower = person[i + 1, j] * (1.0 - fu) + person[i + 1, j + 1] * fu
    return upper * (1.0 - fv) + lower * fv


@njit(cache=True)
def share_within(a: np.ndarray, b: np.ndarray, height: int, width: int, margin: float) -> float:
    """Share of the way from a to b that lies within the picture, `margin` pixels from its edges, 0..1."""
    share = 1.0
    for axis in range(2):
        end = (width if axis == 0 else height) - margin
        if not margin < a[axis] < end:
            return 0.0
        step = b[axis] - a[axis]
        if step != 0.0:
            share = min(share, ((end if step > 0.0 else margin) - a[axis]) / step)
    return share


@njit(cache=True)
def limb_outline(person: np.ndarray, a: np.ndarray, b: np.ndarray, usual: float, most: float) -> np.ndarray:
    """The outline [STATIONS, 2] of a limb from a to b: pixels from its bone to where the person ends, on either side.

    Where the person does not end within `most`, the limb lies on the body: that side is about as wide as the other one, or `usual`.
    """
    raw, out = np.zeros((STATIONS, 2)), np.zeros((STATIONS, 2))
    x, y = b[0] - a[0], b[1] - a[1]
    length = np.sqrt(x * x + y * y) + 1e-6
    for k in range(STATIONS):
        t = (k + 0.5) / STATIONS
        for side in range(2):
            nx, ny = (1 - 2 * side) * y / length, (2 * side - 1) * x / length
            d = 0.0
            while d < most and sampled(person, a[0] + t * x + d * nx, a[1] + t * y + d * ny) >= 0.5:
                d += 0.5
            raw[k, side] = d
        for side in range(2):
            mine, other = raw[k, side], raw[k, 1 - side]
            if mine >= most:
                mine = usual if other >= most else ASIDE * other
            out[k, side] = max(0.5 * usual, min(mine, ASIDE * max(other, 0.5 * usual)))
    for k in range(STATIONS):
        low, high = max(0, k - 2), min(STATIONS, k + 3)
        for side in range(2):
            raw[k, side] = out[low:high, side].sum() / (high - low) - INSET * usual
    return raw


@njit(cache=True)
def limbs(person: np.ndarray, keypoints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends [4, 2, 2] and outlines [4, STATIONS, 2] of the limbs of ARMS as far as the picture shows them; one of which it shows too little,
    or has no keypoints, is another one, or zeros."""
    ends, outlines = np.zeros((4, 2, 2)), np.zeros((4, STATIONS, 2))
    span = shoulder_span(keypoints)
    for k in range(4):
        a, b = keypoints[ARMS[k, 0]], keypoints[ARMS[k, 1]]
        if a[2] <= 0.0 or b[2] <= 0.0:
            continue
        usual = (UPPER_RADIUS if k % 2 == 0 else FOREARM_RADIUS) * span
        # Where a limb leaves the picture the whole of its width is to be seen.
        share = share_within(a, b, person.shape[0], person.shape[1], 0.5 * usual)
        if share < LEAST_SEEN:
            continue
        ends[k, 0], ends[k, 1] = a[:2], a[:2] + share * (b[:2] - a[:2])
        outlines[k] = limb_outline(person, ends[k, 0], ends[k, 1], usual, WIDEST * span)
    borrow(ends, outlines)
    return ends, outlines


@njit(cache=True)
def borrow(ends: np.ndarray, outlines: np.ndarray) -> None:
    """Fill limbs that are not shown, in place: from the same limb of the other arm, a forearm else from the end of an upper arm, its own
    first. Portraits end above the hands, and what is not carried is a haze."""
    shown = outlines[:, 0, 0] > 0.0
    for k in range(4):
        other = (k + 2) % 4
        if shown[k]:
            continue
        if shown[other]:
            ends[k], outlines[k] = ends[other], outlines[other]
        elif k % 2 == 1 and (shown[k - 1] or shown[other - 1]):
            upper = k - 1 if shown[k - 1] else other - 1
            ends[k, 0] = ends[upper, 0] + BORROWED_FROM * (ends[upper, 1] - ends[upper, 0])
            ends[k, 1] = ends[upper, 1]
            for station in range(STATIONS):
                along = BORROWED_FROM + (1.0 - BORROWED_FROM) * (station + 0.5) / STATIONS
                for side in range(2):
                    outlines[k, station, side] = NARROWER * width_at(outlines[upper], along, 2.0 * side - 1.0)
