"""Stage 1: the hand denoiser (paper, III-B).

`python -m handfirst_training.training.hand --data DIR --autoencoder RUN --out RUN --minutes 60`
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..conditions.draw import HAND_PREDICTED, HAND_STEADY, channel_count
from ..networks.denoisers import HandDenoiser
from .autoencoder import LATENT_CHANNELS
from .critic import Critic
from .denoising import channel_weights, huber, load_decoder, load_encoder, remember, rounded, sample, sampled
from .loop import add_budget, budget_from, fit
from .samples import HandBatch, hand_batch
from .schedule import SAMPLER_STEPS, draw_levels
from .store import World

# Not the paper's 0.05: there the other term is the mean squared error of noise, here a Huber loss of whitened clean latents, weighed
# within the hand, which is far smaller. 0.5 began the training, 6 ended it (README).
MASK_LAMBDA = 0.5
# The dark lines between fingers are faint and fine, and all that a folded hand is read by.
FINE = 0.6
EDGES = 2.0
# How often the first step goes without a mask. The paper's half of all samples serves a generator that never sees one while it samples;
# here every later step sees the mask of the step before, so that 0.8 of the first step's 0.65 of all samples go without.
MASK_ZEROED = 0.8
# Channels of the conditions that show a hand best: what it covers, its relief, the place along its fingers.
SHOWN = (10, 13, 12)


def drawn_in(model: nn.Module, noise: Tensor, conditions: Tensor, skin: Tensor, steps: int = SAMPLER_STEPS) -> tuple[Tensor, Tensor]:
    """Clean latent and mask as the engine draws them from `noise` in so many steps. The mask that a step is shown is the true one in
    training; here, from the second step on, what the step before said. Where the silhouette is rounded the hand is drawn crisply instead
    of as a mean of all that it could be."""
    masks = [torch.zeros_like(conditions[:, :1])]

    def denoise(x: Tensor, level: Tensor) -> Tensor:
        clean, mask = model(x, level, conditions, rounded(masks[-1]) if len(masks) > 1 else masks[0], skin)
        masks.append(mask)
        return clean

    return sample(denoise, noise, steps), masks[-1]


def slopes(picture: Tensor) -> Tensor:
    """Differences to the right and down, [B, 2 C, H - 1, W - 1]."""
    here = picture[..., :-1, :-1]
    return torch.cat([picture[..., :-1, 1:] - here, picture[..., 1:, :-1] - here], dim=1)


def edge_loss(predicted: Tensor, clean: Tensor, linear: nn.Module, mask: Tensor) -> Tensor:
    """How much the edges within the hand differ: between fingers lies little light and shade, which a loss over latents hardly sees."""
    difference = slopes(linear(predicted - clean))
    return (difference.abs() * mask[..., :-1, :-1]).mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder with encoder.pt and decoder.pt")
    parser.add_argument("--mask-lambda", type=float, default=MASK_LAMBDA, help="weight of the mask loss")
    parser.add_argument("--edges", type=float, default=EDGES, help="weight of the loss of edges within the hand")
    parser.add_argument("--critic", type=float, default=0, help="how strongly a critic pulls at later steps (0: none); for the last part")
    add_budget(parser, batch=8, rate=1e-3)
    args = parser.parse_args()
    budget = budget_from(args)
    world = World(args.data)
    encoder, decoder = load_encoder(args.autoencoder, budget.device), load_decoder(args.autoencoder, budget.device)
    weights = channel_weights(encoder, FINE)
    generator = torch.Generator().manual_seed(budget.seed)
    model = HandDenoiser(LATENT_CHANNELS, channel_count(HAND_STEADY))
    critic = Critic(LATENT_CHANNELS, channel_count([*HAND_STEADY, *HAND_PREDICTED]), args.critic, budget.device) if args.critic else None

    def to_device(batch: HandBatch) -> HandBatch:
        return HandBatch(**{k: v.to(budget.device) for k, v in vars(batch).items()})

    def loss_of(model: nn.Module, rng: np.random.Generator, _progress: float) -> tuple[Tensor, dict[str, float]]:
        batch = to_device(hand_batch(world, budget.batch, rng))
        clean = encoder(batch.picture)
        level = draw_levels(len(clean), generator).to(budget.device)
        known = (level > 0) | (torch.rand(len(level), generator=generator).to(level.device) < 1 - MASK_ZEROED)
        conditions, none = batch.conditions.contiguous(memory_format=torch.channels_last), torch.zeros_like(batch.mask)
        seen = torch.where(known[:, None, None, None], batch.mask, none)
        with budget.autocast():
            noisy = sampled(
                lambda x, t, at: model(x, t, conditions[at], none[at], batch.skin[at])[0], clean, torch.randn_like(clean), level
            )
            predicted, mask = model(noisy.contiguous(memory_format=torch.channels_last), level, conditions, seen, batch.skin)
        predicted, mask = predicted.float(), mask.float()
        inside = 0.05 + F.max_pool2d(F.avg_pool2d(batch.mask, 8), 3, 1, 1)
        noise_loss = (huber(predicted - clean) * weights * inside).mean()
        mask_loss = F.mse_loss(mask, batch.mask)
        truth, guess = batch.mask > 0.5, mask.detach() > 0.5
        iou = (truth & guess).sum() / (truth | guess).sum().clamp_min(1)
        edges = edge_loss(predicted, clean, decoder.linear, batch.mask)
        loss = noise_loss + args.mask_lambda * mask_loss + args.edges * edges
        parts = {"noise": float(noise_loss.detach()), "edges": float(edges.detach()), "mask": float(mask_loss.detach()), "iou": float(iou)}
        later = level > 0
        if critic and later.any():
            given = F.avg_pool2d(torch.cat([conditions, batch.mask], dim=1), 8)
            parts["critic"] = float(critic.learn(clean[later], predicted[later], given[later]))
            loss = loss + critic.added(noise_loss, predicted, given, later)
        return loss, parts

    def examples() -> dict[str, Tensor]:
        batch = asdict(hand_batch(world, 12, np.random.default_rng(99)))
        return {**batch, "noise": torch.randn(12, LATENT_CHANNELS, 16, 16, generator=torch.Generator().manual_seed(7))}

    kept = {k: v.to(budget.device) for k, v in remember(budget.out / "hand-examples.pt", examples).items()}

    def grid(average: nn.Module) -> list[Tensor]:
        latent, mask = drawn_in(average, kept["noise"], kept["conditions"], kept["skin"])
        drawn = kept["conditions"][:, SHOWN] * 2 - 1
        return [drawn, decoder(latent), kept["picture"], mask.expand(-1, 3, -1, -1) * 2 - 1]

    fit("hand", model, budget, loss_of, grid, critic)


if __name__ == "__main__":
    main()
