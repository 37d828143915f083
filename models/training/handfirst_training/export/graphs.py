"""The compact bundle's graphs as modules with the inputs and outputs that the manifest names."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..networks.autoencoder import CarriedDecoder, Decoder
from ..networks.denoisers import BodyDenoiser, HandDenoiser
from ..training.schedule import alphas_cumprod


class HandPicture(nn.Module):
    """The hand stage's decoder with more contrast than it draws: what is brighter or darker than its surroundings is so by CONTRAST as much
    again. A loss that means well draws the shade between fingers as a mean of what it could be, too faint to read a fist by. The picture
    is held within -1..1."""

    CONTRAST, SURROUNDINGS = 0.8, 4.0
    """Share, and standard deviation of the surroundings in pixels."""
    LUMINANCE = (0.3, 0.59, 0.11)

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder
        self.reach = round(3 * self.SURROUNDINGS)
        places = torch.arange(-self.reach, self.reach + 1, dtype=torch.float32)
        line = torch.exp(-(places**2) / (2 * self.SURROUNDINGS**2))
        self.register_buffer("line", (line / line.sum())[None, None, None])
        self.register_buffer("luminance", torch.tensor(self.LUMINANCE)[None, :, None, None])

    def forward(self, latent: Tensor) -> Tensor:
        picture = self.decoder(latent)
        bright = F.conv2d(picture, self.luminance)
        padded = F.pad(bright, (self.reach,) * 4, mode="replicate")
        around = F.conv2d(F.conv2d(padded, self.line), self.line.transpose(2, 3))
        return (picture + self.CONTRAST * (bright - around)).clamp(-1.0, 1.0)


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


class HandGraph(nn.Module):
    """Latent, timestep, conditions, predicted mask, skin -> clean latent and mask."""

    def __init__(self, denoiser: HandDenoiser) -> None:
        super().__init__()
        self.levels, self.denoiser = Levels(), denoiser

    def forward(self, latent: Tensor, timestep: Tensor, conditions: Tensor, predicted: Tensor, skin: Tensor) -> tuple[Tensor, Tensor]:
        return self.denoiser(latent, self.levels(timestep), conditions, predicted, skin)


class BodyGraph(nn.Module):
    """Latent, timestep, conditions, predicted person mask, reference (latents of the carried picture and the plate), canvas (its latent
    and the hands' mask) -> clean latent, features, the person's mask."""

    def __init__(self, denoiser: BodyDenoiser) -> None:
        super().__init__()
        self.levels, self.denoiser = Levels(), denoiser

    def forward(
        self, latent: Tensor, timestep: Tensor, conditions: Tensor, predicted: Tensor, reference: Tensor, canvas: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        carried, plate = reference.chunk(2, dim=1)
        return self.denoiser(latent, self.levels(timestep), conditions, predicted, carried, plate, canvas[:, :-1], canvas[:, -1:])
