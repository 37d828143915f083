"""Packs the small benchmark that ships in `samples/benchmark/`: rendered signers that no training saw, with their truth.

    python -m handfirst_training.world.dataset --held-out --count 48 --targets 1 --out DIR
    python -m handfirst_training.world.clip --spell HAND --seed 1000003 --identity 3000000 --front --out DIR/spelled
    python -m handfirst_training.judge.scenes --held-out DIR --frames 32
    python -m handfirst_training.samples.benchmark --held-out DIR --out ../../samples/benchmark

Three sorts of items: single pictures of the held-out set that show a hand; held letters of the manual alphabet, each by another signer;
two clips (signing, and a spelled word). Keypoints are the rendered truth, as files from detectors have it (`held_out.given_points`).
Letters are read by hand shapes of yet other signers. The layout of `benchmark.json` is that of `src/evaluate/benchmark.ts`.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..judge.held_out import HAND_LABELS, Scene, given_points, load_items, load_scene
from ..judge.points import HAND_PARTS, hand_in_frame
from ..world.dataset import HELD_OUT_SEED

FPS = 25.0
SIZE = 512
PICTURES = 40
MOVING = "JZ"
"""Letters that are movements: no single frame shows them."""
SPELLED = slice(20, 44)
"""Frames of the spelled word in which the hand is up: H, A and the way to N."""
FIRST_READER, READERS = 4_000_000, 2
"""Number of the first signer whose letters are the reader's, and how many of them spell each letter."""
QUALITY = {"picture": 92, "clip": 88}


@dataclass(frozen=True)
class Entry:
    """One item: frames [n, s, s, 3] with labels [n, s, s], keypoints [n, 133, 3] and depth [n, 133], and what is said of it."""

    name: str
    pictures: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    keypoints: NDArray[np.float64]
    depth: NDArray[np.float64]
    caption: str
    seed: int
    quality: int
    letter: str | None = None

    @property
    def kind(self) -> str:
        return "clip" if len(self.pictures) > 1 else "frame"


def shows_hand(keypoints: NDArray[np.float64], size: int) -> bool:
    """Whether the product is asked for a hand: what no hand is in cannot say how well hands are drawn."""
    return any(hand_in_frame(keypoints[part], size, size) for part in HAND_PARTS.values())


def pictures(folder: Path, available: int, wanted: int = PICTURES) -> Iterator[Entry]:
    """The first `wanted` of the held-out set's `available` pictures in which a hand is asked for."""
    fit = [item for item in load_items(folder, available) if shows_hand(item.keypoints, item.size)]
    if len(fit) < wanted:
        raise SystemExit(f"Only {len(fit)} of {available} pictures of {folder} show a hand, and {wanted} are needed: render more.")
    for item in fit[:wanted]:
        truth = (item.picture[None], item.labels[None], item.keypoints[None], item.depth[None])
        yield Entry(f"picture-{item.index:02d}", *truth, item.caption, item.index, QUALITY["picture"])


def letters(scene: Scene) -> Iterator[Entry]:
    """The letters that a single frame shows."""
    said = list(zip(str(scene.stated["letters"]), list(scene.stated["captions"]), strict=True))
    for at, (letter, caption) in enumerate(said):
        if letter in MOVING:
            continue
        one = slice(at, at + 1)
        truth = (scene.pictures[one], scene.labels[one], scene.keypoints[one], scene.depth[one])
        yield Entry(f"letter-{letter}", *truth, str(caption), 100 + at, QUALITY["picture"], letter=letter)


def clip(name: str, scene: Scene, seed: int, frames: slice = slice(None)) -> Entry:
    truth = (scene.pictures[frames], scene.labels[frames], scene.keypoints[frames], scene.depth[frames])
    return Entry(name, *truth, str(scene.stated["caption"]), seed, QUALITY["clip"])


def load_clip(folder: Path) -> Scene:
    """A folder of `world.clip`."""
    frames = [np.asarray(Image.open(path).convert("RGB")) for path in sorted(folder.glob("frame-*.png"))]
    labels, keypoints, depth = (np.load(folder / f"{name}.npy") for name in ("labels", "keypoints", "depth"))
    stated = json.loads((folder / "stated.json").read_text(encoding="utf-8"))
    return Scene(np.stack(frames), labels, keypoints.astype(np.float64), depth.astype(np.float64), stated)


def lines(keypoints: NDArray[np.float64], depth: NDArray[np.float64]) -> str:
    """JSON lines as `handfirst pose convert` writes them: x, y to a hundredth of a pixel, depth to a tenth."""
    out: list[dict[str, object]] = [{"format": "handfirst-keypoints", "version": 1, "fps": FPS, "width": SIZE, "height": SIZE}]
    for points, away in zip(given_points(keypoints), depth, strict=True):
        known = [round(float(z), 1) if seen > 0 else None for z, seen in zip(away, points[:, 2], strict=True)]
        out.append({"keypoints": [round(float(value), 2) for value in points.reshape(-1)], "depth": known})
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in out)


def save_mask(path: Path, mask: NDArray[np.bool_]) -> None:
    """White inside, black outside, one bit a pixel."""
    Image.fromarray(np.where(mask, 255, 0).astype(np.uint8)).convert("1").save(path, optimize=True)


def masks(entry: Entry) -> dict[str, NDArray[np.bool_]]:
    """[n, s, s] by the names that the benchmark has for them."""
    labels = np.asarray(entry.labels)
    return {"person": labels > 0, "leftHand": labels == HAND_LABELS["left"], "rightHand": labels == HAND_LABELS["right"]}


def write_entry(root: Path, entry: Entry) -> dict[str, object]:
    """Write an item's files into its folder; returns what `benchmark.json` says of it."""
    count, folder = len(entry.pictures), root / entry.name
    folder.mkdir(parents=True)
    (folder / "pose.jsonl").write_text(lines(entry.keypoints, entry.depth))
    known = masks(entry)
    for at, picture in enumerate(entry.pictures):
        Image.fromarray(np.asarray(picture)).save(folder / f"{at:02d}.webp", quality=entry.quality, method=6)
        for name, mask in known.items():
            save_mask(folder / f"{at:02d}-{name}.png", mask[at])

    def files(ending: str) -> list[str]:
        return [f"{entry.name}/{at:02d}{ending}" for at in range(count)]

    return {
        "id": entry.name,
        "kind": entry.kind,
        "pose": f"{entry.name}/pose.jsonl",
        "range": {"from": 0, "to": count},
        "reference": {"pictures": files(".webp")},
        "masks": {name: files(f"-{name}.png") for name in known},
        "caption": entry.caption,
        "seed": entry.seed,
        **({} if entry.letter is None else {"letter": entry.letter}),
    }


def write_benchmark(out: Path, entries: list[Entry], readers: tuple[list[str], NDArray[np.float64], NDArray[np.float64]]) -> None:
    """Write the whole folder under a temporary name, then rename it. `readers`: letters, keypoints [k, 133, 3] and depth [k, 133]."""
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    names, keypoints, depth = readers
    (part / "letters.jsonl").write_text(lines(keypoints, depth))
    stated = {
        "version": 1,
        "name": "rendered signers",
        "description": "Rendered signers that no training saw: single pictures, held letters of the ASL manual alphabet, two clips.",
        "seed": HELD_OUT_SEED,
        "items": [write_entry(part, entry) for entry in entries],
        "letters": [{"letter": letter, "pose": "letters.jsonl", "frame": at} for at, letter in enumerate(names)],
    }
    (part / "benchmark.json").write_text(json.dumps(stated, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)


def read_letters(alphabet: str) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """The letters as signers spell them who are in no item: names, keypoints [k, 133, 3] and depth [k, 133]."""
    from ..judge.scenes import signer_of, spelled
    from ..world.camera import reference_camera
    from ..world.studio import Studio

    studio, names, shots = Studio(), [], []
    for at, letter in enumerate(letter for letter in alphabet for _ in range(READERS)):
        signer, _, streams = signer_of(FIRST_READER + at)
        rest = signer.body.rest
        shots.append(studio.measure(signer, spelled(rest, letter, streams[2]), reference_camera(rest, SIZE)))
        names.append(letter)
    return names, np.stack([shot[0] for shot in shots]).astype(np.float64), np.stack([shot[1] for shot in shots]).astype(np.float64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-out", type=Path, required=True, help="the folder that the commands above filled")
    parser.add_argument("--count", type=int, default=48, help="pictures that the held-out set has")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    spelled, signing = load_scene(args.held_out / "letters"), load_scene(args.held_out / "clip")
    if spelled is None or signing is None:
        raise SystemExit(f"{args.held_out} lacks letters or clip: run `python -m handfirst_training.judge.scenes --held-out` on it.")
    alphabet = [*letters(spelled)]
    clips = [clip("clip-signing", signing, 200), clip("clip-spelling", load_clip(args.held_out / "spelled"), 201, SPELLED)]
    entries = [*pictures(args.held_out, args.count), *alphabet, *clips]
    write_benchmark(args.out, entries, read_letters("".join(str(entry.letter) for entry in alphabet)))
    size = sum(path.stat().st_size for path in args.out.rglob("*") if path.is_file())
    print(f"{args.out}: {len(entries)} items, {sum(len(entry.pictures) for entry in entries)} frames, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
