"""What a detector does to true keypoints, so that models learn on input as it comes in real files.

Seen in real `.pose`, OpenPose and DWPose files: jitter that grows with the size of the part, points and whole parts that
are missing (0, 0 with confidence 0), a missing wrist beside a found hand, no feet or no legs at all, left and right hand
swapped for moments, confidences that are graded in one format and 0 or 1 in another, depth that is noisy or not there.
All of it is drawn from the generator that is given; the input is not changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Wide = NDArray[np.float64]
Mask = NDArray[np.bool_]

POINTS = 133
FEET, FACE, LEFT, RIGHT = slice(17, 23), slice(23, 91), slice(91, 112), slice(112, 133)
LEGS = slice(13, 17)
PARTS = (slice(0, 23), FACE, LEFT, RIGHT)
"""COCO-WholeBody: body with feet, face, left hand, right hand."""


@dataclass(frozen=True)
class Rates:
    """How often what goes wrong: shares of samples (of frames where a fault comes and goes in a sequence)."""

    face_missing: float = 0.10
    hand_missing: float = 0.07
    both_hands_missing: float = 0.02
    hidden_hand_missing: float = 0.35
    wrist_missing: float = 0.08
    swapped_hands: float = 0.01
    points_dropped: float = 0.25
    feet_missing: float = 0.30
    legs_missing: float = 0.20
    no_depth: float = 0.50
    graded_confidence: float = 0.50


DEFAULT_RATES = Rates()

RUN = 8.0
"""Mean length in frames of a fault that comes and goes."""


def _spells(rng: np.random.Generator, frames: int, share: float) -> Mask:
    """[frames] when a fault is on: it is on for a share of all frames, in runs of `RUN` frames on average."""
    stay = 1.0 - 1.0 / RUN
    start = share / (RUN * max(1.0 - share, 1e-6))
    on = np.empty(frames, bool)
    draws = rng.random(frames)
    on[0] = draws[0] < share
    for t in range(1, frames):
        on[t] = draws[t] < (stay if on[t - 1] else start)
    return on


def _correlated(rng: np.random.Generator, shape: tuple[int, ...], memory: float) -> Wide:
    """Noise [frames, ...] of standard deviation 1 that forgets a share 1 - memory of itself a frame."""
    noise = rng.normal(size=shape)
    for t in range(1, shape[0]):
        noise[t] = memory * noise[t - 1] + np.sqrt(1.0 - memory**2) * noise[t]
    return noise


def part_size(keypoints: Array, part: slice) -> Wide:
    """[frames] longer side in pixels of a part's box; 1 at least."""
    spans = np.ptp(keypoints[:, part, :2], axis=1)
    return np.maximum(spans.max(axis=1), 1.0).astype(np.float64)


def _jittered(rng: np.random.Generator, keypoints: Array) -> Wide:
    """Places [frames, 133, 2] with jitter: each point's own, and one of the whole part; more where a point is hidden."""
    frames = len(keypoints)
    places = keypoints[..., :2].astype(np.float64)
    for part in PARTS:
        size = part_size(keypoints, part)[:, None, None]
        if part.stop == 23:
            size = np.maximum(np.ptp(keypoints[:, 5:7, 0], axis=1), 1.0)[:, None, None]
        strength = np.exp(rng.uniform(np.log(0.003), np.log(0.025)))
        own = _correlated(rng, (frames, part.stop - part.start, 2), 0.5)
        common = _correlated(rng, (frames, 1, 2), 0.8)
        hidden = np.where(keypoints[:, part, 2:3] < 0.9, 2.2, 1.0)
        places[:, part] += size * strength * (own * hidden + 0.7 * common)
    return places


def _confidences(rng: np.random.Generator, seen: Array, graded: bool) -> Wide:
    """Confidences [frames, 133] for visibilities: graded, or 1 for hands and face and graded for the body alone."""
    frames = len(seen)
    middle = np.where(seen > 0.9, 0.88, np.where(seen > 0.1, 0.55, 0.2))
    spread = np.where(seen > 0.9, 0.07, 0.15)
    low = 1.0 if rng.random() < 0.8 else rng.uniform(0.4, 0.9)
    values = np.clip(low * (middle + spread * _correlated(rng, (frames, POINTS), 0.8)), 0.05, 1.0)
    if not graded:
        values[:, 23:] = 1.0
    return values


def _missing(rng: np.random.Generator, keypoints: Array, rates: Rates) -> Mask:
    """[frames, 133] which points the detector does not find."""
    frames = len(keypoints)
    seen = keypoints[..., 2]
    gone = np.zeros((frames, POINTS), bool)
    gone[:, FACE] |= _spells(rng, frames, rates.face_missing)[:, None]
    both = _spells(rng, frames, rates.both_hands_missing)
    for hand, wrist in ((LEFT, 9), (RIGHT, 10)):
        lost = both | _spells(rng, frames, rates.hand_missing)
        outside = (seen[:, hand] < 0.1).mean(axis=1) > 0.5
        hidden = (seen[:, hand] < 0.9).mean(axis=1) > 0.6
        lost |= outside & ~_spells(rng, frames, 0.1)
        lost |= hidden & _spells(rng, frames, rates.hidden_hand_missing)
        gone[:, hand] |= lost[:, None]
        gone[:, wrist] |= _spells(rng, frames, rates.wrist_missing)
    if rng.random() < rates.points_dropped:
        gone |= rng.random((frames, POINTS)) < rng.uniform(0.01, 0.12)
    gone[:, FEET] |= rng.random() < rates.feet_missing
    gone[:, LEGS] |= rng.random() < rates.legs_missing
    gone[:, :23] |= (seen[:, :23] < 0.1) & (rng.random() < 0.5)
    return gone


def _depths(rng: np.random.Generator, keypoints: Array, depth: Array, rates: Rates) -> Wide:
    """Depths [frames, 133] with a detector's noise and wrong scale; all NaN where the file would have none."""
    out = depth.astype(np.float64)
    if rng.random() < rates.no_depth:
        return np.full_like(out, np.nan)
    for part in PARTS:
        size = part_size(keypoints, part)[:, None]
        strength = rng.uniform(0.01, 0.07)
        noise = _correlated(rng, (len(depth), part.stop - part.start), 0.6)
        out[:, part] = out[:, part] * rng.uniform(0.6, 1.15) + size * strength * noise
    return out


def degrade_sequence(keypoints: Array, depth: Array, rng: np.random.Generator, rates: Rates = DEFAULT_RATES) -> tuple[Array, Array]:
    """Keypoints [frames, 133, 3] and depth [frames, 133] as a detector would give them for a clip.

    In: x, y in pixels and visibility (1 seen, 0.5 hidden, 0 out of the frame); depth in pixels. Out: x, y and
    confidence 0..1, missing points 0, 0, 0; depth in pixels, NaN where unknown. What kind of file it is (confidences,
    depth, feet) holds for the whole clip; other faults come and go over frames.
    """
    frames = len(keypoints)
    gone = _missing(rng, keypoints, rates)
    graded = rng.random() < rates.graded_confidence
    out = np.empty((frames, POINTS, 3))
    out[..., :2] = _jittered(rng, keypoints)
    out[..., 2] = _confidences(rng, keypoints[..., 2], graded)
    depths = _depths(rng, keypoints, depth, rates)
    out[gone] = 0.0
    depths[gone] = np.nan
    swapped = _spells(rng, frames, rates.swapped_hands)
    order = np.r_[0:91, 112:133, 91:112]
    out[swapped] = out[swapped][:, order]
    depths[swapped] = depths[swapped][:, order]
    return out.astype(np.float32), depths.astype(np.float32)


def degrade(keypoints: Array, depth: Array, rng: np.random.Generator, rates: Rates = DEFAULT_RATES) -> tuple[Array, Array]:
    """Keypoints [133, 3] and depth [133] of one picture as a detector would give them (see `degrade_sequence`)."""
    points, depths = degrade_sequence(keypoints[None], depth[None], rng, rates)
    return points[0], depths[0]
