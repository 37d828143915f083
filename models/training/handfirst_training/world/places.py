"""Where signing hands are: places on and before the body, and hands turned so that an arm can hold them there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .arms import strain
from .hands import hand_points, orientation
from .handshapes import RELAXED, HandShape, noisy
from .posture import Figure, Goal, placed
from .rotations import unit
from .skeleton import Pose, locate

Array = NDArray[np.float64]

SPACES = {
    # beside the shoulder outward, before the chest, above the shoulder: metres for `size_of` 1 (low, high)
    "neutral": ([-0.24, -0.40, -0.30], [0.06, -0.20, 0.02]),
    "high": ([-0.16, -0.36, 0.02], [0.14, -0.18, 0.22]),
    "low": ([-0.20, -0.34, -0.42], [0.06, -0.20, -0.26]),
    "wide": ([0.02, -0.32, -0.30], [0.24, -0.12, 0.12]),
    "cross": ([-0.40, -0.36, -0.24], [-0.22, -0.22, 0.02]),
    "above": ([-0.16, -0.26, 0.18], [0.06, -0.14, 0.36]),
}
SPACE_ODDS = {"neutral": 0.44, "high": 0.2, "low": 0.12, "wide": 0.12, "cross": 0.07, "above": 0.05}

TOUCHES = {
    # bone that carries the place, outward and upward from between the eyes or from the collar: metres
    "chin": ("head", 0.0, -0.100),
    "mouth": ("head", 0.018, -0.072),
    "nose": ("head", 0.0, -0.035),
    "cheek": ("head", 0.045, -0.050),
    "temple": ("head", 0.060, 0.015),
    "forehead": ("head", 0.015, 0.050),
    "collar": ("spine01", 0.06, -0.04),
    "chest": ("spine01", 0.0, -0.13),
    "heart": ("spine01", -0.09, -0.12),
    "far shoulder": ("spine01", -0.12, -0.03),
    "belly": ("spine01", 0.03, -0.28),
}
TYPICAL = [
    # fingers, palm of the right hand
    ((0, 0, 1), (0, -1, 0)),
    ((0, 0, 1), (0, 1, 0)),
    ((0, 0, 1), (1, 0, 0)),
    ((0, -1, 0.3), (1, 0, 0)),
    ((0, -1, 0), (0, 0, -1)),
    ((0.3, -1, 0), (0, 0, 1)),
    ((1, -0.3, 0), (0, 1, 0)),
    ((1, -0.3, 0.2), (0, 0, -1)),
    ((1, 0, 0.5), (0, 1, 0)),
    ((0.5, -0.3, 0.9), (0, -1, 0)),
]


def size_of(figure: Figure) -> float:
    """The signer's trunk, from waist to neck, against the one of 0.51 m for which distances are given here."""
    return float(figure.rest.head("neck01")[2] - figure.rest.head("spine05")[2]) / 0.51


def outward(side: str) -> float:
    """+1 for the left hand, -1 for the right one: x away from the body's middle."""
    return 1.0 if side == "L" else -1.0


def random_rotation(rng: np.random.Generator) -> Array:
    """A rotation from all of them alike."""
    q = unit(rng.normal(size=4))
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def random_turn(rng: np.random.Generator, figure: Figure, side: str) -> Array:
    """A wrist rotation: one typical of signing with noise, or any at all."""
    if rng.random() < 0.5:
        return random_rotation(rng)
    fingers, palm = (np.array(v, float) for v in TYPICAL[rng.integers(len(TYPICAL))])
    mirror = np.array([-outward(side), 1.0, 1.0])
    return orientation(figure.hands[side], fingers * mirror + rng.normal(0, 0.3, 3), palm * mirror + rng.normal(0, 0.3, 3))


def wrist_for(figure: Figure, side: str, turn: Array, shape: Array, point: Array, joint: int | None) -> Array:
    """Where the wrist must be so that a joint 0..20 of the hand (None: the hand's middle) is at a point [3]."""
    points = hand_points(figure.hands[side], shape)
    held = points[[0, 5, 9, 13, 17]].mean(axis=0) if joint is None else points[joint]
    return point - turn @ figure.hands[side].axes @ held


def _comfortable(
    rng: np.random.Generator,
    figure: Figure,
    side: str,
    shape: Array,
    point: Array,
    joint: int | None,
    tries: int,
    towards: Array | None = None,
) -> Goal:
    """A goal at a point with a random orientation that the arm can hold; towards: where the fingers should point."""
    best, least = None, np.inf
    for _ in range(tries):
        turn = random_turn(rng, figure, side)
        if towards is not None:
            palm = rng.normal(size=3)
            turn = orientation(figure.hands[side], unit(towards) + rng.normal(0, 0.4, 3), palm)
        wrist = wrist_for(figure, side, turn, shape, point, joint)
        over, _ = strain(figure.rest, Pose(), side, wrist, turn)
        if over < least:
            best, least = Goal(wrist, turn, shape), over
        if over < 0.15:
            break
    assert best is not None
    return best


def in_space(rng: np.random.Generator, figure: Figure, side: str, shape: Array, space: str | None = None) -> Goal:
    """A hand somewhere in signing space (`SPACES`)."""
    if space is None:
        space = str(rng.choice(list(SPACE_ODDS), p=list(SPACE_ODDS.values())))
    low, high = (np.array(v) for v in SPACES[space])
    offset = rng.uniform(low, high) * size_of(figure) * [outward(side), 1.0, 1.0]
    point = figure.rest.head(f"upperarm01.{side}") + offset
    return _comfortable(rng, figure, side, shape, point, None, 5)


def touching_body(rng: np.random.Generator, figure: Figure, side: str, shape: Array, trunk: Pose, where: str | None = None) -> Goal:
    """A finger tip or the flat of the hand on face or chest (`TOUCHES`); trunk: the pose of spine and head."""
    where = where or str(rng.choice(list(TOUCHES)))
    bone, out, up = TOUCHES[where]
    size = size_of(figure)
    rest = figure.rest
    anchor = (rest.head("eye.L") + rest.head("eye.R")) / 2.0 if bone == "head" else rest.head("neck01")
    x = outward(side) * out * size + rng.normal(0, 0.008)
    z = anchor[2] + up * size + rng.normal(0, 0.01)
    part = figure.parts[1 if bone == "head" else 0]
    y = min(float(part.front(np.array(x), np.array(z))), anchor[1] + 0.05)
    turn, head = locate(rest, trunk, bone)
    point = head + turn @ (np.array([x, y - 0.008, z]) - rest.head(bone))
    joint = int(rng.choice([8, 12, 4, 9, 20, 6], p=[0.4, 0.25, 0.12, 0.13, 0.05, 0.05]))
    towards = np.array([-outward(side) * 0.6, 0.45, 0.6 if bone == "head" else 0.05])
    return _comfortable(rng, figure, side, shape, point, joint, 5, towards)


def touching_hand(rng: np.random.Generator, figure: Figure, side: str, shape: Array, other: Goal) -> Goal:
    """A hand whose finger tip, palm or side is at the palm, back or a finger of the other hand."""
    over = "R" if side == "L" else "L"
    hand = figure.hands[over]
    joints = placed(hand, other)
    palm = (other.turn @ hand.axes)[:, 2]
    kind = rng.choice(4, p=[0.4, 0.25, 0.2, 0.15])
    if kind == 0:  # finger tip on palm or back
        at = joints[[0, 5, 9, 17]].mean(axis=0) + palm * rng.choice([0.016, -0.02])
        return _comfortable(rng, figure, side, shape, at, int(rng.choice([8, 12, 4])), 6)
    if kind == 1:  # finger tips together
        k = int(rng.choice([8, 12, 4, 20]))
        return _comfortable(rng, figure, side, shape, joints[k], k if rng.random() < 0.6 else 8, 6)
    if kind == 2:  # palm to palm, or back to palm
        facing = -1.0 if rng.random() < 0.75 else 1.0
        fingers = (other.turn @ hand.axes)[:, 0] + rng.normal(0, 0.4, 3)
        turn = orientation(figure.hands[side], fingers, facing * palm + rng.normal(0, 0.1, 3))
        at = joints[[5, 9, 13]].mean(axis=0) + palm * 0.032
        return Goal(wrist_for(figure, side, turn, shape, at, 9), turn, shape)
    at = joints[[6, 10, 14]].mean(axis=0) + rng.normal(0, 0.012, 3)  # fingers among fingers
    return _comfortable(rng, figure, side, shape, at, int(rng.choice([6, 7, 10])), 6)


def at_rest(rng: np.random.Generator, figure: Figure, side: str, where: str | None = None) -> Goal:
    """An idle hand: hanging at the side, before the lap, or out of the frame."""
    where = where or str(rng.choice(["side", "lap", "belt"], p=[0.5, 0.35, 0.15]))
    shape = noisy(rng, RELAXED, 4.0)
    out, size = outward(side), size_of(figure)
    shoulder = figure.rest.head(f"upperarm01.{side}")
    hand = figure.hands[side]
    wobble = rng.normal(0.0, 0.02, 3)
    if where == "side":
        turn = orientation(hand, np.array([out * 0.1, -0.1, -1.0]) + rng.normal(0, 0.1, 3), np.array([-out, 0.2, 0.0]))
        return Goal(shoulder + np.array([out * 0.11, -0.05, -0.47]) * size + wobble, turn, shape)
    if where == "lap":
        turn = orientation(hand, np.array([-out * 0.8, -0.4, -0.5]) + rng.normal(0, 0.15, 3), np.array([-out * 0.2, 0.8, -0.4]))
        return Goal(shoulder + np.array([-out * 0.06, -0.18, -0.44]) * size + wobble, turn, shape)
    turn = orientation(hand, np.array([-out, -0.2, 0.1]) + rng.normal(0, 0.15, 3), np.array([0.0, 1.0, -0.3]) + rng.normal(0, 0.2, 3))
    return Goal(shoulder + np.array([-out * 0.06, -0.17, -0.30]) * size + wobble, turn, shape)


def spelling(figure: Figure, side: str, letter: HandShape, angles: Array | None = None, offset: Array | None = None) -> Goal:
    """A hand that spells: just outside and before the shoulder, where people spell, turned as the letter wants it.

    angles: [21] instead of the letter's own; offset: [3] metres added to the wrist, for `size_of` 1.
    """
    size = size_of(figure)
    at = np.array([outward(side) * 0.07, -0.20, -0.02]) + (0.0 if offset is None else offset)
    turn = orientation(figure.hands[side], *letter.directions(side))
    wrist = figure.rest.head(f"upperarm01.{side}") + at * size
    return Goal(wrist, turn, letter.angles if angles is None else angles)
