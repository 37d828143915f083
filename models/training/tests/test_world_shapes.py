"""Bodies, cameras and points of the rendered world, against anny's own numbers and cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from handfirst_training.world import closeups, keypoints
from handfirst_training.world.body import body_model
from handfirst_training.world.camera import Camera, look_at
from handfirst_training.world.skeleton import Pose

FRONT = look_at(np.zeros(3), 0, 0, 0, 2.0, 400.0, (256.0, 256.0))


def test_skinning_gives_annys_vertices() -> None:
    model = body_model()
    body = model.shape({"gender": 0.3, "age": 0.8}, {})
    mine = body.posed(Pose(face={"jawOpen": 0.5}))
    assert np.abs(mine - model.data["check_vertices"][model.kept]).max() < 5e-4


def test_a_bone_turns_what_hangs_from_it() -> None:
    body = body_model().shape({}, {})
    quarter = np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    rest, bent = body.posed(Pose()), body.posed(Pose(bones={"wrist.L": quarter}))
    wrist = body.rest.head("wrist.L")
    tip = body_model().tips["finger3-3.L"]
    expected = (rest[tip].mean(axis=0) - wrist) @ quarter.T + wrist
    assert np.allclose(bent[tip].mean(axis=0), expected, atol=2e-3)
    far = body_model().tips["finger3-3.R"]
    assert np.allclose(rest[far], bent[far], atol=1e-6)


def test_projection_by_hand() -> None:
    # one decimetre to the signer's left and one up, 2 m away, focal length 400 pixels
    assert np.allclose(FRONT.project(np.array([0.1, 0.0, 0.1])), [256 + 20, 256 - 20, 2.0])
    assert np.allclose(FRONT.project(np.array([0.0, -1.0, 0.1])), [256, 256 - 40, 1.0])


def test_matrix_agrees_with_projection() -> None:
    camera = look_at(np.array([0.1, 0, 0.3]), 0.3, 0.1, 0.05, 2.0, 700.0, (240.0, 270.0))
    point = np.array([0.2, -0.1, 0.5])
    clip = camera.matrix() @ np.append(point, 1)
    x, y, depth = camera.project(point)
    assert np.allclose((clip[:2] / clip[3] + 1) / 2 * 512, [x, y], atol=1e-3)
    assert clip[3] == pytest.approx(depth, abs=1e-5)


def test_zoom_shows_the_region() -> None:
    inner = FRONT.zoom(100, 50, 128, 192)
    x, y, _ = FRONT.project(np.array([-0.3, 0.1, 0.5]))
    assert np.allclose(inner.project(np.array([-0.3, 0.1, 0.5]))[:2], [(x - 100) * 192 / 128, (y - 50) * 192 / 128])


def test_a_camera_to_the_signers_left_sees_the_left_side_nearer() -> None:
    camera = look_at(np.zeros(3), 0.5, 0, 0, 2.0, 400.0, (256.0, 256.0))
    left, right = camera.view(np.array([[0.2, 0, 0], [-0.2, 0, 0]]))
    assert left[2] < right[2]
    assert left[0] > right[0]


def test_hand_points_lie_where_detectors_mark_them() -> None:
    joints = np.zeros((21, 3))
    for finger in range(5):
        for k in range(4):
            joints[1 + 4 * finger + k] = [0.02 * finger - 0.04, 0, 0.10 + 0.03 * k]
    joints[9] = [0, 0, 0.10]
    points = keypoints.as_detected(joints)
    assert np.allclose(points[0], [0, 0, 0.013])
    assert np.allclose(points[9], [0, 0, 0.094])
    assert np.allclose(points[12], joints[12] - [0, 0, 0.005])
    assert np.allclose(points[[2, 3, 6, 7]], joints[[2, 3, 6, 7]])


def test_depth_is_in_pixels_from_wrist_and_hips() -> None:
    points = np.zeros((133, 3))
    points[keypoints.LEFT_HAND.start + 8] = [0, -0.1, 0]
    points[0] = [0, -0.05, 0.5]
    depth = keypoints.picture_depth(FRONT, points)
    assert depth[keypoints.LEFT_HAND.start + 8] == pytest.approx(-0.1 * 400 / 2)
    assert depth[0] == pytest.approx(-0.05 * 400 / 2)
    assert depth[keypoints.RIGHT_HAND.start] == 0


def test_points_behind_a_surface_are_hidden_and_points_outside_gone() -> None:
    points = np.zeros((133, 3))
    points[5] = [0.3, 0, 0]
    points[6] = [5.0, 0, 0]
    depth = np.zeros((512, 512), np.float32)
    depth[:, 300:] = 1.5
    seen = keypoints.picture_points(FRONT, points, depth)[:, 2]
    assert list(seen[[4, 5, 6]]) == [1.0, 0.5, 0.0]


def _hands(left: tuple[float, float], right: tuple[float, float]) -> np.ndarray:
    points = np.zeros((133, 3), np.float32)
    spread = np.linspace(-20, 20, 21)
    for part, (x, y) in ((keypoints.LEFT_HAND, left), (keypoints.RIGHT_HAND, right)):
        points[part, 0], points[part, 1] = x + spread, y + spread / 2
    return points


def test_each_hand_has_a_close_up_of_1_9_boxes() -> None:
    shots = closeups.regions(_hands((400, 300), (100, 200)), 512)
    assert [(s.left, s.right) for s in shots] == [(True, False), (False, True)]
    assert shots[0].side == pytest.approx(40 * 1.9)
    assert (shots[0].x0, shots[0].y0) == (pytest.approx(400 - 38), pytest.approx(300 - 38))


def test_hands_that_meet_share_one_and_hands_outside_have_none() -> None:
    # boxes of 40 x 20, enlarged 1.3 times: they meet up to 52 pixels sideways
    assert [(s.left, s.right) for s in closeups.regions(_hands((251, 200), (200, 200)), 512)] == [(True, True)]
    assert len(closeups.regions(_hands((253, 200), (200, 200)), 512)) == 2
    assert [(s.left, s.right) for s in closeups.regions(_hands((-3, 200), (200, 200)), 512)] == [(False, True)]


def test_cameras_keep_their_size() -> None:
    assert isinstance(FRONT.zoom(0, 0, 64, 192), Camera)
    assert FRONT.zoom(0, 0, 64, 192).size == 192
