"""Motion over time: smooth, repeatable, and spelling that can be read."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from motion_body import LETTERS, rest_body

from handfirst_training.world.hands import hand_of, hand_points, orientation
from handfirst_training.world.handshapes import alphabet
from handfirst_training.world.places import at_rest, spelling
from handfirst_training.world.pose import Pose, forward, sample_sequence, spell
from handfirst_training.world.posture import Stance, compose, figure_of
from handfirst_training.world.real_letters import middle_frames, read_drawn, real_letters
from handfirst_training.world.tracks import minimum_jerk, smoothed

REST = rest_body()


def wrists(poses: list[Pose], side: str) -> np.ndarray:
    """[frames, 3] places of a wrist."""
    return np.array([forward(REST, pose).head(f"wrist.{side}") for pose in poses])


def drawn_hand(pose: Pose, side: str) -> np.ndarray:
    """[21, 2] the hand as a viewer far in front sees it: x to the right, y down."""
    posed = forward(REST, pose)
    points = [posed.head(f"wrist.{side}")]
    for k in range(1, 6):
        points += [posed.head(f"finger{k}-{j}.{side}") for j in (1, 2, 3)] + [posed.tail(f"finger{k}-3.{side}")]
    return np.array(points)[:, [0, 2]] * [1.0, -1.0]


@pytest.fixture(scope="module")
def reader():
    if not LETTERS.exists():
        pytest.skip("The real letters are not here; they are optional test data.")
    return middle_frames(real_letters(LETTERS))


def test_minimum_jerk_by_hand() -> None:
    assert [minimum_jerk(u) for u in (-1.0, 0.0, 0.5, 1.0, 2.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert minimum_jerk(0.25) == pytest.approx(0.103515625)
    steps = np.diff([minimum_jerk(u) for u in np.linspace(0, 1, 101)])
    assert steps.max() == pytest.approx(0.01875, rel=1e-3)  # peak speed 1.875 times the mean


def test_smoothing_keeps_what_is_constant_and_spreads_a_peak() -> None:
    np.testing.assert_allclose(smoothed(np.full((9, 2), 3.0), 1.5), 3.0)
    peak = np.zeros((41, 1))
    peak[20] = 1.0
    out = smoothed(peak, 2.0)[:, 0]
    assert out.sum() == pytest.approx(1.0) and out.argmax() == 20
    assert out[20] == pytest.approx(1.0 / (2.0 * np.sqrt(2.0 * np.pi)), rel=0.01)


def test_signing_is_smooth_and_repeatable() -> None:
    fps, frames = 25.0, 40
    poses = sample_sequence(np.random.default_rng(3), REST, frames, fps)
    again = sample_sequence(np.random.default_rng(3), REST, frames, fps)
    assert len(poses) == frames
    np.testing.assert_array_equal(poses[30].bones["wrist.R"], again[30].bones["wrist.R"])
    assert poses[30].face == again[30].face
    moved = 0.0
    for side in "LR":
        speed = np.linalg.norm(np.diff(wrists(poses, side), axis=0), axis=1) * fps
        assert speed.max() < 3.0  # metres a second
        moved = max(moved, float(speed.max()))
    assert moved > 0.3
    for bone in ("lowerarm02.L", "lowerarm02.R", "wrist.L", "wrist.R"):
        turns = np.array([pose.bones[bone] for pose in poses])
        steps = np.einsum("tij,tij->t", turns[1:], turns[:-1])
        assert np.degrees(np.arccos(np.clip((steps - 1) / 2, -1, 1))).max() < 30.0  # degrees a frame; no snap


def test_letters_read_as_themselves_on_the_hand_alone(reader) -> None:
    hand = hand_of(REST, "R")
    read = {}
    for name, letter in alphabet().items():
        if name.isalpha():
            turn = orientation(hand, *letter.directions("R")) @ hand.axes
            read[name] = read_drawn(reader, (hand_points(hand, letter.angles) @ turn.T)[:, [0, 2]] * [1.0, -1.0])
    assert [name for name, found in read.items() if found != name] == []


def test_letters_read_as_themselves_on_an_arm_that_holds_them(reader) -> None:
    figure = figure_of(REST)
    idle = at_rest(np.random.default_rng(0), figure, "L", "side")
    wrong = []
    for name, letter in alphabet().items():
        if name.isalpha():
            pose = compose(figure, Stance(), {"R": spelling(figure, "R", letter), "L": idle}, {})
            if read_drawn(reader, drawn_hand(pose, "R")) != name:
                wrong.append(name)
    assert len(wrong) <= 1, wrong


def test_the_left_hand_spells_in_the_mirror() -> None:
    figure = figure_of(REST)
    hands = []
    for side, other in (("R", "L"), ("L", "R")):
        goals = {side: spelling(figure, side, alphabet()["K"]), other: at_rest(np.random.default_rng(0), figure, other, "side")}
        hands.append(drawn_hand(compose(figure, Stance(), goals, {}), side))
    np.testing.assert_allclose(hands[0] * [-1.0, 1.0], hands[1], atol=3e-3)


def test_a_word_is_spelt_letter_by_letter(reader) -> None:
    """At the holds, which come one a period, the reader finds the word."""
    fps, rate = 20.0, 2.5
    poses = spell("fly", REST, fps, np.random.default_rng(1), rate)
    found = [read_drawn(reader, drawn_hand(poses[round((0.55 + (k + 0.85) / rate) * fps)], "R")) for k in range(3)]
    assert found == ["F", "L", "Y"]


def test_double_letters_slide_outward_and_keep_their_shape() -> None:
    fps = 20.0
    poses = spell("LL", REST, fps, np.random.default_rng(2))
    first, second = (round((0.55 + (k + 0.85) / 3.0) * fps) for k in range(2))
    way = wrists(poses, "R")[second] - wrists(poses, "R")[first]
    assert -0.08 < way[0] < -0.025
    spread = np.linalg.norm(drawn_hand(poses[second], "R")[8] - drawn_hand(poses[second], "R")[5])
    assert spread == pytest.approx(np.linalg.norm(drawn_hand(poses[first], "R")[8] - drawn_hand(poses[first], "R")[5]), rel=0.1)


def test_z_writes_a_z_and_j_hooks() -> None:
    fps = 30.0
    tips = np.array([drawn_hand(pose, "R")[8] for pose in spell("Z", REST, fps, np.random.default_rng(0))])
    start = round((0.55 + 0.5 / 3.0) * fps)
    stops = [tips[start + round(at * fps)] for at in (0.0, 0.16, 0.34, 0.5)]
    across = [b[0] - a[0] for a, b in pairwise(stops)]
    assert across[0] < -0.05 and across[1] > 0.05 and across[2] < -0.05  # over, back, over; the signer's right is left here
    assert stops[2][1] > stops[1][1] + 0.05  # the stroke back goes down
    little = np.array([drawn_hand(pose, "R")[20] for pose in spell("J", REST, fps, np.random.default_rng(0))])
    stops = [little[start + round(at * fps)] for at in (0.0, 0.24, 0.5)]
    assert stops[1][1] > stops[0][1] + 0.05 and stops[2][0] > stops[1][0] + 0.03


def test_what_cannot_be_spelt_is_said() -> None:
    with pytest.raises(ValueError, match="'!' at place 2"):
        spell("hi!", REST, 25.0, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"choose 0\.3 to 6"):
        spell("hi", REST, 25.0, np.random.default_rng(0), rate=9.0)
