"""Draws the gallery of signers that a bundle ships: those of `cast.json`, each with plate, part masks and keypoints.

    python -m handfirst_training.world.gallery --out models/compact/gallery [--assets DIR] [--only NAME ...] [--sheet FILE]

Writes NAME.webp, NAME-plate.webp (the same camera without the signer; without loss, since a plain wall shows every block of a compressed
one), NAME-parts.png (8-bit labels, see `labels.py`) and
gallery.json: {"default": NAME, "signers": [{"name", "words", "picture", "plate", "parts", "size", "keypoints", "depth"}]}.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .appearance import sample_look
from .camera import SIZE, Camera, gallery_camera
from .look import Choice, Look
from .pieces import folder
from .pose import reference_pose
from .sheet import sheet
from .signer import make_signer
from .specks import without_specks
from .studio import Shot, Studio

# Spread of the blur that takes the grain of walls away, and side of the square round the signer that keeps it, pixels.
GRAIN, KEPT = 1.5, 13
# Sides of a picture's pixels that are drawn: strands of hair and the cards that hold them are finer than one.
FINER = 3
BELOW = 128
"""Rows that a picture goes on below the square that is the reference's: they are carried into it where a clip's trunk is shorter."""
WORDS = ("gender", "age", "build", "skin", "hair", "hairstyle", "garment", "sleeve", "cloth", "trousers", "wall")
CAST = Path(__file__).parent / "cast.json"


def cast() -> tuple[str, dict[str, Look]]:
    """The default's name, and every signer's look by name."""
    listed = json.loads(CAST.read_text(encoding="utf-8"))
    looks = {}
    for entry in listed["signers"]:
        wanted = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items() if key not in ("name", "seed")}
        looks[entry["name"]] = sample_look(np.random.default_rng([SEED, entry["seed"]]), Choice(**wanted))
    return listed["default"], looks


SEED = 2_000_003
"""No set of training pictures uses it."""


def entry_of(name: str, look: Look, shot: Shot) -> dict[str, object]:
    """What gallery.json says of a signer. Points outside of the picture are missing: confidence 0."""
    words = look.words()
    inside = shot.keypoints[:, 2:] > 0
    points = np.where(inside, np.concatenate([shot.keypoints[:, :2], np.ones_like(inside, np.float32)], axis=1), 0)
    return {
        "name": name,
        "words": {key: words[key] for key in WORDS},
        "picture": f"{name}.webp",
        "plate": f"{name}-plate.webp",
        "parts": f"{name}-parts.png",
        "size": list(shot.labels.shape[::-1]),
        "keypoints": [[round(float(value), 2) for value in point] for point in points],
        "depth": [round(float(value), 1) for value in shot.depth],
    }


def calmed(picture: NDArray[np.uint8], labels: NDArray[np.uint8], plate: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Picture and plate [H, W, 3] without the wall's grain, which takes two thirds of their bytes; near the signer the picture stays."""
    calm = cv2.GaussianBlur(plate, (0, 0), GRAIN)
    near = cv2.dilate((labels > 0).astype(np.float32), np.ones((KEPT, KEPT), np.uint8))
    share = cv2.GaussianBlur(near, (0, 0), GRAIN)[..., None]
    return (picture * share + calm * (1 - share)).round().astype(np.uint8), calm


def tall_camera(camera: Camera) -> Camera:
    """The camera whose picture goes on below, and as far to either side, since pictures are square."""
    wider = FINER * BELOW
    return camera.zoom(-wider / 2, 0, camera.size + wider, camera.size + wider)


def coarser_picture(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    side = picture.shape[0] // FINER
    return cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)


def coarser(shot: Shot) -> Shot:
    """The shot at its size over FINER. A pixel is the signer's where half of it is, and then has the label that most of that has."""
    side = shot.labels.shape[0] // FINER
    cells = shot.labels.reshape(side, FINER, side, FINER).swapaxes(1, 2).reshape(side, side, FINER**2)
    counts = np.stack([(cells == label).sum(axis=-1) for label in range(int(cells.max()) + 1)], axis=-1)
    own = counts[..., 1:].argmax(axis=-1) + 1 if counts.shape[-1] > 1 else np.zeros((side, side))
    labels = np.where(2 * counts[..., 0] <= FINER**2, own, 0).astype(np.uint8)
    keypoints = shot.keypoints * np.array([1 / FINER, 1 / FINER, 1], np.float32)
    return shot._replace(picture=coarser_picture(shot.picture), labels=labels, keypoints=keypoints, depth=shot.depth / FINER)


def columns(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture of `tall_camera` [S, S, ...] without what lies beside the reference's: [S, S - BELOW, ...]."""
    return picture[:, BELOW // 2 : picture.shape[1] - BELOW // 2]


def narrowed(shot: Shot) -> Shot:
    """The shot likewise; points beside it are not seen."""
    width = shot.labels.shape[1] - BELOW
    keypoints = shot.keypoints - np.array([BELOW // 2, 0, 0], np.float32)
    keypoints[(keypoints[:, 0] < 0) | (keypoints[:, 0] >= width), 2] = 0
    return shot._replace(picture=columns(shot.picture), labels=columns(shot.labels), keypoints=keypoints)


def write(out: Path, default: str, drawn: list[tuple[str, Look, Shot, NDArray[np.uint8]]]) -> None:
    """Write the whole folder under a temporary name, then rename it."""
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, _, shot, plate in drawn:
        Image.fromarray(shot.picture).save(part / f"{name}.webp", quality=100, method=6)
        Image.fromarray(plate).save(part / f"{name}-plate.webp", lossless=True, method=6)
        Image.fromarray(shot.labels).save(part / f"{name}-parts.png", optimize=True)
    signers = [entry_of(name, look, shot) for name, look, shot, _ in drawn]
    lines = ",\n".join("  " + json.dumps(signer, ensure_ascii=False) for signer in signers)
    (part / "gallery.json").write_text(f'{{\n "default": {json.dumps(default)},\n "signers": [\n{lines}\n ]\n}}\n', encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=None, help="names of signers (default: all)")
    parser.add_argument("--sheet", type=Path, default=None, help="also a contact sheet")
    folder.add_option(parser)
    args = parser.parse_args()
    folder.use(args.assets)
    default, looks = cast()
    unknown = sorted(set(args.only or []) - set(looks))
    if unknown:
        parser.error(f"--only {unknown[0]}: cast.json has no such signer; it has {', '.join(looks)}.")
    studio, drawn = Studio(), []
    for name, look in looks.items():
        if args.only is None or name in args.only:
            signer = make_signer(look)
            pose = reference_pose(signer.body.rest)
            camera = tall_camera(gallery_camera(signer.body.rest, pose, FINER * SIZE))
            shot = narrowed(coarser(studio.draw(signer, pose, camera, closeups=False)))
            plate = columns(coarser_picture(studio.plate(signer, camera)))
            picture, labels = without_specks(shot.picture, shot.labels, plate)
            picture, plate = calmed(picture, labels, plate)
            drawn.append((name, look, shot._replace(picture=picture, labels=labels), plate))
            print(name, flush=True)
    write(args.out, default, drawn)
    if args.sheet is not None:
        sheet([shot.picture for _, _, shot, _ in drawn]).save(args.sheet)
    size = sum(path.stat().st_size for path in args.out.iterdir())
    print(f"{args.out}: {len(drawn)} signers, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
