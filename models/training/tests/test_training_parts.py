"""Parts of training for themselves, on hand-worked cases."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from handfirst_training.conditions.body import legs_inside
from handfirst_training.conditions.draw import BODY_CHANNELS, draw, place
from handfirst_training.conditions.skin import skin_of
from handfirst_training.export.onnx_files import export
from handfirst_training.networks.autoencoder import CarriedDecoder, moved
from handfirst_training.training.blending import blend_masks, interval
from handfirst_training.training.cases import filled
from handfirst_training.training.from_bundle import weights_of
from handfirst_training.training.measure import colour_difference, near_outline, psnr
from handfirst_training.training.picture_critic import SEEN, PictureCritic
from handfirst_training.training.samples import ARM_SHARE, FACE_SHARE, cut_off, square_at

RIGHT = slice(112, 133)


class Dice:
    """A generator that gives what it was given."""

    def __init__(self, *chances: float) -> None:
        self.chances = list(chances)

    def random(self) -> float:
        return self.chances.pop(0)


def hand_across_the_edge(beyond: int) -> np.ndarray:
    """A right hand of which `beyond` points lie right of the picture."""
    keypoints = np.ones((133, 3))
    keypoints[:, :2] = 300
    keypoints[RIGHT, 0] = 510 - 20 + 20 * (np.arange(21) >= 21 - beyond) + 5
    return keypoints


def test_points_beyond_the_frame_go_and_those_of_the_arm_stay() -> None:
    keypoints = hand_across_the_edge(9)
    keypoints[10, 0] = 900
    cut_off(keypoints, [RIGHT], Dice(0.5))
    assert keypoints[RIGHT, 2].tolist() == [1] * 12 + [0] * 9
    assert keypoints[RIGHT][12:].sum() == 0 and keypoints[10].tolist() == [900, 300, 1]


def test_a_hand_of_few_points_is_left_whole() -> None:
    keypoints = hand_across_the_edge(14)
    cut_off(keypoints, [RIGHT], Dice(0.5))
    assert (keypoints[RIGHT, 2] == 1).all()


def test_some_files_tell_what_lies_beyond_the_frame() -> None:
    keypoints = hand_across_the_edge(9)
    cut_off(keypoints, [RIGHT], Dice(0.9))
    assert (keypoints[RIGHT, 2] == 1).all()


def test_squares_hold_the_face_more_often_than_chance_would() -> None:
    keypoints = np.zeros((133, 3))
    keypoints[23:91, :2] = (420, 80)
    keypoints[5:11, :2] = (60, 400)
    rng = np.random.default_rng(3)
    corners = np.array([square_at(keypoints, 256, rng) for _ in range(4000)])
    assert (corners % 8 == 0).all() and corners.min() == 0 and corners.max() == 256
    holds = ((corners <= (420, 80)) & (corners + 256 > (420, 80))).all(axis=1).mean()
    # Anywhere: x from 165 on, of 0..256 in eights: 12 of 33 corners; y up to 80: 11 of 33. Round an arm: never.
    by_chance = 12 / 33 * 11 / 33
    assert abs(holds - (FACE_SHARE + (1 - FACE_SHARE - ARM_SHARE) * by_chance)) < 0.03


def test_legs_that_leave_the_picture_are_not_drawn_and_those_of_a_part_of_it_are() -> None:
    keypoints = np.zeros((133, 3))
    for k, x, y in ((5, 40, 20), (6, 20, 20), (11, 38, 50), (12, 22, 50), (13, 38, 70), (14, 22, 60), (15, 38, 90)):
        keypoints[k] = x, y, 1
    left = legs_inside(keypoints, 64)
    assert left[[13, 15], 2].tolist() == [0, 0] and left[14].tolist() == [22, 60, 1] and keypoints[13, 2] == 1
    depth = np.full(133, np.nan)
    legs = place(BODY_CHANNELS, "body-surface").start + 7
    part, whole = (draw(BODY_CHANNELS, 64, keypoints, depth, whole)[legs] for whole in (False, True))
    assert part[60, 38] == 1 and whole[60, 38] == 0 and whole[55, 22] == 1


def test_skin_is_told_apart_from_eyes_mouth_and_background() -> None:
    """A face of one colour on a square, darker on the left fifth, brighter on the right fifth; eyes and mouth of another."""
    keypoints = np.zeros((133, 3))
    angles = np.linspace(0, 2 * np.pi, 68, endpoint=False)
    keypoints[23:91, :2] = 50 + 0.1 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    keypoints[[23, 39, 40, 49], :2] = (20, 20), (20, 80), (80, 80), (80, 20)
    for first, end, (x, y) in ((36, 42, (35, 40)), (42, 48, (65, 40)), (48, 60, (50, 65))):
        turn = np.linspace(0, 2 * np.pi, end - first, endpoint=False)
        keypoints[23 + first : 23 + end, :2] = np.stack([x + 4 * np.cos(turn), y + 4 * np.sin(turn)], axis=1)
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[:, :] = (150, 100, 80)
    picture[:, :32] = (90, 60, 50)
    picture[:, 69:] = (220, 170, 150)
    for x, y in ((35, 40), (65, 40), (50, 65)):
        picture[y - 2 : y + 3, x - 2 : x + 3] = (0, 0, 255)
    found = (skin_of(picture, np.ones((100, 100), bool), keypoints) + 1) * 127.5
    np.testing.assert_allclose(found, [90, 60, 50, 150, 100, 80, 220, 170, 150], atol=1.5)
    assert skin_of(picture, np.zeros((100, 100), bool), keypoints) is None


def test_the_decoder_begins_with_the_carried_picture_and_the_plate() -> None:
    torch.manual_seed(2)
    decoder = CarriedDecoder(24, 16)
    carried, plate = torch.rand(1, 3, 64, 64) * 2 - 1, torch.rand(1, 3, 64, 64) * 2 - 1
    flow = torch.zeros(1, 2, 16, 16)
    torch.testing.assert_close(moved(carried, flow), carried)
    torch.testing.assert_close(moved(carried, flow + 3)[..., 8:-8, 8:-8], carried[..., 11:-5, 11:-5])
    with torch.no_grad():
        decoder.outward.weight.zero_()
        decoder.outward.bias[12:16] = -20.0
        latent, features = torch.randn(1, 24, 8, 8), torch.randn(1, 16, 8, 8)
        picture, _ = decoder(latent, features, carried, plate)
        # Logits are held at -4 and -3, so that a gate is open by 3e-4 at least and the person shows by 1e-4: below a level of 255.
        torch.testing.assert_close(picture, carried, atol=1e-3, rtol=0)
        decoder.outward.bias[12:16] = 20.0
        decoder.outward.bias[16:20] = -20.0
        picture, person = decoder(latent, features, carried, plate)
        torch.testing.assert_close(picture, plate, atol=1e-3, rtol=0)
    assert float(person.max()) == pytest.approx(1 / (1 + math.exp(9)))


def test_psnr_is_counted_where_it_is_asked_for() -> None:
    truth = torch.zeros(3, 8, 8)
    picture = truth.clone()
    picture[:, :, 4:] = 0.2  # a tenth of the range: 20 dB
    right = np.arange(8)[None].repeat(8, axis=0) >= 4
    assert abs(psnr(picture, truth, right) - 20) < 1e-4
    assert abs(psnr(picture, truth, np.ones((8, 8), bool)) - 23.0103) < 1e-3
    assert psnr(picture, truth, ~right) == 100
    assert np.isnan(psnr(picture, truth, np.zeros((8, 8), bool)))


def test_an_outline_is_as_wide_as_it_is_said_to_be() -> None:
    person = np.zeros((32, 32), bool)
    person[:, 16:] = True
    assert (near_outline(person, 3)[10] == (np.abs(np.arange(32) + 0.5 - 16) < 3)).all()


def test_the_critic_pulls_at_its_window_alone() -> None:
    torch.manual_seed(0)
    critic = PictureCritic(0.5, "cpu")
    drawn = torch.rand(1, 3, 256, 256, requires_grad=True)
    critic.look(np.random.default_rng(3), 256)
    plain = drawn.square().mean()
    pull = torch.autograd.grad(critic.added(plain, drawn, torch.rand(1, 3, 256, 256)), drawn)[0]
    window = torch.zeros_like(pull, dtype=torch.bool)
    window[critic.window] = True
    assert int(window.sum()) == 3 * SEEN**2
    assert (pull[~window] == 0).all()
    length = torch.autograd.grad(plain, drawn)[0][window].norm()
    torch.testing.assert_close(pull[window].norm(), 0.5 * length, rtol=1e-3, atol=0)


def test_blending_masks_are_the_engine_s() -> None:
    """A hand of 16 x 8 cells' pixels: grown by 12 pixels a step of 4, of which 2 are blended; a box round each part."""
    mask = torch.zeros(1, 1, 128, 128)
    mask[..., 32:96, 48:64] = 1
    mask[..., 80:96, 48:96] = 1
    first, last = blend_masks("expand", mask, 4, 2)
    assert [int(m.sum()) for m in blend_masks("naive", mask, 4, 2)] == [8 * 2 + 2 * 4] * 2
    assert torch.equal(last, blend_masks("naive", mask, 4, 2)[0])
    # 12 pixels further on each side are one and a half cells, and half a cell counts: two cells of width become six.
    assert first.sum() > last.sum() and bool((first >= last).all())
    assert int(first[0, 0, 5].sum()) == 2 + 2 * 2
    [box, _] = blend_masks("box", mask, 4, 2)
    assert int(box.sum()) == 8 * 6
    assert blend_masks("none", mask, 4, 2) == []


def test_an_interval_holds_the_mean() -> None:
    values = np.random.default_rng(3).normal(2, 1, 400)
    low, high = interval(values, np.random.default_rng(0))
    assert low < values.mean() < high
    assert high - low == pytest.approx(2 * 1.96 / 20, rel=0.2)


def test_parameters_of_equal_values_are_both_taken_from_a_graph(tmp_path: Path) -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 1)

        def forward(self, x: Tensor) -> Tensor:
            return self.second(torch.relu(self.first(x)))

    module = Two()
    with torch.no_grad():
        module.first.bias.fill_(5e-5)
        module.second.bias.fill_(5e-5)
    export(module, {"x": torch.ones(1, 1, 4, 4)}, ["y"], tmp_path / "two.onnx")
    taken = weights_of(tmp_path / "two.onnx", "")
    for name, value in module.state_dict().items():
        torch.testing.assert_close(taken[name], value)


def test_colours_of_parts_are_compared_as_ciede2000_of_their_means() -> None:
    picture, truth = torch.zeros(3, 8, 8), torch.zeros(3, 8, 8)
    where = np.ones((8, 8), bool)
    assert colour_difference(picture, truth, where) == 0
    # Stripes have the mean of what is between them; greys of 50 and 60 in Lab differ by 9.47 (Sharma et al. 2005, by hand: 10 / S_L).
    grey = {50: 118.9, 60: 144.6}
    picture[:], truth[:] = grey[50] / 127.5 - 1, grey[60] / 127.5 - 1
    weight = 1 + 0.015 * (55 - 50) ** 2 / np.sqrt(20 + (55 - 50) ** 2)
    assert colour_difference(picture, truth, where) == pytest.approx(10 / weight, abs=0.05)
    where[:] = False
    assert np.isnan(colour_difference(picture, truth, where))


def test_a_filled_plate_keeps_what_is_known_and_goes_on_smoothly_behind_the_person() -> None:
    ramp = np.tile(np.linspace(0, 255, 128, dtype=np.float32)[None, :, None], (128, 1, 3))
    mask = np.zeros((128, 128), np.float32)
    mask[40:128, 50:78] = 1
    picture = np.where(mask[..., None] > 0, 0, ramp)
    plate = filled(picture, mask)
    np.testing.assert_allclose(plate[:20], ramp[:20], atol=0.5)
    assert np.abs(plate - ramp).max() < 60 < np.abs(picture - ramp).max()
