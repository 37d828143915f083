"""What sequential mask expansion does for the body stage (the paper's ablation), measured in a band round the hands.

    python -m handfirst_training.training.blending --data HELD_OUT --run RUN [--count 100] [--steps 8] [--hide-canvas] [--hide-carried]

HELD_OUT comes from `world.dataset --held-out` and `training.carried`. Hands are true ones, and are not pasted at the end. Prints for every
mode the mean absolute error, of 255, in the band of 8 pixels round the hands, how far `expand` is from each other mode there, and the
paired difference of their errors with its 95 % interval (bootstrap over pictures). `--hide-canvas`: the network sees no canvas, so that
blending alone brings the hands in, as with a network of Stable Diffusion. `--hide-carried`: nothing of the reference is carried round the
hands either. `training.body` trains for both with options of these names.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .autoencoder import LATENT_CHANNELS
from .body import Body, bare_round_hands, drawn
from .denoising import load_encoder
from .samples import PICTURE_SIZE, BodyBatch, body_sample
from .store import World

MODES = ("expand", "naive", "box", "none")
BAND = 8
CELL = 8
# Of 50 steps the paper grows the mask by a pixel each; of fewer by as much in all.
PAPER_STEPS = 50


def grown(mask: Tensor, pixels: int) -> Tensor:
    """[B, 1, S, S] dilated by a square of 2 pixels + 1."""
    return F.max_pool2d(mask, 2 * pixels + 1, 1, pixels) if pixels else mask


def boxes(mask: Tensor) -> Tensor:
    """[1, 1, S, S] the box round each connected part of the mask."""
    found, labels = cv2.connectedComponents(mask[0, 0].numpy().astype(np.uint8))
    out = torch.zeros_like(mask)
    for k in range(1, found):
        y, x = np.nonzero(labels == k)
        out[..., y.min() : y.max() + 1, x.min() : x.max() + 1] = 1
    return out


def blend_masks(mode: str, mask: Tensor, steps: int, free: int) -> list[Tensor]:
    """Masks of the blended steps at latent size, first step first, as the engine's `blendMasks` makes them."""
    count = steps - free
    growth = round(PAPER_STEPS / steps)
    series = {
        "expand": lambda: [grown(mask, growth * (count - 1 - i)) for i in range(count)],
        "naive": lambda: [mask] * count,
        "box": lambda: [boxes(mask)] * count,
        "none": list,
    }[mode]()
    return [(F.avg_pool2d(m, CELL) >= 0.5).float() for m in series]


@torch.no_grad()
def pictures(world: World, model: Body, encoder, args: argparse.Namespace) -> Iterator[tuple[dict[str, Tensor], BodyBatch, Tensor]]:
    """What each mode draws, the sample, and the band round its hands [S, S]; pictures without hands are left out."""
    side = PICTURE_SIZE // CELL
    for at in np.linspace(0, len(world.targets) - 1, min(args.count, len(world.targets))).astype(int):
        rng = np.random.default_rng([7, int(at)])
        batch = BodyBatch(*(value[None] for value in body_sample(world, int(at), rng, PICTURE_SIZE)))
        if args.hide_carried:
            batch = bare_round_hands(batch)
        mask = (batch.pasted > 0.5).float()
        if not mask.any():
            continue
        noise = torch.randn(1, LATENT_CHANNELS, side, side, generator=torch.Generator().manual_seed(int(at)))
        made = {
            mode: drawn(model, encoder, batch, noise, args.steps, blend_masks(mode, mask, args.steps, args.free), not args.hide_canvas)[0]
            for mode in MODES
        }
        yield made, batch, (grown(mask, BAND) - mask)[0, 0] > 0.5


def interval(values: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """95 % interval of the mean, by bootstrap."""
    means = values[rng.integers(len(values), size=(4000, len(values)))].mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--run", type=Path, required=True, help="folder with body.pt and encoder.pt")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--free", type=int, default=2, help="last steps without blending")
    parser.add_argument("--hide-canvas", action="store_true")
    parser.add_argument("--hide-carried", action="store_true", help="nothing is carried round the hands")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = Body().eval()
    model.load_state_dict(torch.load(args.run / "body.pt", map_location="cpu", weights_only=True)["average"])
    errors: dict[str, list[float]] = {mode: [] for mode in MODES}
    apart: dict[str, list[float]] = {mode: [] for mode in MODES}
    for made, batch, band in pictures(World(args.data, carried=True), model, load_encoder(args.run, "cpu"), args):
        for mode, picture in made.items():
            errors[mode].append(float((picture - batch.picture)[0, :, band].abs().mean()) * 127.5)
            apart[mode].append(float((picture - made["expand"])[0, :, band].abs().mean()) * 127.5)
    rng = np.random.default_rng(0)
    hidden = " and ".join(name for name, on in (("canvas", args.hide_canvas), ("carried", args.hide_carried)) if on) or "nothing"
    print(f"{len(errors['expand'])} pictures, {args.steps} steps, {args.free} free, {hidden} hidden")
    print(f"{'':8}{'error':>8}{'apart':>8}   error of expand less this one")
    for mode in MODES:
        gain = np.array(errors["expand"]) - np.array(errors[mode])
        low, high = interval(gain, rng)
        print(f"{mode:8}{np.mean(errors[mode]):8.2f}{np.mean(apart[mode]):8.2f}   {gain.mean():+.2f} [{low:+.2f}, {high:+.2f}]")


if __name__ == "__main__":
    main()
