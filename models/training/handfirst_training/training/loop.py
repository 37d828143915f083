"""The training loop that every stage shares: time budget, checkpoints, moving average, log, picture grids."""

from __future__ import annotations

import argparse
import copy
import ctypes
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from .critic import Critic

# Of the moving average, a step: about the last 300 steps count, since budgets here are thousands of steps, not millions.
AVERAGE_DECAY = 0.997


@dataclass(frozen=True)
class Budget:
    """How long and how a stage trains."""

    out: Path
    minutes: float
    batch: int
    rate: float
    seed: int
    device: str
    save_minutes: float
    decay: bool
    precision: str
    samples: int

    def autocast(self) -> torch.autocast:
        """The network's arithmetic: float32, or bfloat16 with float32 weights (half as long again where the processor has it)."""
        return torch.autocast(torch.device(self.device).type, dtype=torch.bfloat16, enabled=self.precision == "bfloat16")


def add_budget(parser: argparse.ArgumentParser, batch: int, rate: float) -> None:
    """The options that every stage shares."""
    parser.add_argument("--out", type=Path, required=True, help="folder of checkpoints; resumed where one lies there")
    parser.add_argument("--minutes", type=float, default=30, help="time budget of this call; the learning rate falls to zero at its end")
    parser.add_argument("--samples", type=int, default=0, help="end at so many samples in all instead, to compare runs of equal length")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--rate", type=float, default=rate, help="peak learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--save-minutes", type=float, default=5)
    parser.add_argument("--no-decay", action="store_true", help="keep the learning rate up: another call will go on from here")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32", help="of the network's arithmetic")


def keep_memory() -> None:
    """Have glibc keep what is freed: arrays of some megabytes for every sample are else given back to the system and cleared anew
    each time, which took four fifths of the time that drawing a sample took."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        trim_threshold, mmap_threshold = -1, -3
        mallopt(mmap_threshold, 1 << 30)
        mallopt(trim_threshold, (1 << 31) - 1)


def budget_from(args: argparse.Namespace) -> Budget:
    if args.threads:
        torch.set_num_threads(args.threads)
    keep_memory()
    # Gradients hold denormal numbers, which take processors several times as long: a step of the body stage took 1.6 times as long.
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    rest = (args.batch, args.rate, args.seed, args.device, args.save_minutes, not args.no_decay, args.precision, args.samples)
    return Budget(args.out, args.minutes, *rest)


def learning_rate(progress: float, samples: int, decay: bool) -> float:
    """Share of the peak rate: a short warm-up, then flat, then (with `decay`) linear to zero over the last 40 % of the budget."""
    return min(1.0, (samples + 1) / 1500) * (min(1.0, (1.0 - progress) / 0.4 + 1e-3) if decay else 1.0)


def save_atomically(state: dict[str, object], path: Path) -> None:
    temporary = path.with_suffix(".tmp")
    torch.save(state, temporary)
    os.replace(temporary, path)


@torch.no_grad()
def follow(average: nn.Module, model: nn.Module, decay: float) -> None:
    """Exponential moving average of the parameters."""
    for kept, now in zip(average.parameters(), model.parameters(), strict=True):
        kept.lerp_(now, 1 - decay)


def write_grid(rows: list[Tensor], path: Path) -> None:
    """Rows of pictures [N, 3, H, W], -1..1, as one PNG."""
    picture = torch.cat([torch.cat(list(row.clamp(-1, 1)), dim=2) for row in rows], dim=1)
    Image.fromarray(((picture + 1) * 127.5).round().byte().permute(1, 2, 0).cpu().numpy()).save(path)


def fit(
    name: str,
    model: nn.Module,
    budget: Budget,
    loss_of: Callable[[nn.Module, np.random.Generator, float], tuple[Tensor, dict[str, float]]],
    grid: Callable[[nn.Module], list[Tensor]] | None = None,
    critic: Critic | None = None,
) -> nn.Module:
    """Train until the budget is spent; returns the moving average. `loss_of(model, rng, progress)` draws a batch and gives its loss.
    A critic that the loss uses is kept in the checkpoint."""
    model = model.to(budget.device).to(memory_format=torch.channels_last)
    average = copy.deepcopy(model).requires_grad_(False)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=budget.rate, betas=(0.9, 0.98), weight_decay=1e-3)
    path, samples, spent = budget.out / f"{name}.pt", 0, 0.0
    if path.exists():
        state = torch.load(path, map_location=budget.device, weights_only=True)
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        # Moments of other layers than those that train now are of no use.
        kept = state.get("optimiser")
        if kept and [len(group["params"]) for group in kept["param_groups"]] == [len(trained)]:
            optimiser.load_state_dict(kept)
        if critic and "critic" in state:
            critic.load_state_dict(state["critic"])
        samples, spent = int(state["samples"]), float(state["minutes"])
        print(f"{name}: resumed at {samples} samples, {spent:.1f} minutes", flush=True)
    rng = np.random.default_rng([budget.seed, samples])
    torch.manual_seed(budget.seed + samples)
    start = saved = logged = time.time()
    sums: dict[str, float] = {}
    seen = 0

    def save() -> None:
        minutes = spent + (time.time() - start) / 60
        state: dict[str, object] = {"model": model.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict()}
        state |= {"critic": critic.state_dict()} if critic else {}
        save_atomically({**state, "samples": samples, "minutes": minutes}, path)
        if grid:
            with torch.no_grad():
                write_grid(grid(average), budget.out / f"{name}.png")

    began = samples

    def progress_now() -> float:
        if budget.samples:
            return (samples - began) / (budget.samples - began) if samples < budget.samples else 1.0
        return (time.time() - start) / 60 / budget.minutes

    while (progress := progress_now()) < 1:
        for group in optimiser.param_groups:
            group["lr"] = budget.rate * learning_rate(progress, samples, budget.decay)
        loss, parts = loss_of(model, rng, progress)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        samples += budget.batch
        follow(average, model, min(AVERAGE_DECAY, 1 - 1 / (1 + samples / budget.batch / 10)))
        for key, value in parts.items():
            sums[key] = sums.get(key, 0.0) + value
        seen += 1
        now = time.time()
        if now - logged > min(20, 60 * budget.minutes / 4):
            means = {k: round(v / seen, 5) for k, v in sums.items()}
            record = {"samples": samples, "per_second": round(seen * budget.batch / (now - logged), 1), **means}
            print(f"{name}: {json.dumps(record)}", flush=True)
            with (budget.out / f"{name}.jsonl").open("a") as log:
                log.write(json.dumps(record) + "\n")
            sums, seen, logged = {}, 0, now
        if now - saved > 60 * budget.save_minutes:
            save()
            saved = time.time()
    save()
    print(f"{name}: done at {samples} samples", flush=True)
    return average
