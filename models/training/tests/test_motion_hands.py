"""Hand shapes as angles: what they mean in space, and that they stay human."""

from __future__ import annotations

import numpy as np
import pytest
from motion_body import angle, rest_body

from handfirst_training.world.hands import ANGLES, LOWER, UPPER, finger_rotations, hand_of, hand_points, orientation
from handfirst_training.world.handshapes import CLAW, FIST, FLAT, RELAXED, SPREAD, alphabet, random_shape, sample_shape
from handfirst_training.world.skeleton import Pose, forward

REST = rest_body()


def shape_with(**angles: float) -> np.ndarray:
    """A straight hand but for the named angles."""
    shape = np.zeros(len(ANGLES))
    shape[:2] = 40.0, 20.0
    for name, value in angles.items():
        shape[ANGLES.index(name)] = value
    return shape


def joints(side: str, shape: np.ndarray) -> np.ndarray:
    """[21, 3] MediaPipe points, from the bones that the renderer is given."""
    posed = forward(REST, Pose(finger_rotations(hand_of(REST, side), shape)))
    points = [posed.head(f"wrist.{side}")]
    for k in range(1, 6):
        points += [posed.head(f"finger{k}-{j}.{side}") for j in (1, 2, 3)] + [posed.tail(f"finger{k}-3.{side}")]
    return np.array(points)


@pytest.mark.parametrize("side", ["L", "R"])
def test_bones_and_points_say_the_same(side: str) -> None:
    hand = hand_of(REST, side)
    rng = np.random.default_rng(1)
    for _ in range(20):
        shape = random_shape(rng)
        expected = REST.head(f"wrist.{side}") + hand_points(hand, shape) @ hand.axes.T
        np.testing.assert_allclose(joints(side, shape), expected, atol=1e-9)


@pytest.mark.parametrize("side", ["L", "R"])
@pytest.mark.parametrize("finger", [2, 3, 4, 5])
def test_an_angle_is_the_angle_between_bones(side: str, finger: int) -> None:
    shape = shape_with(**{f"finger{finger}_mcp": 40.0, f"finger{finger}_pip": 70.0, f"finger{finger}_dip": 30.0})
    points = joints(side, shape)
    first = 1 + 4 * (finger - 1)
    bones = np.diff(points[first : first + 4], axis=0)
    assert angle(bones[0], bones[1]) == pytest.approx(70.0, abs=1e-6)
    assert angle(bones[1], bones[2]) == pytest.approx(30.0, abs=1e-6)
    palm = hand_of(REST, side).axes[:, 2]
    assert 90.0 - angle(bones[0], palm) == pytest.approx(40.0, abs=1e-6)
    assert np.dot(bones[2], palm) > 0.6 * np.linalg.norm(bones[2])  # it bends into the palm, not backward


@pytest.mark.parametrize("side", ["L", "R"])
def test_spread_goes_towards_the_thumb(side: str) -> None:
    straight, spread = (joints(side, shape_with(finger2_spread=s)) for s in (0.0, 15.0))
    assert angle(spread[6] - spread[5], straight[6] - straight[5]) == pytest.approx(15.0, abs=1e-6)
    assert np.linalg.norm(spread[8] - spread[4]) < np.linalg.norm(straight[8] - straight[4])


def test_left_and_right_hands_are_mirror_images() -> None:
    shape = random_shape(np.random.default_rng(4))
    np.testing.assert_allclose(joints("L", shape) * [-1.0, 1.0, 1.0], joints("R", shape), atol=2e-4)


@pytest.mark.parametrize("side", ["L", "R"])
def test_orientation_points_fingers_and_faces_the_palm(side: str) -> None:
    hand = hand_of(REST, side)
    turn = orientation(hand, np.array([0.0, 0.0, 1.0]), np.array([0.0, -1.0, 0.0]))
    points = hand_points(hand, shape_with()) @ (turn @ hand.axes).T
    assert angle(points[12] - points[0], np.array([0.0, 0.0, 1.0])) < 5.0
    assert np.linalg.det(turn) == pytest.approx(1.0)
    # Palm towards the viewer and fingers up: the right thumb is on the signer's left, and the other way round.
    assert np.sign(points[4][0] - points[20][0]) == (1.0 if side == "R" else -1.0)


def test_every_shape_is_within_human_limits() -> None:
    rng = np.random.default_rng(2)
    shapes = [s.angles for s in alphabet().values()] + [RELAXED, FLAT, FIST, SPREAD, CLAW]
    shapes += [sample_shape(rng) for _ in range(300)] + [random_shape(rng) for _ in range(300)]
    stack = np.array(shapes)
    assert (stack >= LOWER).all() and (stack <= UPPER).all()
    # The limits themselves: knuckles -20..95 and 25 sideways, middle joints 0..115, end joints below 85.
    fingers = stack[:, 5:].reshape(-1, 4, 4)
    assert fingers[..., 1].min() >= -20 and fingers[..., 1].max() <= 95
    assert np.abs(fingers[..., 0]).max() <= 25
    assert fingers[..., 2].min() >= 0 and fingers[..., 2].max() <= 115
    assert fingers[..., 3].max() <= 85


def test_random_hands_reach_open_and_closed_fingers() -> None:
    rng = np.random.default_rng(3)
    pip = np.array([random_shape(rng)[7::4] for _ in range(400)])
    assert (pip < 15).mean() > 0.08 and (pip > 90).mean() > 0.08
    assert np.abs(np.corrcoef(pip.T)[np.triu_indices(4, 1)]).max() < 0.95  # fingers also differ from each other


def test_the_alphabet_is_whole() -> None:
    assert set(alphabet()) == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    assert {name for name, shape in alphabet().items() if shape.path} == {"J", "Z"}


def test_letters_have_the_fingers_that_they_are_known_by() -> None:
    """Which fingers are straight, from descriptions of the manual alphabet."""
    straight = {"B": "2345", "D": "2", "F": "345", "H": "23", "I": "5", "L": "2", "R": "23", "S": "", "U": "23", "V": "23", "W": "234",
                "Y": "5", "1": "2", "2": "23", "3": "23", "4": "2345", "5": "2345", "6": "234", "7": "235", "8": "245"}  # fmt: skip
    for name, fingers in straight.items():
        shape = alphabet()[name].angles
        bent = [shape[ANGLES.index(f"finger{k}_mcp")] + shape[ANGLES.index(f"finger{k}_pip")] for k in (2, 3, 4, 5)]
        found = "".join(str(k) for k, bend in zip((2, 3, 4, 5), bent, strict=True) if bend < 62)
        assert found == fingers, f"{name}: straight are {found}, not {fingers}"
