"""Small rotation arithmetic on [3, 3] matrices; angles in radians."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def length(vector: Array) -> float:
    """Length of a vector [n]."""
    return math.sqrt(float(vector @ vector))


def unit(vector: Array) -> Array:
    """A vector [n] at length 1; a zero vector stays zero."""
    return vector / max(length(vector), 1e-12)


def cross(a: Array, b: Array) -> Array:
    """Cross product of two vectors [3]; many times faster than numpy's for so few numbers."""
    ax, ay, az = a
    bx, by, bz = b
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def about(axis: Array, angle: float) -> Array:
    """Rotation by an angle about an axis (Rodrigues)."""
    x, y, z = unit(np.asarray(axis, dtype=np.float64)).tolist()
    s, c = math.sin(angle), math.cos(angle)
    d = 1.0 - c
    return np.array(
        [
            [c + d * x * x, d * x * y - s * z, d * x * z + s * y],
            [d * x * y + s * z, c + d * y * y, d * y * z - s * x],
            [d * x * z - s * y, d * y * z + s * x, c + d * z * z],
        ]
    )


def between(start: Array, end: Array) -> Array:
    """The smallest rotation that turns one direction into another."""
    a, b = unit(start), unit(end)
    axis = cross(a, b)
    sine = length(axis)
    cosine = float(a @ b)
    if sine < 1e-9:
        if cosine > 0:
            return np.eye(3)
        helper = np.array([1.0, 0.0, 0.0]) if abs(a[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
        return about(cross(a, helper), np.pi)
    return about(axis, float(math.atan2(sine, cosine)))


def to_vector(rotation: Array) -> Array:
    """Axis times angle [3] of a rotation, angle in 0..pi."""
    cosine = np.clip((np.trace(rotation) - 1.0) / 2.0, -1.0, 1.0)
    angle = float(np.arccos(cosine))
    if angle < 1e-7:
        return np.zeros(3)
    if angle > np.pi - 1e-4:
        squares = np.clip((np.diag(rotation) + 1.0) / 2.0, 0.0, None)
        k = int(np.argmax(squares))
        axis = (rotation + np.eye(3))[:, k]
        return unit(axis) * angle
    skew = np.array(
        [
            rotation[2, 1] - rotation[1, 2],
            rotation[0, 2] - rotation[2, 0],
            rotation[1, 0] - rotation[0, 1],
        ]
    )
    return skew * (angle / (2.0 * np.sin(angle)))


def from_vector(vector: Array) -> Array:
    """The rotation of an axis times angle [3]."""
    angle = length(vector)
    return np.eye(3) if angle < 1e-12 else about(vector, angle)


def twist_angle(rotation: Array, axis: Array) -> float:
    """The part of a rotation about an axis, in -pi..pi (swing-twist decomposition, twist applied first)."""
    a = unit(axis)
    helper = np.array([1.0, 0.0, 0.0]) if abs(a[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
    across = unit(cross(a, helper))
    turned = between(rotation @ a, a) @ (rotation @ across)
    return float(math.atan2(np.dot(cross(across, turned), a), np.dot(across, turned)))
