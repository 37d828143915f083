"""Flicker and drift on made clips whose answers are known."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("skimage", reason="scikit-image is not installed: install requirements-judge.txt to run this test.")
cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed: install requirements-judge.txt to run this test.")

from handfirst_training.judge.colours import PARTS  # noqa: E402
from handfirst_training.judge.steadiness import REGIONS, drift, last_round, summed, to_and_fro, warped_errors  # noqa: E402


def wall(side: int) -> np.ndarray:
    """[side, side, 3] smooth colours that a flow can hold on to."""
    noise = np.random.default_rng(0).uniform(0, 255, (side, side, 3)).astype(np.float32)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 40, 200, cv2.NORM_MINMAX).astype(np.uint8)


def test_movement_is_no_flicker_and_a_change_of_light_is() -> None:
    whole = wall(160)
    clip = np.stack([whole[:128, 3 * at : 128 + 3 * at] for at in range(3)])
    brighter = clip.copy()
    brighter[1] += 6
    labels = np.zeros(clip.shape[:3], np.uint8)
    labels[:, 32:96, 32:96] = 1
    labels[:, 64:80, 64:80] = 2
    steady, lit = warped_errors(clip, [clip, brighter], labels)
    assert (steady < 1).all(), dict(zip(REGIONS, steady, strict=True))
    np.testing.assert_allclose(lit, 6, atol=0.5)
    assert np.abs(clip[1].astype(float) - clip[0]).mean() > 5


def test_a_region_that_never_shows_has_no_flicker() -> None:
    clip = np.stack([wall(64)] * 2)
    errors = dict(zip(REGIONS, warped_errors(clip, [clip], np.zeros(clip.shape[:3], np.uint8))[0], strict=True))
    assert errors["whole"] == errors["background"] == 0
    assert np.isnan(errors["person"]) and np.isnan(errors["hands"])


def test_a_clip_goes_to_and_fro_and_ends_with_a_whole_round() -> None:
    assert to_and_fro(4, 10).tolist() == [0, 1, 2, 3, 2, 1, 0, 1, 2, 3]
    order = to_and_fro(90, 1000)
    start = last_round(90, 1000)
    assert start == 4 * 178 and start + 178 <= 1000
    assert (order[start : start + 178] == order[:178]).all()
    with pytest.raises(SystemExit, match="--frames 356"):
        last_round(90, 355)


def test_drift_is_ciede2000_by_part_and_nothing_where_a_part_is_missing() -> None:
    # Sharma, Wu, Dalal 2005, table 1, pair 7.
    first = np.full((2, len(PARTS), 3), np.nan)
    last = first.copy()
    first[0, 0], last[0, 0] = (50, 0, 0), (50, -1, 2)
    first[1, 0] = last[1, 0] = (30, 4, 4)
    apart = drift(first, last)
    assert apart[0, 0] == pytest.approx(2.3669, abs=1e-4) and apart[1, 0] == 0
    assert np.isnan(apart[:, 1:]).all()
    assert summed(apart[:, 0]) == {"mean": pytest.approx(1.18345, abs=1e-4), "largest": pytest.approx(2.3669, abs=1e-4)}
    assert summed(apart[:, 1]) is None
