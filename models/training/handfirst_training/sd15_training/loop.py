"""The loop that both trainings share: accelerate's, with a log, checkpoints to go on from, and sample pictures."""

import argparse
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator, skip_first_batches
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

LOG, STATE, PROGRESS = "log.jsonl", "state", "progress.json"


@dataclass(frozen=True)
class Trained:
    """What is trained: the module with its weights, the loss of a batch, and sample pictures [3, H, W] in 0..1 side by side."""

    module: nn.Module
    loss: Callable[[nn.Module, dict[str, Tensor | list[str]], torch.Generator], tuple[Tensor, dict[str, float]]]
    sample: Callable[[nn.Module], Tensor]
    save: Callable[[nn.Module, Path], None]


def add_options(options: argparse.ArgumentParser, batch: int, rate: float, epochs: int) -> None:
    options.add_argument("--store", type=Path, nargs="+", help="folders made by handfirst_training.sd15_training.prepare")
    options.add_argument("--base", type=Path, help="Stable Diffusion 1.5 as a diffusers folder")
    options.add_argument("--out", type=Path, required=True, help="weights, log, samples, and what to go on from")
    options.add_argument("--batch", type=int, default=batch, help=f"samples a step (default: {batch})")
    options.add_argument("--accumulate", type=int, default=1, help="parts that a step's samples are taken in")
    options.add_argument("--rate", type=float, default=rate, help=f"learning rate (default: {rate})")
    options.add_argument("--epochs", type=int, default=epochs, help=f"default: {epochs}")
    options.add_argument("--steps", type=int, help="end after so many steps")
    options.add_argument("--precision", choices=("no", "fp16", "bf16"), default="no")
    options.add_argument("--workers", type=int, default=4)
    options.add_argument("--checkpoint-every", type=int, default=1000)
    options.add_argument("--sample-every", type=int, default=1000)
    options.add_argument("--prompt-drop", type=float, default=0.1, help="share of captions left empty, for guidance (default: 0.1)")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--tiny", action="store_true", help="small random networks and made samples: a minute on a CPU")


def fit(trained: Trained, dataset: Dataset, options: argparse.Namespace) -> list[float]:
    """Trains, going on from the newest checkpoint in ``--out``; returns the losses of the steps taken now."""
    accelerator = Accelerator(mixed_precision=options.precision, gradient_accumulation_steps=options.accumulate, cpu=options.tiny)
    weights = [weight for weight in trained.module.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=options.rate)
    loader = DataLoader(dataset, batch_size=options.batch // options.accumulate, drop_last=True, num_workers=options.workers)
    module, optimizer, loader = accelerator.prepare(trained.module, optimizer, loader)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    done, losses = _resume(accelerator, out), []
    step = done
    for step, batch in _batches(loader, done, options):
        # The noise of a step is its number's, so that a run that goes on takes the same steps.
        generator = torch.Generator().manual_seed(options.seed * 1_000_003 + step)
        with accelerator.accumulate(module):
            loss, parts = trained.loss(module, batch, generator)
            accelerator.backward(loss)
            if accelerator.sync_gradients:
                accelerator.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            optimizer.zero_grad()
        losses.append(float(loss.detach()))
        if accelerator.is_main_process:
            _log(out, {"step": step, "loss": losses[-1], **parts})
            if step % options.sample_every == 0:
                _write_sample(out, step, trained.sample(accelerator.unwrap_model(module)))
        if step % options.checkpoint_every == 0:
            _checkpoint(accelerator, out, step)
    _checkpoint(accelerator, out, step)
    if accelerator.is_main_process:
        own = accelerator.unwrap_model(module)
        _write_sample(out, step, trained.sample(own))
        trained.save(own, out)
    return losses


def _batches(loader: DataLoader, done: int, options: argparse.Namespace) -> Iterator[tuple[int, dict[str, Tensor | list[str]]]]:
    """Batches from the one after ``done`` on, numbered from 1."""
    last = min(len(loader), options.steps * options.accumulate) if options.steps else len(loader)
    for step, batch in enumerate(skip_first_batches(loader, done) if done else loader, start=done + 1):
        if step > last:
            return
        yield step, batch


def _resume(accelerator: Accelerator, out: Path) -> int:
    progress = out / STATE / PROGRESS
    if not progress.is_file():
        return 0
    accelerator.load_state(str(out / STATE))
    return int(json.loads(progress.read_text(encoding="utf-8"))["step"])


def _checkpoint(accelerator: Accelerator, out: Path, step: int) -> None:
    """Replaces the checkpoint by a whole one."""
    partial, state, before = out / f"{STATE}.partial", out / STATE, out / f"{STATE}.before"
    shutil.rmtree(partial, ignore_errors=True)
    accelerator.save_state(str(partial))
    if not accelerator.is_main_process:
        return
    (partial / PROGRESS).write_text(json.dumps({"step": step}), encoding="utf-8")
    shutil.rmtree(before, ignore_errors=True)
    if state.exists():
        state.rename(before)
    partial.rename(state)
    shutil.rmtree(before, ignore_errors=True)


def _log(out: Path, row: dict[str, float]) -> None:
    with (out / LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def _write_sample(out: Path, step: int, picture: Tensor) -> None:
    folder = out / "samples"
    folder.mkdir(exist_ok=True)
    values = (255 * picture.clamp(0, 1)).round().byte().permute(1, 2, 0).cpu().numpy()
    Image.fromarray(values).save(folder / f"{step:07d}.png")
