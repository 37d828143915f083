"""Smooth motion between moments: minimum-jerk transitions, small natural noise, faces over time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .face_actions import Face, blink, gaze, mixed, sample_brows, sample_mouth
from .hands import clamp
from .posture import Stance
from .rotations import length

Array = NDArray[np.float64]

FINGERS_AHEAD = 0.85
"""Share of a transition after which the fingers have their new shape: hands take shape while they still travel."""


def minimum_jerk(u: float) -> float:
    """Course 0..1 of a reaching movement over its time 0..1 (Flash & Hogan 1985)."""
    u = min(max(u, 0.0), 1.0)
    return u**3 * (10.0 - 15.0 * u + 6.0 * u * u)


def smoothed(values: Array, width: float) -> Array:
    """[frames, ...] smoothed along time with a Gaussian whose standard deviation is `width` frames."""
    if width < 0.2:
        return values
    reach = int(np.ceil(3.0 * width))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    padded = np.concatenate([np.repeat(values[:1], reach, 0), values, np.repeat(values[-1:], reach, 0)])
    out = sum(w * padded[i : i + len(values)] for i, w in enumerate(weights / weights.sum()))
    return np.asarray(out)


@dataclass(frozen=True)
class Hold:
    """A hand as an arm holds it: wrist [3] in metres, hand shape [21] in degrees, the elbow's swivel in radians, and the
    forearm's twist and wrist's bend [4] (see `arms.grip`)."""

    wrist: Array
    shape: Array
    swivel: float
    grip: Array


@dataclass(frozen=True)
class Moment:
    """A hand that is held from `start` to `end`, seconds."""

    start: float
    end: float
    hold: Hold


def between_holds(first: Hold, second: Hold, u: float) -> Hold:
    """The hand at a share 0..1 of the time between two holds: the wrist on a slight arc, the fingers ahead."""
    s = minimum_jerk(u)
    way = second.wrist - first.wrist
    bow = np.array([0.0, -0.12, 0.05]) * length(way) * np.sin(np.pi * s)
    fingers = minimum_jerk(u / FINGERS_AHEAD)
    return Hold(
        first.wrist + s * way + bow,
        first.shape + fingers * (second.shape - first.shape),
        first.swivel + s * (second.swivel - first.swivel),
        first.grip + s * (second.grip - first.grip),
    )


def hold_at(moments: list[Moment], time: float) -> Hold:
    """The hand at a time; before the first moment and after the last it stays as it is there."""
    if time <= moments[0].end:
        return moments[0].hold
    for before, after in itertools.pairwise(moments):
        if time < after.start:
            return between_holds(before.hold, after.hold, (time - before.end) / (after.start - before.end))
        if time <= after.end:
            return after.hold
    return moments[-1].hold


class Waver:
    """Smooth noise of some channels: sums of slow sines with random phases, standard deviation about 1."""

    def __init__(self, rng: np.random.Generator, channels: int, low: float = 0.3, high: float = 2.5) -> None:
        self.rates = rng.uniform(low, high, (channels, 4)) * 2.0 * np.pi
        self.phases = rng.uniform(0.0, 2.0 * np.pi, (channels, 4))

    def at(self, time: float) -> Array:
        """[channels] at a time in seconds."""
        return np.sin(self.rates * time + self.phases).sum(axis=1) / np.sqrt(2.0)


def wavering(hold: Hold, noise: Array) -> Hold:
    """A hand with the small unrest of a living one; noise: [28] from a `Waver` (place 3, grip 4, angles 21)."""
    grip = hold.grip + np.radians(0.8) * noise[3:7]
    return Hold(hold.wrist + 0.0018 * noise[:3], clamp(hold.shape + 0.8 * noise[7:28]), hold.swivel, grip)


def mixed_faces(keys: list[tuple[float, Face]], time: float) -> Face:
    """A face between faces at given times, seconds, in order."""
    for (t0, first), (t1, second) in itertools.pairwise(keys):
        if t0 <= time < t1:
            s = minimum_jerk((time - t0) / (t1 - t0))
            return mixed([(first, 1.0 - s), (second, s)])
    return keys[-1][1]


class FaceTrack:
    """Mouthing, brows, gaze and blinks over a sequence."""

    def __init__(self, rng: np.random.Generator, seconds: float) -> None:
        self.mouth = self._keys(seconds, lambda: sample_mouth(rng), lambda: rng.uniform(0.12, 0.45))
        self.brows = self._keys(seconds, lambda: sample_brows(rng), lambda: rng.uniform(0.4, 1.6))
        self.look = self._keys(seconds, lambda: gaze(*rng.normal(0.0, 0.15, 2)), lambda: rng.uniform(0.3, 1.2))
        self.blinks: list[float] = []
        at = rng.uniform(0.3, 2.5)
        while at < seconds:
            self.blinks.append(at)
            at += rng.uniform(1.5, 5.0)

    @staticmethod
    def _keys(seconds: float, face: Callable[[], Face], wait: Callable[[], float]) -> list[tuple[float, Face]]:
        keys: list[tuple[float, Face]] = [(0.0, face())]
        while keys[-1][0] < seconds:
            keys.append((keys[-1][0] + wait(), face()))
        return keys

    def at(self, time: float) -> Face:
        """The face at a time in seconds."""
        lids = max((max(0.0, 1.0 - abs(time - t) / 0.11) for t in self.blinks), default=0.0)
        parts = [(mixed_faces(keys, time), 1.0) for keys in (self.mouth, self.brows, self.look)]
        return mixed([*parts, (blink(minimum_jerk(lids)), 1.0)])


class StanceTrack:
    """Trunk and head over a sequence: new places now and then, and a slight sway."""

    def __init__(self, rng: np.random.Generator, seconds: float, draw: Callable[[np.random.Generator], Stance]) -> None:
        self.keys: list[tuple[float, Stance]] = [(0.0, draw(rng))]
        while self.keys[-1][0] < seconds:
            self.keys.append((self.keys[-1][0] + rng.uniform(0.6, 1.8), draw(rng)))
        self.sway = Waver(rng, 8, 0.1, 0.6)

    def at(self, time: float) -> Stance:
        """The stance at a time in seconds."""
        noise = 0.5 * self.sway.at(time)
        values = _numbers(self.keys[-1][1])
        for (t0, first), (t1, second) in zip(self.keys[:-1], self.keys[1:], strict=True):
            if t0 <= time < t1:
                s = minimum_jerk((time - t0) / (t1 - t0))
                values = (1.0 - s) * _numbers(first) + s * _numbers(second)
                break
        lean0, lean1, lean2, head0, head1, head2, left, right = values + noise
        return Stance((lean0, lean1, lean2), (head0, head1, head2), (left, right))


def _numbers(stance: Stance) -> Array:
    return np.array([*stance.lean, *stance.head, *stance.lift])
