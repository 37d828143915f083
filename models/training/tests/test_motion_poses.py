"""Pictures of signing: the same seed draws the same pose, and bodies stay bodies."""

from __future__ import annotations

import numpy as np
import pytest
from motion_body import angle, rest_body

from handfirst_training.world.face_actions import BROWS, MOUTHS, gaze, mirrored, mixed, sample_face
from handfirst_training.world.places import TOUCHES, touching_body
from handfirst_training.world.pose import Pose, forward, neutral_pose, sample_pose
from handfirst_training.world.posture import Goal, Stance, compose, figure_of
from handfirst_training.world.surface import parts_of

REST = rest_body()

# The 52 of Apple's ARKit, as its documentation of ARFaceAnchor.BlendShapeLocation lists them.
SIDED = (
    "browDown", "browOuterUp", "cheekSquint", "eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp", "eyeSquint",
    "eyeWide", "mouthDimple", "mouthFrown", "mouthLowerDown", "mouthPress", "mouthSmile", "mouthStretch", "mouthUpperUp",
    "noseSneer",
)  # fmt: skip
ALONE = (
    "browInnerUp", "cheekPuff", "jawForward", "jawLeft", "jawOpen", "jawRight", "mouthClose", "mouthFunnel", "mouthLeft",
    "mouthPucker", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "tongueOut",
)  # fmt: skip
ARKIT = {name + side for name in SIDED for side in ("Left", "Right")} | set(ALONE)


@pytest.fixture(scope="module")
def poses() -> list[Pose]:
    return [sample_pose(np.random.default_rng([9, i]), REST) for i in range(60)]


def test_a_seed_draws_its_pose_again(poses: list[Pose]) -> None:
    again = sample_pose(np.random.default_rng([9, 7]), REST)
    assert set(again.bones) == set(poses[7].bones) and again.face == poses[7].face
    for name, turn in again.bones.items():
        np.testing.assert_array_equal(turn, poses[7].bones[name])
    assert np.abs(poses[7].bones["wrist.R"] - poses[8].bones["wrist.R"]).max() > 0.01


def test_every_bone_is_a_rotation_of_the_skeleton(poses: list[Pose]) -> None:
    for pose in poses:
        assert set(pose.bones) <= set(REST.names)
        stack = np.array(list(pose.bones.values()))
        np.testing.assert_allclose(stack @ stack.transpose(0, 2, 1), np.broadcast_to(np.eye(3), stack.shape), atol=1e-8)
        np.testing.assert_allclose(np.linalg.det(stack), 1.0, atol=1e-8)


def test_hands_do_not_sink_into_the_body(poses: list[Pose]) -> None:
    """Against the average body: no finger joint more than 15 mm behind the skin, but for a few."""
    parts = parts_of(REST)
    deep = []
    for pose in poses:
        posed = forward(REST, pose)
        names = [f"finger{k}-{j}.{side}" for side in "LR" for k in range(1, 6) for j in (1, 2, 3)]
        points = np.array([posed.head(name) for name in names])
        deep.append(max(part.depth(posed, points).max() for part in parts))
    assert (np.array(deep) > 0.015).mean() <= 0.05


def test_palms_face_every_way_and_hands_go_everywhere(poses: list[Pose]) -> None:
    figure = figure_of(REST)
    palms, heights, shares = [], [], []
    for pose in poses:
        posed = forward(REST, pose)
        for side in "LR":
            palms.append((posed.rotation(f"wrist.{side}") @ figure.hands[side].axes)[:, 2])
            heights.append(posed.head(f"wrist.{side}")[2])
            shares.append(posed.head(f"wrist.{side}")[1] < REST.head("spine01")[1] - 0.12)
    octants = {tuple(np.sign(palm).astype(int)) for palm in palms}
    assert len(octants) == 8
    shoulder, eyes = REST.head("upperarm01.L")[2], REST.head("eye.L")[2]
    heights = np.array(heights)
    assert (heights > shoulder).mean() > 0.05  # at the face
    assert (heights < shoulder - 0.35).mean() > 0.1  # at rest
    assert heights.max() < eyes + 0.35
    assert 0.3 < np.mean(shares) < 0.9  # before the body


@pytest.mark.parametrize("scale", [0.9, 1.15])
def test_the_neutral_pose_is_even_and_hangs(scale: float) -> None:
    rest = rest_body(scale)
    posed = forward(rest, neutral_pose(rest))
    left, right = posed.head("wrist.L"), posed.head("wrist.R")
    np.testing.assert_allclose(left * [-1, 1, 1], right, atol=2e-3)
    upper = posed.head("lowerarm01.L") - posed.head("upperarm01.L")
    assert angle(upper, np.array([0.0, 0.0, -1.0])) < 25.0
    np.testing.assert_allclose(posed.rotation("head"), np.eye(3), atol=1e-9)


@pytest.mark.parametrize("where", sorted(TOUCHES))
def test_touches_touch(where: str) -> None:
    """A hand that is sent to a place on the body ends there, not inside and not far off."""
    figure = figure_of(REST)
    rng = np.random.default_rng(11)
    shape = np.zeros(21)
    shape[:2] = 40.0, 20.0
    goal = touching_body(rng, figure, "R", shape, Pose(), where)
    rest = Goal(REST.head("wrist.L"), np.eye(3), shape)
    posed = forward(REST, compose(figure, Stance(), {"R": goal, "L": rest}, {}))
    names = [f"finger{k}-{j}.R" for k in range(1, 6) for j in (1, 2, 3)]
    points = np.array([posed.head(name) for name in names] + [posed.tail(f"finger{k}-3.R") for k in range(1, 6)])
    nearest = max(part.depth(posed, points).max() for part in figure.parts)
    assert -0.05 < nearest < 0.012


def test_faces_use_known_actions_within_their_range() -> None:
    assert len(ARKIT) == 52
    rng = np.random.default_rng(0)
    faces = [sample_face(rng) for _ in range(300)]
    assert {name for face in faces for name in face} <= ARKIT
    assert {name for face in [*MOUTHS.values(), *BROWS.values()] for name in face} <= ARKIT
    assert all(0.0 < value <= 1.0 for face in faces for value in face.values())
    for action in ("jawOpen", "browInnerUp", "browDownLeft", "eyeBlinkLeft", "mouthPucker", "cheekPuff", "eyeLookUpLeft"):
        assert any(face.get(action, 0.0) > 0.3 for face in faces), action


def test_faces_by_hand() -> None:
    assert mixed([({"jawOpen": 0.5}, 0.5), ({"jawOpen": 1.0, "cheekPuff": 0.8}, 0.5)]) == {"jawOpen": 0.75, "cheekPuff": 0.4}
    assert mirrored({"browDownLeft": 0.3, "jawOpen": 0.1}) == {"browDownRight": 0.3, "jawOpen": 0.1}
    assert gaze(0.5, -0.2) == {"eyeLookOutRight": 0.5, "eyeLookInLeft": 0.5, "eyeLookDownLeft": 0.2, "eyeLookDownRight": 0.2}
