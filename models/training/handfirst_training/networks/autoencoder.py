"""Autoencoder of the compact bundle: a linear encoder (principal components of 8x8 patches) and a small trained decoder.

The encoder never changes while the decoder and the denoisers train, so that they can train side by side, and it costs one
convolution at run time. The decoder works at an eighth and a quarter of the picture's size and ends in a pixel shuffle,
because full resolution is where decoders spend their time.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import ResBlock, held, lively, zeroed

PATCH = 8


class Encoder(nn.Module):
    """Picture [B, 3, H, W], -1..1 -> latent [B, C, H/8, W/8], each channel about unit variance. Frozen."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.project = nn.Conv2d(3, channels, PATCH, stride=PATCH)
        self.register_buffer("scale", torch.ones(channels))
        self.requires_grad_(False)

    @torch.no_grad()
    def fit(self, patches: Tensor) -> float:
        """Set from patches [N, 3, 8, 8]; returns the share of variance kept."""
        flat = patches.flatten(1).double()
        mean = flat.mean(dim=0)
        centred = flat - mean
        variance, axes = torch.linalg.eigh(centred.T @ centred / len(flat))
        channels = len(self.scale)
        variance, axes = variance.flip(0), axes.flip(1)
        scale = variance[:channels].clamp_min(1e-8).sqrt()
        weight = (axes[:, :channels] / scale).T
        self.project.weight.copy_(weight.reshape(channels, 3, PATCH, PATCH))
        self.project.bias.copy_(-(weight @ mean))
        self.scale.copy_(scale)
        return float(variance[:channels].sum() / variance.sum())

    def forward(self, picture: Tensor) -> Tensor:
        return self.project(picture)


class Decoder(nn.Module):
    """Latent [B, C, h, w] -> picture [B, 3, 8h, 8w]: the encoder's transpose plus what the network adds."""

    def __init__(self, channels: int, width: int = 96, depth: int = 2) -> None:
        super().__init__()
        half = width // 2
        self.linear = nn.ConvTranspose2d(channels, 3, PATCH, stride=PATCH)
        self.inward = nn.Conv2d(channels, width, 3, padding=1)
        self.coarse = nn.Sequential(*(ResBlock(width) for _ in range(depth)))
        self.expand = nn.Conv2d(width, 4 * half, 1)
        self.fine = nn.Sequential(*(ResBlock(half) for _ in range(depth)))
        self.outward = zeroed(nn.Conv2d(half, 3 * 16, 3, padding=1))

    @torch.no_grad()
    def start_from(self, encoder: Encoder) -> None:
        """The linear part as the encoder's inverse on its own subspace."""
        square = encoder.scale.double() ** 2
        weight = encoder.project.weight.double().flatten(1) * square[:, None]
        self.linear.weight.copy_(weight.reshape(encoder.project.weight.shape))
        mean = -torch.linalg.lstsq(encoder.project.weight.double().flatten(1), encoder.project.bias.double()[:, None]).solution
        self.linear.bias.copy_(mean.reshape(3, -1).mean(dim=1))

    def forward(self, latent: Tensor) -> Tensor:
        h = self.coarse(self.inward(latent))
        h = self.fine(F.pixel_shuffle(self.expand(h), 2))
        return self.linear(latent) + F.pixel_shuffle(self.outward(F.silu(h)), 4)


class CarriedDecoder(nn.Module):
    """Decoder that sees the carried picture and the plate at full resolution.

    Latent [B, C, h, h], the denoiser's features [B, G, h, h], carried and plate [B, 3, 8h, 8h], -1..1 -> picture [B, 3, 8h, 8h] and the
    person's mask [B, 1, 8h, 8h]. The picture is (1 - a) lit + a (p own + (1 - p) plate): the carried picture moved by a small flow and lit
    by a smooth light, and where that is wrong the network's own colours or the plate. What the reference shows, outlines too, so stays as
    sharp as it is. The light is for the shade of arms that have turned and for shadows of hands, which no reference shows.

    All layers but the first work at a quarter of the picture's size. Each place there stands for four pixels of the maps: convolutions with
    few channels at half of the picture's size took most of the time of the decoder before this one. Convolution and ReLU in turn, without
    norms or sums, need no conversion between them when they count in eight bits.
    """

    REACH = 12.0
    """Longest flow, pixels."""
    LIGHT = 0.6
    """By how much of its brightness the light brightens or darkens the carried picture at most."""
    LIGHT_SHOWN = 0.25
    """How much of that light is laid on outside of training. All of it is nearer to the truth on rendered signers, by 0.6 dB, and on files
    of other people's signing it shows as blotches on forearms and a haze beside hips."""
    GATE_SLOPE, PERSON_SLOPE = 2.0, 3.0
    """How much steeper gate and person are taken for mixing than as probabilities: a share between two colours is a blurred outline."""
    LIMITS = (2.5, 4.0, 3.0, 5.0)
    """Largest own colours, gate, person, and flow or light before tanh or sigmoid, which are saturated there."""
    MAPS, FLOW, SPARE = 5, 3, 1
    """Maps at half of the picture's size; those at a quarter, flow across and down and light; and channels that the last layer has over: in
    eight bits 24 take half of the time of 23."""

    def __init__(self, channels: int, features: int, width: int = 32) -> None:
        super().__init__()
        colours, gate, person, flow = self.LIMITS
        self.limits = [*[colours] * 12, *[gate] * 4, *[person] * 4, *[flow] * self.FLOW, *[1.0] * self.SPARE]
        wide = 3 * width // 2
        self.coarse = nn.Conv2d(channels + features, 4 * width, 3, padding=1)
        self.look = nn.Conv2d(6, width, 4, stride=4)
        self.fine = nn.ModuleList(nn.Conv2d(a, wide, 3, padding=1) for a in (width, wide))
        self.outward = nn.Conv2d(wide, 4 * self.MAPS + self.FLOW + self.SPARE, 3, padding=1)
        lively(self)
        nn.init.normal_(self.outward.weight, std=1e-2)
        with torch.no_grad():
            self.outward.bias[12:16] = -2.0

    def forward(self, latent: Tensor, features: Tensor, carried: Tensor, plate: Tensor) -> tuple[Tensor, Tensor]:
        return self.mixed(*self.maps(latent, features, carried, plate), carried, plate, self.LIGHT_SHOWN)[:2]

    def maps(self, latent: Tensor, features: Tensor, carried: Tensor, plate: Tensor) -> tuple[Tensor, Tensor]:
        """Own colours, gate and person [B, 5, 4h, 4h], and flow across, down and light [B, 3, 2h, 2h]."""
        enlarged = F.pixel_shuffle(F.relu(self.coarse(torch.cat([latent, features], dim=1))), 2)
        h = F.relu(enlarged + self.look(torch.cat([carried, plate], dim=1)))
        for layer in self.fine:
            h = F.relu(layer(h))
        out = held(self.outward(h), self.limits)
        half = 4 * self.MAPS
        return F.pixel_shuffle(out[:, :half], 2), out[:, half : half + self.FLOW]

    @classmethod
    def mixed(cls, half: Tensor, flow: Tensor, carried: Tensor, plate: Tensor, light_shown: float = 1.0) -> tuple[Tensor, Tensor, Tensor]:
        """Picture, person's mask, and the picture with the gate fully open, from `maps`; `light_shown`: how much of the light is laid on.

        Twin of `src/stages/kernels/assembly/mix.ts`: a change here is a change there.
        """
        # Neighbours of a pixel shuffle differ in turn, which shows as a weave, and where a gate is in doubt as chequers: 1 2 1 takes out
        # just that.
        line = half.new_tensor([0.25, 0.5, 0.25])
        weave = torch.outer(line, line).expand(cls.MAPS, 1, 3, 3)
        even = F.conv2d(F.pad(half, (1, 1, 1, 1), mode="replicate"), weave, groups=cls.MAPS)
        # Half of the resolution is enough: what is finer comes from the carried picture. Smooth enlarging keeps edges free of steps.
        fine = F.interpolate(even, scale_factor=2.0, mode="bilinear")
        own, gate, person = fine[:, :3], torch.sigmoid(cls.GATE_SLOPE * fine[:, 3:4]), torch.sigmoid(cls.PERSON_SLOPE * fine[:, 4:5])
        drawn = person * 1.05 * torch.tanh(own) + (1 - person) * plate
        lit = (moved(carried, cls.shifts(flow)) + 1) * (1 + light_shown * smoothly(cls.light(flow), 4)) - 1
        return (1 - gate) * lit + gate * drawn, person, drawn

    @classmethod
    def shifts(cls, flow: Tensor) -> Tensor:
        """Pixels across and down [B, 2, h, w] that the maps' flow stands for."""
        return cls.REACH * torch.tanh(0.5 * flow[:, :2])

    @classmethod
    def light(cls, flow: Tensor) -> Tensor:
        """By how much the carried picture is brighter [B, 1, h, w], -LIGHT..LIGHT, as the maps say."""
        return cls.LIGHT * torch.tanh(0.5 * flow[:, 2:])


def smoothly(maps: Tensor, ratio: int) -> Tensor:
    """Maps [B, C, h, w], each place the mean of itself and the eight round it, zeros beyond the edge, enlarged by `ratio`."""
    return F.interpolate(F.avg_pool2d(maps, 3, 1, 1), scale_factor=float(ratio), mode="bilinear")


def moved(picture: Tensor, flow: Tensor) -> Tensor:
    """The picture [B, 3, H, W] read at places shifted by `flow` [B, 2, h, w], pixels."""
    height, width = picture.shape[2:]
    smooth = smoothly(flow, height // flow.shape[2])
    y = torch.linspace(-1 + 1 / height, 1 - 1 / height, height, dtype=picture.dtype, device=picture.device)
    x = torch.linspace(-1 + 1 / width, 1 - 1 / width, width, dtype=picture.dtype, device=picture.device)
    grid = torch.stack([x[None, :] + smooth[:, 0] * (2 / width), y[:, None] + smooth[:, 1] * (2 / height)], dim=-1)
    return F.grid_sample(picture, grid, align_corners=False, padding_mode="border")
