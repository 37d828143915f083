"""What judging needs beside the held-out pictures, rendered once: the alphabet, spelled by held-out signers, and a clip of signing.

    python -m handfirst_training.judge.scenes --held-out DIR [--frames 60] [--assets DIR]

Runs in the training environment (the renderer) and writes DIR/letters and DIR/clip. Seeds are the held-out set's, with numbers of
pictures that the set itself does not reach.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np

from ..world.appearance import sample_look
from ..world.camera import Camera, reference_camera, sample_camera
from ..world.captions import caption
from ..world.dataset import HELD_OUT_SEED
from ..world.handshapes import alphabet
from ..world.pieces import folder as pieces
from ..world.places import at_rest, spelling
from ..world.pose import Pose, Rest, sample_sequence
from ..world.posture import Stance, compose, figure_of
from ..world.signer import Signer, make_signer
from ..world.studio import Studio

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FIRST_LETTER, CLIP = 1_000_000, 2_000_000
SIZE, FPS = 512, 25.0


def signer_of(index: int) -> tuple[Signer, str, list[np.random.Generator]]:
    """A held-out signer, a caption, and streams for what it does."""
    streams = [np.random.default_rng([HELD_OUT_SEED, index, k]) for k in range(4)]
    look = sample_look(streams[0])
    return make_signer(look), caption(streams[3], look), streams


def spelled(rest: Rest, letter: str, rng: np.random.Generator) -> Pose:
    """A signer who spells a letter with the right hand, as the letter was fitted to people's, the other hand at rest."""
    figure = figure_of(rest)
    goals = {"R": spelling(figure, "R", alphabet()[letter]), "L": at_rest(rng, figure, "L", "side")}
    return compose(figure, Stance(), goals, {})


def write(folder: Path, shots: list[tuple], stated: dict[str, object]) -> None:
    """pictures [n, 512, 512, 3], labels [n, 512, 512], keypoints [n, 133, 3], depth [n, 133] and stated.json, all or nothing."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for at, name in enumerate(("pictures", "labels", "keypoints", "depth")):
        np.save(part / f"{name}.npy", np.stack([shot[at] for shot in shots]))
    (part / "stated.json").write_text(json.dumps(stated, ensure_ascii=False))
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def draw_letters(studio: Studio, folder: Path) -> None:
    """Each letter by another signer, from the front, head to hips."""
    shots, said = [], []
    for at, letter in enumerate(LETTERS):
        signer, caption, streams = signer_of(FIRST_LETTER + at)
        rest = signer.body.rest
        shots.append(studio.draw(signer, spelled(rest, letter, streams[2]), reference_camera(rest, SIZE)))
        said.append(caption)
    write(folder, shots, {"letters": LETTERS, "captions": said})


def draw_clip(studio: Studio, folder: Path, frames: int) -> None:
    """One signer, one camera, smooth signing."""
    signer, caption, streams = signer_of(CLIP)
    rest = signer.body.rest
    camera: Camera = sample_camera(streams[1], rest)
    poses = sample_sequence(streams[2], rest, frames, FPS)
    write(folder, [studio.draw(signer, pose, camera) for pose in poses], {"fps": FPS, "caption": caption})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-out", type=Path, required=True, help="folder of the held-out set; letters/ and clip/ are added to it")
    parser.add_argument("--frames", type=int, default=60, help="frames of the clip")
    pieces.add_option(parser)
    args = parser.parse_args()
    pieces.use(args.assets)
    studio = Studio()
    draw_letters(studio, args.held_out / "letters")
    print(f"letters: {len(LETTERS)} pictures", flush=True)
    draw_clip(studio, args.held_out / "clip", args.frames)
    print(f"clip: {args.frames} frames", flush=True)


if __name__ == "__main__":
    main()
