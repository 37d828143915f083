"""Cutting a reference into parts: how far each of its pixels belongs to trunk, neck and head, along its own keypoints.

Places are in pixels: pixel (row i, column j) has its centre at (j + 0.5, i + 0.5). Keypoints are [133, 3]: x, y, confidence (0 = missing).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .geometry import clamp, segment, shared
from .limbs import ARMS, shoulder_span, width_at
from .outlines import head_cover, head_frame, trunk_outline
from .pieces import drop_islands, drop_slivers
from .raster import signed_distance

JAW_FIRST, JAW_LAST = 26, 36
LEFT_HAND = 91
# How far the trunk reaches beyond its outline, in shoulder widths.
TRUNK_GROW = 0.21
# Half the neck's width where it meets the shoulders, in shoulder widths.
NECK_HALF = 0.14
# How far above the trunk's outline hair goes with the head, in shoulder widths.
HAIR_OFF = 0.13
# Where an arm begins to be cut out of the trunk: share of the upper arm from the shoulder, and how much earlier on the trunk's side, in
# distances from its bone.
CUT_FROM, CUT_BEYOND, CUT_BESIDE = 0.7, 0.015, 0.03
TO_ARMPIT = 0.6
# Beside the trunk's outline a pixel is the arm's where the arm's bone is nearer than this many times the outline.
BESIDE = 1.6
# How far below the chin a trunk's neck ends, and how far beyond the neck's outline it is taken off, in shoulder widths.
THROAT, NECK_BESIDE = 0.05, 0.045
# Pieces of trunk and head that are thinner than twice this, in shoulder widths, are dropped: sleeves beside the trunk, the neck's edges
# below the ears.
TRUNK_SLIVER, HEAD_SLIVER = 0.02, 0.012


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
def arm_cut(keypoints: np.ndarray, ends: np.ndarray, outlines: np.ndarray, width: float, inside: float, x: float, y: float) -> float:
    """Share 0..1 of a pixel that belongs to a reference's arm or hand, and so not to its trunk or head. `inside`: signed distance to the
    trunk's outline."""
    beyond = (CUT_BEYOND + CUT_BESIDE * clamp(0.5 - inside / (0.03 * width))) * width
    most = 0.0
    for k in range(4):
        if outlines[k, 0, 0] <= 0.0:
            continue
        ax, ay, bx, by = ends[k, 0, 0], ends[k, 0, 1], ends[k, 1, 0], ends[k, 1, 1]
        d, t = segment(x, y, ax, ay, bx, by)
        across = (y - ay) * (bx - ax) - (x - ax) * (by - ay)
        share = clamp((width_at(outlines[k], t, across) + beyond - d) / (0.03 * width) + 0.5)
        if k % 2 == 0:
            # The stub that stays ends round the shoulder, and at the armpit: cut straight across it would end in two tips.
            length = np.sqrt((bx - ax) ** 2 + (by - ay) ** 2) + 1e-6
            hip = keypoints[11 + k // 2]
            inner = across * ((hip[1] - ay) * (bx - ax) - (hip[0] - ax) * (by - ay)) > 0.0
            reach = CUT_FROM * length - (TO_ARMPIT * np.abs(across) / length if inner else 0.0)
            share *= clamp((np.sqrt((x - ax) ** 2 + (y - ay) ** 2) - reach) / (0.03 * width) + 0.5)
        most = max(most, share)
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


def part_covers(keypoints: np.ndarray, ends: np.ndarray, outlines: np.ndarray, person: np.ndarray) -> np.ndarray:
    """[3, H, W] how far each pixel of the reference belongs to trunk, neck and head, 0..1, before the person mask [H, W]."""
    out = overlapping_covers(keypoints, ends, outlines, *person.shape)
    frame, span = head_frame(keypoints), shoulder_span(keypoints)
    if frame[2] > 0.0:
        drop_slivers(out[2], person, HEAD_SLIVER * span)
        drop_islands(out[2], person)
        # What is the head's is not the trunk's, down to where hair lies on the shoulders and goes with the trunk.
        above = (upper_edge(frame, span) - (np.arange(len(person)) + 0.5)) / (0.04 * span)
        out[0] *= 1.0 - out[2] * np.clip(above, 0.0, 1.0)[:, None]
    drop_slivers(out[0], person, TRUNK_SLIVER * span)
    return out


@njit(cache=True)
def upper_edge(frame: np.ndarray, span: float) -> float:
    """How far down the head is nearer than the trunk."""
    return frame[5] + 0.04 * span


@njit(cache=True)
def overlapping_covers(keypoints: np.ndarray, ends: np.ndarray, outlines: np.ndarray, height: int, width: int) -> np.ndarray:
    """`part_covers` with the trunk going on behind the head."""
    out = np.zeros((3, height, width))
    span = shoulder_span(keypoints)
    outline = trunk_outline(keypoints)
    frame = head_frame(keypoints)
    # The ends of the jaw, and between the shoulders: the neck goes on behind the chin.
    neck = np.zeros((0, 2))
    ids = shared(keypoints, keypoints, np.arange(JAW_FIRST, JAW_LAST + 1))
    if len(ids) > 2:
        neck = np.zeros((4, 2))
        neck[0], neck[1] = keypoints[ids[0], :2], keypoints[ids[-1], :2]
        between, half = 0.5 * (keypoints[5, :2] + keypoints[6, :2]), NECK_HALF * (keypoints[6, :2] - keypoints[5, :2])
        neck[2], neck[3] = between - half, between + half
    upper, throat = upper_edge(frame, span), frame[5] + THROAT * span
    for i in range(height):
        for j in range(width):
            x, y = j + 0.5, i + 0.5
            inside = signed_distance(outline, x, y)
            within = signed_distance(neck, x, y) / span if len(neck) > 0 else -1e18
            cut = 1.0 - arm_cut(keypoints, ends, outlines, span, inside, x, y)
            into = (TRUNK_GROW * span + inside) / (0.04 * span)
            trunk, whole = cut * clamp(into + 0.5), clamp(into - 0.5)
            if inside < 0.0 and trunk > 0.0:
                own = 1.0 - beside_trunk(keypoints, span, inside, x, y)
                trunk *= own
                whole *= own
            head = head_cover(keypoints, frame, x, y) if frame[2] > 0.0 else 0.0
            # Hair that stands off the shoulders does not stay there when the head moves.
            off = head * clamp(0.5 - (HAIR_OFF * span + inside) / (0.04 * span))
            trunk *= 1.0 - off
            whole *= 1.0 - off
            # The neck's own part shows it: the trunk's would stand beside the chin once that has moved.
            out[0, i, j] = trunk * (1.0 - clamp((within + NECK_BESIDE) / 0.03) * clamp(0.5 + (throat - y) / (0.06 * span)))
            if frame[2] <= 0.0:
                continue
            out[1, i, j] = clamp(1.5 + within / 0.03)
            # Below its upper edge the head ends where the trunk is whole.
            above = (upper - y) / (0.04 * span)
            out[2, i, j] = cut * head * (1.0 - (1.0 - clamp(above + 1.0)) * whole)
    return out
