"""The compact bundle's graphs as modules with the inputs and outputs that the manifest names."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..conditions.draw import BODY_CHANNELS, HAND_CHANNELS, place
from ..networks.autoencoder import CarriedDecoder, Decoder
from ..networks.denoisers import BodyDenoiser, HandDenoiser
from ..training.schedule import alphas_cumprod


class Clamped(nn.Module):
    """The hand stage's decoder, its picture held within -1..1."""

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, latent: Tensor) -> Tensor:
        return self.decoder(latent).clamp(-1.0, 1.0)


class CarriedMaps(nn.Module):
    """The body stage's decoder up to the maps that the engine mixes carried picture and plate by."""

    def __init__(self, decoder: CarriedDecoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, latent: Tensor, features: Tensor, carried: Tensor, plate: Tensor) -> tuple[Tensor, Tensor]:
        return self.decoder.maps(latent, features, carried, plate)


class Levels(nn.Module):
    """Timestep [1] -> sqrt(alpha_bar) [1], from a table."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("table", alphas_cumprod().sqrt().float())

    def forward(self, timestep: Tensor) -> Tensor:
        return self.table[timestep.long()]


def inserted(conditions: Tensor, predicted: Tensor, at: int) -> Tensor:
    """Conditions with what the mask head predicted in the step before from channel `at` on. What stays the same in every step of a
    frame is an input of its own, so that it is handed over once."""
    return torch.cat([conditions[:, :at], predicted, conditions[:, at:]], dim=1)


class HandGraph(nn.Module):
    """Latent, timestep, conditions, predicted mask, skin -> clean latent and mask."""

    def __init__(self, denoiser: HandDenoiser) -> None:
        super().__init__()
        self.levels, self.denoiser = Levels(), denoiser
        self.at = place(HAND_CHANNELS, "hand-mask").start

    def forward(self, latent: Tensor, timestep: Tensor, conditions: Tensor, predicted: Tensor, skin: Tensor) -> tuple[Tensor, Tensor]:
        return self.denoiser(latent, self.levels(timestep), inserted(conditions, predicted, self.at), skin)


class BodyGraph(nn.Module):
    """Latent, timestep, conditions, predicted person mask, reference (latents of the carried picture and the plate), canvas (its latent
    and the hands' mask) -> clean latent, features, the person's mask."""

    def __init__(self, denoiser: BodyDenoiser) -> None:
        super().__init__()
        self.levels, self.denoiser = Levels(), denoiser
        self.at = place(BODY_CHANNELS, "parts").start

    def forward(
        self, latent: Tensor, timestep: Tensor, conditions: Tensor, predicted: Tensor, reference: Tensor, canvas: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        carried, plate = reference.chunk(2, dim=1)
        whole = inserted(conditions, predicted, self.at)
        return self.denoiser(latent, self.levels(timestep), whole, carried, plate, canvas[:, :-1], canvas[:, -1:])
