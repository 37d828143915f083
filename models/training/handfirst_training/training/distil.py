"""The hand stage from one that has been trained already: a smaller denoiser learns what the bigger one draws.

`python -m handfirst_training.training.distil --teacher T1.npz T2.npz --autoencoder RUN --out RUN --minutes 60`

T1 and T2 come from `training.teacher`. One step from pure noise is a function of the conditions alone, so there is one right answer to
learn, and neither a critic nor rendered pictures are needed. The second step begins with the smaller network's own first guess and mask,
as it will when it draws; its answer is what the bigger one drew from its own.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..conditions.draw import HAND_STEADY, channel_count, draw
from ..networks.denoisers import HandDenoiser
from .autoencoder import LATENT_CHANNELS
from .denoising import channel_weights, huber, load_decoder, load_encoder, remember, rounded
from .hand import FINE, drawn_in, edge_loss
from .loop import add_budget, budget_from, fit
from .samples import HAND_SIZE
from .schedule import LEVEL_SHARES, add_noise, signal_levels
from .teacher import noise_of

MASK_LAMBDA, EDGES = 2.0, 2.0
AROUND = 0.1
"""What the ground round a hand counts."""


class Taught:
    """Hands and what was drawn of them, from files of `training.teacher`."""

    def __init__(self, paths: list[Path]) -> None:
        parts = [dict(np.load(path)) for path in paths]
        self.rows = [(p, row) for p, part in enumerate(parts) for row in range(len(part["skin"]))]
        self.parts = parts

    def batch(self, rows: np.ndarray) -> tuple[Tensor, ...]:
        """Conditions [B, 16, 128, 128], skin [B, 9], noise [B, C, 16, 16], latents [B, 2, C, 16, 16] and masks [B, 2, 1, 128, 128]
        by step."""
        chosen = [(self.parts[p], row) for p, row in (self.rows[k] for k in rows)]
        points = [(part["keypoints"][row].astype(float), part["depth"][row].astype(float)) for part, row in chosen]
        planes = [draw(HAND_STEADY, HAND_SIZE, *one) for one in points]
        noise = torch.stack([noise_of(int(part["seed"]), row) for part, row in chosen])
        skin, latents, masks = (np.stack([part[name][row] for part, row in chosen]) for name in ("skin", "latents", "masks"))
        arrays = (np.stack(planes), skin, latents.astype(np.float32), masks[:, :, None].astype(np.float32) / 255)
        conditions_t, skin_t, latents_t, masks_t = (torch.from_numpy(array) for array in arrays)
        return conditions_t, skin_t, noise, latents_t, masks_t


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", type=Path, nargs="+", required=True)
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder with encoder.pt and decoder.pt")
    add_budget(parser, batch=8, rate=1e-3)
    args = parser.parse_args()
    budget = budget_from(args)
    taught = Taught(args.teacher)
    encoder, decoder = load_encoder(args.autoencoder, budget.device), load_decoder(args.autoencoder, budget.device)
    weights = channel_weights(encoder, FINE)
    generator = torch.Generator().manual_seed(budget.seed)
    model = HandDenoiser(LATENT_CHANNELS, channel_count(HAND_STEADY))
    second = signal_levels()[1]

    def loss_of(model: nn.Module, rng: np.random.Generator, _progress: float) -> tuple[Tensor, dict[str, float]]:
        given = taught.batch(rng.integers(len(taught.rows), size=budget.batch))
        conditions, skin, noise, latents, masks = (value.to(budget.device, memory_format=torch.contiguous_format) for value in given)
        later = (torch.rand(budget.batch, generator=generator) < LEVEL_SHARES[1]).to(budget.device)
        level = torch.where(later, second.to(budget.device), 0.0)
        noisy, seen = noise.clone(), torch.zeros_like(masks[:, 0])
        with budget.autocast():
            if later.any():
                with torch.no_grad():
                    guess, mask = model(noise[later], level[later] * 0, conditions[later], seen[later], skin[later])
                noisy[later] = add_noise(guess.float(), noise[later], level[later])
                seen[later] = rounded(mask.float())
            clean, mask = model(noisy, level, conditions, seen, skin)
        clean, mask = clean.float(), mask.float()
        at = later.long()
        rows = torch.arange(budget.batch)
        latent, hand = latents[rows, at], masks[rows, at]
        inside = AROUND + F.max_pool2d(F.avg_pool2d(hand, 8), 3, 1, 1)
        noise_loss = (huber(clean - latent) * weights * inside).mean()
        edges, mask_loss = edge_loss(clean, latent, decoder.linear, hand), F.mse_loss(mask, hand)
        parts = {"noise": float(noise_loss.detach()), "edges": float(edges.detach()), "mask": float(mask_loss.detach())}
        return noise_loss + EDGES * edges + MASK_LAMBDA * mask_loss, parts

    def examples() -> dict[str, Tensor]:
        names = ("conditions", "skin", "noise", "latents", "masks")
        return dict(zip(names, taught.batch(np.linspace(0, len(taught.rows) - 1, 12).astype(int)), strict=True))

    kept = {k: v.to(budget.device) for k, v in remember(budget.out / "distil-examples.pt", examples).items()}

    def grid(average: nn.Module) -> list[Tensor]:
        drawn = [drawn_in(average, kept["noise"], kept["conditions"], kept["skin"], steps) for steps in (1, 2)]
        pictures = [decoder(latent) for latent in (drawn[0][0], kept["latents"][:, 0], drawn[1][0], kept["latents"][:, 1])]
        return [*pictures, *(mask.expand(-1, 3, -1, -1) * 2 - 1 for mask in (drawn[1][1], kept["masks"][:, 1]))]

    fit("hand", model, budget, loss_of, grid)


if __name__ == "__main__":
    main()
