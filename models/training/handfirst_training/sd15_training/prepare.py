"""The paper's preparation: pictures of the data sets become hand crops (III-B) or whole pictures with hand masks (III-C).

``python -m handfirst_training.sd15_training.prepare hand --set hagrid=/data/hagrid --masks hagrid=/data/hagrid-sam --out STORE``

Masks are a grey picture for each picture, ``<key>.png``, white where a hand is (SAM's, made by you); they are dilated by 5 x 5. What is
left out is written to ``left-out.csv`` with the reason.
"""

import argparse
import hashlib
import heapq
import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from .data import READERS, Captions, LeftOut, Picture
from .data.pictures import HANDS, UNREADABLE, Array, DataError

DILATION = np.ones((5, 5), bool)
#: Pixels of a picture below which its hands are too small to learn from.
SMALLEST_MASK = 2500
GREY = 127
INDEX, LEFT_OUT = "index.jsonl", "left-out.csv"


@dataclass(frozen=True)
class Sample:
    """A square picture [S, S, 3], the hands' mask [S, S] of 0 and 255, and the pose in its pixels."""

    picture: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    pose: Array


def boxes_of(picture: Picture) -> dict[str, Array]:
    """Corners [[left, top], [right, bottom]] of each hand that is known."""
    hands = {side: picture.hand(side) for side in HANDS}
    return {side: np.stack([hand[:, :2].min(0), hand[:, :2].max(0)]) for side, hand in hands.items() if hand is not None}


def choose_crop(boxes: dict[str, Array], margin: float, rng: np.random.Generator) -> tuple[float, float, float]:
    """Left, top and side of the square round both hands where their boxes cross, else round one of them at random."""
    both = list(boxes.values())
    if len(both) == 2 and bool((np.minimum(both[0][1], both[1][1]) >= np.maximum(both[0][0], both[1][0])).all()):
        box = np.stack([np.minimum(both[0][0], both[1][0]), np.maximum(both[0][1], both[1][1])])
    else:
        box = both[int(rng.integers(len(both)))]
    side = margin * float((box[1] - box[0]).max())
    left, top = box.mean(0) - side / 2
    return float(left), float(top), side


def cut(image: Image.Image, region: tuple[float, float, float], size: int, fill: int) -> NDArray[np.uint8]:
    """The square ``region`` of a picture as ``size`` pixels, ``fill`` beyond its edge."""
    left, top, side = region
    scale = side / size
    bands = len(image.getbands())
    background = fill if bands == 1 else (fill,) * bands
    affine = (scale, 0, left, 0, scale, top)
    return np.asarray(image.transform((size, size), Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR, fillcolor=background))


def moved(pose: Array, region: tuple[float, float, float], size: int) -> Array:
    left, top, side = region
    result = pose.copy()
    result[:, :2] = (pose[:, :2] - (left, top)) * (size / side)
    result[pose[:, 2] <= 0] = 0
    return result


def opened(path: Path, mode: str) -> Image.Image | None:
    """The whole picture; None where the file is broken or cut off."""
    try:
        with Image.open(path) as image:
            return image.convert(mode)
    except OSError:
        return None


def prepare(picture: Picture, masks: Path, options: argparse.Namespace, rng: np.random.Generator, left_out: LeftOut) -> Sample | None:
    """The sample that a picture becomes; None where it is left out, which ``left_out`` hears."""
    file = masks / f"{Path(picture.key).with_suffix('')}.png"
    if not file.is_file():
        left_out.add(picture.key, "no mask")
        return None
    boxes = boxes_of(picture)
    image, mask = opened(picture.path, "RGB"), opened(file, "L")
    if image is None or mask is None:
        left_out.add(picture.key, UNREADABLE if image is None else "mask cannot be read")
        return None
    if mask.size != image.size:
        left_out.add(picture.key, "mask of another size")
        return None
    dilated = ndimage.binary_dilation(np.asarray(mask) >= 128, DILATION)
    if options.stage == "body":
        if int((np.asarray(mask) >= 128).sum()) < SMALLEST_MASK:
            left_out.add(picture.key, "hand mask under 2500 px")
            return None
        side = float(min(image.size))
        region = ((image.size[0] - side) / 2, (image.size[1] - side) / 2, side)
    elif not boxes:
        left_out.add(picture.key, "no hand with all points")
        return None
    else:
        region = choose_crop(boxes, options.margin, rng)
    drawn = cut(Image.fromarray((255 * dilated).astype(np.uint8)), region, options.size, 0)
    drawn = np.where(drawn >= 128, 255, 0).astype(np.uint8)
    if not drawn.any():
        left_out.add(picture.key, "mask outside the crop")
        return None
    return Sample(cut(image, region, options.size, GREY), drawn, moved(picture.pose, region, options.size))


def pictures(options: argparse.Namespace, captions: Captions, left_out: LeftOut) -> Iterator[tuple[str, Picture]]:
    for name, root in options.set:
        found = READERS[name](root, captions, left_out)
        for picture in found if options.limit is None else chosen(found, options.limit, options.seed):
            yield name, picture


def chosen(found: Iterator[Picture], count: int, seed: int) -> list[Picture]:
    """``count`` of the pictures at random, whatever their order: the first ones of a data set are of one person or gesture."""
    return heapq.nsmallest(count, found, key=lambda picture: hashlib.sha256(f"{seed}/{picture.key}".encode()).digest())


def run(options: argparse.Namespace) -> int:
    """Writes the store and returns how many samples it holds. It appears under its name only when it is whole."""
    out: Path = options.out
    if out.exists():
        raise DataError(f"{out} exists: name another folder, or remove it.")
    masks, left_out, count = dict(options.masks), LeftOut(), 0
    for name, _ in options.set:
        if name not in masks:
            raise DataError(f"--masks names no folder for {name}: give --masks {name}=FOLDER.")
    captions = Captions.read(options.captions) if options.captions else Captions()
    partial = out.with_name(f"{out.name}.partial")
    # What a run that was stopped has left.
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    with (partial / INDEX).open("w", encoding="utf-8") as index:
        for name, picture in pictures(options, captions, left_out):
            # Its own stream a picture, so that a picture more changes no other.
            rng = np.random.default_rng([options.seed, *picture.key.encode()])
            sample = prepare(picture, masks[name], options, rng, left_out)
            if sample is None:
                continue
            Image.fromarray(sample.picture).save(partial / f"{count:07d}.png")
            Image.fromarray(sample.mask).save(partial / f"{count:07d}-mask.png")
            pose = [round(value, 2) for value in sample.pose.ravel().tolist()]
            row = {"file": f"{count:07d}", "set": name, "key": picture.key, "caption": picture.caption, "pose": pose}
            index.write(json.dumps(row) + "\n")
            count += 1
    left_out.write(partial / LEFT_OUT)
    if count == 0:
        raise DataError(f"Nothing could be used; {partial / LEFT_OUT} says why: {left_out.counts()}.")
    partial.rename(out)
    print(f"{out}: {count} samples; left out: {left_out.counts() or 'nothing'}")
    return count


def named_path(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    if name not in READERS or not path:
        raise argparse.ArgumentTypeError(f"give NAME=FOLDER with a name of {', '.join(READERS)}")
    return name, Path(path)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m handfirst_training.sd15_training.prepare", description=__doc__)
    options.add_argument("stage", choices=("hand", "body"), help="crops of hands, or whole pictures")
    options.add_argument("--set", type=named_path, action="append", required=True, help="data set and its root folder; repeatable")
    options.add_argument("--masks", type=named_path, action="append", required=True, help="data set and the folder of its hand masks")
    options.add_argument("--captions", type=Path, help="JSON lines with key and caption; keys are pictures, gestures or sequences")
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--size", type=int, default=512)
    options.add_argument("--margin", type=float, default=1.5, help="side of a crop, in sides of the hand's box (default: 1.5)")
    options.add_argument(
        "--limit", type=int, help="so many pictures of each set, chosen at random (paper: 60000, 60000, 80000; 36000 for the LoRA)"
    )
    options.add_argument("--seed", type=int, default=0)
    return options


def main() -> int:
    try:
        run(parser().parse_args())
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
