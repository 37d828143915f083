"""Stage 0: the encoder by principal components, the decoder by gradient descent.

`python -m handfirst_training.training.autoencoder --data DIR --out RUN --minutes 15`
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..networks.autoencoder import PATCH, Decoder, Encoder
from .loop import add_budget, budget_from, fit, save_atomically
from .samples import resized
from .store import World

LATENT_CHANNELS = 24


def random_crop(world: World, rng: np.random.Generator, size: int) -> Tensor:
    """[3, size, size] -1..1: from a picture, more often near the person's middle, or from a close-up, at mixed scale."""
    if rng.random() < 0.5:
        s, row = world.closeups[int(rng.integers(len(world.closeups)))]
        source = world.shards[s]["closeups"][row]
        crop = int(rng.integers(size, source.shape[0] + 1))
    else:
        s, signer, target = world.targets[int(rng.integers(len(world.targets)))]
        source = world.shards[s]["pictures"][signer, target]
        crop = size
    spare = source.shape[0] - crop
    x, y = int(spare * rng.beta(2, 2)), int(spare * rng.beta(2, 2))
    return resized(source[y : y + crop, x : x + crop], size) / 127.5 - 1


def crops(world: World, rng: np.random.Generator, count: int, size: int) -> Tensor:
    return torch.stack([random_crop(world, rng, size) for _ in range(count)])


def fit_encoder(world: World, path: Path, seed: int) -> Encoder:
    """The encoder from `path`, or fitted to random patches and written there."""
    encoder = Encoder(LATENT_CHANNELS)
    if path.exists():
        encoder.load_state_dict(torch.load(path, weights_only=True))
        return encoder
    pictures = crops(world, np.random.default_rng(seed), 1500, 64)
    patches = F.unfold(pictures, PATCH, stride=PATCH).transpose(1, 2).reshape(-1, 3, PATCH, PATCH)
    kept = encoder.fit(patches)
    print(f"encoder: {LATENT_CHANNELS} of {3 * PATCH * PATCH} components keep {kept:.5f} of the variance", flush=True)
    save_atomically(encoder.state_dict(), path)
    return encoder


def laplacian(difference: Tensor) -> Tensor:
    """Mean absolute difference of two band-pass levels: what makes edges crisp."""
    total = difference.new_zeros(())
    for _ in range(2):
        low = F.avg_pool2d(difference, 2)
        total = total + (difference - F.interpolate(low, scale_factor=2.0, mode="nearest")).abs().mean()
        difference = low
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--crop", type=int, default=96)
    add_budget(parser, batch=16, rate=1e-3)
    args = parser.parse_args()
    budget = budget_from(args)
    world = World(args.data)
    encoder = fit_encoder(world, budget.out / "encoder.pt", budget.seed).to(budget.device)
    decoder = Decoder(LATENT_CHANNELS)
    decoder.start_from(encoder)
    examples = crops(world, np.random.default_rng(12345), 8, 128).to(budget.device)

    def loss_of(model: nn.Module, rng: np.random.Generator, _progress: float) -> tuple[Tensor, dict[str, float]]:
        picture = crops(world, rng, budget.batch, args.crop).to(budget.device).contiguous(memory_format=torch.channels_last)
        difference = model(encoder(picture)) - picture
        loss = difference.abs().mean() + laplacian(difference)
        psnr = 10 * torch.log10(4 / difference.detach().square().mean())
        return loss, {"loss": float(loss.detach()), "psnr": float(psnr)}

    fit("decoder", decoder, budget, loss_of, lambda average: [examples, average(encoder(examples))])


if __name__ == "__main__":
    main()
