"""The letter reader: what it ignores, what it tells apart, and how it does on people's own letters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from handfirst_training.judge.by_preset import window
from handfirst_training.judge.letters import Letter, load_letters, make_reader, middle_frame, normalised, share_read, signing_side
from handfirst_training.judge.points import COUNT, LEFT_HAND, RIGHT_HAND

LETTERS = Path(__file__).parents[4] / "shared" / "data" / "letters"


def letter(name: str, seed: int) -> Letter:
    hand = np.column_stack([np.random.default_rng(seed).uniform(0, 100, (21, 2)), np.ones(21)])
    return Letter(name, Path(name), 0, "right", hand)


def turned(hand: np.ndarray, degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    out = hand.copy()
    out[:, :2] = hand[:, :2] @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return out


def test_place_and_size_change_nothing_and_rotation_does() -> None:
    hand = letter("A", 1).hand
    moved = hand.copy()
    moved[:, :2] = moved[:, :2] * 3.7 + [400, -20]
    np.testing.assert_allclose(normalised(moved, "right"), normalised(hand, "right"), atol=1e-9)
    assert np.abs(normalised(turned(hand, 30), "right") - normalised(hand, "right")).max() > 0.2


def test_a_left_hand_is_read_in_the_mirror() -> None:
    letters = [letter(name, seed) for seed, name in enumerate("ABC")]
    reader = make_reader(letters)
    mirrored = letters[1].hand * [-1, 1, 1] + [500, 0, 0]
    assert reader.read(mirrored, "left") == "B"


def test_missing_hands_are_not_read() -> None:
    letters = [letter(name, seed) for seed, name in enumerate("AB")]
    reader = make_reader(letters)
    gone = letters[0].hand.copy()
    gone[4, 2] = 0
    assert reader.read(gone, "right") is None
    assert share_read(letters, ["A", None]) == 0.5


def test_letters_that_differ_by_rotation_alone_are_told_apart() -> None:
    up = letter("U", 5)
    side = Letter("H", Path("H"), 0, "right", turned(up.hand, -70))
    reader = make_reader([up, side])
    assert reader.read(turned(up.hand, -60), "right") == "H"
    assert reader.read(turned(up.hand, -10), "right") == "U"


def test_the_raised_hand_signs_and_the_nearest_complete_frame_counts() -> None:
    points = np.zeros((COUNT, 3))
    points[LEFT_HAND] = np.column_stack([np.full(21, 50), np.full(21, 400), np.ones(21)])
    points[RIGHT_HAND] = np.column_stack([np.full(21, 50), np.full(21, 100), np.ones(21)])
    assert signing_side(points) == "right"
    points[RIGHT_HAND.start, 2] = 0
    assert signing_side(points) == "left"
    frames = np.stack([np.zeros((COUNT, 3)), points, np.zeros((COUNT, 3)), np.zeros((COUNT, 3)), points])
    assert middle_frame(frames) == 1
    assert middle_frame(np.zeros((3, COUNT, 3))) is None


@pytest.mark.skipif(not LETTERS.exists(), reason="the real letters (shared/data/letters) are not here")
def test_real_letters() -> None:
    pytest.importorskip("pose_format", reason="pose-format is not installed: install requirements-judge.txt to run this test.")
    letters = load_letters(LETTERS)
    assert "".join(at.name for at in letters) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    reader = make_reader(letters)
    assert share_read(letters, [reader.read(at.hand, at.side) for at in letters]) == 1.0
    # Facts of a first try: the nearest other letter is .51 away in the median, .15 at the least.
    apart = np.array([reader.distances(at.hand, at.side) for at in letters])
    np.fill_diagonal(apart, np.inf)
    assert np.median(apart.min(axis=1)) == pytest.approx(0.51, abs=0.01)
    assert apart.min() == pytest.approx(0.15, abs=0.01)


def test_frames_round_a_letters_middle_stay_within_its_clip() -> None:
    assert window(middle=30, length=75, frames=10) == (25, 35)
    assert window(middle=2, length=75, frames=10) == (0, 10)
    assert window(middle=74, length=75, frames=10) == (65, 75)
    assert window(middle=3, length=6, frames=10) == (0, 6)
