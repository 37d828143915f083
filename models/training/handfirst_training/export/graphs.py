"""The compact bundle's graphs as modules with the inputs and outputs that the manifest names."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..networks.autoencoder import Decoder
from ..networks.denoisers import BodyDenoiser, HandDenoiser
from ..networks.prompt import LookChooser, ReferenceEncoder
from ..training.schedule import alphas_cumprod


class Clamped(nn.Module):
    """The decoder, its picture held within -1..1."""

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, latent: Tensor) -> Tensor:
        return self.decoder(latent).clamp(-1.0, 1.0)


class Levels(nn.Module):
    """Timestep [1] -> sqrt(alpha_bar) [1], from a table."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("table", alphas_cumprod().sqrt().float())

    def forward(self, timestep: Tensor) -> Tensor:
        return self.table[timestep.long()]


class HandGraph(nn.Module):
    """Latent, timestep, conditions, look -> clean latent and mask."""

    def __init__(self, denoiser: HandDenoiser) -> None:
        super().__init__()
        self.levels, self.denoiser = Levels(), denoiser

    def forward(self, latent: Tensor, timestep: Tensor, conditions: Tensor, look: Tensor) -> tuple[Tensor, Tensor]:
        return self.denoiser(latent, self.levels(timestep), conditions, look)


class BodyGraph(nn.Module):
    """Latent, timestep, conditions, canvas (its latent and the mask), look -> clean latent and masks of parts, the person's first."""

    def __init__(self, denoiser: BodyDenoiser) -> None:
        super().__init__()
        self.levels, self.denoiser = Levels(), denoiser

    def forward(self, latent: Tensor, timestep: Tensor, conditions: Tensor, canvas: Tensor, look: Tensor) -> tuple[Tensor, Tensor]:
        return self.denoiser(latent, self.levels(timestep), conditions, canvas[:, :-1], canvas[:, -1:], look)


class PromptGraph(nn.Module):
    """Tokens, seed, reference look -> look."""

    def __init__(self, chooser: LookChooser) -> None:
        super().__init__()
        self.chooser = chooser

    def forward(self, tokens: Tensor, seed: Tensor, reference: Tensor) -> Tensor:
        return self.chooser(tokens, seed, reference)


class ReferenceGraph(nn.Module):
    """Picture -> look with its last element 1."""

    def __init__(self, encoder: ReferenceEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, picture: Tensor) -> Tensor:
        look = self.encoder(picture)
        return torch.cat([look, torch.ones_like(look[:, :1])], dim=1)
