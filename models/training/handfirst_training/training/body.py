"""Stage 2: the body outpainter (paper, III-C) and its decoder, from carried references and canvases that hold only segmented hands.

`python -m handfirst_training.training.body --data DIR --autoencoder RUN --out RUN --minutes 90`

Denoiser and decoder train together: what the decoder sees at run time is what the denoiser guesses, not the truth.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..conditions.draw import BODY_STEADY, channel_count
from ..networks.autoencoder import CarriedDecoder, Encoder
from ..networks.denoisers import BodyDenoiser
from .autoencoder import LATENT_CHANNELS, laplacian
from .denoising import channel_weights, huber, load_encoder, remember, rounded, sample, sampled
from .loop import Budget, add_budget, budget_from, fit
from .picture_critic import PictureCritic
from .samples import PICTURE_SIZE, BodyBatch, body_batch
from .schedule import SAMPLER_STEPS, add_noise, draw_levels
from .store import World

MASK_LAMBDA = 0.1
OWN_LAMBDA = 0.3
LATENT_LAMBDA = 0.15
HAND_WEIGHT = 0.1
LIGHT_PRICE = 0.05
"""What it costs that the light is uneven: mean difference of neighbours, and a tenth of its size."""
HIDDEN = 40
"""Pixels round the hands in which `--hide-carried` shows nothing of the reference."""


class Body(nn.Module):
    """Denoiser and decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.denoiser = BodyDenoiser(LATENT_CHANNELS, channel_count(BODY_STEADY))
        self.decoder = CarriedDecoder(LATENT_CHANNELS, BodyDenoiser.FEATURES)


def fed_back(mask: Tensor) -> Tensor:
    """The predicted mask [B, 1, 8h, 8h], sharpened and halved, as the next step's input [B, 1, 4h, 4h]."""
    return F.avg_pool2d(rounded(mask), 2)


def bare_round_hands(batch: BodyBatch) -> BodyBatch:
    """The batch with nothing carried within HIDDEN pixels of the hands, so that what stands there comes from the latents alone."""
    # Row by row and then column by column: a window of its whole size takes longer than the network.
    rows = F.max_pool2d((batch.pasted > 0.5).float(), (1, 2 * HIDDEN + 1), 1, (0, HIDDEN))
    near = F.max_pool2d(rows, (2 * HIDDEN + 1, 1), 1, (HIDDEN, 0)) > 0.5
    return replace(batch, carried=torch.where(near, batch.plate, batch.carried))


def latents(encoder: Encoder, batch: BodyBatch) -> tuple[Tensor, ...]:
    """Latents of picture, carried picture, plate and canvas."""
    return tuple(encoder(x) for x in (batch.picture, batch.carried, batch.plate, batch.canvas))


def drawn(
    model: Body, encoder: Encoder, batch: BodyBatch, noise: Tensor, steps: int, masks: list[Tensor] | None = None, shown: bool = True
) -> tuple[Tensor, Tensor]:
    """Picture and the person's mask as the engine draws them, in `steps` steps.

    Step i starts from the canvas, noised to the step's level, where `masks[i]` [B, 1, S/8, S/8] is 1 (paper, equation 8); steps past the
    masks are free. `shown` False: the network sees no canvas, so that blending alone brings the hands in.
    """
    _, carried, plate, canvas = latents(encoder, batch)
    given = canvas if shown else torch.zeros_like(canvas)
    seen: dict[str, Tensor] = {}
    nothing = torch.zeros_like(batch.conditions[:, :1])
    blended = iter(masks or [])

    def denoise(x: Tensor, level: Tensor) -> Tensor:
        predicted = fed_back(seen["mask"]) if seen else nothing
        clean, seen["features"], seen["mask"] = model.denoiser(x, level, batch.conditions, predicted, carried, plate, given, batch.mask)
        return clean

    def blend(x: Tensor, level: Tensor) -> Tensor:
        mask = next(blended, None)
        return x if mask is None else torch.where(mask > 0.5, add_noise(canvas, noise, level.expand(len(x))), x)

    latent = sample(denoise, noise, steps, blend)
    return model.decoder(latent, seen["features"], batch.carried, batch.plate)


def unevenness(maps: Tensor) -> Tensor:
    """Mean distance of neighbours in maps [B, C, h, w], and a tenth of their size: where nothing says otherwise they are zero."""
    across, down = maps.diff(dim=3).abs().mean(), maps.diff(dim=2).abs().mean()
    return across + down + 0.1 * maps.abs().mean()


def example_grid(world: World, encoder: Encoder, budget: Budget) -> Callable[[Body], list[Tensor]]:
    """The picture grid of a checkpoint: carried, drawn in one step and in two, the truth, and the person's mask."""

    def examples() -> dict[str, Tensor]:
        batch = asdict(body_batch(world, 6, np.random.default_rng(99)))
        side = PICTURE_SIZE // 8
        return {**batch, "noise": torch.randn(6, LATENT_CHANNELS, side, side, generator=torch.Generator().manual_seed(7))}

    kept = {k: v.to(budget.device) for k, v in remember(budget.out / "body-grid.pt", examples).items()}
    shown = BodyBatch(**{k: v for k, v in kept.items() if k != "noise"})

    def grid(average: Body) -> list[Tensor]:
        one, _ = drawn(average, encoder, shown, kept["noise"], 1)
        two, person = drawn(average, encoder, shown, kept["noise"], 2)
        return [shown.carried, one, two, shown.picture, person.expand(-1, 3, -1, -1) * 2 - 1]

    return grid


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder with encoder.pt")
    parser.add_argument("--crop", type=int, default=256, help="side of the squares trained on before --whole-from")
    parser.add_argument("--whole-from", type=float, default=1.0, help="share of the budget from which whole pictures are used")
    parser.add_argument("--steps", type=int, default=SAMPLER_STEPS, help="noise levels that are trained")
    parser.add_argument("--hide-canvas", type=float, default=0, help="share of samples that see no canvas")
    parser.add_argument("--hide-carried", type=float, default=0, help="share of steps in which nothing is carried round the hands")
    parser.add_argument("--gate-price", type=float, default=0.06, help="what it costs to draw own colours over the carried picture")
    parser.add_argument("--flow-price", type=float, default=0, help="what it costs that neighbours move apart, a pixel")
    parser.add_argument("--critic", type=float, default=0, help="how strongly a critic of pictures pulls (0: none); for the last part")
    parser.add_argument("--decoder-only", action="store_true", help="train the decoder alone, as after a change of its layers")
    add_budget(parser, batch=4, rate=1e-3)
    args = parser.parse_args()
    budget = budget_from(args)
    world = World(args.data, carried=True)
    print(f"body: {len(world.targets)} pictures", flush=True)
    encoder = load_encoder(args.autoencoder, budget.device)
    weights = channel_weights(encoder)
    generator = torch.Generator().manual_seed(budget.seed)
    critic = PictureCritic(args.critic, budget.device) if args.critic else None

    def loss_of(model: Body, rng: np.random.Generator, progress: float) -> tuple[Tensor, dict[str, float]]:
        size = args.crop if progress < args.whole_from else PICTURE_SIZE
        batch = BodyBatch(**{k: v.to(budget.device) for k, v in vars(body_batch(world, budget.batch, rng, size)).items()})
        if rng.random() < args.hide_carried:
            batch = bare_round_hands(batch)
        clean, carried, plate, canvas = latents(encoder, batch)
        level = draw_levels(len(clean), generator, args.steps).to(budget.device)
        hidden = torch.rand(len(clean), generator=generator).to(budget.device) < args.hide_canvas
        blended, canvas = canvas, torch.where(hidden[:, None, None, None], torch.zeros_like(canvas), canvas)
        predicted = torch.zeros_like(batch.conditions[:, :1])

        def guess(x: Tensor, t: Tensor, at: Tensor) -> Tensor:
            first, _, mask = model.denoiser(x, t, batch.conditions[at], predicted[at], carried[at], plate[at], canvas[at], batch.mask[at])
            predicted[at] = fed_back(mask.float())
            return first

        def blend(first: Tensor, at: Tensor) -> Tensor:
            return torch.where(batch.mask[at] > 0.5, blended[at], first) if rng.random() < 0.5 else first

        with budget.autocast():
            noisy = sampled(guess, clean, torch.randn_like(clean), level, blend)
            latent, features, mask = model.denoiser(noisy, level, batch.conditions, predicted, carried, plate, canvas, batch.mask)
            half, flow = model.decoder.maps(latent, features, batch.carried, batch.plate)
            picture, _, own = model.decoder.mixed(half, flow, batch.carried, batch.plate)
        latent, picture, own, person, mask = latent.float(), picture.float(), own.float(), half[:, 4:5].float(), mask.float()
        weight = batch.weight * (1 - (1 - HAND_WEIGHT) * batch.pasted)
        difference = (picture - batch.picture) * weight
        pixels = difference.abs().mean() + laplacian(difference)
        latent_loss = (huber(latent - clean) * weights * F.avg_pool2d(weight, 8)).mean()
        true = F.avg_pool2d(batch.person, 2)
        mask_loss = F.binary_cross_entropy_with_logits(person, true) + F.binary_cross_entropy(mask, batch.person)
        # Own colours cost as much as an error of this size: what the reference shows is crisp, a guess that is about as near is soft.
        opened = torch.sigmoid(CarriedDecoder.GATE_SLOPE * half[:, 3:4].float()).mean()
        # Without this the network shades through a gate that is open by a tenth: with black, or with the brightest blue.
        alone = ((own - batch.picture) * weight).abs().mean()
        # Where all looks alike any flow is as good: on other pictures it made ripples of cloth and outlines that wobble.
        torn = unevenness(CarriedDecoder.shifts(flow.float()))
        shaded = unevenness(CarriedDecoder.light(flow.float()))
        prices = args.gate_price * opened + args.flow_price * torn + LIGHT_PRICE * shaded
        loss = pixels + OWN_LAMBDA * alone + LATENT_LAMBDA * latent_loss + MASK_LAMBDA * mask_loss + prices
        named = {"pixels": pixels, "own": alone, "latent": latent_loss, "mask": mask_loss, "gate": opened, "torn": torn, "light": shaded}
        parts = {name: float(value.detach()) for name, value in named.items()}
        if critic:
            critic.look(rng, size)
            parts["critic"] = float(critic.learn(batch.picture, picture, batch.carried))
            loss = loss + critic.added(pixels, picture, batch.carried)
        return loss, parts

    body = Body()
    body.denoiser.requires_grad_(not args.decoder_only)
    fit("body", body, budget, loss_of, example_grid(world, encoder, budget), critic)


if __name__ == "__main__":
    main()
