"""Signing and fingerspelling over time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .arms import grip, gripped, strain
from .hands import clamp, orientation
from .handshapes import HandShape, alphabet, mirror, noisy, sample_shape
from .motion import mirrored_goal, sample_goals, sample_stance
from .places import at_rest, outward, size_of, spelling
from .posture import Figure, Goal, Stance, assemble, figure_of, settle, trunk_bones
from .rotations import length
from .skeleton import Pose, Rest
from .tracks import FaceTrack, Hold, Moment, StanceTrack, Waver, hold_at, smoothed, wavering

Array = NDArray[np.float64]

SOFTNESS = 0.05
"""Seconds over which a hand gives way to body and other hand."""

LETTERS_A_SECOND = 3.0
"""A calm rate of fingerspelling; fluent signers reach 4 to 6."""

TOP_SPEED = 1.0
"""Mean metres a second of a wrist between two places; the peak of a minimum-jerk movement is 1.9 times as much."""
TOP_TURN = 6.0
"""Mean radians a second of a turning hand."""


def _held(figure: Figure, side: str, goal: Goal, start: float, end: float) -> Moment:
    """A moment in which the arm holds a hand as comfortably as it can."""
    _, swivel = strain(figure.rest, Pose(), side, goal.wrist, goal.turn)
    return Moment(start, end, Hold(goal.wrist, goal.shape, swivel, grip(figure.rest, side, goal.wrist, goal.turn, swivel)))


def _goal(figure: Figure, side: str, hold: Hold) -> Goal:
    """Where a held hand is and how it is turned."""
    turn = gripped(figure.rest, side, hold.wrist, hold.swivel, hold.grip)
    return Goal(hold.wrist, turn, hold.shape, hold.swivel)


def _frames(
    rng: np.random.Generator,
    figure: Figure,
    tracks: dict[str, list[Moment]],
    stances: StanceTrack,
    frames: int,
    fps: float,
) -> list[Pose]:
    """Every frame of the hands' moments, with noise, a face and a stance."""
    face = FaceTrack(rng, frames / fps)
    noise = {side: Waver(rng, 28) for side in "LR"}
    wanted, pushed = [], np.zeros((frames, 2, 3))
    for i in range(frames):
        holds = {side: wavering(hold_at(tracks[side], i / fps), noise[side].at(i / fps)) for side in "LR"}
        goals = {side: _goal(figure, side, hold) for side, hold in holds.items()}
        settled = settle(figure, stances.at(i / fps), goals)
        pushed[i] = [settled[side].wrist - goals[side].wrist for side in "LR"]
        wanted.append(goals)
    pushed = smoothed(pushed, SOFTNESS * fps)
    poses = []
    for i, goals in enumerate(wanted):
        moved = {s: replace(goals[s], wrist=goals[s].wrist + pushed[i, k]) for k, s in enumerate("LR")}
        poses.append(assemble(figure, stances.at(i / fps), moved, face.at(i / fps)))
    return poses


def _append(figure: Figure, tracks: dict[str, list[Moment]], goals: dict[str, Goal], wish: float, stay: float) -> None:
    """Go on to goals of both hands, in the time that is wished unless way or turn are too long for it, and stay there."""
    start = tracks["R"][-1].end
    held = {side: _held(figure, side, goal, 0.0, 0.0).hold for side, goal in goals.items()}
    travel = wish
    for side, hold in held.items():
        before = tracks[side][-1].hold
        travel = max(travel, length(hold.wrist - before.wrist) / TOP_SPEED, length(hold.grip - before.grip) / TOP_TURN)
    for side, hold in held.items():
        tracks[side].append(Moment(start + travel, start + travel + stay, hold))


def _second(rng: np.random.Generator, goal: Goal) -> Goal:
    """Where a sign goes from its first place: a short way off, perhaps turned, perhaps with another hand shape."""
    kind = rng.random()
    shape = sample_shape(rng) if kind < 0.35 else goal.shape
    return Goal(goal.wrist + rng.normal(0.0, [0.05, 0.025, 0.05]), goal.turn, shape)


def sample_sequence(rng: np.random.Generator, rest: Rest, frames: int, fps: float) -> list[Pose]:
    """Smooth signing: signs of one or two hands with transitions between them, `frames` poses at `fps` a second.

    A sign has a first and a second place; some are repeated. The hands start at rest unless the sequence is short.
    """
    figure = figure_of(rest)
    seconds = frames / fps
    calm = {side: at_rest(rng, figure, side) for side in "LR"}
    tracks = {side: [_held(figure, side, calm[side], -1.0, 0.0 if seconds < 2.0 else 0.15)] for side in "LR"}
    while tracks["R"][-1].end < seconds:
        goals = sample_goals(rng, figure, Pose(trunk_bones(Stance())))
        other = {side: _second(rng, goal) for side, goal in goals.items()}
        if np.allclose(goals["L"].shape, goals["R"].shape):
            other["L"] = mirrored_goal(other["R"])
        stay, stroke = rng.uniform(0.05, 0.22), rng.uniform(0.18, 0.35)
        _append(figure, tracks, goals, rng.uniform(0.28, 0.5), stay)
        for i in range(int(rng.choice([0, 1, 3], p=[0.3, 0.5, 0.2]))):
            _append(figure, tracks, goals if i % 2 else other, stroke, stay)
    stances = StanceTrack(rng, seconds, sample_stance)
    return _frames(rng, figure, tracks, stances, frames, fps)


def _letters(text: str) -> list[HandShape | None]:
    """The shapes of a text, None for a space; raises ValueError at a character that has no shape."""
    shapes: list[HandShape | None] = []
    for i, character in enumerate(text.upper()):
        if character.isspace():
            shapes.append(None)
        elif character in alphabet():
            shapes.append(alphabet()[character])
        else:
            raise ValueError(f"The character {text[i]!r} at place {i} of {text!r} has no hand shape; use A to Z, 0 to 9 and spaces.")
    return shapes


def _spelt(figure: Figure, side: str, letters: list[HandShape | None], rate: float, start: float, rng: np.random.Generator) -> list[Moment]:
    """The moments of a spelling hand from `start` on: holds, paths of J and Z, slides of double letters."""
    period = 1.0 / rate
    size = size_of(figure)
    moments: list[Moment] = []
    time, drift, before = start, np.zeros(3), None
    for i, letter in enumerate(letters):
        if letter is None:
            time, drift, before = time + 0.6 * period, np.zeros(3), None
            continue
        if before is not None and before.name == letter.name:
            drift = drift + np.array([outward(side) * 0.045, 0.0, 0.0])
        after = next((s for s in letters[i + 1 : i + 2] if s is not None), None)
        angles = letter.angles if after is None else letter.angles + 0.05 * (after.angles - letter.angles)
        angles = noisy(rng, clamp(angles), 1.5)
        hold = period * rng.uniform(0.34, 0.46)
        goal = spelling(figure, side, letter, angles, drift + rng.normal(0.0, 0.004, 3))
        if letter.path:
            for stop in letter.path:
                turn = orientation(figure.hands[side], stop.fingers * mirror(side), stop.palm * mirror(side))
                wrist = goal.wrist + stop.move * mirror(side) * size
                at = time + 0.5 * period + stop.at
                moments.append(_held(figure, side, Goal(wrist, turn, angles), at, at))
            time = moments[-1].end + hold
            moments[-1] = replace(moments[-1], end=time)
        else:
            moments.append(_held(figure, side, goal, time + period - hold, time + period))
            time += period
        drift = drift + np.array([outward(side) * 0.006, 0.0, 0.0])
        before = letter
    return moments


def spell(
    text: str,
    rest: Rest,
    fps: float,
    rng: np.random.Generator,
    rate: float = LETTERS_A_SECOND,
    side: str = "R",
) -> list[Pose]:
    """Fingerspelling of letters, digits and spaces: the hand rises from rest, spells and sinks.

    rate: letters a second, at most 6; side: "L" or "R". Raises ValueError for other characters or rates.
    """
    if not 0.3 <= rate <= 6.0:
        raise ValueError(f"A rate of {rate} letters a second cannot be spelt; choose 0.3 to 6.")
    figure = figure_of(rest)
    rise, sink = 0.55, 0.6
    calm = {s: at_rest(rng, figure, s, "side") for s in "LR"}
    moments = _spelt(figure, side, _letters(text), rate, rise, rng)
    last = moments[-1].end if moments else rise
    seconds = last + 0.15 + sink + 0.15
    tracks = {s: [_held(figure, s, calm[s], -1.0, 0.1)] for s in "LR"}
    tracks[side] += moments
    tracks[side][-1] = replace(tracks[side][-1], end=last + 0.15)
    tracks[side].append(_held(figure, side, calm[side], seconds - 0.15, seconds + 1.0))
    stances = StanceTrack(rng, seconds, _quiet)
    return _frames(rng, figure, tracks, stances, int(np.ceil(seconds * fps)), fps)


def _quiet(rng: np.random.Generator) -> Stance:
    """The stance of someone who spells: hardly moving, looking ahead."""
    lean, head = rng.normal(0.0, 1.0, 3), rng.normal(0.0, 2.0, 3)
    return Stance((lean[0], lean[1], lean[2]), (head[0], head[1], head[2]), (0.0, 0.0))
