"""Arms: two-bone inverse kinematics towards a wrist target, with the limits of elbow, forearm and wrist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .rotations import about, between, cross, from_vector, length, to_vector, twist_angle, unit
from .skeleton import Pose, Rest, locate

Array = NDArray[np.float64]

WRIST_BEND = np.radians(60.0)
FOREARM_TWIST = np.radians(120.0)
REACH = (0.35, 0.985)
"""Distance from shoulder to wrist as a share of the arm's length: the elbow bends to about 150 degrees at most."""
TWIST_SHARES = (0.2, 0.45)
"""What the two bones of the forearm take of its twist; the wrist takes the rest, so that the skin winds evenly."""
SWIVELS = np.radians([0.0, 20.0, -20.0, 40.0, -40.0, 60.0])
"""Turns of the elbow about the line from shoulder to wrist that are tried, positive lifts the elbow outward."""


@dataclass(frozen=True)
class Reached:
    """An arm's solution: bone rotations (local-ref), the wrist's distance from its target in metres, the strain.

    strain: radians by which the wanted hand had to be turned to stay within the limits of wrist and forearm.
    """

    bones: dict[str, Array]
    error: float
    strain: float


def elbow_pole(side: str, shoulder: Array, target: Array, turn: Array) -> Array:
    """Where the elbow points: down and outward, more outward as the hand rises; `turn` is the chest's rotation."""
    out = 1.0 if side == "L" else -1.0
    height = float(np.clip((target[2] - shoulder[2]) / 0.25 + 1.0, 0.0, 2.0))
    return turn @ np.array([out * (0.35 + 0.35 * height), 0.28, -1.0])


def _elbow(shoulder: Array, target: Array, upper: float, lower: float, pole: Array) -> tuple[Array, Array]:
    """The elbow's place and the reachable wrist for a target."""
    offset = target - shoulder
    distance = length(offset)
    line = unit(offset)
    reach = float(np.clip(distance, REACH[0] * (upper + lower), REACH[1] * (upper + lower)))
    along = (upper**2 - lower**2 + reach**2) / (2.0 * reach)
    away = np.sqrt(max(upper**2 - along**2, 0.0))
    side = unit(pole - line * np.dot(pole, line))
    return shoulder + along * line + away * side, shoulder + reach * line


def _turned(rest_direction: Array, rest_hinge: Array, direction: Array, hinge: Array) -> Array:
    """The rotation that carries a rest direction and hinge axis to a new direction and hinge axis."""

    def axes(d: Array, h: Array) -> Array:
        d = unit(d)
        h = unit(h - d * np.dot(h, d))
        return np.array([d, h, cross(d, h)]).T

    return axes(direction, hinge) @ axes(rest_direction, rest_hinge).T


def limit_wrist(turn: Array, axis: Array) -> tuple[float, Array, float]:
    """Split a hand's rotation relative to the forearm into twist and bend, each within its limit.

    Returns the twist in radians about the forearm's rest axis, the bend as a rotation applied after it, and the
    radians that the limits took away.
    """
    twist = twist_angle(turn, axis)
    bend = to_vector(turn @ about(axis, -twist))
    size = length(bend)
    kept = float(np.clip(twist, -FOREARM_TWIST, FOREARM_TWIST))
    scale = min(1.0, WRIST_BEND / size) if size > 0 else 1.0
    return kept, from_vector(bend * scale), abs(twist - kept) + size * (1.0 - scale)


@dataclass(frozen=True)
class _Arm:
    """What the solution needs of an arm: rest joints, and where shoulder and collar are now."""

    side: str
    shoulder0: Array
    elbow0: Array
    wrist0: Array
    collar: Array
    shoulder: Array

    @property
    def lengths(self) -> tuple[float, float]:
        return length(self.elbow0 - self.shoulder0), length(self.wrist0 - self.elbow0)

    def place(self, target: Array, pole: Array) -> tuple[Array, Array, Array]:
        """World rotations of upper arm and forearm, and the elbow's place."""
        elbow, wrist = _elbow(self.shoulder, target, *self.lengths, pole)
        rest_hinge = cross(self.elbow0 - self.shoulder0, self.wrist0 - self.elbow0)
        hinge = cross(elbow - self.shoulder, wrist - elbow)
        upper = _turned(self.elbow0 - self.shoulder0, rest_hinge, elbow - self.shoulder, hinge)
        fore = _turned(self.wrist0 - self.elbow0, rest_hinge, wrist - elbow, hinge)
        return upper, fore, elbow

    def cost(self, target: Array, hand: Array, pole: Array) -> tuple[float, float]:
        """Radians over the limits of wrist and forearm, and the discomfort within them."""
        _, fore, _ = self.place(target, pole)
        axis = unit(self.wrist0 - self.elbow0)
        twist, bend, over = limit_wrist(fore.T @ hand, axis)
        return over, 0.4 * abs(twist) + length(to_vector(bend))

    def solve(self, target: Array, hand: Array, pole: Array) -> dict[str, Array]:
        """Local-ref rotations of the arm's bones for one elbow pole."""
        upper, fore, elbow = self.place(target, pole)
        axis = unit(self.wrist0 - self.elbow0)
        twist, bend, _ = limit_wrist(fore.T @ hand, axis)
        first_turn, second_turn = (about(axis, share * twist) for share in TWIST_SHARES)
        along = unit(self.elbow0 - self.shoulder0)
        wanted = self.collar.T @ upper
        swing = between(along, self.collar.T @ (elbow - self.shoulder))
        first = swing @ about(along, twist_angle(swing.T @ wanted, along) / 2.0)
        return {
            f"upperarm01.{self.side}": first,
            f"upperarm02.{self.side}": first.T @ wanted,
            f"lowerarm01.{self.side}": upper.T @ fore @ first_turn,
            f"lowerarm02.{self.side}": second_turn,
            f"wrist.{self.side}": (first_turn @ second_turn).T @ bend @ about(axis, twist),
        }


def _arm(rest: Rest, pose: Pose, side: str) -> _Arm:
    joints = (rest.head(f"{name}.{side}") for name in ("upperarm01", "lowerarm01", "wrist"))
    collar, _ = locate(rest, pose, f"shoulder01.{side}")
    trunk = Pose({k: v for k, v in pose.bones.items() if not k.startswith("upperarm01")})
    return _Arm(side, *joints, collar, locate(rest, trunk, f"upperarm01.{side}")[1])


def strain(rest: Rest, pose: Pose, side: str, target: Array, hand: Array) -> tuple[float, float]:
    """(radians over the limits, swivel in radians) of the most comfortable elbow for a target (see `reach`)."""
    arm = _arm(rest, pose, side)
    pole = elbow_pole(side, arm.shoulder, target, arm.collar)
    line = unit(target - arm.shoulder)
    sign = -1.0 if side == "L" else 1.0
    best = (np.inf, 0.0, 0.0)
    for angle in SWIVELS:
        over, cost = arm.cost(target, hand, about(line, sign * angle) @ pole)
        best = min(best, (4.0 * over + cost + 0.5 * abs(angle), over, float(angle)))
    return best[1], best[2]


def _swivelled(arm: _Arm, target: Array, swivel: float) -> Array:
    """The elbow's pole for a target, turned by a swivel."""
    turn = about(target - arm.shoulder, (-1.0 if arm.side == "L" else 1.0) * swivel)
    return turn @ elbow_pole(arm.side, arm.shoulder, target, arm.collar)


def grip(rest: Rest, side: str, target: Array, hand: Array, swivel: float) -> Array:
    """[4] how an arm of a straight body holds a hand at a target: twist of the forearm, then bend of the wrist as a rotation
    vector, radians, within the limits of both. Between two of these every hand is one that the arm can hold."""
    arm = _arm(rest, Pose(), side)
    fore = arm.place(target, _swivelled(arm, target, swivel))[1]
    twist, bend, _ = limit_wrist(fore.T @ hand, unit(arm.wrist0 - arm.elbow0))
    return np.array([twist, *to_vector(bend)])


def gripped(rest: Rest, side: str, target: Array, swivel: float, held: Array) -> Array:
    """World rotation [3, 3] of the wrist bone that a `grip` [4] means at a target."""
    arm = _arm(rest, Pose(), side)
    fore = arm.place(target, _swivelled(arm, target, swivel))[1]
    return fore @ from_vector(held[1:]) @ about(arm.wrist0 - arm.elbow0, float(held[0]))


def reach(rest: Rest, pose: Pose, side: str, target: Array, hand: Array, swivel: float | None = None) -> Reached:
    """Bend an arm so that the wrist comes to a target and the hand to an orientation.

    pose: gives trunk and collar bones; its arm is ignored. target: [3] metres; hand: [3, 3] world rotation of the
    wrist bone (see `hands.orientation`). swivel: turn of the elbow in radians, positive lifts it outward; None picks
    the most comfortable. A target out of reach is approached along its line.
    """
    arm = _arm(rest, pose, side)
    target = np.asarray(target, dtype=np.float64)
    if swivel is None:
        _, swivel = strain(rest, pose, side, target, hand)
    pole = _swivelled(arm, target, swivel)
    aim, bones, error = target, {}, np.inf
    for _ in range(3):
        bones = arm.solve(aim, hand, pole)
        wrist = locate(rest, Pose({**pose.bones, **bones}), f"wrist.{side}")[1]
        error = length(target - wrist)
        if error < 5e-4:
            break
        aim = aim + target - wrist
    return Reached(bones, error, arm.cost(aim, hand, pole)[0])
