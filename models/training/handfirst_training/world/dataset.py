"""Write a set of pictures of signers with everything that is known of them.

    python -m handfirst_training.world.dataset --out DIR --count N --seed S [--workers 2] [--first-shard K] [--held-out]

Picture i depends on (seed, i) alone; two pictures that follow each other show one signer in two poses (not with --held-out).
Shards of 64 are folders, written under a temporary name and then renamed: a run that was stopped goes on where it was.
Files of a shard: see `write_shard`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from .camera import Camera
    from .pose import Pose
    from .signer import Signer

SHARD = 64
PICTURES_A_LOOK = 2
REFERENCE_SIZE = 256
HELD_OUT_SEED = 1_000_003


@dataclass
class Sample:
    """One picture with its truth; arrays as in a shard's files, without the first axis."""

    picture: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    keypoints: NDArray[np.float32]
    depth: NDArray[np.float32]
    closeups: list[tuple[NDArray[np.uint8], NDArray[np.uint8], tuple[float, float, float], bool, bool]]
    reference: NDArray[np.uint8]
    look: NDArray[np.float32]
    captions: list[dict[str, object]]


def streams_of(seed: int, index: int) -> list[np.random.Generator]:
    """The four streams of chance of a picture: look, camera, pose, words."""
    return [np.random.default_rng([seed, index, k]) for k in range(4)]


class Studio:
    """Makes samples; holds the drawing context of this process."""

    def __init__(self) -> None:
        from .render import Renderer, marks_picture

        self.renderer = Renderer(marks_picture())
        self.cast: tuple[tuple[int, int], Signer, NDArray[np.uint8]] | None = None

    def sample(self, seed: int, index: int, a_look: int = PICTURES_A_LOOK) -> Sample:
        """The picture `index` of the set `seed`; `a_look` pictures that follow each other show one signer."""
        from .camera import sample_camera
        from .captions import captions
        from .look_vector import look_vector
        from .pose import sample_pose

        signer, reference = self._cast(seed, index - index % a_look)
        rest = signer.body.rest
        _, places, moves, words = streams_of(seed, index)
        camera = sample_camera(places, rest)
        picture, labels, points, depth, closeups = self.draw(signer, sample_pose(moves, rest), camera)
        look = signer.look
        return Sample(picture, labels, points, depth, closeups, reference, look_vector(look), captions(words, look))

    def _cast(self, seed: int, index: int) -> tuple[Signer, NDArray[np.uint8]]:
        """The signer of a picture and its reference picture; the last one is kept."""
        from .appearance import sample_look
        from .pose import neutral_pose
        from .signer import make_signer

        if self.cast is None or self.cast[0] != (seed, index):
            signer = make_signer(sample_look(streams_of(seed, index)[0]))
            self.cast = (seed, index), signer, self.reference(signer, neutral_pose(signer.body.rest))
        return self.cast[1], self.cast[2]

    def draw(self, signer: Signer, pose: Pose, camera: Camera, closeups: bool = True):
        """Picture, labels, keypoints, depth and (unless refused) close-ups of a posed signer."""
        from . import closeups as close
        from .keypoints import picture_depth, picture_points, world_points

        bare, scene = signer.scene(pose)
        self.renderer.load(scene)
        view = self.renderer.view(camera, camera)
        world = world_points(signer.body, pose, bare)
        points = picture_points(camera, world, view.depth)
        shots = []
        for r in close.regions(points, camera.size) if closeups else []:
            shot = self.renderer.view(camera.zoom(r.x0, r.y0, r.side, close.SIZE), camera)
            shots.append((shot.picture, shot.labels, (r.x0, r.y0, r.side), r.left, r.right))
        return view.picture, view.labels, points, picture_depth(camera, world), shots

    def reference(self, signer: Signer, pose: Pose) -> NDArray[np.uint8]:
        """[256, 256, 3] the signer at rest, from the front."""
        from .camera import reference_camera

        camera = reference_camera(signer.body.rest, REFERENCE_SIZE)
        _, scene = signer.scene(pose)
        self.renderer.load(scene, fine=False)
        return self.renderer.view(camera, camera).picture


def write_shard(folder: Path, samples: list[Sample]) -> None:
    """Write one shard: pictures [n, 512, 512, 3], labels [n, 512, 512], keypoints [n, 133, 3], depth [n, 133], closeups
    [m, 224, 224, 3], closeup_labels [m, 224, 224], closeup_boxes [m, 3] (x0, y0, side), closeup_owner [m, 3] (picture, left,
    right), references [n, 256, 256, 3], look [n, A], captions.json."""
    part = folder.with_name(folder.name + f".part{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    arrays = {
        "pictures": np.stack([s.picture for s in samples]),
        "labels": np.stack([s.labels for s in samples]),
        "keypoints": np.stack([s.keypoints for s in samples]),
        "depth": np.stack([s.depth for s in samples]),
        "references": np.stack([s.reference for s in samples]),
        "look": np.stack([s.look for s in samples]),
    }
    shots = [(i, *shot) for i, s in enumerate(samples) for shot in s.closeups]
    from .closeups import SIZE

    arrays["closeups"] = np.array([s[1] for s in shots], np.uint8).reshape(-1, SIZE, SIZE, 3)
    arrays["closeup_labels"] = np.array([s[2] for s in shots], np.uint8).reshape(-1, SIZE, SIZE)
    arrays["closeup_boxes"] = np.array([s[3] for s in shots], np.float32).reshape(-1, 3)
    arrays["closeup_owner"] = np.array([(s[0], s[4], s[5]) for s in shots], np.int32).reshape(-1, 3)
    for name, array in arrays.items():
        np.save(part / f"{name}.npy", array)
    (part / "captions.json").write_text(json.dumps([s.captions for s in samples], ensure_ascii=False))
    part.rename(folder)


_studio: Studio | None = None


def _make_shard(job: tuple[str, int, int, int, int, int]) -> tuple[int, int]:
    """Worker: make one shard unless it is there. job: out, seed, shard, its first picture, pictures in it,
    pictures a look."""
    global _studio
    out, seed, shard, first, count, a_look = job
    folder = Path(out) / f"shard-{shard:05d}"
    if folder.exists():
        return shard, 0
    if _studio is None:
        _studio = Studio()
    write_shard(folder, [_sample_unless_orphaned(_studio, seed, first + i, a_look) for i in range(count)])
    return shard, count


def _sample_unless_orphaned(studio: Studio, seed: int, index: int, a_look: int) -> Sample:
    """A worker whose parent was killed ends, so that no old run writes into a new one's folder."""
    parent = parent_process()
    if parent is not None and not parent.is_alive():
        raise SystemExit("The run that this worker belongs to has ended.")
    return studio.sample(seed, index, a_look)


@dataclass(frozen=True)
class Plan:
    """Which pictures to make: `count` of the set `seed` from number first_shard * size on, in shards of `size`; a_look: pictures of
    one signer that follow each other."""

    count: int
    seed: int
    first_shard: int = 0
    size: int = SHARD
    a_look: int = PICTURES_A_LOOK


def make_set(out: Path, plan: Plan, workers: int) -> None:
    """Make a set, in `workers` processes or (0) in this one."""
    from .look_vector import layout

    out.mkdir(parents=True, exist_ok=True)
    (out / "look.json").write_text(json.dumps(layout(), indent=1))
    size = plan.size
    jobs = []
    for k, shard in enumerate(range(plan.first_shard, plan.first_shard + (plan.count + size - 1) // size)):
        jobs.append((str(out), plan.seed, shard, shard * size, min(size, plan.count - k * size), plan.a_look))
    started, made = time.time(), 0
    with ExitStack() as stack:
        spread = stack.enter_context(get_context("spawn").Pool(workers)).imap_unordered if workers else map
        for shard, new in spread(_make_shard, jobs):
            made += new
            print(f"shard {shard}: {made} pictures, {made / (time.time() - started):.2f} a second", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=None, help="pictures (default 64; 200 with --held-out)")
    parser.add_argument("--seed", type=int, default=0, help=f"below {HELD_OUT_SEED}, which is kept for judging")
    parser.add_argument("--workers", type=int, default=2, help="processes; 0: this one alone")
    parser.add_argument("--first-shard", type=int, default=0)
    parser.add_argument("--shard-size", type=int, default=SHARD, help="pictures a shard; the same when a run goes on")
    parser.add_argument("--held-out", action="store_true", help="the set for judging, of a seed that training never uses")
    args = parser.parse_args()
    if not args.held_out and args.seed >= HELD_OUT_SEED:
        parser.error(f"--seed {args.seed} is kept for judging: choose one below {HELD_OUT_SEED}, or --held-out.")
    seed = HELD_OUT_SEED if args.held_out else args.seed
    count = args.count or (200 if args.held_out else SHARD)
    plan = Plan(count, seed, args.first_shard, args.shard_size, 1 if args.held_out else PICTURES_A_LOOK)
    make_set(args.out, plan, args.workers)


if __name__ == "__main__":
    main()
