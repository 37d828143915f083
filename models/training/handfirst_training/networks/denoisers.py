"""Hand and body denoisers. Both predict the clean latent (x0) at the few noise levels that the sampler visits.

The noisy latent enters multiplied by sqrt(alpha_bar): what is pure noise (the first step) says nothing and is not shown.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import GlobalCode, ResBlock, Shader, UNet, lively, place_norm, zeroed

# Dark, middle and bright skin of the reference, RGB each.
SKIN = 9


def shown(noisy: Tensor, level: Tensor) -> Tensor:
    """The part of the noisy latent that carries signal: sqrt(alpha_bar) x_t."""
    return noisy * level[:, None, None, None]


class Stem(nn.Module):
    """Conditions at picture scale down to the latent's, by strided convolutions; keeps what it saw at each size."""

    def __init__(self, channels: int, widths: list[int]) -> None:
        super().__init__()
        pairs = zip([channels, *widths], widths, strict=False)
        self.steps = nn.ModuleList(nn.Conv2d(a, b, 4, stride=2, padding=1) for a, b in pairs)
        self.refine = nn.ModuleList(ResBlock(w) for w in widths)

    def forward(self, conditions: Tensor) -> list[Tensor]:
        seen: list[Tensor] = []
        for step, refine in zip(self.steps, self.refine, strict=True):
            conditions = place_norm(refine(step(conditions)))
            seen.append(conditions)
        return seen


class MaskHead(nn.Module):
    """Masks from the U-Net's last features (paper, III-B): transposed convolutions, kernel 2, stride 2, SiLU between.

    Latents are an eighth of the picture, so there are three doublings, not the paper's four. Where the stem has features of
    the same size they are added on the way, which costs little and sharpens the edge.
    """

    def __init__(self, features: int, stem: list[int], masks: int = 1) -> None:
        super().__init__()
        finer = stem[-2::-1]
        widths = [features, *finer, *([8] * (2 - len(finer))), masks]
        self.steps = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in itertools.pairwise(widths))

    def logits(self, features: Tensor, seen: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Logits, and the features at half of the picture's size that they come from."""
        finer = seen[-2::-1]
        h = features
        for k, step in enumerate(self.steps[:-1]):
            h = step(h)
            h = F.silu(h + finer[k] if k < len(finer) else h)
        return self.steps[-1](h), h

    def forward(self, features: Tensor, seen: list[Tensor]) -> Tensor:
        return torch.sigmoid(self.logits(features, seen)[0])


class FineMaskHead(MaskHead):
    """A mask head that looks once more at conditions of the picture's own size, [B, G, 8h, 8w], where the edge is to be found to the pixel.

    What it adds starts at zero.
    """

    def __init__(self, features: int, stem: list[int], conditions: int, width: int = 12) -> None:
        super().__init__(features, stem)
        self.widen = nn.ConvTranspose2d(stem[0], width, 2, stride=2)
        self.look = nn.Conv2d(conditions, width, 3, padding=1)
        self.edge = nn.Sequential(nn.SiLU(), nn.Conv2d(width, width, 3, padding=1), nn.SiLU(), zeroed(nn.Conv2d(width, 1, 3, padding=1)))

    def forward(self, features: Tensor, seen: list[Tensor], conditions: Tensor) -> Tensor:
        logits, h = self.logits(features, seen)
        return torch.sigmoid(logits + self.edge(self.widen(h) + self.look(conditions)))


class HandDenoiser(nn.Module):
    """Noisy latent [B, C, 16, 16], sqrt(alpha_bar) [B], conditions [B, 17, 128, 128], skin [B, 9]
    -> clean latent, hand mask [B, 1, 128, 128]."""

    def __init__(self, latent: int, conditions: int) -> None:
        super().__init__()
        stem, widths, code = [24, 48, 96], [112, 160], 160
        self.code = GlobalCode(SKIN, code)
        self.stem = Stem(conditions, stem)
        self.shader = Shader(conditions, latent, code, reduce=8, width=16, depth=3)
        self.inward = nn.Conv2d(latent + stem[-1], widths[0], 3, padding=1)
        self.unet = UNet(widths, [2, 2], code)
        self.outward = zeroed(nn.Conv2d(widths[0], latent, 3, padding=1))
        self.mask = FineMaskHead(widths[0], stem, conditions)
        lively(self)

    def forward(self, noisy: Tensor, level: Tensor, conditions: Tensor, skin: Tensor) -> tuple[Tensor, Tensor]:
        seen = self.stem(conditions)
        code = self.code(level, skin)
        h = self.unet(self.inward(torch.cat([shown(noisy, level), seen[-1]], dim=1)), code)
        return self.shader(conditions, code) + self.outward(F.silu(h)), self.mask(h, seen, conditions)


class BodyDenoiser(nn.Module):
    """The body outpainter (paper, III-C), given a carried reference.

    Noisy latent, carried latent, plate latent and canvas latent [B, C, h, h], hand mask [B, 1, h, h], sqrt(alpha_bar) [B], conditions
    [B, G, 4h, 4h] -> clean latent, features for the decoder [B, 16, h, h], the person's mask [B, 1, 8h, 8h]. Any h that is a multiple
    of 8; the bundle uses 64. Conditions enter by one convolution as wide as a latent cell, since full resolution is what costs.
    """

    FEATURES = 16

    def __init__(self, latent: int, conditions: int) -> None:
        super().__init__()
        widths, code = [56, 96, 160, 224], 96
        self.code = GlobalCode(0, code)
        self.stem = nn.Conv2d(conditions, widths[0], 4, stride=4)
        self.inward = nn.Conv2d(4 * latent + 1, widths[0], 1)
        self.unet = UNet(widths, [1, 2, 2, 1], code, mix=False)
        self.outward = zeroed(nn.Conv2d(widths[0], latent + 1 + self.FEATURES, 3, padding=1))
        self.mask = nn.Conv2d(widths[0], 64, 1)
        lively(self)

    def forward(
        self, noisy: Tensor, level: Tensor, conditions: Tensor, carried: Tensor, plate: Tensor, canvas: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        given = torch.cat([shown(noisy, level), carried, plate, canvas, mask], dim=1)
        h = self.unet(self.inward(given) + self.stem(conditions), self.code(level, noisy.new_zeros(len(level), 0)))
        out = self.outward(F.silu(h))
        latent = carried.shape[1]
        own, gate, features = out[:, :latent], torch.sigmoid(out[:, latent : latent + 1]), out[:, latent + 1 :]
        # Where the carried picture is right the network need not draw it again.
        return carried * (1 - gate) + own, features, torch.sigmoid(F.pixel_shuffle(self.mask(h), 8))
