"""Stage 2: the body outpainter (paper, III-C), from canvases that hold only segmented hands.

`python -m handfirst_training.training.body --data DIR --autoencoder RUN --out RUN --minutes 90`
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..conditions.draw import BODY_CHANNELS, channel_count, place
from ..networks.denoisers import BodyDenoiser
from .autoencoder import LATENT_CHANNELS
from .critic import Critic
from .denoising import channel_weights, huber, load_decoder, load_encoder, remember, sample, sampled, settled
from .loop import add_budget, budget_from, fit
from .samples import PICTURE_SIZE, BodyBatch, body_batch
from .schedule import draw_levels
from .store import World

MASK_LAMBDA = 0.3
PARTS = place(BODY_CHANNELS, "parts")


def with_parts(conditions: Tensor, parts: Tensor) -> Tensor:
    """The masks of person, clothes and hair as a condition: true ones in training; while sampling, from the second step on, what
    the step before said of them. Where outlines are settled they are drawn crisply instead of as a mean of all that they could be."""
    small = F.avg_pool2d(parts, parts.shape[-1] // conditions.shape[-1])
    return torch.cat([conditions[:, : PARTS.start], small, conditions[:, PARTS.stop :]], dim=1)


def rounded(parts: Tensor, radius: int) -> Tensor:
    """Masks with outlines as smooth as a mask head's."""
    if radius == 0:
        return parts
    return settled(F.avg_pool2d(parts, 2 * radius + 1, 1, radius, count_include_pad=False))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder with encoder.pt and decoder.pt")
    parser.add_argument("--crop", type=int, default=320, help="side of the squares trained on before --whole-from")
    parser.add_argument("--whole-from", type=float, default=0.6, help="share of the budget from which whole pictures are used")
    parser.add_argument("--mask-lambda", type=float, default=MASK_LAMBDA, help="weight of the loss of the parts' masks")
    parser.add_argument("--critic", type=float, default=0, help="how strongly a critic pulls at later steps (0: none); for the last part")
    add_budget(parser, batch=2, rate=1e-3)
    args = parser.parse_args()
    budget = budget_from(args)
    world = World(args.data)
    encoder, decoder = load_encoder(args.autoencoder, budget.device), load_decoder(args.autoencoder, budget.device)
    weights = channel_weights(encoder)
    generator = torch.Generator().manual_seed(budget.seed)
    model = BodyDenoiser(LATENT_CHANNELS, channel_count(BODY_CHANNELS), world.look_size + 1)
    model.shader.start_from(encoder.project)
    given_channels = channel_count(BODY_CHANNELS) + LATENT_CHANNELS + 1
    critic = Critic(LATENT_CHANNELS, given_channels, args.critic, budget.device) if args.critic else None

    def loss_of(model: nn.Module, rng: np.random.Generator, progress: float) -> tuple[Tensor, dict[str, float]]:
        size = args.crop if progress < args.whole_from else PICTURE_SIZE
        batch = BodyBatch(**{k: v.to(budget.device) for k, v in vars(body_batch(world, budget.batch, rng, size)).items()})
        clean, canvas = encoder(batch.picture), encoder(batch.canvas)
        level = draw_levels(len(clean), generator).to(budget.device)
        known = rounded(batch.parts, int(rng.choice([0, 1, 2, 4])))
        conditions = torch.where((level > 0)[:, None, None, None], with_parts(batch.conditions, known), batch.conditions)
        conditions = conditions.contiguous(memory_format=torch.channels_last)
        reach = int(rng.integers(3))

        def guess(x: Tensor, t: Tensor, at: Tensor) -> Tensor:
            return model(x, t, batch.conditions[at], canvas[at], batch.mask[at], batch.look[at])[0]

        def blend(drawn: Tensor, at: Tensor) -> Tensor:
            held = F.max_pool2d(batch.mask[at], 2 * reach + 1, 1, reach) if rng.random() < 0.7 else torch.zeros_like(batch.mask[at])
            return torch.where(held > 0.5, canvas[at], drawn)

        with budget.autocast():
            noisy = sampled(guess, clean, torch.randn_like(clean), level, blend).contiguous(memory_format=torch.channels_last)
            predicted, parts = model(noisy, level, conditions, canvas, batch.mask, batch.look)
        predicted, parts = predicted.float(), parts.float()
        noise_loss = (huber(predicted - clean) * weights * batch.weight).mean()
        mask_loss = F.mse_loss(parts, batch.parts)
        loss = noise_loss + args.mask_lambda * 10 * mask_loss
        told = {"noise": float(noise_loss.detach()), "mask": float(mask_loss.detach())}
        later = level > 0
        if critic and later.any():
            given = torch.cat([F.avg_pool2d(conditions, 4), canvas, batch.mask], dim=1)
            told["told"] = float(critic.learn(clean[later], predicted[later], given[later]))
            loss = loss + critic.added(noise_loss, predicted, given, later)
        return loss, told

    def examples() -> dict[str, Tensor]:
        batch = asdict(body_batch(world, 6, np.random.default_rng(99), drop=0.0))
        side = PICTURE_SIZE // 8
        return {**batch, "noise": torch.randn(6, LATENT_CHANNELS, side, side, generator=torch.Generator().manual_seed(7))}

    kept = {k: v.to(budget.device) for k, v in remember(budget.out / "body-examples.pt", examples).items()}

    def grid(average: nn.Module) -> list[Tensor]:
        canvas = encoder(kept["canvas"])

        masks: list[Tensor] = []

        def denoise(x: Tensor, level: Tensor) -> Tensor:
            conditions = with_parts(kept["conditions"], settled(masks[-1])) if masks else kept["conditions"]
            clean, mask = average(x, level, conditions, canvas, kept["mask"], kept["look"])
            masks.append(mask)
            return clean

        picture = decoder(sample(denoise, kept["noise"]))
        return [kept["canvas"], picture, kept["picture"], masks[-1] * 2 - 1]

    fit("body", model, budget, loss_of, grid, critic)


if __name__ == "__main__":
    main()
