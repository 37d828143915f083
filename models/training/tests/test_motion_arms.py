"""Arms: wrists arrive, bones stay rotations, joints stay human, and nothing depends on side or size."""

from __future__ import annotations

import numpy as np
import pytest
from motion_body import angle, rest_body

from handfirst_training.world.arms import grip, gripped, limit_wrist, reach
from handfirst_training.world.hands import hand_of, orientation
from handfirst_training.world.rotations import about, between, from_vector, to_vector, twist_angle
from handfirst_training.world.skeleton import Pose, forward, locate

REST = rest_body()


def targets(side: str, count: int, seed: int) -> np.ndarray:
    """Places in front of the shoulder that an arm of this length can reach."""
    rng = np.random.default_rng(seed)
    shoulder = REST.head(f"upperarm01.{side}")
    arm = np.linalg.norm(REST.head(f"lowerarm01.{side}") - shoulder) + np.linalg.norm(
        REST.head(f"wrist.{side}") - REST.head(f"lowerarm01.{side}")
    )
    way = rng.normal(size=(count, 3))
    way[:, 1] = -np.abs(way[:, 1])
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    return shoulder + way * rng.uniform(0.4, 0.95, (count, 1)) * arm


@pytest.mark.parametrize("side", ["L", "R"])
def test_a_reachable_target_is_reached(side: str) -> None:
    rng = np.random.default_rng(0)
    hand = hand_of(REST, side)
    lean = {"spine03": about(np.array([1.0, 0.0, 0.0]), 0.1), f"clavicle.{side}": about(np.array([0.0, 1.0, 0.0]), 0.1)}
    for target in targets(side, 25, 5):
        pose = Pose(dict(lean))
        result = reach(REST, pose, side, target, orientation(hand, rng.normal(size=3), rng.normal(size=3)))
        posed = forward(REST, Pose(pose.bones | result.bones))
        assert np.linalg.norm(posed.head(f"wrist.{side}") - target) < 0.005
        for turn in result.bones.values():
            np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
            assert np.linalg.det(turn) == pytest.approx(1.0)


@pytest.mark.parametrize("side", ["L", "R"])
def test_an_easy_hand_is_turned_just_as_asked(side: str) -> None:
    hand = hand_of(REST, side)
    out = 1.0 if side == "L" else -1.0
    target = REST.head(f"upperarm01.{side}") + np.array([out * 0.07, -0.2, -0.02])
    turn = orientation(hand, np.array([0.0, 0.0, 1.0]), np.array([0.0, -1.0, 0.0]))
    result = reach(REST, Pose(), side, target, turn)
    assert result.strain == 0.0
    np.testing.assert_allclose(locate(REST, Pose(result.bones), f"wrist.{side}")[0], turn, atol=1e-6)


def test_wrist_and_elbow_stay_human_whatever_is_asked() -> None:
    rng = np.random.default_rng(7)
    hand = hand_of(REST, "R")
    elbow, wrist = REST.head("lowerarm01.R"), REST.head("wrist.R")
    for target in targets("R", 25, 8):
        turn = orientation(hand, rng.normal(size=3), rng.normal(size=3))
        posed = forward(REST, Pose(reach(REST, Pose(), "R", target, turn).bones))
        fore = posed.rotation("lowerarm01.R")
        carried = posed.rotation("wrist.R") @ (wrist - elbow)
        assert angle(carried, fore @ (wrist - elbow)) < 60.5  # the hand is within 60 degrees of the forearm's line
        upper = posed.head("lowerarm01.R") - posed.head("upperarm01.R")
        lower = posed.head("wrist.R") - posed.head("lowerarm01.R")
        assert angle(upper, lower) < 152.0


def test_a_target_out_of_reach_is_approached() -> None:
    shoulder = REST.head("upperarm01.L")
    target = shoulder + np.array([0.0, -2.0, 0.0])
    result = reach(REST, Pose(), "L", target, np.eye(3))
    wrist = forward(REST, Pose(result.bones)).head("wrist.L")
    assert angle(wrist - shoulder, target - shoulder) < 3.0
    assert result.error > 1.0


def test_the_elbow_hangs_below_the_hand() -> None:
    for side, out in (("L", 1.0), ("R", -1.0)):
        target = REST.head(f"upperarm01.{side}") + np.array([0.0, -0.28, -0.05])
        turn = orientation(hand_of(REST, side), np.array([0.0, -0.3, 1.0]), np.array([0.0, -1.0, 0.0]))
        posed = forward(REST, Pose(reach(REST, Pose(), side, target, turn).bones))
        elbow = posed.head(f"lowerarm01.{side}")
        assert elbow[2] < target[2] - 0.1
        assert out * (elbow[0] - REST.head(f"upperarm01.{side}")[0]) > -0.02


def test_limits_of_the_wrist_by_hand() -> None:
    axis = np.array([0.0, 0.0, 1.0])
    twist, bend, over = limit_wrist(about(axis, 2.5), axis)  # 143 degrees of twist: 120 are kept
    assert np.degrees(twist) == pytest.approx(120.0)
    np.testing.assert_allclose(bend, np.eye(3), atol=1e-9)
    assert over == pytest.approx(2.5 - np.radians(120.0))
    _, bend, over = limit_wrist(about(np.array([1.0, 0.0, 0.0]), 1.5), axis)
    assert np.linalg.norm(to_vector(bend)) == pytest.approx(np.radians(60.0))
    assert over == pytest.approx(1.5 - np.radians(60.0))


@pytest.mark.parametrize("side", ["L", "R"])
def test_a_grip_says_how_the_hand_is_turned(side: str) -> None:
    hand = hand_of(REST, side)
    out = 1.0 if side == "L" else -1.0
    target = REST.head(f"upperarm01.{side}") + np.array([out * 0.07, -0.2, -0.02])
    for fingers, palm in (([0.0, 0.0, 1.0], [0.0, -1.0, 0.0]), ([0.0, -1.0, 0.3], [-out, 0.0, 0.0])):
        turn = orientation(hand, np.array(fingers), np.array(palm))
        held = grip(REST, side, target, turn, 0.2)
        np.testing.assert_allclose(gripped(REST, side, target, 0.2, held), turn, atol=1e-6)
    # What lies between two grips never asks more of wrist and forearm than the two do.
    palm_out, palm_in = (grip(REST, side, target, orientation(hand, np.array([0, 0, 1.0]), np.array([0, y, 0])), 0.0) for y in (-1.0, 1.0))
    middle = gripped(REST, side, target, 0.0, 0.5 * (palm_out + palm_in))
    assert reach(REST, Pose(), side, target, middle, 0.0).strain == pytest.approx(0.0, abs=1e-6)


def test_rotation_arithmetic_by_hand() -> None:
    quarter = about(np.array([0.0, 0.0, 1.0]), np.pi / 2)
    np.testing.assert_allclose(quarter @ [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(between(np.array([1.0, 0, 0]), np.array([-1.0, 0, 0])) @ [1, 0, 0], [-1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(from_vector(np.array([0.0, 0.0, np.pi / 4])) @ [1, 0, 0], [np.sqrt(0.5), np.sqrt(0.5), 0], atol=1e-12)
    np.testing.assert_allclose(to_vector(about(np.array([0.0, 1.0, 0.0]), np.pi)), [0, np.pi, 0], atol=1e-6)
    assert twist_angle(about(np.array([0.0, 0, 1]), 0.7), np.array([0.0, 0, 1])) == pytest.approx(0.7)
    assert twist_angle(about(np.array([1.0, 0, 0]), 0.7), np.array([0.0, 0, 1])) == pytest.approx(0.0, abs=1e-12)


def test_kinematics_against_a_chain_worked_by_hand() -> None:
    """Bending the elbow alone by its rest hinge turns the forearm's points and nothing above."""
    turn = about(np.array([0.0, 0.0, 1.0]), 0.5)
    posed = forward(REST, Pose({"lowerarm01.L": turn}))
    elbow = REST.head("lowerarm01.L")
    np.testing.assert_allclose(posed.head("wrist.L"), elbow + turn @ (REST.head("wrist.L") - elbow), atol=1e-12)
    np.testing.assert_allclose(posed.head("wrist.R"), REST.head("wrist.R"), atol=1e-12)
    np.testing.assert_allclose(locate(REST, Pose({"lowerarm01.L": turn}), "wrist.L")[1], posed.head("wrist.L"), atol=1e-12)
