"""OKS, AP and AR against pycocotools' numbers and hand-worked cases."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from handfirst_training.judge.points import BODY, LEFT_HAND, SIGMAS
from handfirst_training.judge.similarity import THRESHOLDS, average_precision, average_recall, oks

PEER = json.loads((Path(__file__).parent / "data" / "judge_oks.json").read_text())
PARTS = {"body": BODY, "hand": LEFT_HAND}


def similarities(case: dict) -> np.ndarray:
    sigmas = SIGMAS[PARTS[case["part"]]]
    pairs = [(np.array(p["truth"]).reshape(-1, 3), np.array(p["found"]).reshape(-1, 3), p["area"]) for p in case["pairs"]]
    return np.array([oks(truth, found, area, sigmas) for truth, found, area in pairs])


@pytest.mark.parametrize("case", PEER["cases"], ids=lambda case: case["part"])
def test_oks_is_what_pycocotools_computes(case: dict) -> None:
    peer = [pair["oks"] for pair in case["pairs"]]
    np.testing.assert_allclose(similarities(case), peer, atol=PEER["tolerance"])


@pytest.mark.parametrize("case", PEER["cases"], ids=lambda case: case["part"])
def test_average_recall_is_the_mean_share_over_the_thresholds(case: dict) -> None:
    assert average_recall(similarities(case)) == pytest.approx(case["mean_of_oks_over_thresholds"])


def test_average_precision_is_what_pycocotools_accumulates() -> None:
    # pycocotools 2.0 COCOeval('keypoints') on 12 pictures, two of them without a detection: AP, AR as `stats[0]`, `stats[5]`.
    found = [0.829871, 0.64828, 0.539519, 0.0, 0.996655, 0.659895, 0.980927, 0.295068, 0.0, 0.357263, 0.702211, 0.857349]
    scores = [0.402, 0.955, 0.386, 0.0, 0.377, 0.889, 0.504, 0.157, 0.0, 0.924, 0.307, 0.858]
    assert average_precision(np.array(found), np.array(scores)) == pytest.approx(0.26733498, abs=1e-7)
    assert average_recall(np.array(found)) == pytest.approx(0.4)


def test_oks_worked_by_hand() -> None:
    # area 100, sigma 0.1: 2 * area * (2 sigma)^2 = 8. One point exact, one 2 px off (e^-0.5), one not asked, one not found.
    truth = np.array([[10, 10, 1], [20, 10, 1], [0, 0, 0], [5, 5, 0.5]], float)
    found = np.array([[10, 10, 1], [22, 10, 0.3], [7, 7, 1], [5, 5, 0]], float)
    assert oks(truth, found, 100.0, np.full(4, 0.1)) == pytest.approx((1 + np.exp(-0.5)) / 3)


def test_oks_of_nothing_asked_is_nan() -> None:
    assert np.isnan(oks(np.zeros((4, 3)), np.ones((4, 3)), 100.0, np.full(4, 0.1)))


def test_average_precision_worked_by_hand() -> None:
    # Two pictures, OKS 1 and 0. The good one ranked first: precision 1 up to recall .5, which 51 of 101 recalls reach.
    assert average_precision(np.array([1.0, 0.0]), np.array([0.9, 0.1])) == pytest.approx(51 / 101)
    # Ranked last: precision 1/2 there.
    assert average_precision(np.array([1.0, 0.0]), np.array([0.1, 0.9])) == pytest.approx(51 / 202)
    # Nothing detected in the second: no false alarm.
    assert average_precision(np.array([1.0, 0.0]), np.array([0.1, 0.0])) == pytest.approx(51 / 101)
    # OKS .72 passes .50 to .70: five of ten thresholds.
    assert average_precision(np.array([0.72]), np.array([1.0])) == pytest.approx(0.5)
    assert average_precision(np.array([0.9]), np.array([0.0])) == 0.0


def test_pictures_of_one_score_may_come_in_any_order() -> None:
    rng = np.random.default_rng(3)
    values = rng.random(40)
    same = np.full(40, 0.7)
    order = rng.permutation(40)
    assert average_precision(values, same) == pytest.approx(average_precision(values[order], same))
    # One step at the full ranking: precision = recall = share p, so that floor(100 p) + 1 of 101 recalls are reached at p.
    share = (values[:, None] >= THRESHOLDS).mean(axis=0)
    expected = np.mean([p * (np.floor(100 * p + 1e-9) + 1) / 101 if p > 0 else 0 for p in share])
    assert average_precision(values, same) == pytest.approx(expected)
