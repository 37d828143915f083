"""Draws signers of a set side by side, to look at.

python -m handfirst_training.world.sheet --out FILE [--seed S] [--first K] [--count 48] [--columns 8] [--side 256] [--assets DIR]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .pieces import folder


def sheet(pictures: list[NDArray[np.uint8]], columns: int = 6, side: int = 256) -> Image.Image:
    """Pictures [n, n, 3] in rows, each `side` pixels."""
    rows = -(-len(pictures) // columns)
    out = Image.new("RGB", (columns * side, rows * side))
    for at, picture in enumerate(pictures):
        small = Image.fromarray(picture).resize((side, side), Image.Resampling.LANCZOS)
        out.paste(small, (at % columns * side, at // columns * side))
    return out


def main() -> None:
    from .appearance import sample_look
    from .camera import sample_camera
    from .clearance import clear_pose
    from .dataset import streams_of
    from .signer import make_signer
    from .studio import Studio

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    for name, usual in (("seed", 0), ("first", 0), ("count", 48), ("columns", 8), ("side", 256)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    folder.add_option(parser)
    args = parser.parse_args()
    folder.use(args.assets)
    studio, pictures = Studio(), []
    for index in range(args.first, args.first + args.count):
        looks, places, _, _ = streams_of(args.seed, index)
        signer = make_signer(sample_look(looks))
        camera = sample_camera(places, signer.body.rest, args.side)
        pictures.append(studio.draw(signer, clear_pose(signer.body, [args.seed, index, 5, 0]), camera, closeups=False).picture)
        print(index, signer.look.words(), signer.look.clothes.cut, signer.look.hair.piece, flush=True)
    sheet(pictures, args.columns, args.side).save(args.out)


if __name__ == "__main__":
    main()
