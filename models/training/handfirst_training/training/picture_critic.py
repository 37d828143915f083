"""A critic of pictures, for the last part of the body stage's training: the mean of all that a picture could be is soft."""

from __future__ import annotations

import itertools

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from .critic import AnyCritic

RATE = 3e-4
SEEN = 128
"""Side of the window that the critic looks at, another at each step: a quarter of a square's pixels costs it a quarter of the time."""


class PictureNetwork(nn.Module):
    """Picture and carried picture [B, 3, H, W] -> logits [B, 1, H/8, W/8], above 0 where it looks true (Isola et al. 2017, 3.2.2)."""

    def __init__(self) -> None:
        super().__init__()
        widths = [6, 24, 48, 80]
        layers: list[nn.Module] = []
        for a, b in itertools.pairwise(widths):
            layers += [spectral_norm(nn.Conv2d(a, b, 4, stride=2, padding=1)), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, spectral_norm(nn.Conv2d(widths[-1], 1, 3, padding=1)))

    def forward(self, picture: Tensor, carried: Tensor) -> Tensor:
        return self.layers(torch.cat([picture, carried], dim=1))


class PictureCritic(AnyCritic):
    """A critic of pictures.

    A step begins with `look`, which chooses the window that `learn` and `added` judge.
    """

    def __init__(self, share: float, device: str) -> None:
        super().__init__(PictureNetwork().to(device), RATE, share)
        self.window = (slice(None),) * 4

    def look(self, rng: np.random.Generator, size: int) -> None:
        """Choose a window of pictures [B, 3, size, size], in steps of a latent cell."""
        y, x = (8 * int(v) for v in rng.integers(0, max(0, size - SEEN) // 8 + 1, 2))
        self.window = (slice(None), slice(None), slice(y, y + SEEN), slice(x, x + SEEN))

    def learn(self, true: Tensor, drawn: Tensor, given: Tensor) -> Tensor:
        """One step of the critic on its window; see `AnyCritic.learn`."""
        return super().learn(true[self.window], drawn[self.window], given[self.window])

    def added(self, plain: Tensor, drawn: Tensor, given: Tensor) -> Tensor:
        """What to add to the loss `plain`: the critic's wish, scaled so that its gradient at the picture has `share` times the length of
        the plain loss's (Esser et al. 2021, eq. 7, taken at the picture instead of the last layer)."""
        wish = -self.network(drawn[self.window], given[self.window]).mean()
        ours, theirs = (torch.autograd.grad(loss, drawn, retain_graph=True)[0][self.window].norm() for loss in (plain, wish))
        return self.share * (ours / (theirs + 1e-8)).detach() * wish
