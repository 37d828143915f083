"""Score a bundle: draw held-out poses with it through the product, detect again, and write a report.

    python -m handfirst_training.judge --bundle ../compact --held-out DIR --letters DIR --out REPORT_DIR [--count 200] [--resume]

Needs the packages of requirements-judge.txt, Node and the built package. The held-out set is made in the training environment with
`python -m handfirst_training.world.dataset --held-out --out DIR` and `python -m handfirst_training.judge.scenes --held-out DIR`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .detect import check_complexity, detect
from .draw import Clip, Drawn, Engine, draw, read_drawn
from .grids import write_grids
from .held_out import Item, Scene, given_points, load_items, load_scene
from .letters import Letter, load_letters, make_reader
from .measure import Legibility, judge_clip, judge_letters, judge_pictures
from .pose_files import write_pose
from .report import Report, write_report

FPS = 25.0
NO_SCENE = "was not rendered: run `python -m handfirst_training.judge.scenes --held-out DIR` in the training environment"


@dataclass
class Run:
    """One judging: what is asked for and where things go."""

    out: Path
    engine: Engine
    complexity: int
    with_depth: bool
    with_reference: bool

    @property
    def drawn(self) -> Path:
        return self.out / "drawn"

    def item_clip(self, item: Item) -> Clip:
        path = self.out / "poses" / f"{item.name}.pose"
        depth = item.depth[None] if self.with_depth else None
        write_pose(path, given_points(item.keypoints)[None], depth, FPS, item.size)
        reference = None
        if self.with_reference:
            reference = str((self.out / "poses" / f"{item.name}.png").resolve())
            Image.fromarray(np.asarray(item.reference)).save(reference)
        return Clip(item.name, str(path.resolve()), item.caption, item.index, "source", reference=reference)

    def letter_clip(self, at: Letter, index: int, caption: str) -> Clip:
        return Clip(f"letter-{at.name}", str(at.path.resolve()), caption, index, range=(at.frame, at.frame + 1))

    def scene_clip(self, scene: Scene) -> Clip:
        path = self.out / "poses" / "clip.pose"
        depth = scene.depth if self.with_depth else None
        write_pose(path, given_points(scene.keypoints), depth, float(str(scene.stated["fps"])), int(scene.pictures.shape[1]))
        return Clip("clip", str(path.resolve()), str(scene.stated["caption"]), 0, "source")

    def found(self, name: str, pictures: list[Path] | NDArray[np.uint8], size: int | None = None, drawn: int = 0) -> NDArray[np.float64]:
        """Detected points in pixels of a picture of `size`; kept beside the report, so that a stopped run goes on."""
        kept = self.out / f"found-{name}.npy"
        if kept.exists():
            return np.load(kept)
        started = time.monotonic()
        points = detect(pictures, self.complexity)
        if size is not None and drawn != size:
            points[..., :2] *= size / drawn
        np.save(kept, points)
        print(f"detected in {len(points)} pictures ({name}) in {time.monotonic() - started:.0f} s", flush=True)
        return points


def begin(args: argparse.Namespace) -> Run:
    """Check that the folder is new, or (with --resume) that it holds the same judging."""
    check_complexity(args.complexity)
    manifest = args.bundle / "manifest.json"
    if not manifest.exists():
        raise SystemExit(f"{args.bundle} has no manifest.json: name the folder of a bundle.")
    asked = {
        "bundle": hashlib.sha256(manifest.read_bytes()).hexdigest(),
        "preset": args.preset,
        "held_out": str(args.held_out.resolve()),
        "count": args.count,
        "complexity": args.complexity,
        "depth": not args.no_depth,
        "reference": args.reference,
    }
    stated = args.out / "run.json"
    if stated.exists():
        if not args.resume:
            raise SystemExit(f"{args.out} holds a judging already: add --resume to go on with it, or name another folder.")
        if json.loads(stated.read_text()) != asked:
            raise SystemExit(f"{args.out} holds the judging of another bundle or with other options: name another folder.")
    args.out.mkdir(parents=True, exist_ok=True)
    stated.write_text(json.dumps(asked, indent=1))
    engine = Engine(args.bundle, args.preset, args.workers, args.threads)
    return Run(args.out, engine, args.complexity, not args.no_depth, args.reference)


def read_letters(run: Run, letters: list[Letter], clips: list[Clip], spelled: Scene | None) -> Legibility:
    """What can be read in the drawn letters and in the rendered ones."""
    pictures = [read_drawn(run.drawn, one).pictures[0] for one in clips]
    rendered = run.found("letters-truth", np.asarray(spelled.pictures)) if spelled else None
    return judge_letters(letters, make_reader(letters), run.found("letters", pictures), rendered)


def judge(run: Run, args: argparse.Namespace) -> Report:
    """Draw, detect and measure; the grids are written on the way."""
    items = load_items(args.held_out, args.count)
    letters = load_letters(args.letters) if args.letters else []
    clip, spelled = load_scene(args.held_out / "clip"), load_scene(args.held_out / "letters")
    clips = [run.item_clip(item) for item in items]
    letter_clips = [run.letter_clip(at, index, items[index % len(items)].caption) for index, at in enumerate(letters)]
    scene_clips = [run.scene_clip(clip)] if clip else []
    draw([*scene_clips, *clips, *letter_clips], run.drawn, run.engine)
    drawn = [read_drawn(run.drawn, one) for one in clips]
    found = run.found("drawn", [one.pictures[0] for one in drawn], items[0].size, drawn[0].size)
    judged = judge_pictures(items, drawn, found, run.found("truth", np.stack([item.picture for item in items])))
    legible = read_letters(run, letters, letter_clips, spelled) if letters else None
    steadiness = judge_clip(clip, read_drawn(run.drawn, scene_clips[0])) if clip else None
    write_grids(run.out, items, drawn, judged.hand_errors)
    notes = warning_notes(drawn)
    notes += [] if spelled else [f"The alphabet {NO_SCENE}."]
    notes += [] if clip else [f"The clip {NO_SCENE}; flicker is not stated."]
    return Report(about(run, args, drawn), judged.figures, legible, steadiness, notes)


def warning_notes(drawn: list[Drawn]) -> list[str]:
    """How many pictures the product warned of, with the commonest warning."""
    sentences = [sentence for one in drawn for sentence in one.warnings]
    if not sentences:
        return []
    count = sum(bool(one.warnings) for one in drawn)
    return [f"{count} of {len(drawn)} pictures were drawn with a warning, such as: {Counter(sentences).most_common(1)[0][0]}"]


def about(run: Run, args: argparse.Namespace, drawn: list[Drawn]) -> dict[str, object]:
    """What was judged, and how."""
    return {
        "bundle": args.bundle.resolve().name,
        "preset": args.preset,
        "pictures": len(drawn),
        "evaluator": f"MediaPipe Holistic 0.10.21 (model complexity {run.complexity})",
        "depth given": "yes" if run.with_depth else "no",
        "reference given": "yes" if run.with_reference else "no",
        "seconds a picture, signer and opening included": round(float(np.median([one.seconds for one in drawn])), 1),
    }


def main(arguments: list[str] | None = None) -> None:
    args = parser().parse_args(arguments)
    run = begin(args)
    write_report(args.out, judge(run, args))
    print(f"{args.out / 'report.md'}, report.json, grid.png and worst.png are written.")


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(
        prog="python -m handfirst_training.judge", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    out.add_argument("--bundle", type=Path, required=True)
    out.add_argument("--held-out", type=Path, required=True, help="folder of the held-out set")
    out.add_argument(
        "--letters", type=Path, help="folder with the alphabet's .pose files and their index.csv; without it no letters are read"
    )
    out.add_argument("--out", type=Path, required=True, help="folder for the report, the pictures and what was detected")
    out.add_argument("--count", type=int, default=200, help="pictures of the held-out set")
    out.add_argument("--preset", default="default", help="default, fast, paper, naive, box, body-only, or a .json file")
    out.add_argument("--complexity", type=int, default=1, help="MediaPipe's model complexity: 1 (in the wheel) or 2")
    out.add_argument("--reference", action="store_true", help="give the rendered reference picture of each signer to the product")
    out.add_argument("--no-depth", action="store_true", help="leave depth out of the keypoint files")
    out.add_argument("--workers", type=int, default=2, help="drawing processes at a time")
    out.add_argument("--threads", type=int, default=1, help="threads of each drawing process")
    out.add_argument("--resume", action="store_true", help="go on with a judging that was stopped")
    return out


if __name__ == "__main__":
    main()
