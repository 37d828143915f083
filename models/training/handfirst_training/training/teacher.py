"""What an exported hand stage draws of many hands: the targets that a smaller one learns from (`training.distil`).

`python -m handfirst_training.training.teacher --bundle ../compact --data DIR --out FILE.npz --count 12000 --seed 1`

No picture is rendered. Hands are posed and projected, the skin is that of signers in DIR, and the bundle's float32 graph draws both steps,
each from its own step before. So there are as many hands as wanted, at 0.08 s each.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnxruntime
import torch
from tqdm import tqdm

from ..conditions.draw import HAND_STEADY, draw, transform
from ..conditions.hand import LEFT_HAND, RIGHT_HAND
from ..world.appearance import sample_look
from ..world.camera import sample_camera
from ..world.closeups import regions
from ..world.dataset import FPS
from ..world.keypoints import world_points
from ..world.motion import sample_pose
from ..world.sequences import sample_sequence
from ..world.signer import make_signer
from .autoencoder import LATENT_CHANNELS
from .carried import pixel_depth
from .denoising import rounded
from .faults import jitter
from .mirror import mirrored_points
from .samples import CROP_MARGIN, HAND_SIZE, MIRRORED, PICTURE_SIZE, cut_off, recoloured, signer_skin
from .schedule import add_noise, sampler_timesteps, signal_levels
from .store import World

IN_SEQUENCES = 0.3
"""Share of poses out of smooth signing, so that hands on their way are among them."""
SEQUENCE, EVERY = 60, 4
POSES_A_BODY, CAMERAS_A_POSE = 60, 2


class Hand(NamedTuple):
    """Keypoints [133, 3] and depth [133] in pixels of the crop, skin [9]."""

    keypoints: np.ndarray
    depth: np.ndarray
    skin: np.ndarray


def poses(rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Endless keypoints [133, 3] and metres along the view [133] of posed signers."""
    while True:
        signer = make_signer(sample_look(rng))
        rest = signer.body.rest
        left = POSES_A_BODY
        while left > 0:
            moving = rng.random() < IN_SEQUENCES
            count = SEQUENCE // EVERY
            several = sample_sequence(rng, rest, SEQUENCE, FPS)[::EVERY] if moving else [sample_pose(rng, rest) for _ in range(count)]
            left -= len(several)
            for pose in several:
                points = world_points(signer.body, pose, signer.body.posed(pose))
                for _ in range(CAMERAS_A_POSE):
                    camera = sample_camera(rng, rest)
                    placed = camera.project(points)[:, :2]
                    yield np.column_stack([placed, np.ones(len(placed))]), camera.view(points)[:, 2].astype(np.float32)


def crop_of(points: np.ndarray, hands: list[slice], rng: np.random.Generator) -> tuple[float, float, float]:
    """Corner and side of a square round the hands' points, placed as roughly as by the engine."""
    given = np.concatenate([points[hand] for hand in hands])
    given = given[given[:, 2] > 0, :2]
    low, high = given.min(axis=0), given.max(axis=0)
    side = float((high - low).max()) * CROP_MARGIN * rng.uniform(0.9, 1.2)
    x, y = (low + high) / 2 - side / 2 + rng.normal(0, 0.04, 2) * side
    return float(x), float(y), side


def hands_of(world: World, rng: np.random.Generator) -> Iterator[Hand]:
    """Endless hands as the hand stage meets them, with a detector's faults."""
    for points, metres in poses(rng):
        for region in regions(points.astype(np.float32), PICTURE_SIZE):
            keypoints, depth = jitter(points, pixel_depth(points, metres), rng)
            keypoints[:, 2] = 1.0
            wanted = [slice(k, k + 21) for k, there in ((LEFT_HAND, region.left), (RIGHT_HAND, region.right)) if there]
            cut_off(keypoints, wanted, rng)
            x, y, side = crop_of(keypoints, wanted, rng)
            keypoints, depth = transform(keypoints, depth, x, y, HAND_SIZE / side)
            if rng.random() < MIRRORED:
                keypoints, depth = mirrored_points(keypoints, depth, HAND_SIZE)
            shard = world.shards[rng.integers(len(world.shards))]
            skin = signer_skin(shard, int(rng.integers(len(shard["reference"]))))
            skin = recoloured(rng)[np.clip((skin + 1) * 127.5, 0, 255).round().astype(int), np.arange(9) % 3] / 127.5 - 1
            yield Hand(keypoints.astype(np.float32), depth.astype(np.float32), skin.astype(np.float32))


def noise_of(seed: int, row: int) -> torch.Tensor:
    """[C, 16, 16]: what the sampler starts from. It is the noise of the second level too: DDIM without chance keeps it."""
    return torch.randn(LATENT_CHANNELS, HAND_SIZE // 8, HAND_SIZE // 8, generator=torch.Generator().manual_seed(seed * 1_000_000 + row))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True, help="folder with hand-denoiser.onnx")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="rendered signers, for their skin")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=12000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    world, rng = World(args.data), np.random.default_rng(args.seed)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    graph = onnxruntime.InferenceSession(str(args.bundle / "hand-denoiser.onnx"), options, providers=["CPUExecutionProvider"])
    levels, timesteps = signal_levels(), [np.array([t], np.float32) for t in sampler_timesteps()]
    source = hands_of(world, rng)
    hands, latents, masks = [], [], []
    for row in tqdm(range(args.count)):
        hand, noise = next(source), noise_of(args.seed, row)[None]
        feeds = {"conditions": draw(HAND_STEADY, HAND_SIZE, hand.keypoints, hand.depth)[None], "skin": hand.skin[None]}
        latent, seen = noise, np.zeros((1, 1, HAND_SIZE, HAND_SIZE), np.float32)
        drawn = []
        for step, timestep in enumerate(timesteps):
            clean, mask = graph.run(["clean", "mask"], {**feeds, "latent": latent.numpy(), "timestep": timestep, "predicted": seen})
            drawn.append((clean[0], mask[0, 0]))
            if step + 1 < len(timesteps):
                latent = add_noise(torch.from_numpy(clean), noise, levels[step + 1][None])
                seen = rounded(torch.from_numpy(mask)).numpy()
        hands.append(hand)
        latents.append(np.stack([clean for clean, _ in drawn]).astype(np.float16))
        masks.append(np.stack([np.round(mask * 255) for _, mask in drawn]).astype(np.uint8))
    partial = args.out.with_suffix(".part.npz")
    columns = {name: np.stack(column) for name, column in zip(Hand._fields, zip(*hands, strict=True), strict=True)}
    np.savez(partial, **columns, latents=np.stack(latents), masks=np.stack(masks), seed=args.seed)
    os.replace(partial, args.out)


if __name__ == "__main__":
    main()
