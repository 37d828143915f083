"""How steady a drawn clip is: what changes from frame to frame beyond movement, and whether the look drifts.

    python -m handfirst_training.judge.steadiness --bundle ../compact --clips DIR... --out REPORT_DIR [--preset default] [--frames 1000]

DIR comes from `world.clip`: rendered frames, drawn by the product from the clip's own reference picture.

Warped error (Lai et al. 2018): mean absolute difference, levels 0..255, of a frame and the one before, moved by the optical flow of the
rendered frames where that flow is the same both ways; of the drawn and of the rendered frames, and their ratio.

Drift: the first clip's keypoints go to and fro until there are --frames of them (0: leave it out). Frames of the last whole round are
compared with those of the first at equal poses: CIEDE2000 of the mean Lab over cloth, hair and skin by the rendered labels, mean and
largest, and the share of frames that are equal pixel by pixel. No frame sees another's picture: filters over keypoints, as that of the
hands' crops, are all that can tell the rounds apart. Needs the packages of requirements-judge.txt, Node and the built package. A stopped
run goes on with the clips that are left; another bundle or preset needs another REPORT_DIR.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from .colours import HAND_LABELS, PARTS, Pixels, colour_difference, part_colours
from .draw import Clip, Engine, draw, load_picture, read_drawn
from .pose_files import write_pose

Array = NDArray[np.float64]
Flow = NDArray[np.float32]
SIZE = 512
REGIONS = ("whole", "person", "hands", "background")


def flow_of(here: Pixels, there: Pixels) -> Flow:
    """[h, w, 2] where each pixel of `here` lies in `there`, as a shift."""
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in (here, there)]
    return cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(grey[0], grey[1], None)


def moved(picture: NDArray, flow: Flow, nearest: bool = False) -> NDArray:
    """What each pixel shows of `picture` at its place plus `flow`."""
    rows, columns = np.mgrid[: flow.shape[0], : flow.shape[1]].astype(np.float32)
    how = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    return cv2.remap(picture, columns + flow[..., 0], rows + flow[..., 1], how, borderMode=cv2.BORDER_REPLICATE)


def seen_in_both(back: Flow, forth: Flow) -> NDArray[np.bool_]:
    """[h, w] where the flow back and the flow forth are one movement (Ruder et al. 2016, section 3.2): what gets covered or uncovered
    is not."""
    again = moved(forth, back)
    apart, long = ((back + again) ** 2).sum(axis=2), (back**2).sum(axis=2) + (again**2).sum(axis=2)
    return apart <= 0.01 * long + 0.5


def regions_of(before: Pixels, now: Pixels, back: Flow) -> dict[str, NDArray[np.bool_]]:
    """[h, w] each of REGIONS, where a pixel lies in it in both frames, by their labels."""
    came = moved(before, back, nearest=True)
    return {
        "whole": np.ones(now.shape, bool),
        "person": (came > 0) & (now > 0),
        "hands": np.isin(came, HAND_LABELS) & np.isin(now, HAND_LABELS),
        "background": (came == 0) & (now == 0),
    }


def warped_errors(rendered: Pixels, others: list[Pixels], labels: Pixels) -> Array:
    """[others, REGIONS] mean warped error of clips [n, h, w, 3], by the flow and the labels [n, h, w] of the rendered one; NaN where a
    region never shows."""
    sums, counts = np.zeros((len(others), len(REGIONS))), np.zeros(len(REGIONS))
    for at in range(1, len(rendered)):
        back, forth = flow_of(rendered[at], rendered[at - 1]), flow_of(rendered[at - 1], rendered[at])
        seen = seen_in_both(back, forth)
        inside = [where & seen for where in regions_of(labels[at - 1], labels[at], back).values()]
        counts += [where.sum() for where in inside]
        for k, clip in enumerate(others):
            change = np.abs(clip[at].astype(np.float32) - moved(clip[at - 1].astype(np.float32), back)).mean(axis=2)
            sums[k] += [float(change[where].sum()) for where in inside]
    return np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)


def to_and_fro(count: int, frames: int) -> NDArray[np.int64]:
    """[frames] numbers 0 .. count - 1, up and down again."""
    at = np.arange(frames) % (2 * count - 2)
    return np.minimum(at, 2 * count - 2 - at)


def last_round(count: int, frames: int) -> int:
    """The frame with which the last whole round of `to_and_fro` begins. Raises SystemExit where that is the first."""
    long = 2 * count - 2
    if frames < 2 * long:
        raise SystemExit(f"{frames} frames hold less than two rounds of a clip of {count}: give --frames {2 * long} or more.")
    return (frames // long - 1) * long


def drift(first: Array, last: Array) -> Array:
    """[n, PARTS] CIEDE2000 between mean colours [n, PARTS, 3] at equal poses; NaN where a part is not there."""
    out = np.full(first.shape[:2], np.nan)
    for at in np.ndindex(*out.shape):
        if np.isfinite(first[at]).all() and np.isfinite(last[at]).all():
            out[at] = colour_difference(first[at], last[at])
    return out


class Source:
    """A folder of `world.clip`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keypoints, self.depth, self.labels = (np.load(folder / f"{name}.npy") for name in ("keypoints", "depth", "labels"))
        self.fps = float(json.loads((folder / "stated.json").read_text())["fps"])

    def clip(self, order: NDArray[np.int64], name: str, out: Path) -> Clip:
        """The frames `order` of it as a clip to draw, where the rendered one has them."""
        file = out / f"{name}.pose"
        write_pose(file, self.keypoints[order], self.depth[order], self.fps, SIZE)
        return Clip(name, str(file.resolve()), "", 0, "source", reference=str((self.folder / "reference.png").resolve()))

    def pictures(self) -> Pixels:
        return np.stack([load_picture(path, SIZE) for path in sorted(self.folder.glob("frame-*.png"))])


def flicker_of(source: Source, out: Path, engine: Engine) -> Array:
    """[2, REGIONS] warped error of the drawn and of the rendered frames."""
    clip = source.clip(np.arange(len(source.keypoints)), source.folder.name, out)
    draw([clip], out / "drawn", engine)
    drawn, rendered = np.stack([load_picture(path, SIZE) for path in read_drawn(out / "drawn", clip).pictures]), source.pictures()
    return warped_errors(rendered, [drawn, rendered], source.labels)


def summed(values: Array) -> dict[str, float] | None:
    """Mean and largest of what is there; None where nothing is, as with hair of somebody who has none."""
    there = values[np.isfinite(values)]
    return {"mean": float(there.mean()), "largest": float(there.max())} if len(there) else None


def drift_of(source: Source, frames: int, out: Path, engine: Engine) -> dict[str, object]:
    count = len(source.keypoints)
    start, long = last_round(count, frames), 2 * count - 2
    order = to_and_fro(count, frames)
    clip = source.clip(order, f"{source.folder.name}-{frames}", out)
    draw([clip], out / "drawn", engine)
    paths = read_drawn(out / "drawn", clip).pictures
    first, last, equal = [], [], 0
    for at in range(long):
        pair = [load_picture(paths[k], SIZE) for k in (at, start + at)]
        equal += bool((pair[0] == pair[1]).all())
        for colours, picture in zip((first, last), pair, strict=True):
            colours.append(part_colours(picture, source.labels[order[at]]))
    apart = drift(np.stack(first), np.stack(last))
    stated = {name: summed(values) for name, values in zip(PARTS, apart.T, strict=True)}
    return {"frames": frames, "first of the last round": start, "equal frames": equal / long, **stated}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--clips", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--preset", default="default")
    parser.add_argument("--frames", type=int, default=1000, help="length of the clip that drift is measured on; 0: leave it out")
    args = parser.parse_args()
    sources = [Source(folder) for folder in args.clips]
    if args.frames:
        last_round(len(sources[0].keypoints), args.frames)
    args.out.mkdir(parents=True, exist_ok=True)
    engine = Engine(args.bundle, args.preset, workers=1, masks=False)
    errors = np.stack([flicker_of(source, args.out, engine) for source in sources])
    drawn, rendered = errors.mean(axis=0)
    stated: dict[str, object] = {"flicker": {name: [float(d), float(r)] for name, d, r in zip(REGIONS, drawn, rendered, strict=True)}}
    print(f"{len(sources)} clips{'':6}" + "".join(f"{name:>12}" for name in REGIONS))
    for name, values in (("drawn", drawn), ("rendered", rendered), ("ratio", drawn / rendered)):
        print(f"{name:13}" + "".join(f"{value:12.2f}" for value in values), flush=True)
    if args.frames:
        stated["drift"] = drift_of(sources[0], args.frames, args.out, engine)
        print(json.dumps(stated["drift"]))
    (args.out / "steadiness.json").write_text(json.dumps(stated, indent=1))


if __name__ == "__main__":
    main()
