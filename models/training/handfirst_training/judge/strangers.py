"""How near the product comes to the truth from a stranger's picture.

    python -m handfirst_training.judge.strangers --bundle ../compact --held-out DIR --out REPORT_DIR [--signers 12] [--preset default]

DIR comes from `world.dataset --held-out`. Of signers whose reference was taken by their targets' camera, the reference is cropped nearer
to the person, enlarged and written as a PNG. The product finds keypoints, outline and plate in it and draws the targets' keypoints,
placed in the reference's frame; the truth is brought into the same frame. The targets' keypoints are the renderer's, or (`--keypoints
detected`) are found in their pictures by the product's detector, whose errors then count as well. Hands are the product's own. Prints the
median PSNR over pictures, dB, on the whole and inside the true person, and the colour difference of cloth, hair and skin: CIEDE2000 of
the mean Lab over the part, mean over a signer's pictures, median over signers. Needs the packages of requirements-judge.txt, Node and the
built package. A stopped run goes on; another bundle, preset or --keypoints needs another REPORT_DIR.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..training.store import Shard, World
from ..world.depth import relative_depth
from .colours import PARTS, Pixels, median_over_signers, part_differences, psnr
from .draw import PACKAGE, REPOSITORY, Clip, Engine, draw, load_picture, read_drawn
from .held_out import given_points
from .pose_files import write_pose

Array = NDArray[np.float64]
SIZE, FPS = 512, 25.0
ENLARGED, CUT = 1.15, 0.8
"""Times that a reference is enlarged; the share of what is free that is cut off at most."""
SCRIPT = Path(__file__).with_name("detect_pictures.mjs")


@dataclass(frozen=True)
class Move:
    """x' = x * scale + dx, y' = y * scale + dy."""

    scale: float
    dx: float
    dy: float

    def then(self, later: Move) -> Move:
        return Move(self.scale * later.scale, self.dx * later.scale + later.dx, self.dy * later.scale + later.dy)

    def points(self, points: Array) -> Array:
        """[133, 3] moved; the third value says whether a point lies in the picture of SIZE."""
        out = points.astype(np.float64).copy()
        out[:, :2] = out[:, :2] * self.scale + (self.dx, self.dy)
        out[:, 2] = ((out[:, :2] >= 0) & (out[:, :2] < SIZE)).all(axis=1)
        return out

    def picture(self, picture: Pixels, nearest: bool = False, size: tuple[int, int] = (SIZE, SIZE)) -> Pixels:
        """Of `size` (width, height), zeros where the picture does not reach. Pixels have their centres at a half."""
        half = 0.5 * self.scale - 0.5
        matrix = np.array([[self.scale, 0, self.dx + half], [0, self.scale, self.dy + half]])
        flags = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
        return cv2.warpAffine(np.ascontiguousarray(picture), matrix, size, flags=flags)


def cropped(labels: Pixels, rng: np.random.Generator) -> tuple[Move, tuple[int, int]]:
    """Another framing of a picture, and its width and height: some of what is free beside and above the person is cut off, the rest is
    enlarged."""
    rows, columns = np.nonzero(labels > 0)
    height, width = labels.shape
    left, right, top = (int(CUT * rng.random() * free) for free in (columns.min(), width - 1 - columns.max(), rows.min()))
    size = (int(ENLARGED * (width - left - right)), int(ENLARGED * (height - top)))
    return Move(ENLARGED, -left * ENLARGED, -top * ENLARGED), size


def of_frame(frame: dict[str, float]) -> Move:
    """From the reference picture's pixels into what is drawn."""
    scale = SIZE / frame["side"]
    return Move(scale, -frame["x"] * scale, -frame["y"] * scale)


@dataclass(frozen=True)
class Found:
    """What the product finds in a picture, in its pixels: the square it draws in where the picture is a reference, keypoints [133, 3],
    depth [133] or None."""

    frame: dict[str, float]
    keypoints: Array
    depth: Array | None


def found_in(pictures: list[Path]) -> list[Found | None]:
    """None where no person with a face is found."""
    command = [os.environ.get("NODE", "node"), str(SCRIPT), str(PACKAGE.parent), *(str(path.resolve()) for path in pictures)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    return [line and _found(**line) for line in map(json.loads, done.stdout.splitlines())]


def _found(frame: dict[str, float], keypoints: list[float], depth: list[float | None] | None) -> Found:
    return Found(frame, np.array(keypoints, np.float64).reshape(-1, 3), None if depth is None else np.array(depth, np.float64))


@dataclass(frozen=True)
class Stranger:
    """A signer with a reference of the targets' camera; `number`: among all signers."""

    number: int
    shard: Shard
    row: int

    @property
    def name(self) -> str:
        return f"{self.number:05d}"


def strangers_in(folder: Path, count: int) -> list[Stranger]:
    everyone = [(shard, row) for shard in World([folder]).shards for row in range(len(shard["reference"]))]
    fitting = [Stranger(k, shard, row) for k, (shard, row) in enumerate(everyone) if shard.words[row]["same_camera"]]
    return fitting[:count]


@dataclass(frozen=True)
class Target:
    """A signer's picture `j`, how it comes into the reference's frame, and the reference as a file."""

    one: Stranger
    j: int
    move: Move
    reference: Path

    @property
    def name(self) -> str:
        return f"{self.one.name}-{self.j}"

    def of(self, array: str) -> NDArray:
        return np.asarray(self.one.shard[array][self.one.row, self.j])

    def rendered(self) -> tuple[Array, Array | None]:
        """Keypoints and depth as the renderer has them."""
        depth = relative_depth(self.of("depth").astype(np.float64), float(str(self.one.shard.words[self.one.row]["focal"])))
        return given_points(self.move.points(self.of("keypoints"))), depth * self.move.scale

    def detected(self, found: Found) -> tuple[Array, Array | None]:
        """Keypoints and depth as the detector found them."""
        points = np.where(found.keypoints[:, 2:] > 0, self.move.points(found.keypoints), 0)
        points[:, 2] = found.keypoints[:, 2]
        return points, None if found.depth is None else found.depth * self.move.scale


def clips_of(targets: list[Target], keypoints: str, out: Path) -> list[Clip | None]:
    """A clip a target; None where the detector, if it is asked, finds nobody."""
    if keypoints == "rendered":
        return [clip_of(target, *target.rendered(), out) for target in targets]
    files = [out / f"{target.name}-truth.png" for target in targets]
    for target, file in zip(targets, files, strict=True):
        Image.fromarray(target.of("pictures")).save(file)
    return [found and clip_of(target, *target.detected(found), out) for target, found in zip(targets, found_in(files), strict=True)]


def clip_of(target: Target, points: Array, depth: Array | None, out: Path) -> Clip:
    """A clip of one target: unrelated poses in one clip would be smoothed into each other."""
    file = out / f"{target.name}.pose"
    write_pose(file, points[None], None if depth is None else np.nan_to_num(depth)[None], FPS, SIZE)
    return Clip(target.name, str(file.resolve()), "", 0, "source", reference=str(target.reference.resolve()))


def scores_of(picture: Pixels, truth: Pixels, labels: Pixels, move: Move) -> Array:
    """PSNR on the whole and inside the person, where the moved truth reaches, and the colour difference of each of PARTS."""
    there = move.picture(np.full(labels.shape, 255, np.uint8)) == 255
    shown, parts = move.picture(truth), move.picture(labels, nearest=True)
    inside = there & (parts > 0)
    places = [psnr(shown[where], picture[where]) if where.any() else np.nan for where in (there, inside)]
    return np.array([*places, *part_differences(picture, shown, np.where(there, parts, 0))])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--held-out", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--signers", type=int, default=12)
    parser.add_argument("--preset", default="default")
    parser.add_argument("--keypoints", choices=("rendered", "detected"), default="rendered", help="whose keypoints are drawn")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    people = strangers_in(args.held_out, args.signers)
    crops = [cropped(one.shard["reference_labels"][one.row], np.random.default_rng([7, one.number])) for one in people]
    pngs = [args.out / f"{one.name}.png" for one in people]
    for one, (crop, size), png in zip(people, crops, pngs, strict=True):
        Image.fromarray(crop.picture(one.shard["reference"][one.row], size=size)).save(png)
    references = zip(people, crops, pngs, found_in(pngs), strict=True)
    moves = [(one, crop.then(of_frame(found.frame)), png) for one, (crop, _), png, found in references if found]
    targets = [Target(one, j, move, png) for one, move, png in moves for j in range(len(one.shard["pictures"][one.row]))]
    jobs = [(target, clip) for target, clip in zip(targets, clips_of(targets, args.keypoints, args.out), strict=True) if clip]
    draw([clip for _, clip in jobs], args.out / "drawn", Engine(args.bundle, args.preset, args.workers, masks=False))
    rows, whose = [], [target.one.number for target, _ in jobs]
    for target, clip in jobs:
        picture = load_picture(read_drawn(args.out / "drawn", clip).pictures[0], SIZE)
        rows.append(scores_of(picture, target.of("pictures"), target.of("labels"), target.move))
    values = np.array(rows)
    medians = [*np.nanmedian(values[:, :2], axis=0), *median_over_signers(values[:, 2:], np.array(whose))]
    names = ("whole", "person", *PARTS)
    stated = {"signers": len(moves), "pictures": len(rows), "nobody found": len(targets) - len(rows), "scores": values.tolist()}
    (args.out / "strangers.json").write_text(json.dumps(stated | dict(zip(names, map(float, medians), strict=True)), indent=1))
    print(f"{args.preset}, keypoints {args.keypoints}: {len(moves)} of {len(people)} signers, {len(rows)} of {len(targets)} pictures found")
    print("".join(f"{name:>9}" for name in names))
    print("".join(f"{value:9.2f}" for value in medians))


if __name__ == "__main__":
    main()
