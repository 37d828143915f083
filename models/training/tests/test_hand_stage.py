"""The hand stage's network and what it is taught with, on hand-worked cases."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from handfirst_training.networks.blocks import filmed
from handfirst_training.networks.denoisers import HandDenoiser
from handfirst_training.training.hand import edge_loss
from handfirst_training.training.teacher import crop_of

RIGHT = slice(112, 133)


def test_a_hand_and_its_mask_depend_on_what_lies_near_and_on_the_skin() -> None:
    """Each latent cell stands for 8 x 8 pixels of the conditions; the mask of the step before and the skin reach every output."""
    torch.manual_seed(1)
    hand = HandDenoiser(latent=4, conditions=3)
    for layer in hand.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear) and not layer.weight.any():
            nn.init.normal_(layer.weight, std=0.05)
    noisy, level = torch.randn(2, 4, 4, 4), torch.tensor([0.0, 0.6])
    conditions, mask, skin = torch.rand(2, 3, 32, 32), torch.rand(2, 1, 32, 32), torch.rand(2, 9)
    clean, found = hand(noisy, level, conditions, mask, skin)
    assert clean.shape == noisy.shape and found.shape == mask.shape and 0 <= float(found.detach().min()) < float(found.detach().max()) <= 1
    # Pure noise says nothing and is not shown; at a later level it is.
    other = hand(torch.randn_like(noisy), level, conditions, mask, skin)[0]
    assert torch.equal(other[0], clean[0]) and not torch.equal(other[1], clean[1])
    for changed in ((conditions.flip(-1), mask, skin), (conditions, 1 - mask, skin), (conditions, mask, skin.flip(-1))):
        assert not torch.equal(hand(noisy, level, *changed)[0], clean)


def test_a_channel_is_scaled_and_shifted_by_the_code() -> None:
    x = torch.ones(1, 2, 1, 1)
    assert filmed(x, torch.tensor([[0.5, -1.0, 0.25, 3.0]])).flatten().tolist() == [1.75, 3.0]


def test_a_crop_holds_the_hands_points_and_no_others() -> None:
    points = np.zeros((133, 3))
    points[RIGHT] = [(200 + 3 * k, 300 - 2 * k, 1) for k in range(21)]
    points[5] = 900, 900, 1
    for seed in range(20):
        x, y, side = crop_of(points, [RIGHT], np.random.default_rng(seed))
        # The points are 60 pixels across; the crop is 1.5 times as wide, give or take, and off by a few hundredths of that.
        assert 1.34 < side / 60 < 1.81
        assert abs(x + side / 2 - 230) < 0.2 * side and abs(y + side / 2 - 280) < 0.2 * side


def test_edges_count_within_the_hand_alone() -> None:
    clean, mask = torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4)
    mask[..., :2, :2] = 1
    brighter = clean + 0.3
    assert float(edge_loss(brighter, clean, nn.Identity(), mask)) == 0
    # A step of 0.5 between the first two columns: seen from the two pixels left of it, of which there are 2 x 9 differences in all.
    stepped = clean.clone()
    stepped[..., 1:] = 0.5
    torch.testing.assert_close(edge_loss(stepped, clean, nn.Identity(), mask), torch.tensor(2 * 0.5 / 18))
    beyond = clean.clone()
    beyond[..., 3] = 0.5
    assert float(edge_loss(beyond, clean, nn.Identity(), mask)) == 0
