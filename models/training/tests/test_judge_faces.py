"""The face's signs on hand-worked cases."""

from __future__ import annotations

import numpy as np
import pytest

from handfirst_training.judge.face_signs import channels_of, compared, correlation


def face(mouth: float = 0.0, brow: float = 0.0, turn: float = 0.0) -> np.ndarray:
    """[133, 3] a face whose outer corners of the eyes are 100 pixels apart, level."""
    points = np.zeros((133, 3))
    points[23:91, 2] = 1
    at = lambda k, x, y: points.__setitem__((23 + k, slice(0, 2)), (200 + x, 200 + y))  # noqa: E731
    for k in (36, 39, 42, 45):
        at(k, {36: -50, 39: -20, 42: 20, 45: 50}[k], 0)
    for k in (37, 38, 43, 44):
        at(k, 0, -5)
    for k in (40, 41, 46, 47):
        at(k, 0, 5)
    for k in range(17, 27):
        at(k, 0, -30 - brow)
    for k in (61, 62, 63):
        at(k, 0, 80)
    for k in (65, 66, 67):
        at(k, 0, 80 + mouth)
    at(48, -30, 80)
    at(54, 30, 80)
    at(0, -80, 20)
    at(16, 80, 20)
    at(30, turn, 50)
    return points


def test_channels_are_what_the_points_say() -> None:
    channels = channels_of(np.stack([face(), face(mouth=20, brow=10, turn=16)]))
    expected = {
        "mouth opening": [0, 0.2], "mouth width": [0.6, 0.6], "brow height": [0.3, 0.4],
        "eye opening": [0.1, 0.1], "head turn": [0.5, 0.6],
    }  # fmt: skip
    for name, values in expected.items():
        assert channels[name] == pytest.approx(values), name


def test_channels_turn_with_the_head_and_miss_frames_without_a_face() -> None:
    tilted = face(mouth=20, brow=10)
    c, s = np.cos(0.5), np.sin(0.5)
    tilted[:, :2] = tilted[:, :2] @ np.array([[c, s], [-s, c]])
    channels = channels_of(np.stack([tilted, np.zeros((133, 3))]))
    assert channels["brow height"][0] == pytest.approx(0.4)
    assert channels["mouth opening"][0] == pytest.approx(0.2)
    assert np.isnan(channels["brow height"][1])


def test_only_what_the_mesh_hears_on_rendered_frames_counts() -> None:
    moves = np.linspace(0, 6, 60)
    source = np.stack([face(mouth=20 + 15 * np.sin(t), brow=5 * np.sin(2 * t)) for t in moves])
    noise = np.random.default_rng(0).normal(0, 20, 60)
    rendered = np.stack([face(mouth=20 + 15 * np.sin(t), brow=n) for t, n in zip(moves, noise, strict=True)])
    drawn = np.stack([face(mouth=20 + 4 * np.sin(t) + n / 20) for t, n in zip(moves, noise, strict=True)])
    found = compared(source, rendered, drawn)
    assert set(found) == {"mouth opening"}
    assert found["mouth opening"][0] == pytest.approx(1)
    assert 0.8 < found["mouth opening"][1] < 1


def test_a_channel_that_stands_still_has_no_correlation() -> None:
    assert np.isnan(correlation(np.ones(50), np.arange(50.0)))
    assert np.isnan(correlation(np.arange(10.0), np.arange(10.0)))
