"""PSNR, SSIM, CIEDE2000 and flicker in cases worked by hand or published."""

from __future__ import annotations

import numpy as np
import pytest

skimage = pytest.importorskip("skimage", reason="scikit-image is not installed: install requirements-judge.txt to run this test.")

from handfirst_training.judge.colours import (  # noqa: E402
    colour_difference,
    face_region,
    frame_change,
    hands_region,
    lab_colour,
    median_over_signers,
    part_differences,
    psnr,
    shrunk,
    skin_difference,
    ssim,
    still_background,
)


def test_psnr_by_hand() -> None:
    black = np.zeros((8, 8, 3), np.uint8)
    # Every level 10 off: MSE 100, 10 log10(65025 / 100) = 28.1308 dB.
    assert psnr(black, black + 10) == pytest.approx(28.1308, abs=1e-4)
    assert psnr(black, black) == float("inf")


def test_ssim_is_one_for_equal_pictures_and_wangs_value_for_flat_ones() -> None:
    flat = np.full((32, 32, 3), 100, np.uint8)
    brighter = np.full((32, 32, 3), 150, np.uint8)
    assert ssim(flat, flat) == pytest.approx(1.0)
    # Without variance only the luminance term is left: (2 a b + C1) / (a^2 + b^2 + C1), C1 = (.01 * 255)^2.
    c1 = 2.55**2
    assert ssim(flat, brighter) == pytest.approx((2 * 100 * 150 + c1) / (100**2 + 150**2 + c1), abs=1e-6)


def test_ciede2000_of_sharmas_pairs() -> None:
    # Sharma, Wu, Dalal 2005, table 1, pairs 1, 7, 20 and 25.
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.5, 0), (50, 3.1736, 0.5854), 1.0000),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ]
    for first, second, peer in pairs:
        assert colour_difference(np.array(first, float), np.array(second, float)) == pytest.approx(peer, abs=1e-4)


def test_skin_difference_takes_face_and_hands() -> None:
    labels = np.zeros((200, 200), np.uint8)
    labels[40:100, 60:140] = 1
    labels[120:150, 20:50] = 2
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[labels == 1] = (200, 150, 120)
    picture[labels == 2] = (200, 150, 120)
    keypoints = np.zeros((133, 3))
    angles = np.linspace(np.pi, 0, 17)
    keypoints[23:40] = np.column_stack([100 + 30 * np.cos(angles), 70 + 25 * np.sin(angles), np.ones(17)])
    keypoints[40:50] = np.column_stack([np.linspace(72, 128, 10), np.full(10, 50), np.ones(10)])
    assert skin_difference(picture, keypoints, labels) == pytest.approx(0.0, abs=1e-9)
    picture[labels == 2] = (120, 80, 60)
    face, hands = face_region(keypoints, labels), hands_region(labels)
    assert face is not None and hands is not None and not (face & hands).any()
    apart = colour_difference(lab_colour(picture, face), lab_colour(picture, hands))
    assert apart > 15
    assert skin_difference(picture, keypoints, labels) == pytest.approx(apart)
    keypoints[30, 2] = 0
    assert np.isnan(skin_difference(picture, keypoints, labels))


def test_flicker_counts_change_where_it_is_asked() -> None:
    frames = np.zeros((3, 10, 10, 3), np.uint8)
    frames[1, :5] = 20
    frames[2, :5] = 20
    frames[2, 9] = 10
    # First step: 20 on half of the picture; second: 10 on a tenth.
    assert frame_change(frames) == pytest.approx((20 * 0.5 + 10 * 0.1) / 2)
    below = np.zeros((2, 10, 10), bool)
    below[:, 5:] = True
    assert frame_change(frames, below) == pytest.approx((0 + 10 * 0.2) / 2)
    assert np.isnan(frame_change(frames, np.zeros((2, 10, 10), bool)))


def test_background_keeps_away_from_the_person_in_both_frames() -> None:
    labels = np.zeros((2, 9, 9), np.uint8)
    labels[0, 4, 4] = 1
    labels[1, 4, 6] = 5
    clear = still_background(labels, margin=1)
    assert clear.shape == (1, 9, 9)
    assert not clear[0, 4, 3:8].any() and clear[0, 1, 1]


def test_shrinking_takes_the_rim() -> None:
    mask = np.zeros((7, 7), bool)
    mask[1:6, 1:6] = True
    assert shrunk(mask, 1).sum() == 9
    assert shrunk(mask, 2).sum() == 1
    assert mask.sum() == 25


def test_colours_of_parts_are_compared_by_their_means() -> None:
    labels = np.zeros((40, 40), np.uint8)
    labels[:20, :20], labels[20:, :20] = 5, 1
    truth = np.full((40, 40, 3), 119, np.uint8)  # L* 50
    picture = truth.copy()
    picture[:20, :20] = 145  # L* 60
    picture[:, 20:] = 255
    cloth, hair, skin = part_differences(picture, truth, labels)
    # Greys: the difference of L* over S_L = 1 + 0.015 (L - 50)^2 / sqrt(20 + (L - 50)^2), L their middle.
    assert cloth == pytest.approx(10 / (1 + 0.015 * 25 / np.sqrt(45)), abs=0.15)
    assert skin == 0 and np.isnan(hair)


def test_each_signer_counts_once() -> None:
    values = np.array([[1.0, np.nan], [3.0, np.nan], [10.0, 4.0], [4.0, 6.0]])
    # Signers 7, 8 and 9: means 2, 10 and 4; nothing, 4 and 6.
    np.testing.assert_allclose(median_over_signers(values, np.array([7, 7, 8, 9])), [4, 5])
