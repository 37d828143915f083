"""The hand stage's last part: denoiser and decoder together, judged by their picture, with a critic of pictures.

`python -m handfirst_training.training.hand_pictures --data DIR --out RUN --minutes 60`

RUN holds encoder.pt, decoder.pt and hand.pt; the last two are replaced at the end. A loss of latents alone ends in the mean of all that
a hand could be, and the decoder has seen nothing but true latents: hands were as smooth as wax.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..conditions.draw import HAND_STEADY, channel_count
from ..networks.autoencoder import Decoder
from ..networks.denoisers import HandDenoiser
from .autoencoder import LATENT_CHANNELS, laplacian
from .denoising import channel_weights, huber, load_encoder, remember, sampled
from .hand import FINE, MASK_LAMBDA, MASK_ZEROED, SHOWN, drawn_in
from .loop import add_budget, budget_from, fit, save_atomically
from .picture_critic import PictureCritic
from .samples import HAND_SIZE, HandBatch, hand_batch
from .schedule import draw_levels
from .store import World

NAME = "hand-pictures"
LATENT_LAMBDA = 0.3
# What lies round a hand counts little: it is the skin's own colour.
AROUND = 0.05


class Hand(nn.Module):
    """Denoiser and decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.denoiser = HandDenoiser(LATENT_CHANNELS, channel_count(HAND_STEADY))
        self.decoder = Decoder(LATENT_CHANNELS)


def start_from(model: Hand, run: Path) -> None:
    """The moving averages of the stages before, unless this part has begun already."""
    for part, name in ((model.denoiser, "hand"), (model.decoder, "decoder")):
        part.load_state_dict(torch.load(run / f"{name}.pt", map_location="cpu", weights_only=True)["average"])


def hand_over(run: Path) -> None:
    """Writes hand.pt and decoder.pt from this part's checkpoint."""
    state = torch.load(run / f"{NAME}.pt", map_location="cpu", weights_only=True)
    for prefix, name in (("denoiser.", "hand"), ("decoder.", "decoder")):
        parts = {
            kind: {key.removeprefix(prefix): value for key, value in state[kind].items() if key.startswith(prefix)}
            for kind in ("model", "average")
        }
        save_atomically({**parts, "samples": state["samples"], "minutes": state["minutes"]}, run / f"{name}.pt")


def seen_by_critic(conditions: Tensor) -> Tensor:
    return conditions[:, SHOWN] * 2 - 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--mask-lambda", type=float, default=MASK_LAMBDA, help="weight of the mask loss")
    parser.add_argument("--critic", type=float, default=0.3, help="how strongly the critic pulls (0: none)")
    add_budget(parser, batch=8, rate=4e-4)
    args = parser.parse_args()
    budget = budget_from(args)
    world = World(args.data)
    encoder = load_encoder(args.out, budget.device)
    weights = channel_weights(encoder, FINE)
    generator = torch.Generator().manual_seed(budget.seed)
    model = Hand()
    start_from(model, args.out)
    critic = PictureCritic(args.critic, budget.device) if args.critic else None

    def loss_of(model: Hand, rng: np.random.Generator, _progress: float) -> tuple[Tensor, dict[str, float]]:
        batch = HandBatch(**{k: v.to(budget.device) for k, v in vars(hand_batch(world, budget.batch, rng)).items()})
        clean = encoder(batch.picture)
        level = draw_levels(len(clean), generator).to(budget.device)
        known = (level > 0) | (torch.rand(len(level), generator=generator).to(level.device) < 1 - MASK_ZEROED)
        conditions, none = batch.conditions, torch.zeros_like(batch.mask)
        seen = torch.where(known[:, None, None, None], batch.mask, none)
        with budget.autocast():
            noisy = sampled(
                lambda x, t, at: model.denoiser(x, t, conditions[at], none[at], batch.skin[at])[0], clean, torch.randn_like(clean), level
            )
            latent, mask = model.denoiser(noisy, level, conditions, seen, batch.skin)
            picture = model.decoder(latent)
        latent, mask, picture = latent.float(), mask.float(), picture.float()
        inside = AROUND + (1 - AROUND) * F.max_pool2d(batch.mask, 5, 1, 2)
        difference = (picture - batch.picture) * inside
        pixels = difference.abs().mean() + laplacian(difference)
        latents = (huber(latent - clean) * weights * F.avg_pool2d(inside, 8)).mean()
        mask_loss = F.mse_loss(mask, batch.mask)
        loss = pixels + LATENT_LAMBDA * latents + args.mask_lambda * mask_loss
        parts = {"pixels": float(pixels.detach()), "latents": float(latents.detach()), "mask": float(mask_loss.detach())}
        if critic:
            critic.look(rng, HAND_SIZE)
            # Beyond the hand both show the same, so that the critic looks at hands.
            edge = F.max_pool2d(batch.mask, 5, 1, 2)
            shown = edge * picture + (1 - edge) * batch.picture
            given = seen_by_critic(batch.conditions)
            parts["critic"] = float(critic.learn(batch.picture, shown, given))
            loss = loss + critic.added(pixels_of(shown, batch.picture), shown, given)
        return loss, parts

    def examples() -> dict[str, Tensor]:
        batch = asdict(hand_batch(world, 12, np.random.default_rng(99)))
        return {**batch, "noise": torch.randn(12, LATENT_CHANNELS, 16, 16, generator=torch.Generator().manual_seed(7))}

    kept = {k: v.to(budget.device) for k, v in remember(budget.out / f"{NAME}-examples.pt", examples).items()}

    def grid(average: Hand) -> list[Tensor]:
        one, two = (average.decoder(drawn_in(average.denoiser, kept["noise"], kept["conditions"], kept["skin"], n)[0]) for n in (1, 2))
        return [seen_by_critic(kept["conditions"]), one, two, kept["picture"]]

    fit(NAME, model, budget, loss_of, grid, critic)
    hand_over(args.out)


def pixels_of(picture: Tensor, truth: Tensor) -> Tensor:
    return (picture - truth).abs().mean() + laplacian(picture - truth)


if __name__ == "__main__":
    main()
