"""A critic of latents, for the last part of training: the mean of all that a picture could be is soft, and it tells soft from drawn."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm


class PatchCritic(nn.Module):
    """Latents [B, C, h, w] and what they were drawn from [B, G, h, w] -> logits [B, 1, h, w], above 0 where they look true.

    Each logit sees 9 by 9 cells (Isola et al. 2017, section 3.2.2); spectral normalisation (Miyato et al. 2018) keeps it from
    running away from the denoiser.
    """

    def __init__(self, latent: int, given: int) -> None:
        super().__init__()
        widths = [latent + given, 64, 96, 96]
        layers: list[nn.Module] = []
        for a, b in itertools.pairwise(widths):
            layers += [spectral_norm(nn.Conv2d(a, b, 3, padding=1)), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, spectral_norm(nn.Conv2d(widths[-1], 1, 3, padding=1)))

    def forward(self, latents: Tensor, given: Tensor) -> Tensor:
        return self.layers(torch.cat([latents, given], dim=1))
