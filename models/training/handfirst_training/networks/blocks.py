"""Parts shared by the networks. Second convolutions start at zero, and what enters a block has unit length at every place.

Without that normalisation the sum of the blocks grew to hundreds of thousands, and a U-Net that large stops learning. Each
place is normalised by its own channels alone, so squares of a picture train what whole pictures will see.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def zeroed(layer: nn.Conv2d | nn.Linear) -> nn.Conv2d | nn.Linear:
    """The layer with its weights and bias at zero."""
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


def place_norm(x: Tensor) -> Tensor:
    """Each place's channels divided by their root mean square: [B, C, H, W]."""
    return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 0.1)


def lively(module: nn.Module) -> None:
    """He initialisation of every layer that does not start at zero."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear) and layer.weight.abs().sum() > 0:
            inputs = layer.weight[0].numel() if not isinstance(layer, nn.ConvTranspose2d) else layer.weight.shape[0]
            nn.init.normal_(layer.weight, std=(2.0 / inputs) ** 0.5)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


class ResBlock(nn.Module):
    """x + conv(silu(film(conv(silu(norm(x)))))); `film` scales and shifts channels by the global code, where there is one."""

    def __init__(self, channels: int, code: int = 0) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = zeroed(nn.Conv2d(channels, channels, 3, padding=1))
        self.film = zeroed(nn.Linear(code, 2 * channels)) if code else None

    def forward(self, x: Tensor, code: Tensor | None = None) -> Tensor:
        h = self.first(F.silu(place_norm(x)))
        if self.film is not None and code is not None:
            h = filmed(h, self.film(code))
        return x + self.second(F.silu(h))


def filmed(x: Tensor, code: Tensor) -> Tensor:
    """Channels of x [B, C, H, W] scaled by 1 + the first half of code [B, 2 C] and shifted by the second."""
    scale, shift = code[:, :, None, None].chunk(2, dim=1)
    return x * (1 + scale) + shift


class PlainBlock(nn.Module):
    """relu(x + conv(relu(conv(x)))): in eight bits nothing has to be converted between its convolutions."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = zeroed(nn.Conv2d(channels, channels, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(F.relu(self.first(x))))


class GlobalCode(nn.Module):
    """Noise level (one number) and what describes the whole clip (`look` numbers) -> code for the FiLM layers."""

    def __init__(self, look: int, width: int) -> None:
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(look + 4, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())

    def forward(self, level: Tensor, look: Tensor) -> Tensor:
        """level [B], 0 (noise) .. 1 (clean): sqrt(alpha_bar); look [B, L]."""
        angles = level[:, None] * torch.tensor([1.0, 2.0], device=level.device) * 1.5707963
        return self.mlp(torch.cat([look, angles.sin(), angles.cos()], dim=1))


class UNet(nn.Module):
    """U-Net with unit length features at its end. `widths` from the top level down; `depth` blocks a level each way."""

    def __init__(self, widths: list[int], depths: list[int], code: int) -> None:
        super().__init__()
        self.down_blocks = nn.ModuleList(nn.ModuleList(ResBlock(w, code) for _ in range(d)) for w, d in zip(widths, depths, strict=True))
        self.up_blocks = nn.ModuleList(nn.ModuleList(ResBlock(w, code) for _ in range(d)) for w, d in zip(widths, depths, strict=True))
        self.downs = nn.ModuleList(nn.Conv2d(a, b, 2, stride=2) for a, b in itertools.pairwise(widths))
        self.ups = nn.ModuleList(nn.Conv2d(b, 4 * a, 1) for a, b in itertools.pairwise(widths))

    def forward(self, x: Tensor, code: Tensor) -> Tensor:
        skips: list[Tensor] = []
        for level, blocks in enumerate(self.down_blocks):
            for block in blocks:
                x = block(x, code)
            if level < len(self.downs):
                skips.append(x)
                x = self.downs[level](x)
        for level in reversed(range(len(self.up_blocks))):
            if level < len(self.downs):
                x = skips[level] + F.pixel_shuffle(self.ups[level](x), 2)
            for block in self.up_blocks[level]:
                x = block(x, code)
        return place_norm(x)
