"""The compact bundle's graphs as modules with the inputs and outputs that the manifest names."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..conditions.draw import BODY_CHANNELS, HAND_CHANNELS, place
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


def inserted(conditions: Tensor, told: Tensor, at: int) -> Tensor:
    """Conditions with what the mask head said in the step before from channel `at` on. What stays the same in every step of a frame
    is an input of its own, so that it is handed over once."""
    return torch.cat([conditions[:, :at], told, conditions[:, at:]], dim=1)


class HandGraph(nn.Module):
    """Latent, timestep, conditions, told mask, look -> clean latent and mask."""

    def __init__(self, denoiser: HandDenoiser) -> None:
        super().__init__()
        self.levels, self.denoiser = Levels(), denoiser
        self.at = place(HAND_CHANNELS, "hand-mask").start

    def forward(self, latent: Tensor, timestep: Tensor, conditions: Tensor, told: Tensor, look: Tensor) -> tuple[Tensor, Tensor]:
        return self.denoiser(latent, self.levels(timestep), inserted(conditions, told, self.at), look)


class BodyGraph(nn.Module):
    """Latent, timestep, conditions, told parts, canvas (its latent and the mask), look -> clean latent and masks of parts, the
    person's first."""

    def __init__(self, denoiser: BodyDenoiser) -> None:
        super().__init__()
        self.levels, self.denoiser = Levels(), denoiser
        self.at = place(BODY_CHANNELS, "parts").start

    def forward(
        self, latent: Tensor, timestep: Tensor, conditions: Tensor, told: Tensor, canvas: Tensor, look: Tensor
    ) -> tuple[Tensor, Tensor]:
        whole = inserted(conditions, told, self.at)
        return self.denoiser(latent, self.levels(timestep), whole, canvas[:, :-1], canvas[:, -1:], look)


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
