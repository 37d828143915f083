"""Whether the face's signs arrive: what the face mesh sees on drawn frames against what the keypoints said.

    python -m handfirst_training.judge.face_signs --bundle ../compact --clips DIR... --out REPORT_DIR [--preset default]

DIR comes from `python -m handfirst_training.world.clip --frames N --front --seed 1000003`: rendered frames with their keypoints, which the
product draws from the clip's own reference picture. For each channel the correlation over time of the mesh on drawn frames with the
keypoints, and of the mesh on the rendered frames with them. A channel of a clip counts where the mesh sees more of it than noise on the
rendered frames (correlation above 0.707: half of what it measures there is the sign). Writes face-signs.json and prints a table.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .detect import detect
from .draw import Clip, Engine, draw, read_drawn
from .points import FACE
from .pose_files import write_pose

Array = NDArray[np.float64]
HEARD = float(np.sqrt(0.5))
FEWEST_FRAMES = 20


def channels_of(points: Array) -> dict[str, Array]:
    """[n, 133, 3] -> each channel [n], in distances between the outer corners of the eyes; NaN in frames without a face."""
    face = np.where(points[:, FACE, 2:] > 0, points[:, FACE, :2], np.nan)
    at = lambda *k: face[:, list(k)].mean(axis=1)  # noqa: E731
    across = at(45) - at(36)
    unit = np.linalg.norm(across, axis=1)
    down = np.stack([-across[:, 1], across[:, 0]], axis=1) / unit[:, None]
    far = lambda a, b: np.linalg.norm(at(*a) - at(*b), axis=1) / unit  # noqa: E731
    below = lambda a, b: ((at(*b) - at(*a)) * down).sum(axis=1) / unit  # noqa: E731
    jaw = at(16) - at(0)
    return {
        "mouth opening": far((61, 62, 63), (65, 66, 67)),
        "mouth width": far((48,), (54,)),
        "brow height": below((18, 19, 20, 23, 24, 25), (36, 39, 42, 45)),
        "eye opening": (below((37, 38), (40, 41)) + below((43, 44), (46, 47))) / 2,
        "head turn": ((at(30) - at(0)) * jaw).sum(axis=1) / (jaw**2).sum(axis=1),
    }


def correlation(a: Array, b: Array) -> float:
    """Pearson's, over frames in which both are known; NaN where those are few or one of them does not change."""
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < FEWEST_FRAMES or a[known].std() < 1e-9 or b[known].std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(a[known], b[known])[0, 1])


def compared(source: Array, rendered: Array, drawn: Array) -> dict[str, tuple[float, float]]:
    """Of each channel the correlation with the source on rendered and on drawn frames, where the mesh hears it on rendered ones."""
    said, seen, made = (channels_of(points) for points in (source, rendered, drawn))
    both = {name: (correlation(seen[name], said[name]), correlation(made[name], said[name])) for name in said}
    return {name: pair for name, pair in both.items() if pair[0] > HEARD}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--clips", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--preset", default="default")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    clips = []
    for folder in args.clips:
        stated = json.loads((folder / "stated.json").read_text())
        file = args.out / f"{folder.name}.pose"
        write_pose(file, np.load(folder / "keypoints.npy"), np.load(folder / "depth.npy"), stated["fps"], 512)
        clips.append(Clip(folder.name, str(file.resolve()), "", 1, reference=str((folder / "reference.png").resolve())))
    draw(clips, args.out / "drawn", Engine(args.bundle, args.preset, args.workers))
    found: dict[str, list[tuple[float, float]]] = {}
    for folder, clip in zip(args.clips, clips, strict=True):
        source = np.load(folder / "keypoints.npy").astype(np.float64)
        rendered = detect(sorted(folder.glob("frame-*.png")), workers=args.workers)
        drawn = detect(read_drawn(args.out / "drawn", clip).pictures, workers=args.workers)
        for name, pair in compared(source, rendered, drawn).items():
            found.setdefault(name, []).append(pair)
    table = {
        name: {"clips": len(pairs), "rendered": float(np.mean([a for a, _ in pairs])), "drawn": float(np.mean([b for _, b in pairs]))}
        for name, pairs in found.items()
    }
    (args.out / "face-signs.json").write_text(json.dumps(table, indent=1))
    print(f"{'':14}{'clips':>6}{'rendered':>10}{'drawn':>8}{'share':>8}")
    for name, row in table.items():
        print(f"{name:14}{row['clips']:6}{row['rendered']:10.3f}{row['drawn']:8.3f}{row['drawn'] / row['rendered']:8.3f}")


if __name__ == "__main__":
    main()
