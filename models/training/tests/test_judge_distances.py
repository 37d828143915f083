"""Distances, hands found, masks and intervals in cases worked by hand."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from handfirst_training.judge.distances import bootstrap, found_share, hand_found, mask_iou, mpjpe, score_picture
from handfirst_training.judge.hand_crops import Asked, scores
from handfirst_training.judge.points import COUNT, HANDS, LEFT_HAND, RIGHT_HAND, SIGMAS, from_holistic, hand_in_frame


def hand_at(x: float, y: float, side: float = 40.0) -> np.ndarray:
    """[21, 3] points along the diagonal of a square of `side`, its corner at x, y."""
    steps = np.linspace(0, side, 21)
    return np.column_stack([x + steps, y + steps, np.ones(21)])


def both_hands() -> np.ndarray:
    points = np.zeros((COUNT, 3))
    points[LEFT_HAND], points[RIGHT_HAND] = hand_at(300, 200), hand_at(100, 200)
    return points


def test_a_shift_is_the_distance_in_shares_of_the_picture() -> None:
    truth, found = both_hands(), both_hands()
    found[LEFT_HAND, 0] += 3
    found[LEFT_HAND, 1] += 4
    found[RIGHT_HAND] = 0
    scores = score_picture(truth, found, area=10_000.0, side=500)
    assert mpjpe(scores.distance) == pytest.approx(5 / 500)
    assert found_share(scores.distance, scores.asked) == 0.5
    assert scores.hands_asked == (True, True)
    assert scores.hands_found == (True, False)
    assert scores.score_hands == 0.5


def test_hands_missing_in_the_pose_are_not_asked_for() -> None:
    truth = both_hands()
    truth[HANDS] = 0
    scores = score_picture(truth, both_hands(), area=10_000.0, side=500)
    assert scores.hands_asked == (False, False) and scores.hands_found == (False, False)
    assert np.isnan(scores.oks_hands) and np.isnan(scores.hand_errors).all()
    assert np.isnan(mpjpe(scores.distance))


def test_small_hands_must_be_as_exact_as_large_ones() -> None:
    truth, found = both_hands(), both_hands()
    truth[RIGHT_HAND] = hand_at(100, 200, 80)
    found[RIGHT_HAND] = hand_at(104, 200, 80)
    found[LEFT_HAND, 0] += 4
    scores = score_picture(truth, found, area=100_000.0, side=512)
    assert scores.oks_hands > 0.9
    assert scores.hand_errors == pytest.approx((4 / 40, 4 / 80))
    found[LEFT_HAND, 0] += 100
    assert np.isnan(score_picture(truth, found, area=100_000.0, side=512).hand_errors[0])


def test_a_hand_elsewhere_is_not_found() -> None:
    assert hand_found(hand_at(100, 100), hand_at(110, 120))
    assert not hand_found(hand_at(100, 100), hand_at(141, 100))
    assert not hand_found(hand_at(100, 100), np.zeros((21, 3)))


def test_a_hand_is_in_the_frame_by_eight_points_and_its_middle() -> None:
    hand = hand_at(100, 100)
    assert hand_in_frame(hand, 512, 512)
    few = hand.copy()
    few[7:, 2] = 0
    assert not hand_in_frame(few, 512, 512)
    few[7, 2] = 1
    assert hand_in_frame(few, 512, 512)
    assert not hand_in_frame(hand_at(500, 100), 512, 512)


def test_mask_iou() -> None:
    truth, found = np.zeros((4, 4), bool), np.zeros((4, 4), bool)
    truth[:2], found[1:3] = True, True
    assert mask_iou(truth, found) == pytest.approx(4 / 12)
    known = np.zeros((4, 4), bool)
    known[1] = True
    assert mask_iou(truth, found, known) == 1.0
    assert mask_iou(np.zeros((2, 2), bool), np.zeros((2, 2), bool)) == 1.0


def test_holistic_points_take_their_places() -> None:
    pose = np.column_stack([np.arange(33) / 100, np.arange(33) / 200, np.zeros(33), np.full(33, 0.8)])
    face = np.column_stack([np.arange(478) / 1000, np.zeros(478), np.zeros(478)])
    right = np.column_stack([np.arange(21) / 21, np.zeros(21), np.zeros(21)])
    points = from_holistic(pose, face, None, right, width=200, height=400)
    # COCO's left shoulder (5) is MediaPipe's 11; left big toe (17) its left foot index 31; chin (23 + 8) the mesh's 152.
    np.testing.assert_allclose(points[5], [0.11 * 200, 11 / 200 * 400, 0.8])
    np.testing.assert_allclose(points[17, 0], 0.31 * 200)
    np.testing.assert_allclose(points[31], [0.152 * 200, 0, 1])
    np.testing.assert_allclose(points[112 + 8, 0], 8 / 21 * 200)
    assert (points[LEFT_HAND] == 0).all()


def test_interval_of_a_mean_is_the_textbooks() -> None:
    values = np.random.default_rng(1).normal(10, 2, 400)
    low, high = bootstrap(lambda at: float(values[at].mean()), 400, rounds=2000, seed=4)
    half = 1.96 * values.std() / np.sqrt(400)
    assert low == pytest.approx(values.mean() - half, abs=0.03)
    assert high == pytest.approx(values.mean() + half, abs=0.03)
    assert bootstrap(lambda at: float(values[at].mean()), 400, rounds=50, seed=4) == bootstrap(
        lambda at: float(values[at].mean()), 400, rounds=50, seed=4
    )


def test_hands_cut_out_are_scored_by_the_area_of_their_person(tmp_path: Path) -> None:
    truth = np.column_stack([np.linspace(50, 150, 21), np.linspace(60, 160, 21), np.ones(21)])
    shifted = truth + np.array([3, 4, 0])

    class Detector:
        """Finds the hand of the first picture, shifted by 5 pixels, and none in the second."""

        calls = 0

        def process(self, picture: np.ndarray) -> SimpleNamespace:
            self.calls += 1
            if self.calls == 2:
                return SimpleNamespace(multi_hand_landmarks=None)
            marks = SimpleNamespace(landmark=[SimpleNamespace(x=x / 200, y=y / 200) for x, y, _ in shifted])
            sure = SimpleNamespace(classification=[SimpleNamespace(score=0.9)])
            return SimpleNamespace(multi_hand_landmarks=[marks], multi_handedness=[sure])

    for k in range(2):
        Image.new("RGB", (200, 200)).save(tmp_path / f"hand-{k:03d}.png")
    similar, sure = scores(Detector(), tmp_path, [Asked(truth, 1e4), Asked(truth, 1e4)])
    assert similar[0] == pytest.approx(np.exp(-25 / (2 * (2 * SIGMAS[LEFT_HAND]) ** 2 * 1e4)).mean())
    assert (similar[1], list(sure)) == (0, [0.9, 0])
