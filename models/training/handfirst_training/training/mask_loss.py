"""What the mask loss does for the hand stage (the paper's ablation, figs. 6 and 7): hands of runs that differ in its weight alone.

    python -m handfirst_training.training.mask_loss --data HELD_OUT --autoencoder RUN --runs RUN0 RUN1 RUN2 --out DIR [--count 120]

The runs come from `training.hand --mask-lambda L --samples N`, with equal seeds. Every hand is drawn in two steps, cut out by the mask that
the last step predicted, and laid on grey: `DIR/NAME/hand-000.png`, 256x256, where NAME is the run's folder, and the rendered hands as
`DIR/rendered`. `DIR/hands.json` holds the keypoints that were asked for, and the person's area in pixels of these pictures. Prints the mean
IoU of each run's masks with the rendered ones.
`python -m handfirst_training.judge.hand_crops DIR` finds the hands again.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from ..conditions.draw import HAND_STEADY, channel_count, draw
from ..networks.denoisers import HandDenoiser
from .autoencoder import LATENT_CHANNELS
from .denoising import load_decoder
from .hand import drawn_in
from .samples import HAND_SIZE, LEFT_HAND, hand_crop, resized
from .store import World

SHOWN = 256
"""Side of the pictures in which hands are found again."""


@torch.no_grad()
def drawn(model: HandDenoiser, decoder: torch.nn.Module, conditions: Tensor, skin: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
    """Picture [1, 3, S, S] -1..1 and mask [1, 1, S, S] 0..1 as the engine draws them in two steps."""
    latent, mask = drawn_in(model, noise, conditions, skin)
    return decoder(latent), mask


def cut_out(picture: Tensor, mask: Tensor) -> Image.Image:
    """The hand on grey by its mask."""
    shown = F.interpolate(picture * (mask > 0.5), size=(SHOWN, SHOWN), mode="bilinear")[0]
    return Image.fromarray(((shown.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy())


def person_area(world: World, at: int, keypoints: np.ndarray) -> float:
    """Pixels of the person whom a crop's hand belongs to, at the scale of the crop's `keypoints` [133, 3]."""
    s, row = world.closeups[at]
    signer, target = (int(v) for v in world.shards[s]["closeup_owner"][row][:2])
    before = np.asarray(world.shards[s]["keypoints"][signer, target])
    across, whole = (float(np.hypot(*(points[5, :2] - points[6, :2]))) for points in (keypoints, before))
    return float((np.asarray(world.shards[s]["labels"][signer, target]) > 0).sum()) * (across / whole) ** 2


def load_run(run: Path) -> HandDenoiser:
    model = HandDenoiser(LATENT_CHANNELS, channel_count(HAND_STEADY)).eval()
    model.load_state_dict(torch.load(run / "hand.pt", map_location="cpu", weights_only=True)["average"])
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--autoencoder", type=Path, required=True)
    parser.add_argument("--runs", type=Path, nargs="+", required=True)
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    world, decoder = World(args.data), load_decoder(args.autoencoder, "cpu")
    models = {run.name: load_run(run) for run in args.runs}
    for name in ("rendered", *models):
        (args.out / name).mkdir(parents=True, exist_ok=True)
    asked: list[dict[str, object]] = []
    overlaps: dict[str, list[float]] = {name: [] for name in models}
    owners = np.stack([world.shards[s]["closeup_owner"][row] for s, row in world.closeups])
    single = np.flatnonzero(owners[:, 2:].sum(axis=1) == 1)
    for k, at in enumerate(single[np.linspace(0, len(single) - 1, min(args.count, len(single))).astype(int)]):
        picture, mask, keypoints, depth, skin = hand_crop(world, int(at), np.random.default_rng([7, int(at)]), HAND_SIZE)
        conditions = torch.from_numpy(draw(HAND_STEADY, HAND_SIZE, keypoints, depth))[None]
        truth = resized(mask[..., None].astype(np.float32), HAND_SIZE)[None]
        rendered = resized(picture.astype(np.float32), HAND_SIZE)[None] / 127.5 - 1
        cut_out(rendered, truth).save(args.out / "rendered" / f"hand-{k:03d}.png")
        sides = [keypoints[start : start + 21] for start in (LEFT_HAND, LEFT_HAND + 21)]
        hand = max(sides, key=lambda points: int((points[:, 2] > 0).sum()))
        enlarged = SHOWN / HAND_SIZE
        points = (hand * (enlarged, enlarged, 1)).round(2).tolist()
        asked.append({"keypoints": points, "area": round(person_area(world, int(at), keypoints) * enlarged**2)})
        noise = torch.randn(1, LATENT_CHANNELS, HAND_SIZE // 8, HAND_SIZE // 8, generator=torch.Generator().manual_seed(k))
        for name, model in models.items():
            shown, found = drawn(model, decoder, conditions, torch.from_numpy(skin.astype(np.float32))[None], noise)
            cut_out(shown, found).save(args.out / name / f"hand-{k:03d}.png")
            both = ((found > 0.5) & (truth > 0.5)).sum() / ((found > 0.5) | (truth > 0.5)).sum().clamp_min(1)
            overlaps[name].append(float(both))
    (args.out / "hands.json").write_text(json.dumps(asked))
    for name, values in overlaps.items():
        print(f"{name}: mask IoU {np.mean(values):.3f} of {len(values)} hands")


if __name__ == "__main__":
    main()
