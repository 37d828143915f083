"""Write a set of signers with everything that is known of them: a reference, the plate, and targets in other poses.

    python -m handfirst_training.world.dataset --out DIR --count N --seed S [--assets DIR] [--workers 2] [--first-shard K] [--held-out]

Signer i depends on (seed, i) alone. Its targets share one camera; they are independent poses, or a short sequence for every fourth
signer or so. Shards are folders, written under a temporary name and then renamed: a run that was stopped goes on where it was.
Files of a shard: see `shard.arrays_of`, and words.json with what is said of each signer.
"""

from __future__ import annotations

import argparse
import time
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .pieces import folder as pieces

if TYPE_CHECKING:
    from .shard import Sample
    from .studio import Studio

SHARD = 24
TARGETS = 3
HELD_OUT_SEED = 1_000_003
SAME_CAMERA, SEQUENCES, HANGING = 0.65, 0.25, 0.2
"""Shares of signers whose reference has the targets' camera, whose targets are a sequence, whose reference lets the arms hang."""
FPS, STEPS = 25.0, (1, 2, 3)
"""Of a sequence: frames a second, and how many of them lie between targets."""


def streams_of(seed: int, index: int) -> list[np.random.Generator]:
    """The four streams of chance of a signer: look, cameras, poses, words."""
    return [np.random.default_rng([seed, index, k]) for k in range(4)]


def sample(studio: Studio, seed: int, index: int, targets: int = TARGETS) -> Sample:
    """The signer `index` of the set `seed`."""
    from .appearance import sample_look
    from .camera import gallery_camera, sample_camera
    from .captions import caption
    from .draw.develop import develop, sample_film
    from .pose import neutral_pose, reference_pose
    from .shard import Sample
    from .signer import make_signer

    looks, places, moves, words = streams_of(seed, index)
    look = sample_look(looks)
    signer = make_signer(look)
    rest = signer.body.rest
    camera = sample_camera(places, rest)
    pose = neutral_pose(rest) if places.random() < HANGING else reference_pose(rest)
    own = places.random() >= SAME_CAMERA
    before = (gallery_camera(rest, pose) if places.random() < 0.4 else sample_camera(places, rest)) if own else camera
    reference, reference_plate = studio.draw(signer, pose, before, closeups=False), studio.plate(signer, before)
    reference = reference._replace(picture=develop(reference.picture, sample_film(places), places))
    sequence = moves.random() < SEQUENCES
    poses = _sequence(moves, signer.body, targets) if sequence else _poses(seed, index, signer.body, targets)
    shots = [studio.draw(signer, pose, camera) for pose in poses]
    said = look.words() | {
        "caption": caption(words, look), "same_camera": not own, "sequence": sequence, "place": look.light.place, "top": look.clothes.cut,
        "focal": camera.focal, "reference_focal": before.focal,
        "hair_piece": look.hair.piece, "tone": list(look.face.skin),
    }  # fmt: skip
    return Sample(reference, reference_plate, studio.plate(signer, camera), shots, studio.soft_skin(signer, pose, before), said)


def _poses(seed: int, index: int, body, count: int) -> list:
    from .clearance import clear_pose

    return [clear_pose(body, [seed, index, 5, k]) for k in range(count)]


def _sequence(rng: np.random.Generator, body, count: int) -> list:
    """Poses that follow each other a few frames apart, out of smooth signing."""
    from .pose import sample_sequence

    step = int(rng.choice(STEPS))
    first = int(rng.integers(8, 24))
    return sample_sequence(rng, body.rest, first + step * count, FPS)[first::step][:count]


@dataclass(frozen=True)
class Plan:
    """Which signers to make: `count` of the set `seed` from number first_shard * size on, in shards of `size`, each with `targets`."""

    count: int
    seed: int
    first_shard: int = 0
    size: int = SHARD
    targets: int = TARGETS


_studio: Studio | None = None


def _make_shard(job: tuple[str, int, int, int, int, int]) -> tuple[int, int]:
    """Worker: make one shard unless it is there. job: out, seed, shard, its first signer, signers in it, targets."""
    from .shard import write_shard
    from .studio import Studio

    global _studio
    out, seed, shard, first, count, targets = job
    folder = Path(out) / f"shard-{shard:05d}"
    if folder.exists():
        return shard, 0
    if _studio is None:
        _studio = Studio()
    write_shard(folder, [_sample_unless_orphaned(_studio, seed, first + i, targets) for i in range(count)])
    return shard, count


def _sample_unless_orphaned(studio: Studio, seed: int, index: int, targets: int) -> Sample:
    """A worker whose parent was killed ends, so that no old run writes into a new one's folder."""
    parent = parent_process()
    if parent is not None and not parent.is_alive():
        raise SystemExit("The run that this worker belongs to has ended.")
    return sample(studio, seed, index, targets)


def make_set(out: Path, plan: Plan, workers: int) -> None:
    """Make a set, in `workers` processes or (0) in this one."""
    out.mkdir(parents=True, exist_ok=True)
    size = plan.size
    jobs = []
    for k, shard in enumerate(range(plan.first_shard, plan.first_shard + (plan.count + size - 1) // size)):
        jobs.append((str(out), plan.seed, shard, shard * size, min(size, plan.count - k * size), plan.targets))
    started, made = time.time(), 0
    with ExitStack() as stack:
        spread = stack.enter_context(get_context("spawn").Pool(workers)).imap_unordered if workers else map
        for shard, new in spread(_make_shard, jobs):
            made += new
            print(f"shard {shard}: {made} signers, {60 * made / (time.time() - started):.1f} a minute", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, default=None, help="signers (default 24; 200 with --held-out)")
    parser.add_argument("--seed", type=int, default=0, help=f"below {HELD_OUT_SEED}, which is kept for judging")
    parser.add_argument("--workers", type=int, default=2, help="processes; 0: this one alone")
    parser.add_argument("--first-shard", type=int, default=0)
    parser.add_argument("--shard-size", type=int, default=SHARD, help="signers a shard; the same when a run goes on")
    parser.add_argument("--targets", type=int, default=TARGETS, help="poses of each signer; the same when a run goes on")
    parser.add_argument("--held-out", action="store_true", help="the set for judging, of a seed that training never uses")
    pieces.add_option(parser)
    args = parser.parse_args()
    if not args.held_out and args.seed >= HELD_OUT_SEED:
        parser.error(f"--seed {args.seed} is kept for judging: choose one below {HELD_OUT_SEED}, or --held-out.")
    pieces.use(args.assets)
    seed = HELD_OUT_SEED if args.held_out else args.seed
    count = args.count or (200 if args.held_out else SHARD)
    make_set(args.out, Plan(count, seed, args.first_shard, args.shard_size, args.targets), args.workers)


if __name__ == "__main__":
    main()
