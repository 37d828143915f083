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

from .cut import part_covers
from .geometry import shared, with_hips, with_hips_of
from .hand import HAND_POINTS, LEFT_HAND, hand_length
from .lay import affine, cover_box, lay_affine, lay_bone, lay_head
from .limbs import ARMS, limbs, shoulder_span
from .outlines import FACE, FACE_END
from .pieces import going_on

# Over which share of their half width limbs fade out at their first and last ends; 1: they end round.
UPPER_FADES, FOREARM_FADES = (0.8, 1.0), (0.8, 0.6)
# How much of its turn since the reference an upper arm has not yet made where it leaves the shoulder; turned farther, radians, it is as if
# turned so far.
UNTURNED, MOST_TURN = 0.8, 2.0
# From the signer to the camera, in shoulder widths, and how much smaller the nearest thing is shown and the farthest.
CAMERA, NEAREST, FARTHEST = 6.0, 0.85, 1.1
# How much a limb darkens what it lies on, once one of its ends has moved so far, in shoulder widths. Where it has not, the reference shows
# that shade.
SHADE, SHADE_MOVED = 0.35, 0.5
# Half the width of a wrist, in hand lengths, and how much wider or narrower than the reference's arm a forearm gets to meet its hand.
WRIST, WIDENS, NARROWS = 0.28, 1.3, 0.9
# The face's outline ends at the ears.
EARS = (FACE, FACE + 16)
# Regularisation of the affine maps, square pixels in a picture of 256.
PULL = 30.0


@dataclass(frozen=True)
class Reference:
    """What `prepare` makes of a reference. Parts [H, W, 4] are RGB (0..255) times cover, and cover (0..1)."""

    keypoints: np.ndarray
    person: np.ndarray
    trunk: np.ndarray
    neck: np.ndarray
    head: np.ndarray
    plate: np.ndarray
    limb_ends: np.ndarray
    limb_outlines: np.ndarray


def prepare(picture: np.ndarray, person: np.ndarray, plate: np.ndarray, keypoints: np.ndarray) -> Reference:
    """Cut a reference into parts. picture and plate [H, W, 3] 0..255, person [H, W] 0..1, keypoints with both shoulders.

    A pixel at the person's edge holds some of the plate, which is taken off, so that no fringe of the old place shows on a new one. Where
    the picture goes on below the plate, edges keep what they hold.
    """
    points = with_hips(keypoints.astype(np.float64))
    height = len(person)
    ends, outlines = limbs(person.astype(np.float64), points)
    covers = part_covers(points, ends, outlines, person.astype(np.float64))
    share = person[..., None].astype(np.float64)
    colours = picture * share
    rows = min(height, len(plate))
    colours[:rows] = np.clip(picture[:rows] - (1 - share[:rows]) * plate[:rows], 0, 255 * share[:rows])
    whole = np.concatenate([colours, share], axis=-1).astype(np.float32)
    trunk, neck, head = (whole * cover[..., None].astype(np.float32) for cover in covers)
    return Reference(points, whole, going_on(trunk), neck, head, plate.astype(np.float32), ends, outlines)


def mean_depth(depth: np.ndarray, a: int, b: int) -> float:
    return float(depth[a] + depth[b]) / 2


def nearness(depth: np.ndarray, k: int, width: float) -> float:
    """How much smaller than at the depth of the shoulders point k looks, within limits, since detectors exaggerate; 1 without depth."""
    deeper = float(depth[k] - (depth[5] + depth[6]) / 2)
    return float(np.clip(1 + deeper / (CAMERA * width), NEAREST, FARTHEST)) if np.isfinite(deeper) else 1.0


def order(depth: np.ndarray, keypoints: np.ndarray, width: float) -> list[int]:
    """Parts from far to near: -2 neck, -1 trunk, 0..3 the limbs of ARMS, 4 head. Without depth: neck, trunk, head, arms."""
    keys: list[tuple[float, int]] = [(1e6, -2), (1e5, -1)]
    head = depth[0] if keypoints[0, 2] > 0 and np.isfinite(depth[0]) else np.nan
    keys.append((float(head) if np.isfinite(head) else 0.0, 4))
    for k, (a, b) in enumerate(ARMS):
        z = mean_depth(depth, a, b) if k % 2 == 0 else 0.25 * float(depth[a]) + 0.75 * float(depth[b])
        # Both limbs of an arm are known or neither is.
        if not np.isfinite(depth[[a, b, 5 + k // 2, 9 + k // 2]].sum() + head):
            keys.append((-1e5 + 0.1 * (3 - k), k))
        else:
            # An arm lies in front of the trunk unless it is clearly behind it.
            keys.append((2e5 if z > 0.35 * width else min(z, 9e4), k))
    return [part for _, part in sorted(keys, key=lambda item: -item[0])]


def turn_at_shoulder(arm: np.ndarray, shown: np.ndarray, shoulders: np.ndarray, shown_shoulders: np.ndarray) -> float:
    """By how much an upper arm still lies as in the reference where it leaves the shoulder: radians, from its own way there. All [2]: the
    arm, the reference's, and from the right shoulder to the left."""
    (ax, ay), (ux, uy), (sx, sy), (rx, ry) = arm, shown, shoulders, shown_shoulders
    turn = np.arctan2(uy, ux) - np.arctan2(ry, rx) + np.arctan2(sy, sx) - np.arctan2(ay, ax)
    turn -= 2 * np.pi * np.floor(turn / (2 * np.pi) + 0.5)
    return float(UNTURNED * np.clip(turn, -MOST_TURN, MOST_TURN))


def to_wrist(points: np.ndarray, side: int, half: float) -> float:
    """How much wider a forearm that ends with this half width, pixels, has to end to be as wide as its hand, within limits; 1 without a
    hand. Hands are nearer or larger than the reference says, and would stand on a thinner arm like a glove."""
    start = LEFT_HAND + HAND_POINTS * side
    length = float(hand_length(points[start : start + HAND_POINTS]))
    return float(np.clip(WRIST * length / half, NARROWS, WIDENS)) if length > 0 else 1.0


def carry(reference: Reference, keypoints: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The carried picture [H, W, 3] 0..255 on the reference's plate, and its coverage [H, W] 0..1: where a part was laid.

    Keypoints are placed in the output (shoulders matched to the reference's by one similarity a clip). A frame without both
    shoulders gives the plate alone.
    """
    out = reference.plate.copy()
    cover = np.zeros(out.shape[:2], np.float32)
    if keypoints[5, 2] <= 0 or keypoints[6, 2] <= 0:
        return out, cover
    source = reference.keypoints
    span = shoulder_span(source)
    wide = max(shoulder_span(keypoints.astype(np.float64)), 0.55 * span)
    points = with_hips_of(keypoints.astype(np.float64), source, wide / span)
    pull = PULL * (out.shape[1] / 256) ** 2
    trunk = np.array([5, 6, 11, 12])
    ears = shared(points, source, np.array(EARS))
    face = shared(points, source, np.arange(FACE, FACE_END))
    for part in order(depth.astype(np.float64), points, wide):
        if part == -1:
            lay_affine(out, cover, reference.trunk, cover_box(reference.trunk), affine(points[trunk, :2], source[trunk, :2], pull))
        elif part == -2 and len(ears) == 2:
            # The neck follows the skull, not the chin, which turns more.
            ids = np.concatenate([trunk[:2], ears])
            lay_affine(out, cover, reference.neck, cover_box(reference.neck), affine(points[ids, :2], source[ids, :2], pull))
        elif part == 4 and len(face) > 7:
            goal, shown = points[FACE:FACE_END, :2].copy(), source[FACE:FACE_END, :2].copy()
            lay_head(out, cover, reference.head, cover_box(reference.head), goal, shown, face - FACE, pull)
        elif 0 <= part < 4:
            ids, outline = ARMS[part], reference.limb_outlines[part]
            if (points[ids, 2] <= 0).any() or outline[0, 0] <= 0:
                continue
            first, second = (span / wide * nearness(depth, k, wide) for k in ids)
            if part % 2 == 1:
                second /= to_wrist(points, part // 2, outline[-1].mean() / second)
            scales = (first, second)
            fades = UPPER_FADES if part % 2 == 0 else FOREARM_FADES
            goal = points[ids, :2].copy()
            moved = float(np.hypot(*(goal - source[ids, :2]).T).max())
            shade = SHADE * min(1.0, moved / (SHADE_MOVED * wide))
            ends = reference.limb_ends[part]
            shoulders = (points[5, :2] - points[6, :2], source[5, :2] - source[6, :2])
            # An arm that was borrowed from the other side lay another way.
            bends = part % 2 == 0 and (ends[0] == source[ids[0], :2]).all()
            turn = turn_at_shoulder(goal[1] - goal[0], ends[1] - ends[0], *shoulders) if bends else 0.0
            lay_bone(out, cover, reference.person, goal, ends, outline, scales, fades, shade, turn)
    return out, cover
