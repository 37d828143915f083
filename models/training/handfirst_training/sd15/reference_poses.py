"""Three poses for the reference run, in pixels of a 128 x 128 picture; made here, of nobody."""

import numpy as np

from .reference_drawing import FACE, FACE_POINTS, LEFT_HAND, RIGHT_HAND, Array

#: Nose, eyes, ears, shoulders, elbows, wrists, hips; left first. Knees, ankles and feet are out of the picture.
BODY = [(64, 27), (68, 24), (60, 24), (72, 27), (56, 27), (84, 50), (44, 50), (93, 76), (35, 76), (0, 0), (0, 0), (77, 108), (51, 108)]
LEFT_WRIST, RIGHT_WRIST = 9, 10
FINGER_LENGTHS = (0.62, 0.95, 1.0, 0.93, 0.75)


def reference_poses() -> dict[str, Array]:
    """Name -> [133, 3]: x, y, confidence. Values are float32's, in an array of doubles.

    ``apart``: a crop for each hand, one of which reaches out of the picture. ``near``: two crops that show a piece of the other
    hand. ``together``: the hands meet in one crop, and points are missing.
    """
    apart = _pose((112.3, 58.6), -1.2, (31.4, 66.2), -2.0)
    near = _pose((83.7, 72.4), -1.9, (46.9, 74.8), -1.1)
    together = _pose((70.2, 70.9), -2.6, (57.3, 73.1), -0.7)
    together[[LEFT_HAND + 8, RIGHT_HAND + 20, FACE + 3, 3]] = 0
    return {"apart": apart, "near": near, "together": together}


def _pose(left: tuple[float, float], left_angle: float, right: tuple[float, float], right_angle: float) -> Array:
    """``left``, ``right``: wrists in pixels; the angles are the directions of the middle fingers in radians, -pi / 2 = up."""
    generator = np.random.default_rng(15)
    pose = np.zeros((133, 3))
    pose[: len(BODY), :2] = BODY
    pose[LEFT_WRIST, :2], pose[RIGHT_WRIST, :2] = left, right
    pose[: len(BODY), 2] = 1
    turn = np.linspace(0, 2 * np.pi, FACE_POINTS, endpoint=False)
    pose[FACE : FACE + FACE_POINTS, 0] = 64 + 9 * np.cos(turn)
    pose[FACE : FACE + FACE_POINTS, 1] = 25 + 12 * np.sin(turn)
    pose[FACE : FACE + FACE_POINTS, 2] = 1
    pose[LEFT_HAND : LEFT_HAND + 21] = _hand(left, left_angle, mirror=-1)
    pose[RIGHT_HAND : RIGHT_HAND + 21] = _hand(right, right_angle, mirror=1)
    # No coordinate is round, so no pixel lies exactly on an edge.
    pose[:, :2] += generator.uniform(-0.45, 0.45, (133, 2))
    pose[pose[:, 2] == 0] = 0
    return pose.astype(np.float32).astype(np.float64)


def _hand(wrist: tuple[float, float], angle: float, mirror: int, length: float = 22.0) -> Array:
    points = np.ones((21, 3))
    points[0, :2] = wrist
    for finger, share in enumerate(FINGER_LENGTHS):
        direction = angle + mirror * 0.28 * (finger - 2)
        for joint in range(4):
            reach = share * length * (0.45, 0.68, 0.86, 1.0)[joint]
            points[1 + 4 * finger + joint, :2] = wrist + reach * np.array([np.cos(direction), np.sin(direction)])
    return points
