"""Hands of their arm's colour: corrects in hand.pt how the hand stage reads the reference's skin.

`python -m handfirst_training.training.hand_colour --data DIR --autoencoder RUN --out RUN`

A trained hand stage may draw hands that are redder and brighter than their arm: most of all dark ones. What it draws of a skin is
nearly a linear function of the nine numbers, so the numbers are corrected by a linear function before they enter, which becomes a part of
the first layer that takes them. Nothing is trained; shapes and masks hardly change.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import trange

from ..conditions.draw import HAND_STEADY, channel_count
from ..networks.denoisers import SKIN, HandDenoiser
from .autoencoder import LATENT_CHANNELS
from .denoising import load_decoder
from .hand import drawn_in
from .loop import save_atomically
from .samples import hand_batch
from .store import World

FIRST = "code.mlp.0"
MIDDLE = slice(3, 6)
"""The middle fifth of the face's skin among the nine numbers."""
ARM = torch.tensor([1.03, 1.07, 1.10])
"""Bare arms beside the middle of the face, red, green and blue. Medians of the gallery's ten signers with short sleeves: 1.03, 1.06 and
1.095."""
RIDGE = 1e-3
NUDGE = 0.06
"""By how much skins are moved to see how much hands follow."""


def mean_colours(pictures: Tensor, masks: Tensor) -> Tensor:
    """[B, 3]: mean colour of pictures [B, 3, H, W] where masks [B, 1, H, W] are above a half."""
    inside = (masks > 0.5).float()
    return (pictures * inside).sum(dim=(2, 3)) / inside.sum(dim=(2, 3)).clamp_min(1)


def arm_colours(skins: Tensor) -> Tensor:
    """[N, 3], -1..1: the colour of arms with skins [N, 9]."""
    return (skins[:, MIDDLE] + 1) * ARM - 1


def linear_fit(given: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Weights [3, 3] and constants [3] by which wanted [N, 3] is nearest to a linear function of given [N, 3]. A ridge keeps it tame, since
    red, green and blue of skins rise and fall together."""
    middle = given.mean(dim=0)
    apart = given - middle
    weights = torch.linalg.solve(apart.T @ apart + RIDGE * len(given) * torch.eye(3), apart.T @ (wanted - wanted.mean(dim=0))).T
    return weights, wanted.mean(dim=0) - weights @ middle


def correction(weights: Tensor, constants: Tensor, response: Tensor) -> tuple[Tensor, Tensor]:
    """M [9, 9] and d [9]: skins that enter as M skin + d give hands of the arm's colour.

    Hands are off by weights middle + constants, with the middle of skin. All three levels move by the same colour, of which hands follow
    `response` [3, 3]: the change of their colour by that of the skin's.
    """
    every = torch.eye(3).repeat(3, 1) @ torch.linalg.inv(response)
    matrix = torch.eye(SKIN)
    matrix[:, MIDDLE] -= every @ weights
    return matrix, -every @ constants


def corrected(state: dict[str, Tensor], matrix: Tensor, shift: Tensor) -> dict[str, Tensor]:
    """The denoiser's weights with skins taken as `matrix` skin + `shift`."""
    weight, bias = state[f"{FIRST}.weight"].clone(), state[f"{FIRST}.bias"]
    own = weight[:, :SKIN].clone()
    weight[:, :SKIN] = own @ matrix
    return {**state, f"{FIRST}.weight": weight, f"{FIRST}.bias": bias + own @ shift}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder with decoder.pt")
    parser.add_argument("--out", type=Path, required=True, help="folder with hand.pt, which is replaced")
    parser.add_argument("--count", type=int, default=192, help="hands drawn in each round")
    parser.add_argument("--rounds", type=int, default=2, help="a linear function is only nearly what the network draws")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    world, decoder = World(args.data), load_decoder(args.autoencoder, "cpu")
    path = args.out / "hand.pt"
    saved = torch.load(path, map_location="cpu", weights_only=True)
    model = HandDenoiser(LATENT_CHANNELS, channel_count(HAND_STEADY)).requires_grad_(False)
    for turn in range(args.rounds + 1):
        model.load_state_dict(saved["average"])
        rng, generator = np.random.default_rng(args.seed + turn), torch.Generator().manual_seed(args.seed + turn)
        skins, colours = [], []
        for _ in trange(args.count // 16, disable=None):
            batch = hand_batch(world, 16, rng)
            noise = torch.randn(16, LATENT_CHANNELS, 16, 16, generator=generator)
            nudges = [torch.zeros(3), *(NUDGE * torch.eye(3))] if turn < args.rounds else [torch.zeros(3)]
            drawn = [drawn_in(model, noise, batch.conditions, batch.skin + nudge.repeat(3)) for nudge in nudges]
            skins.append(batch.skin)
            colours.append(torch.stack([mean_colours(decoder(latent), drawn[0][1]) for latent, _ in drawn]))
        skin, (colour, *nudged) = torch.cat(skins), torch.cat(colours, dim=1)
        off = 127.5 * (colour - arm_colours(skin))
        dark = skin[:, MIDDLE].mean(dim=1) < -0.25
        said = ", ".join(f"{name} {[round(float(v), 1) for v in rows.mean(dim=0)]}" for name, rows in (("all", off), ("dark", off[dark])))
        print(f"round {turn}: hands less arms, levels RGB: {said}; mean distance {float(off.norm(dim=1).mean()):.1f}", flush=True)
        if turn < args.rounds:
            response = torch.stack([(moved - colour).mean(dim=0) / NUDGE for moved in nudged], dim=1)
            change = correction(*linear_fit(skin[:, MIDDLE], off / 127.5), response)
            saved = {**saved, **{kind: corrected(saved[kind], *change) for kind in ("model", "average")}}
    save_atomically(saved, path)


if __name__ == "__main__":
    main()
