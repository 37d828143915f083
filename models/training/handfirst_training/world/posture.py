"""From what the hands want to a whole pose: trunk, head and collar bones, arms that reach, hands that do not sink in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .arms import reach
from .face_actions import Face
from .hands import Hand, finger_rotations, hand_of, hand_points
from .rotations import about, unit
from .skeleton import Pose, Posed, Rest, forward
from .surface import HAND_DEPTH, Part, hand_depth, parts_of

Array = NDArray[np.float64]

X, Y, Z = np.eye(3)


@dataclass(frozen=True)
class Goal:
    """What one hand wants: wrist [3] in metres, world rotation of the wrist bone [3, 3], hand shape [21] in degrees.

    swivel: turn of the elbow in radians (see `arms.reach`), None for the most comfortable.
    """

    wrist: Array
    turn: Array
    shape: Array
    swivel: float | None = None


@dataclass(frozen=True)
class Stance:
    """Trunk and head: degrees of lean (forward, sideways, turn) and of the head (down, tilt, turn), and of the
    shoulders' lift (left, right)."""

    lean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    head: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lift: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Figure:
    """What posing needs of one signer, measured once."""

    rest: Rest
    hands: dict[str, Hand]
    parts: tuple[Part, Part]


def figure_of(rest: Rest) -> Figure:
    """Measure a rest body."""
    return Figure(rest, {side: hand_of(rest, side) for side in "LR"}, parts_of(rest))


def _turns(degrees: tuple[float, float, float], share: float) -> Array:
    """Rotation of a share of (forward or down, sideways to the signer's left, turn to the signer's left)."""
    forward_, side, turn = np.radians(degrees) * share
    return about(Z, turn) @ about(Y, side) @ about(X, forward_)


def trunk_bones(stance: Stance) -> dict[str, Array]:
    """Bones of spine, neck, head and collar for a stance."""
    bones = {f"spine0{i}": _turns(stance.lean, 0.25) for i in (4, 3, 2, 1)}
    bones |= {name: _turns(stance.head, 0.2) for name in ("neck01", "neck02", "neck03")}
    bones["head"] = _turns(stance.head, 0.4)
    for side, out, lift in (("L", 1.0, stance.lift[0]), ("R", -1.0, stance.lift[1])):
        bones[f"clavicle.{side}"] = about(Y, -out * np.radians(lift))
    return bones


def collar_lift(rest: Rest, side: str, wrist: Array) -> float:
    """Degrees by which a raised or far hand lifts its shoulder."""
    shoulder = rest.head(f"upperarm01.{side}")
    return float(np.clip((wrist[2] - shoulder[2] + 0.1) / 0.35, 0.0, 1.0) * 12.0)


def placed(hand: Hand, goal: Goal) -> Array:
    """[21, 3] joints of a hand in the world for a goal that is reached."""
    return goal.wrist + hand_points(hand, goal.shape) @ (goal.turn @ hand.axes).T


def _arm(figure: Figure, pose: Pose, side: str, goal: Goal) -> None:
    pose.bones |= reach(figure.rest, pose, side, goal.wrist, goal.turn, goal.swivel).bones


def _joints(posed: Posed, side: str) -> Array:
    """Joints of a hand and two points of its forearm, which must stay out of the body."""
    names = [f"wrist.{side}", *(f"finger{k}-{j}.{side}" for k in range(1, 6) for j in (1, 2, 3))]
    tips = [posed.tail(f"finger{k}-3.{side}") for k in range(1, 6)]
    elbow, wrist = posed.head(f"lowerarm01.{side}"), posed.head(f"wrist.{side}")
    return np.array([*(posed.head(n) for n in names), *tips, wrist + 0.3 * (elbow - wrist)])


def _apart(left: Array, right: Array) -> Array:
    """How far the left hand must move (the right one the other way) so that the two only touch; [3] metres.

    left, right: [N, 3] joints, the wrist first.
    """
    gaps = np.linalg.norm(left[:, None] - right[None], axis=-1)
    depth = 2.0 * HAND_DEPTH - float(gaps.min())
    if depth <= 0.0:
        return np.zeros(3)
    i, j = np.unravel_index(int(gaps.argmin()), gaps.shape)
    way = 0.5 * unit(left[i] - right[j]) + unit(left.mean(axis=0) - right.mean(axis=0))
    return unit(way) * depth / 2.0


def assemble(figure: Figure, stance: Stance, goals: dict[str, Goal], face: Face) -> Pose:
    """A whole pose for a stance, goals of both hands ("L", "R") and a face, wherever that brings the hands."""
    rest = figure.rest
    lifts = [stance.lift[i] + collar_lift(rest, s, goals[s].wrist) for i, s in enumerate("LR")]
    pose = Pose(trunk_bones(replace(stance, lift=(lifts[0], lifts[1]))), dict(face))
    for side in "LR":
        pose.bones |= finger_rotations(figure.hands[side], goals[side].shape)
        _arm(figure, pose, side, goals[side])
    return pose


def settle(figure: Figure, stance: Stance, goals: dict[str, Goal], passes: int = 3) -> dict[str, Goal]:
    """The goals with hands moved out of trunk, head and each other, in at most `passes` passes."""
    goals = dict(goals)
    pose = assemble(figure, stance, goals, {})
    for _ in range(passes):
        posed = forward(figure.rest, pose)
        joints = {side: _joints(posed, side) for side in "LR"}
        apart = _apart(joints["L"], joints["R"])
        moved = False
        for side, way in (("L", 1.0), ("R", -1.0)):
            step = way * apart + np.array([0.0, -max(hand_depth(figure.parts, posed, joints[side]), 0.0), 0.0])
            if float(np.abs(step).max()) > 1e-3:
                goals[side] = replace(goals[side], wrist=goals[side].wrist + step)
                _arm(figure, pose, side, goals[side])
                moved = True
        if not moved:
            break
    return goals


def compose(figure: Figure, stance: Stance, goals: dict[str, Goal], face: Face) -> Pose:
    """A whole pose whose hands touch the body and each other without sinking in (see `settle`)."""
    return assemble(figure, stance, settle(figure, stance, goals), face)
