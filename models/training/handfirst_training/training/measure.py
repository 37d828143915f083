"""How near the body stage's pictures come to the truth, on signers that no training saw.

    python -m handfirst_training.training.measure --data HELD_OUT --run RUN [--case gallery] [--count 48] [--out grid.png]

HELD_OUT comes from `world.dataset --held-out` and `training.carried`. True hands are pasted. `--case rough`: keypoints and masks are as
rough as a detector's, and one in five references is in another pose; `gallery`: the reference was taken by the targets' camera, its mask
and all keypoints are exact, its plate is true; `stranger`: by the same camera, but all is as a detector finds it, and the plate is filled.
Prints the median over pictures of the PSNR, dB, of the carried picture alone and of one and two steps: on the whole picture, inside the
person, and within 3 pixels of the person's outline; and the median over signers of the difference (CIEDE2000) between the mean colours of
hair, skin and clothes drawn and true.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import torch
from skimage.color import deltaE_ciede2000, rgb2lab
from torch import Tensor

from ..judge.colours import median_over_signers
from ..world.labels import BOTTOM, HAIR, SKIN, TOP
from .autoencoder import LATENT_CHANNELS
from .body import Body, drawn
from .cases import CASES, world_in
from .denoising import load_encoder
from .loop import write_grid
from .samples import PICTURE_SIZE, BodyBatch, body_sample
from .store import World

OUTLINE = 3
FEWEST_PIXELS = 40
"""A part of fewer pixels has no colour worth naming."""
PARTS = {"hair": HAIR, "skin": SKIN, "top": TOP, "bottom": BOTTOM}
PLACES = ("whole", "person", "outline")


class Measured(NamedTuple):
    """By what was drawn: PSNR [pictures, 3], dB, and CIEDE2000 [pictures, 4] of the parts; rows of pictures: carried, one step, two steps,
    truth; whose each picture is."""

    scores: dict[str, np.ndarray]
    colours: dict[str, np.ndarray]
    rows: list[list[Tensor]]
    signers: np.ndarray


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
def measure(world: World, model: Body, encoder, count: int, seed: int = 5) -> Measured:
    side = PICTURE_SIZE // 8
    scores: dict[str, list[list[float]]] = {"carried": [], "one step": [], "two steps": []}
    colours: dict[str, list[list[float]]] = {name: [] for name in scores}
    rows, signers = [], []
    for at in np.linspace(0, len(world.targets) - 1, min(count, len(world.targets))).astype(int):
        rng = np.random.default_rng([seed, int(at)])
        batch = BodyBatch(*(value[None] for value in body_sample(world, int(at), rng, PICTURE_SIZE)))
        noise = torch.randn(1, LATENT_CHANNELS, side, side, generator=torch.Generator().manual_seed(int(at)))
        pictures = {"carried": batch.carried} | {
            name: drawn(model, encoder, batch, noise, steps)[0] for name, steps in (("one step", 1), ("two steps", 2))
        }
        person = batch.person[0, 0].numpy() > 0.5
        labels = labels_of(world, int(at), person)
        unpasted = batch.pasted[0, 0].numpy() < 0.5
        for name, picture in pictures.items():
            shown = torch.where(batch.pasted > 0.5, batch.canvas, picture)[0]
            places = (np.ones_like(person), person, near_outline(person) & unpasted)
            scores[name].append([psnr(shown, batch.picture[0], where) for where in places])
            colours[name].append([colour_difference(shown, batch.picture[0], labels == label) for label in PARTS.values()])
        signers.append(world.targets[at][0] * 1000 + world.targets[at][1])
        rows.append([*(picture[0] for picture in pictures.values()), batch.picture[0]])
    return Measured(*({name: np.array(values) for name, values in table.items()} for table in (scores, colours)), rows, np.array(signers))


def labels_of(world: World, at: int, person: np.ndarray) -> np.ndarray:
    """[S, S] the labels of a target as it was drawn, in a mirror perhaps, by its person mask [S, S]."""
    s, i, j = world.targets[at]
    labels = np.asarray(world.shards[s]["labels"][i, j])
    mirrored = labels[:, ::-1]
    return labels if ((labels > 0) != person).sum() <= ((mirrored > 0) != person).sum() else mirrored


def colour_difference(picture: Tensor, truth: Tensor, where: np.ndarray) -> float:
    """CIEDE2000 between the mean Lab colours of pictures [3, S, S] in -1..1 over the pixels `where` [S, S]; NaN where these are few."""
    if where.sum() < FEWEST_PIXELS:
        return float("nan")
    means = [rgb2lab(((shown.clamp(-1, 1) + 1) / 2).permute(1, 2, 0).numpy()[where]).mean(axis=0) for shown in (picture, truth)]
    return float(deltaE_ciede2000(*means))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--run", type=Path, required=True, help="folder with body.pt and encoder.pt")
    parser.add_argument("--case", choices=CASES, default="rough")
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--out", type=Path, help="a PNG of the first eight pictures")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = Body().eval()
    model.load_state_dict(torch.load(args.run / "body.pt", map_location="cpu", weights_only=True)["average"])
    measured = measure(world_in(args.case, World(args.data, carried=True)), model, load_encoder(args.run, "cpu"), args.count)
    print(f"{'':10}" + "".join(f"{place:>9}" for place in (*PLACES, *PARTS)))
    for name, values in measured.scores.items():
        medians = (*np.nanmedian(values, axis=0), *median_over_signers(measured.colours[name], measured.signers))
        print(f"{name:10}" + "".join(f"{value:9.2f}" for value in medians))
    if args.out:
        write_grid([torch.stack(row) for row in measured.rows[:8]], args.out)


if __name__ == "__main__":
    main()
