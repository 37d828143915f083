"""The noise levels of the compact bundle: cosine schedule with zero terminal SNR, visited by DDIM with trailing spacing."""

from __future__ import annotations

import math

import torch
from torch import Tensor

TRAIN_STEPS = 1000
SAMPLER_STEPS = 2
# Share of training samples at each of the sampler's levels, pure noise first: most is decided there, and one step sees nothing else.
LEVEL_SHARES = (0.65, 0.35)
# With more levels than that the first one's share is less.
MANY_FIRST = 0.3


def alphas_cumprod() -> Tensor:
    """float64 [1000]: squared cosine (Nichol and Dhariwal 2021, eq. 17), rescaled to zero terminal SNR (Lin et al. 2024, alg. 1)."""

    def bar(t: float) -> float:
        return math.cos((t + 0.008) / 1.008 * math.pi / 2) ** 2

    betas = [min(1 - bar((i + 1) / TRAIN_STEPS) / bar(i / TRAIN_STEPS), 0.999) for i in range(TRAIN_STEPS)]
    root = torch.cumprod(1 - torch.tensor(betas, dtype=torch.float64), dim=0).sqrt()
    first, last = root[0].clone(), root[-1].clone()
    return ((root - last) * first / (first - last)) ** 2


def sampler_timesteps(steps: int = SAMPLER_STEPS) -> list[int]:
    """Trailing spacing: 999, 499 for two steps."""
    return [round(TRAIN_STEPS - i * TRAIN_STEPS / steps) - 1 for i in range(steps)]


def signal_levels(steps: int = SAMPLER_STEPS) -> Tensor:
    """float32 [steps]: sqrt(alpha_bar) at the sampler's timesteps, 0 first."""
    return alphas_cumprod()[sampler_timesteps(steps)].sqrt().float()


def level_shares(steps: int) -> Tensor:
    """[steps] share of training samples at each level: the first has its share always, the others share the rest evenly."""
    first = LEVEL_SHARES[0] if steps <= len(LEVEL_SHARES) else MANY_FIRST
    return torch.tensor([first, *[(1 - first) / (steps - 1)] * (steps - 1)])


def draw_levels(count: int, generator: torch.Generator, steps: int = SAMPLER_STEPS) -> Tensor:
    """[count] levels for training."""
    shares = level_shares(steps)
    return signal_levels(steps)[torch.multinomial(shares, count, replacement=True, generator=generator)]


def add_noise(clean: Tensor, noise: Tensor, level: Tensor) -> Tensor:
    """x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) noise; `level` = sqrt(alpha_bar), [B]."""
    level = level[:, None, None, None]
    return level * clean + (1 - level**2).sqrt() * noise
