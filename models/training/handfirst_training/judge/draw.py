"""Drawing through the product: jobs for `generate.mjs`, which runs the built Node package, and what came of them."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

REPOSITORY = Path(__file__).resolve().parents[4]
PACKAGE = REPOSITORY / "dist" / "index.js"
SCRIPT = Path(__file__).with_name("generate.mjs")


@dataclass(frozen=True)
class Clip:
    """One keypoint file to draw; `range` = first frame and the one after the last, `framing` = how the signer is placed (None: as the
    product does by itself; "source": where the file has it)."""

    id: str
    input: str
    prompt: str
    seed: int
    framing: str | None = None
    range: tuple[int, int] | None = None
    reference: str | None = None

    def job(self) -> dict[str, object]:
        stated = {key: value for key, value in asdict(self).items() if key != "range" and value is not None}
        return stated if self.range is None else {**stated, "from": self.range[0], "to": self.range[1]}


@dataclass(frozen=True)
class HandMask:
    """A crop in pixels of the drawn picture, the hands it was to show, and the stage's mask [m, m]."""

    crop: tuple[float, float, float]
    hands: list[str]
    mask: NDArray[np.bool_]


@dataclass(frozen=True)
class Drawn:
    """What became of a clip: pictures as files, the hand stage's masks a frame, side of the pictures, seconds it took, warnings."""

    pictures: list[Path]
    masks: list[list[HandMask]]
    size: int
    seconds: float
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Engine:
    """How to draw: bundle, preset, processes at a time and threads of each; whether the hands' masks are kept."""

    bundle: Path
    preset: str
    workers: int = 2
    threads: int = 1
    masks: bool = True


def draw(clips: list[Clip], out: Path, engine: Engine) -> None:
    """Draw what is not in `out` yet. Processes share nothing, so that two cores are kept busy by two clips.

    Raises SystemExit with a sentence where the package is not built or a clip cannot be drawn.
    """
    left = [clip for clip in clips if not (out / clip.id / "clip.json").exists()]
    if not left:
        return
    if not PACKAGE.exists():
        raise SystemExit("The package is not built: run `npm ci && npm run build` in the repository's root, then judge again.")
    out.mkdir(parents=True, exist_ok=True)
    count = max(1, min(engine.workers, len(left)))
    progress = _Progress(len(clips) - len(left), len(clips))
    running = [_start(left[number::count], out, engine, number) for number in range(count)]
    readers = [threading.Thread(target=progress.follow, args=(process,)) for process in running]
    try:
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        codes = [process.wait() for process in running]
    finally:
        for process in running:
            if process.poll() is None:
                process.terminate()
    if any(codes):
        ends = ", ".join(f"signal {-code}" if code < 0 else f"code {code}" for code in codes if code)
        raise SystemExit(
            f"Drawing failed: Node ended with {ends} (its messages are above). Fix the cause and run the same command with --resume."
        )


def _start(clips: list[Clip], out: Path, engine: Engine, number: int) -> subprocess.Popen[str]:
    jobs = {
        "package": str(PACKAGE),
        "bundle": str(engine.bundle.resolve()),
        "preset": engine.preset,
        "out": str(out.resolve()),
        "masks": engine.masks,
        "threads": engine.threads,
        "clips": [clip.job() for clip in clips],
    }
    path = out / f"jobs-{number}.json"
    path.write_text(json.dumps(jobs, ensure_ascii=False))
    node = os.environ.get("NODE", "node")
    return subprocess.Popen([node, str(SCRIPT), str(path)], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)


class _Progress:
    """Counts clips of all processes and says so now and then."""

    def __init__(self, done: int, whole: int) -> None:
        self.done, self.whole, self.lock = done, whole, threading.Lock()

    def follow(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            stated = json.loads(line)
            with self.lock:
                self.done += 1
                if self.done % 10 == 0 or self.done == self.whole or stated["frames"] > 1:
                    print(f"drawn {self.done} of {self.whole} ({stated['clip']}: {stated['seconds']:.1f} s)", flush=True)


def read_drawn(out: Path, clip: Clip) -> Drawn:
    """What `draw` left of a clip."""
    folder = out / clip.id
    stated = json.loads((folder / "clip.json").read_text())
    pictures = [folder / frame["picture"] for frame in stated["frames"]]
    masks = [[_mask(folder, hand) for hand in frame["hands"]] for frame in stated["frames"]]
    return Drawn(pictures, masks, int(stated["size"]), float(stated["seconds"]), tuple(stated.get("warnings", ())))


def _mask(folder: Path, hand: dict) -> HandMask:
    mask = np.asarray(Image.open(folder / hand["mask"]).convert("L")) > 127
    return HandMask((hand["x"], hand["y"], hand["side"]), list(hand["hands"]), mask)


def load_picture(path: Path, size: int) -> NDArray[np.uint8]:
    """[size, size, 3] RGB; pictures of another size are resampled."""
    picture = Image.open(path).convert("RGB")
    return np.asarray(picture if picture.size == (size, size) else picture.resize((size, size), Image.Resampling.LANCZOS))
