"""Hands as joint angles, independent of the signer, and the bone rotations they mean for one signer.

A hand shape is a vector of 21 angles in degrees (`ANGLES`), all of them absolute: 0 is a straight joint, whatever the
rest pose of the body at hand is. Hand axes, the same for both hands: f = from the wrist to the knuckle of the middle
finger, r = towards the index finger, n = out of the palm. Fingers are 2 (index) to 5 (little), as in the bone names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .rotations import between, cross, unit
from .skeleton import Rest

Array = NDArray[np.float64]

FINGERS = (2, 3, 4, 5)

ANGLES: tuple[str, ...] = (
    "thumb_azimuth",  # of the thumb's metacarpal in the palm's plane, from f towards r
    "thumb_elevation",  # of the thumb's metacarpal out of the palm's plane, towards n
    "thumb_roll",  # about the thumb's metacarpal, from where the rest pose carries it
    "thumb_mcp",
    "thumb_ip",
    *(f"finger{k}_{joint}" for k in FINGERS for joint in ("spread", "mcp", "pip", "dip")),
)
"""Names of the angles. Spread is towards the thumb's side; flexion is towards the palm."""

COUNT = len(ANGLES)

LOWER = np.array([5.0, -20.0, -60.0, -10.0, -20.0] + [-22.0, -15.0, 0.0, -5.0] * 4)
UPPER = np.array([85.0, 80.0, 60.0, 65.0, 85.0] + [22.0, 95.0, 112.0, 80.0] * 4)
"""Limits of human joints, degrees."""

CHAIN = tuple(tuple(f"finger{k}-{j}" for j in (1, 2, 3)) for k in (1, *FINGERS))


def clamp(shape: Array) -> Array:
    """A hand shape [..., 21] brought within the limits of human joints."""
    return np.clip(shape, LOWER, UPPER)


@dataclass(frozen=True)
class Hand:
    """One hand of one signer at rest.

    side: "L" or "R". axes: [3, 3] columns f, r, n in body axes (left-handed for the right hand).
    roots: [5, 3] where thumb and fingers start; frames: [5, 3, 3, 3] rest frames of the three bones of each
    (columns: along the bone, sideways, towards the palm); lengths: [5, 3]; all in hand axes, metres.
    """

    side: str
    axes: Array
    roots: Array
    frames: Array
    lengths: Array


def hand_of(rest: Rest, side: str) -> Hand:
    """Measure a hand ("L" or "R") of a rest body. The tails of the last finger bones must be the finger tips."""
    wrist = rest.head(f"wrist.{side}")
    f = unit(rest.head(f"finger3-1.{side}") - wrist)
    r = rest.head(f"finger2-1.{side}") - rest.head(f"finger5-1.{side}")
    r = unit(r - f * np.dot(f, r))
    n = cross(f, r) if side == "L" else cross(r, f)
    axes = np.stack([f, r, n], axis=1)
    roots, frames, lengths = [], [], []
    for names in CHAIN:
        joints = [rest.head(f"{name}.{side}") for name in names] + [rest.tail(f"{names[2]}.{side}")]
        local = (np.array(joints) - wrist) @ axes
        steps = np.diff(local, axis=0)
        roots.append(local[0])
        lengths.append(np.linalg.norm(steps, axis=1))
        frames.append(_thumb_frames(steps) if names[0] == "finger1-1" else _finger_frames(steps))
    return Hand(side, axes, np.array(roots), np.array(frames), np.array(lengths))


def _frame_across(direction: Array, across: Array) -> Array:
    d = unit(direction)
    side = unit(across - d * np.dot(across, d))
    return np.stack([d, side, cross(d, side)], axis=1)


def _finger_frames(steps: Array) -> Array:
    """Rest frames of a finger: it bends about the line across the palm's normal."""
    d = unit(steps[0])
    across = cross(np.array([0.0, 0.0, 1.0]), d)
    return np.array([_frame_across(step, across) for step in steps])


def _thumb_frames(steps: Array) -> Array:
    """Rest frames of the thumb: it bends in the plane in which the rest pose bends it."""
    across = cross(unit(steps[1]), unit(steps[0]))
    return np.array([_frame_across(step, across) for step in steps])


def _flex(angle: float) -> Array:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])


def _spread(angle: float) -> Array:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def bone_frames(hand: Hand, shape: Array) -> Array:
    """[5, 3, 3, 3] frames of the bones of thumb and fingers in hand axes (columns as in `Hand.frames`)."""
    radians = np.radians(shape)
    out = np.empty((5, 3, 3, 3))
    azimuth, elevation, roll, mcp, ip = radians[:5]
    direction = np.array([np.cos(elevation) * np.cos(azimuth), np.cos(elevation) * np.sin(azimuth), np.sin(elevation)])
    rest = hand.frames[0, 0]
    c, s = np.cos(roll), np.sin(roll)
    turn = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])
    out[0, 0] = between(rest[:, 0], direction) @ rest @ turn
    out[0, 1] = out[0, 0] @ _flex(mcp)
    out[0, 2] = out[0, 1] @ _flex(ip)
    for i in range(1, 5):
        spread, mcp, pip, dip = radians[5 + 4 * (i - 1) : 9 + 4 * (i - 1)]
        out[i, 0] = _spread(spread) @ _flex(mcp)
        out[i, 1] = out[i, 0] @ _flex(pip)
        out[i, 2] = out[i, 1] @ _flex(dip)
    return out


def finger_rotations(hand: Hand, shape: Array) -> dict[str, Array]:
    """Local-ref rotations of the 15 finger bones of a hand for a hand shape [21] in degrees."""
    frames = bone_frames(hand, shape)
    bones: dict[str, Array] = {}
    for i, names in enumerate(CHAIN):
        before = np.eye(3)
        for j, name in enumerate(names):
            world = hand.axes @ frames[i, j] @ hand.frames[i, j].T @ hand.axes.T
            bones[f"{name}.{hand.side}"] = before.T @ world
            before = world
    return bones


def hand_points(hand: Hand, shape: Array) -> Array:
    """MediaPipe's 21 points [21, 3] of a hand shape, in hand axes, metres, the wrist at the origin."""
    frames = bone_frames(hand, shape)
    points = np.zeros((21, 3))
    for i in range(5):
        at = hand.roots[i]
        points[1 + 4 * i] = at
        for j in range(3):
            at = at + frames[i, j, :, 0] * hand.lengths[i, j]
            points[2 + 4 * i + j] = at
    return points


def orientation(hand: Hand, fingers: Array, palm: Array) -> Array:
    """World rotation [3, 3] of the wrist bone that points the fingers and faces the palm along body directions.

    Where the two are not at right angles, the fingers' direction is kept.
    """
    f = unit(np.asarray(fingers, dtype=np.float64))
    n = unit(palm - f * np.dot(palm, f))
    r = cross(n, f) if hand.side == "L" else cross(f, n)
    return np.stack([f, r, n], axis=1) @ hand.axes.T
