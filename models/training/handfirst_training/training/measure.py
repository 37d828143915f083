"""How near the body stage's pictures come to the truth, on signers that no training saw.

    python -m handfirst_training.training.measure --data HELD_OUT --run RUN [--count 48] [--out grid.png]

HELD_OUT comes from `world.dataset --held-out` and `training.carried`. True hands are pasted, and keypoints and masks are as rough as a
detector's. Prints the median PSNR over pictures, dB, of the carried picture alone and of one and two steps: on the whole picture, inside
the person, and within 3 pixels of the person's outline.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from .autoencoder import LATENT_CHANNELS
from .body import Body, drawn
from .denoising import load_encoder
from .loop import write_grid
from .samples import PICTURE_SIZE, BodyBatch, body_sample
from .store import World

OUTLINE = 3
PLACES = ("whole", "person", "outline")


def near_outline(person: np.ndarray, reach: int = OUTLINE) -> np.ndarray:
    """[S, S] pixels within `reach` of the edge of the mask [S, S]."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    inner = person.astype(np.uint8)
    return cv2.dilate(inner, disc) != cv2.erode(inner, disc)


def psnr(picture: Tensor, truth: Tensor, where: np.ndarray) -> float:
    """dB, of pictures [3, S, S] in -1..1 over the pixels `where` [S, S]; NaN where there are none."""
    squares = ((picture.clamp(-1, 1) - truth) / 2).square().mean(dim=0).numpy()[where]
    return float(-10 * np.log10(max(float(squares.mean()), 1e-10))) if len(squares) else float("nan")


@torch.no_grad()
def measure(world: World, model: Body, encoder, count: int, seed: int = 5) -> tuple[dict[str, np.ndarray], list[list[Tensor]]]:
    """PSNR [pictures, 3] by what was drawn, and rows of pictures: carried, one step, two steps, truth."""
    side = PICTURE_SIZE // 8
    scores: dict[str, list[list[float]]] = {"carried": [], "one step": [], "two steps": []}
    rows = []
    for at in np.linspace(0, len(world.targets) - 1, min(count, len(world.targets))).astype(int):
        rng = np.random.default_rng([seed, int(at)])
        batch = BodyBatch(*(value[None] for value in body_sample(world, int(at), rng, PICTURE_SIZE)))
        noise = torch.randn(1, LATENT_CHANNELS, side, side, generator=torch.Generator().manual_seed(int(at)))
        pictures = {"carried": batch.carried} | {
            name: drawn(model, encoder, batch, noise, steps)[0] for name, steps in (("one step", 1), ("two steps", 2))
        }
        person = batch.person[0, 0].numpy() > 0.5
        unpasted = batch.pasted[0, 0].numpy() < 0.5
        for name, picture in pictures.items():
            shown = torch.where(batch.pasted > 0.5, batch.canvas, picture)[0]
            places = (np.ones_like(person), person, near_outline(person) & unpasted)
            scores[name].append([psnr(shown, batch.picture[0], where) for where in places])
        rows.append([*(picture[0] for picture in pictures.values()), batch.picture[0]])
    return {name: np.array(values) for name, values in scores.items()}, rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--run", type=Path, required=True, help="folder with body.pt and encoder.pt")
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--out", type=Path, help="a PNG of the first eight pictures")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = Body().eval()
    model.load_state_dict(torch.load(args.run / "body.pt", map_location="cpu", weights_only=True)["average"])
    scores, rows = measure(World(args.data, carried=True), model, load_encoder(args.run, "cpu"), args.count)
    print(f"{'':10}" + "".join(f"{place:>9}" for place in PLACES))
    for name, values in scores.items():
        print(f"{name:10}" + "".join(f"{value:9.2f}" for value in np.nanmedian(values, axis=0)))
    if args.out:
        write_grid([torch.stack(row) for row in rows[:8]], args.out)


if __name__ == "__main__":
    main()
