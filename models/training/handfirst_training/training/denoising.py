"""What the denoisers' training shares: latent losses, sampling for the picture grids."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from ..networks.autoencoder import Decoder, Encoder
from .autoencoder import LATENT_CHANNELS
from .loop import save_atomically
from .schedule import SAMPLER_STEPS, add_noise, signal_levels

MASK_GAIN = 4.0

Guess = Callable[[Tensor, Tensor, Tensor], Tensor]
Blend = Callable[[Tensor, Tensor], Tensor]
Step = Callable[[Tensor, Tensor], Tensor]


def load_encoder(folder: Path, device: str) -> Encoder:
    encoder = Encoder(LATENT_CHANNELS)
    encoder.load_state_dict(torch.load(folder / "encoder.pt", weights_only=True))
    return encoder.to(device)


def load_decoder(folder: Path, device: str) -> Decoder:
    """The decoder's moving average; the plain linear decoder where it has not been trained yet."""
    decoder = Decoder(LATENT_CHANNELS)
    path = folder / "decoder.pt"
    if path.exists():
        decoder.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["average"])
    else:
        decoder.start_from(load_encoder(folder, "cpu"))
    return decoder.to(device).requires_grad_(False)


def channel_weights(encoder: Encoder, power: float = 1.0) -> Tensor:
    """[1, C, 1, 1], mean 1: between whitened units (power 0) and squares of pixels (2), so that fine detail counts but does not drown
    shape."""
    weights = encoder.scale**power
    return (weights / weights.mean())[None, :, None, None]


def huber(difference: Tensor) -> Tensor:
    """Squares up to half a standard deviation, then straight: squares reward a faint guess at detail, where absolute
    errors leave a plateau, and outliers do not rule."""
    size = difference.abs()
    return torch.where(size < 0.5, difference.square(), size - 0.25)


def sample(denoise: Step, noise: Tensor, steps: int = SAMPLER_STEPS, blend: Step | None = None) -> Tensor:
    """DDIM (eta 0) with x0 prediction from pure noise; `denoise(x, level)` gives the clean latent. `blend(x, level)` changes the latent
    at the start of a step."""
    levels = signal_levels(steps).to(noise)
    x = noise
    for i, level in enumerate(levels):
        if blend:
            x = blend(x, level)
        clean = denoise(x, level.expand(len(x)))
        if i + 1 == steps:
            return clean
        epsilon = (x - level * clean) / (1 - level**2).sqrt()
        x = levels[i + 1] * clean + (1 - levels[i + 1] ** 2).sqrt() * epsilon
    return x


def sampled(denoise: Guess, clean: Tensor, noise: Tensor, level: Tensor, blend: Blend | None = None) -> Tensor:
    """Latents as the sampler meets them: past the first level they hold the network's own first guess, not the truth.

    Trained on noised truth, the later levels read detail out of the noise, and where the sampler had drawn none they drew mottle.
    `denoise(noisy, level, rows)` guesses for some rows of the batch; `blend(guess, rows)` puts in what the sampler blends in.
    """
    later = (level > 0).nonzero()[:, 0]
    start = clean
    if len(later) > 0:
        with torch.no_grad():
            guess = denoise(noise[later], torch.zeros_like(level[later]), later).float()
        start = clean.clone()
        start[later] = blend(guess, later) if blend else guess
    return add_noise(start, noise, level)


def rounded(mask: Tensor) -> Tensor:
    """A mask head's probabilities with the soft edge that true masks have."""
    return ((mask - 0.5) * MASK_GAIN + 0.5).clamp(0, 1)


def remember(path: Path, make: Callable[[], dict[str, Tensor]]) -> dict[str, Tensor]:
    """Example inputs of the picture grid: made once, so that grids compare over a whole training."""
    if not path.exists():
        save_atomically(dict(make()), path)
    return torch.load(path, weights_only=True)
