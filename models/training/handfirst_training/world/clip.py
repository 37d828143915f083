"""Draw a clip: one signer, one camera, a sequence of poses.

    python -m handfirst_training.world.clip --out DIR (--spell TEXT | --frames N) [--identity K] [--seed S] [--front] [--assets DIR]

Writes frame-00000.png and so on, reference.png, plate.png, keypoints.npy [n, 133, 3], depth.npy [n, 133], labels.npy [n, 512, 512] and
stated.json (frames a second, caption). The signer is that of picture K of the set S.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from .appearance import sample_look
from .camera import SIZE, Camera, gallery_camera, reference_camera, sample_camera
from .captions import caption
from .dataset import streams_of
from .pieces import folder as pieces
from .pose import Pose, Rest, reference_pose, sample_sequence, spell
from .signer import Signer, make_signer
from .studio import Studio


@dataclass
class Actor:
    """Who is filmed, from where, and with which chances of movement."""

    signer: Signer
    camera: Camera
    rng: np.random.Generator
    caption: str


def actor(seed: int, identity: int, front: bool = False) -> Actor:
    """The signer and camera of one picture of a set; `front`: the camera of reference pictures instead."""
    looks, places, moves, words = streams_of(seed, identity)
    look = sample_look(looks)
    signer = make_signer(look)
    rest = signer.body.rest
    camera = reference_camera(rest, SIZE) if front else sample_camera(places, rest)
    return Actor(signer, camera, moves, caption(words, look))


def draw_clip(studio: Studio, who: Actor, poses: Callable[[Rest, np.random.Generator], list[Pose]], folder: Path, fps: float) -> int:
    """Draw the poses that `poses` gives for the actor's body; returns how many frames were written."""
    folder.mkdir(parents=True, exist_ok=True)
    rest = who.signer.body.rest
    stated: dict[str, list[np.ndarray]] = {"labels": [], "keypoints": [], "depth": []}
    sequence = poses(rest, who.rng)
    for at, pose in enumerate(sequence):
        shot = studio.draw(who.signer, pose, who.camera, closeups=False)
        Image.fromarray(shot.picture).save(folder / f"frame-{at:05d}.png")
        for name, values in stated.items():
            values.append(getattr(shot, name))
    Image.fromarray(studio.plate(who.signer, who.camera)).save(folder / "plate.png")
    pose = reference_pose(rest)
    Image.fromarray(studio.draw(who.signer, pose, gallery_camera(rest, pose), closeups=False).picture).save(folder / "reference.png")
    for name, values in stated.items():
        np.save(folder / f"{name}.npy", np.stack(values))
    (folder / "stated.json").write_text(json.dumps({"fps": fps, "caption": who.caption, "frames": len(sequence)}, ensure_ascii=False))
    return len(sequence)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--identity", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--fps", type=float, default=25.0)
    parser.add_argument("--front", action="store_true", help="from the front, head to hips")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--spell", help="letters and digits to fingerspell")
    what.add_argument("--frames", type=int, help="frames of free signing")
    pieces.add_option(parser)
    args = parser.parse_args()
    pieces.use(args.assets)

    def poses(rest: Rest, rng: np.random.Generator) -> list[Pose]:
        if args.spell is not None:
            return spell(args.spell, rest, args.fps, rng)
        return sample_sequence(rng, rest, args.frames, args.fps)

    count = draw_clip(Studio(), actor(args.seed, args.identity, args.front), poses, args.out, args.fps)
    print(f"{args.out}: {count} frames at {args.fps:g} a second")


if __name__ == "__main__":
    main()
