"""Read letters that presets draw: what a faster preset costs.

    python -m handfirst_training.judge.by_preset --letters DIR --out DIR [--presets default,live] [--frames 10] [--bundle ../compact]

Draws frames round the middle of each letter with the built package, finds hands in them again, and prints how many are found and read as
the letter that was signed. Needs the packages of requirements-judge.txt and Node; a stopped run goes on.
"""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

from .detect import detect
from .draw import REPOSITORY
from .letters import Letter, load_letters, make_reader
from .points import HAND_PARTS
from .pose_files import read_pose


def window(middle: int, length: int, frames: int) -> tuple[int, int]:
    """First frame, and the one after the last, of `frames` frames round the middle within a clip of `length`."""
    first = max(0, min(middle - frames // 2, length - frames))
    return first, min(length, first + frames)


def draw_letter(letter: Letter, preset: str, frames: int, bundle: Path, out: Path) -> list[Path]:
    """The pictures of one letter, drawn unless they are there already."""
    first, end = window(letter.frame, len(read_pose(letter.path)), frames)
    if len(list(out.glob("frame-*.png"))) != end - first:
        out.parent.mkdir(parents=True, exist_ok=True)
        flags = ["--range", f"{first}:{end}", "--preset", preset, "--bundle", str(bundle.resolve()), "--threads", "1", "--force"]
        program = ["node", str(REPOSITORY / "bin" / "handfirst.js"), "generate", str(letter.path), "-o", f"{out}/"]
        subprocess.run([*program, "--device", "cpu", *flags], check=True, stdout=subprocess.DEVNULL)
    return sorted(out.glob("frame-*.png"))


def main(arguments: list[str] | None = None) -> None:
    args = parser().parse_args(arguments)
    letters = load_letters(args.letters)
    reader = make_reader(letters)
    for preset in args.presets.split(","):
        drawn = [(letter, draw_letter(letter, preset, args.frames, args.bundle, args.out / preset / letter.name)) for letter in letters]
        pictures = [(letter, picture) for letter, some in drawn for picture in some]
        found = detect([picture for _, picture in pictures], workers=1)
        read = [reader.read(points[HAND_PARTS[at.side]], at.side) for points, (at, _) in zip(found, pictures, strict=True)]
        right = sum(name == at.name for name, (at, _) in zip(read, pictures, strict=True))
        hands = sum(name is not None for name in read)
        print(f"{preset}: {len(pictures)} frames, hands found in {hands}, read as signed {right}", flush=True)


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(
        prog="python -m handfirst_training.judge.by_preset", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    out.add_argument("--letters", type=Path, required=True, help="folder with the alphabet's .pose files and their index.csv")
    out.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    out.add_argument("--presets", default="default,live")
    out.add_argument("--frames", type=int, default=10, help="frames of each letter")
    out.add_argument("--bundle", type=Path, default=REPOSITORY / "models" / "compact")
    return out


if __name__ == "__main__":
    main()
