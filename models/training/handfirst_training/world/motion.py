"""Poses and sequences of a signer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .face_actions import FRIENDLY, sample_face
from .handshapes import RELAXED, alphabet, noisy, sample_shape
from .places import at_rest, in_space, orientation, outward, size_of, spelling, touching_body, touching_hand
from .posture import Figure, Goal, Stance, compose, figure_of, trunk_bones
from .rotations import about
from .skeleton import Pose, Rest

Array = NDArray[np.float64]

RELAXED_SHOULDERS = -7.0
"""Degrees that shoulders hang below where the rest body of `anny`, whose arms are held out, has them."""

SCENES = {
    "one hand": 0.27,
    "both hands": 0.20,
    "same on both sides": 0.12,
    "touching body": 0.14,
    "touching hands": 0.12,
    "spelling": 0.11,
    "resting": 0.04,
}
"""How often each kind of picture is drawn."""


def neutral_pose(rest: Rest) -> Pose:
    """Arms relaxed at the sides, looking at the camera with a calm face."""
    figure = figure_of(rest)
    goals = {}
    for side in "LR":
        out = outward(side)
        turn = orientation(figure.hands[side], np.array([out * 0.1, -0.1, -1.0]), np.array([-out, 0.25, 0.0]))
        wrist = rest.head(f"upperarm01.{side}") + np.array([out * 0.11, -0.05, -0.47]) * size_of(figure)
        goals[side] = Goal(wrist, turn, RELAXED)
    return compose(figure, Stance(), goals, {})


def reference_pose(rest: Rest) -> Pose:
    """The pose of reference pictures: arms a little away from the trunk, hands open beside the hips, a friendly, calm face."""
    figure = figure_of(rest)
    goals = {}
    for side in "LR":
        out = outward(side)
        turn = orientation(figure.hands[side], np.array([out * 0.12, -0.1, -1.0]), np.array([-out, 0.25, 0.0]))
        wrist = rest.head(f"upperarm01.{side}") + np.array([out * 0.15, -0.07, -0.45]) * size_of(figure)
        goals[side] = Goal(wrist, turn, RELAXED)
    return compose(figure, Stance(lift=(RELAXED_SHOULDERS, RELAXED_SHOULDERS)), goals, dict(FRIENDLY))


def sample_stance(rng: np.random.Generator) -> Stance:
    """A slight lean and a turned or tilted head."""
    lean = rng.normal(0.0, [3.0, 2.5, 5.0])
    head = np.clip(rng.normal([2.0, 0.0, 0.0], [7.0, 6.0, 12.0]), [-18, -20, -40], [22, 20, 40])
    lift = rng.normal(0.6 * RELAXED_SHOULDERS, 2.5, 2)
    return Stance((lean[0], lean[1], lean[2]), (head[0], head[1], head[2]), (lift[0], lift[1]))


def mirrored_goal(goal: Goal) -> Goal:
    """One hand's goal as the other hand's, in the mirror."""
    flip = np.diag([-1.0, 1.0, 1.0])
    return Goal(flip @ goal.wrist, flip @ goal.turn @ flip, goal.shape, goal.swivel)


def sample_goals(rng: np.random.Generator, figure: Figure, trunk: Pose) -> dict[str, Goal]:
    """Goals of both hands for an independent picture."""
    scene = str(rng.choice(list(SCENES), p=list(SCENES.values())))
    main, other = ("R", "L") if rng.random() < 0.65 else ("L", "R")
    shape = sample_shape(rng)
    if scene == "resting":
        where = str(rng.choice(["side", "lap", "belt"]))
        return {side: at_rest(rng, figure, side, where) for side in "LR"}
    if scene == "spelling":
        letters = list(alphabet().values())
        letter = letters[rng.integers(len(letters))]
        goal = spelling(figure, main, letter, noisy(rng, letter.angles, rng.uniform(0, 5)), rng.normal(0, 0.04, 3))
        wobble = about(rng.normal(size=3), np.radians(rng.normal(0, 12)))
        return {main: Goal(goal.wrist, wobble @ goal.turn, goal.shape), other: at_rest(rng, figure, other)}
    if scene == "same on both sides":
        goal = in_space(rng, figure, "R", shape)
        return {"R": goal, "L": mirrored_goal(goal)}
    if scene == "touching hands":
        held = in_space(rng, figure, other, sample_shape(rng), "cross" if rng.random() < 0.5 else "neutral")
        return {other: held, main: touching_hand(rng, figure, main, shape, held)}
    goal = touching_body(rng, figure, main, shape, trunk) if scene == "touching body" else in_space(rng, figure, main, shape)
    if scene == "one hand" or (scene == "touching body" and rng.random() < 0.7):
        return {main: goal, other: at_rest(rng, figure, other)}
    return {main: goal, other: in_space(rng, figure, other, sample_shape(rng))}


def sample_pose(rng: np.random.Generator, rest: Rest) -> Pose:
    """A random picture of a signer: hands, arms, head, trunk and face (`SCENES` says how often what)."""
    figure = figure_of(rest)
    stance = sample_stance(rng)
    goals = sample_goals(rng, figure, Pose(trunk_bones(stance)))
    return compose(figure, stance, goals, sample_face(rng))
