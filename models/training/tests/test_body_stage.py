"""The body stage's network and what it is taught with, on hand-worked cases."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from handfirst_training.networks.autoencoder import CarriedDecoder
from handfirst_training.networks.denoisers import BodyDenoiser
from handfirst_training.training.body import fed_back, unevenness
from handfirst_training.training.body_distil import read_by


def test_every_input_reaches_the_bodys_latent_and_its_mask() -> None:
    """Each latent cell stands for 4 x 4 pixels of the conditions and 8 x 8 of the mask."""
    torch.manual_seed(1)
    body = BodyDenoiser(latent=4, conditions=3)
    for layer in body.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.normal_(layer.weight, std=0.1)
    noisy, level = torch.randn(2, 4, 8, 16), torch.tensor([0.0, 0.6])
    shapes = [(2, 3, 32, 64), (2, 1, 32, 64), *[(2, 4, 8, 16)] * 3, (2, 1, 8, 16)]
    given = [torch.rand(shape) for shape in shapes]
    clean, features, mask = body(noisy, level, *given)
    assert clean.shape == noisy.shape and features.shape == (2, 16, 8, 16) and mask.shape == (2, 1, 64, 128)
    assert 0 <= float(mask.detach().min()) < float(mask.detach().max()) <= 1
    # Pure noise says nothing and is not shown; at a later level it is.
    other = body(torch.randn_like(noisy), level, *given)[0]
    assert torch.equal(other[0], clean[0]) and not torch.equal(other[1], clean[1])
    for k in range(len(given)):
        changed = [value.flip(-1) if i == k else value for i, value in enumerate(given)]
        for ours, theirs in zip(body(noisy, level, *changed), (clean, features, mask), strict=True):
            assert not torch.equal(ours, theirs)


def test_where_the_gate_is_shut_the_latent_is_the_carried_one() -> None:
    body = BodyDenoiser(latent=4, conditions=3)
    nn.init.zeros_(body.outward.weight)
    nn.init.zeros_(body.outward.bias)
    with torch.no_grad():
        body.outward.bias[4] = -50.0
    carried = torch.rand(1, 4, 8, 8)
    rest = (carried.flip(-1), torch.rand(1, 4, 8, 8), torch.rand(1, 1, 8, 8))
    clean, _, _ = body(torch.rand(1, 4, 8, 8), torch.zeros(1), torch.rand(1, 3, 32, 32), torch.zeros(1, 1, 32, 32), carried, *rest)
    # A gate is held at -5: a hundred and fiftieth is open.
    torch.testing.assert_close(clean, carried * (1 - 1 / (1 + math.e**5)))


def test_the_predicted_mask_is_sharpened_and_halved_for_the_next_step() -> None:
    mask = torch.tensor([[0.5, 0.5, 0.6, 0.6], [0.5, 0.5, 0.6, 0.6]])[None, None]
    # Four times as steep round a half: .6 becomes .9.
    torch.testing.assert_close(fed_back(mask), torch.tensor([[[[0.5, 0.9]]]]))


def test_what_is_learned_is_what_the_decoder_reads() -> None:
    """A feature that its first layer does not read costs nothing."""
    torch.manual_seed(2)
    decoder = CarriedDecoder(4, 2, width=4)
    with torch.no_grad():
        decoder.coarse.weight[:, 5] = 0
    latent, features = torch.rand(1, 4, 6, 6), torch.rand(1, 2, 6, 6)
    unread, read = features.clone(), features.clone()
    unread[:, 1] += 1
    read[:, 0] += 1
    wanted = read_by(decoder, latent, features)
    assert wanted.shape == (1, 16, 6, 6) and float(wanted.detach().min()) >= 0
    assert torch.equal(read_by(decoder, latent, unread), wanted)
    assert not torch.equal(read_by(decoder, latent, read), wanted)


def test_own_colours_show_no_weave() -> None:
    """Neighbours of the pixel shuffle that differ in turn are one colour, and what is as wide as four pixels stays."""
    half = torch.zeros(1, 5, 16, 16)
    half[:, 0, 0::2, 0::2] = half[:, 0, 1::2, 1::2] = 1.0
    half[:, 0, 1::2, 0::2] = half[:, 0, 0::2, 1::2] = -1.0
    half[:, 1] = 0.5
    half[:, 3:] = 20.0  # nothing carried, all of it the person
    picture, _, _ = CarriedDecoder.mixed(half, torch.zeros(1, 3, 8, 8), torch.zeros(1, 3, 32, 32), torch.zeros(1, 3, 32, 32))
    assert picture[0, 0, 4:-4, 4:-4].abs().max() < 1e-6
    torch.testing.assert_close(picture[0, 1], torch.full((32, 32), 1.05 * math.tanh(0.5)))


def test_a_gate_in_doubt_shows_no_chequers() -> None:
    """Open and shut in turn, it is half open: an even mean of the carried picture and the plate."""
    half = torch.full((1, 5, 16, 16), -20.0)
    half[:, 3, 0::2, 0::2] = half[:, 3, 1::2, 1::2] = 20.0
    carried, plate = torch.full((1, 3, 32, 32), 0.5), torch.full((1, 3, 32, 32), -0.5)
    picture, _, _ = CarriedDecoder.mixed(half, torch.zeros(1, 3, 8, 8), carried, plate)
    assert picture[..., 4:-4, 4:-4].abs().max() < 1e-5


def test_with_the_gate_open_the_picture_is_figure_and_plate() -> None:
    """What is carried does not count; without a person it is the plate."""
    half = torch.randn(1, 5, 8, 8, generator=torch.Generator().manual_seed(3))
    half[:, 4, :, :4] = -20.0
    flow, carried, plate = torch.randn(1, 3, 4, 4), torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16)
    picture, _, own = CarriedDecoder.mixed(half, flow, carried, plate)
    torch.testing.assert_close(CarriedDecoder.mixed(half, flow, 1 - carried, plate)[2], own)
    torch.testing.assert_close(own[..., :6], plate[..., :6])
    half[:, 3] = 20.0
    torch.testing.assert_close(CarriedDecoder.mixed(half, flow, carried, plate)[0], own)
    assert not torch.equal(picture, own)


def test_light_brightens_what_is_carried() -> None:
    """Levels 0..255 of the carried picture times 1 + LIGHT where the map is saturated; it does not show through an open gate."""
    half, flow = torch.full((1, 5, 16, 16), -20.0), torch.zeros(1, 3, 8, 8)
    flow[:, 2] = 20.0
    carried, plate = torch.full((1, 3, 32, 32), -0.5), torch.zeros(1, 3, 32, 32)
    picture, _, _ = CarriedDecoder.mixed(half, flow, carried, plate)
    torch.testing.assert_close((picture[0, :, 16, 16] + 1) / 0.5, torch.full((3,), 1 + CarriedDecoder.LIGHT))
    half[:, 3] = 20.0
    torch.testing.assert_close(CarriedDecoder.mixed(half, flow, carried, plate)[0], plate)


def test_a_flow_costs_where_neighbours_move_apart() -> None:
    still = torch.zeros(1, 2, 4, 4)
    assert unevenness(still) == 0
    # All move by 3 pixels across: a tenth of the mean of 3 and 0.
    together = still.clone()
    together[:, 0] = 3
    assert float(unevenness(together)) == pytest.approx(0.15)
    # The right half alone: one of three neighbours across differs by 3, in one of two directions.
    apart = together.clone()
    apart[..., :2] = 0
    assert float(unevenness(apart)) == pytest.approx(0.5 + 0.075)
