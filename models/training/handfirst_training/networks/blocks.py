"""Parts shared by the networks. Second convolutions of blocks start at zero."""

from __future__ import annotations

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
    """x + conv(silu(conv(silu(norm(x)))))."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = zeroed(nn.Conv2d(channels, channels, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.second(F.silu(self.first(F.silu(place_norm(x)))))


def filmed(x: Tensor, code: Tensor) -> Tensor:
    """Channels of x [B, C, H, W] scaled by 1 + the first half of code [B, 2 C] and shifted by the second."""
    scale, shift = code[:, :, None, None].chunk(2, dim=1)
    return x * (1 + scale) + shift


def held(x: Tensor, limits: list[float]) -> Tensor:
    """x [B, C, H, W] with each channel held within its limit to both sides.

    In eight bits all channels of a convolution share 255 steps. A channel of small numbers beside one of large ones would come in a few
    coarse ones: so each is counted in shares of its limit. The division becomes a part of the convolution before.
    """
    limit = x.new_tensor(limits)[:, None, None]
    return (x * (1 / limit)).clamp(-1.0, 1.0) * limit


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
