"""A detector's faults: how often, how strong, and that what is missing says so."""

from __future__ import annotations

import numpy as np
import pytest

from handfirst_training.world.faults import FACE, LEFT, RIGHT, Rates, degrade, degrade_sequence

NONE = Rates(*[0.0] * 11)


def person(hand: float = 80.0) -> tuple[np.ndarray, np.ndarray]:
    """A picture's points, all seen, with hands of a size in pixels."""
    rng = np.random.default_rng(0)
    points = np.ones((133, 3), np.float32)
    points[:23, :2] = rng.uniform(100, 400, (23, 2))
    points[5:7, :2] = [[330.0, 200.0], [180.0, 200.0]]
    points[23:91, :2] = rng.uniform(220, 300, (68, 2))
    for start in (91, 112):
        box = rng.uniform(0, 1, (21, 2))
        box = (box - box.min(0)) / np.ptp(box, axis=0)
        points[start : start + 21, :2] = box * hand + [150.0 + start, 300.0]
    return points, rng.normal(0, 20, 133).astype(np.float32)


def many(rates: Rates, count: int = 1500, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    points, depth = person()
    out = [degrade(points, depth, np.random.default_rng([seed, i]), rates) for i in range(count)]
    return np.stack([o[0] for o in out]), np.stack([o[1] for o in out])


def test_shapes_stay_and_the_input_is_left_alone() -> None:
    points, depth = person()
    before = points.copy(), depth.copy()
    out, depths = degrade(points, depth, np.random.default_rng(0))
    assert out.shape == (133, 3) and depths.shape == (133,) and out.dtype == depths.dtype == np.float32
    np.testing.assert_array_equal(points, before[0])
    np.testing.assert_array_equal(depth, before[1])
    clip, depths = degrade_sequence(np.stack([points] * 7), np.stack([depth] * 7), np.random.default_rng(0))
    assert clip.shape == (7, 133, 3) and depths.shape == (7, 133)
    again, _ = degrade(points, depth, np.random.default_rng(0))
    np.testing.assert_array_equal(out, again)


def test_faults_come_as_often_as_said() -> None:
    rates = Rates(points_dropped=0.0)
    points, depth = many(rates)
    confidence = points[..., 2]
    assert (confidence[:, FACE] == 0).all(1).mean() == pytest.approx(0.10, abs=0.025)
    for hand in (LEFT, RIGHT):  # alone 0.07, with the other 0.02
        assert (confidence[:, hand] == 0).all(1).mean() == pytest.approx(0.09, abs=0.025)
    assert (confidence[:, 9] == 0).mean() == pytest.approx(0.08, abs=0.025)
    assert (confidence[:, 17:23] == 0).all(1).mean() == pytest.approx(0.30, abs=0.04)
    assert np.isnan(depth).all(1).mean() == pytest.approx(0.5, abs=0.04)
    graded = ((confidence[:, 91:] > 0) & (confidence[:, 91:] < 1)).any(1).mean()
    assert graded == pytest.approx(0.5, abs=0.04)


def test_what_is_missing_is_zero_and_has_no_depth() -> None:
    points, depth = many(Rates(no_depth=0.0, points_dropped=1.0), 200)
    gone = points[..., 2] == 0
    assert gone.mean() > 0.05
    assert (points[gone] == 0).all() and np.isnan(depth[gone]).all()
    assert np.isfinite(depth[~gone]).all() and (points[..., 2] <= 1).all()


def test_jitter_grows_with_the_hand() -> None:
    def strength(hand: float) -> float:
        points, depth = person(hand)
        out = [degrade(points, depth, np.random.default_rng([2, i]), NONE)[0] for i in range(300)]
        return float(np.std(np.stack(out)[:, LEFT, :2] - points[LEFT, :2]))

    small, large = strength(40.0), strength(120.0)
    assert large / small == pytest.approx(3.0, rel=1e-3)  # the same draws, thrice the size
    assert 0.005 * 120 < large < 0.03 * 120


def test_no_faults_but_jitter_when_all_rates_are_zero() -> None:
    points, depth = many(NONE, 50)
    assert (points[..., 2] > 0).all() and np.isfinite(depth).all()
    truth, _ = person()
    assert np.abs(points[..., :2] - truth[:, :2]).max() < 60
    assert (points[:, 91:, 2] == 1).all()


def test_swapped_hands_change_places() -> None:
    truth, _ = person()
    points, _ = many(Rates(**{**NONE.__dict__, "swapped_hands": 0.999}), 20)
    np.testing.assert_allclose(points[:, LEFT, 0].mean(), truth[RIGHT, 0].mean(), atol=5)


def test_hidden_hands_are_lost_more_often_and_those_out_of_the_frame_mostly() -> None:
    truth, depth = person()
    shares = []
    for seen in (1.0, 0.5, 0.0):
        truth[RIGHT, 2] = seen
        out = [degrade(truth, depth, np.random.default_rng([3, i]))[0] for i in range(500)]
        shares.append(np.mean([(o[RIGHT, 2] == 0).all() for o in out]))
    assert shares[0] < 0.15 < 0.3 < shares[1] < 0.55 < 0.8 < shares[2]


def test_faults_of_a_clip_last_and_the_kind_of_file_does_not_change() -> None:
    points, depth = person()
    frames = 400
    rates = Rates(face_missing=0.2, points_dropped=0.0)
    lost, runs = [], 0
    for seed in range(30):
        out, depths = degrade_sequence(np.stack([points] * frames), np.stack([depth] * frames), np.random.default_rng(seed), rates)
        gone = (out[:, FACE, 2] == 0).all(1)
        lost.append(gone.mean())
        runs += int((np.diff(gone.astype(int)) == 1).sum()) + int(gone[0])
        nothing = np.isnan(depths).all(1)
        assert nothing.all() or not nothing.any()
        feet = (out[:, 17:23, 2] == 0).all(1)
        assert feet.all() or not feet.all()
    assert np.mean(lost) == pytest.approx(0.2, abs=0.04)
    assert 6.0 < np.sum(lost) * frames / runs < 10.5  # frames a run


def test_jitter_of_a_clip_is_correlated() -> None:
    points, depth = person()
    out, _ = degrade_sequence(np.stack([points] * 300), np.stack([depth] * 300), np.random.default_rng(0), NONE)
    noise = (out[..., :2] - points[:, :2])[:, LEFT].reshape(300, -1)
    noise = noise - noise.mean(0)
    correlation = (noise[1:] * noise[:-1]).sum() / (noise**2).sum()
    assert 0.35 < correlation < 0.85
