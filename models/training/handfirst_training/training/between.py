"""Networks between two others: the weighted mean of their weights.

`python -m handfirst_training.training.between --first RUN --second RUN --share 0.5 --out RUN`

The second must have gone on from the first: networks that were trained apart have no mean. Going on with hands (`training.hand_pictures`)
gives them more light and shade, and less even outlines; half of the way keeps both. Writes hand.pt, decoder.pt and body.pt, those that both
runs hold, and copies the first's encoder.pt.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from torch import Tensor

from .loop import save_atomically


def between(first: dict[str, Tensor], second: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """The weights at `share`, 0..1, of the way from the first to the second; all else as the second has it."""
    if first.keys() != second.keys():
        raise SystemExit("The two runs hold different networks: give a run and one that went on from it.")
    return {name: torch.lerp(first[name], value, share) if value.is_floating_point() else value for name, value in second.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=Path, required=True, help="folder of a run, with encoder.pt")
    parser.add_argument("--second", type=Path, required=True, help="folder of a run that went on from it")
    parser.add_argument("--share", type=float, default=0.5, help="0: the first, 1: the second")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    if args.out.resolve() in (args.first.resolve(), args.second.resolve()):
        raise SystemExit("--out is one of the two runs, which would be lost: give a third folder.")
    args.out.mkdir(parents=True, exist_ok=True)
    shared = [name for name in ("hand.pt", "decoder.pt", "body.pt") if all((run / name).exists() for run in (args.first, args.second))]
    if not shared:
        raise SystemExit("Neither hand.pt, decoder.pt nor body.pt lies in both folders: give two runs of the same stage.")
    for name in shared:
        first, second = (torch.load(run / name, map_location="cpu", weights_only=True) for run in (args.first, args.second))
        mean = between(first["average"], second["average"], args.share)
        counts = {key: second[key] for key in ("samples", "minutes") if key in second}
        save_atomically({"model": mean, "average": mean, **counts}, args.out / name)
    shutil.copyfile(args.first / "encoder.pt", args.out / "encoder.pt")


if __name__ == "__main__":
    main()
