"""The loop that both trainings share: accelerate's, with a log, checkpoints to go on from, and sample pictures."""

import argparse
import itertools
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from accelerate import Accelerator, skip_first_batches
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader

from .data.pictures import DataError
from .samples import Augmentation, Samples

LOG, STATE, PROGRESS = "log.jsonl", "state", "progress.json"

Batch = dict[str, Tensor | list[str]]


@dataclass(frozen=True)
class Trained:
    """What is trained: the module with its weights, the loss of a batch, and sample pictures [3, H, W] in 0..1 side by side."""

    module: nn.Module
    loss: Callable[[nn.Module, Batch, torch.Generator], tuple[Tensor, dict[str, float]]]
    sample: Callable[[nn.Module], Tensor]
    save: Callable[[nn.Module, Path], None]


def add_options(options: argparse.ArgumentParser, batch: int, rate: float, epochs: int) -> None:
    options.add_argument("--store", type=Path, nargs="+", help="folders made by handfirst_training.sd15_training.prepare")
    options.add_argument("--base", type=Path, help="Stable Diffusion 1.5 as a diffusers folder")
    options.add_argument("--out", type=Path, required=True, help="weights, log, samples, and what to go on from")
    options.add_argument("--batch", type=int, default=batch, help=f"samples a step, of each process (default: {batch})")
    options.add_argument("--accumulate", type=int, default=1, help="parts that a step's samples are taken in")
    options.add_argument("--rate", type=float, default=rate, help=f"learning rate (default: {rate})")
    options.add_argument("--epochs", type=int, default=epochs, help=f"default: {epochs}")
    options.add_argument("--steps", type=int, help="end after so many steps")
    options.add_argument("--precision", choices=("no", "fp16", "bf16"), default="no")
    options.add_argument("--workers", type=int, default=4)
    options.add_argument("--checkpoint-every", type=int, default=1000)
    options.add_argument("--sample-every", type=int, default=1000)
    options.add_argument("--prompt-drop", type=float, default=0.1, help="share of captions left empty, for guidance (default: 0.1)")
    most = Augmentation()
    options.add_argument("--rgb-shift", type=float, default=most.rgb_shift, help="levels of 255 at most (default: %(default)s)")
    options.add_argument("--brightness", type=float, default=most.brightness, help="share of the range at most (default: %(default)s)")
    options.add_argument("--contrast", type=float, default=most.contrast, help="share at most (default: %(default)s)")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--tiny", action="store_true", help="small random networks and made samples: a minute on a CPU")


def fit(trained: Trained, dataset: Samples, options: argparse.Namespace) -> list[float]:
    """Trains, going on from the newest checkpoint in ``--out``; returns the losses of the steps taken now."""
    accelerator = Accelerator(mixed_precision=options.precision, gradient_accumulation_steps=options.accumulate, cpu=options.tiny)
    weights = [weight for weight in trained.module.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=options.rate)
    loader = DataLoader(dataset, batch_size=options.batch // options.accumulate, drop_last=True, num_workers=options.workers)
    module, optimizer, loader = accelerator.prepare(trained.module, optimizer, loader)
    if len(loader) < options.accumulate:
        raise DataError(f"{len(dataset)} samples of all epochs are fewer than a step takes: prepare more, or lower --batch.")
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    done, losses = _resume(accelerator, out), []
    step = done
    for step, parts in _steps(loader, done, options):
        # The noise of a step is its number's, so that a run that goes on takes the same steps.
        generator = torch.Generator().manual_seed(options.seed * 1_000_003 + step)
        rows: list[dict[str, float]] = []
        for batch in parts:
            with accelerator.accumulate(module):
                loss, terms = trained.loss(module, batch, generator)
                accelerator.backward(loss)
                if accelerator.sync_gradients:
                    accelerator.clip_grad_norm_(weights, 1.0)
                optimizer.step()
                optimizer.zero_grad()
            rows.append({"loss": float(loss.detach()), **terms})
        row = {key: sum(one[key] for one in rows) / len(rows) for key in rows[0]}
        losses.append(row["loss"])
        if accelerator.is_main_process:
            _log(out, {"step": step, **row})
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


def _steps(loader: DataLoader, done: int, options: argparse.Namespace) -> Iterator[tuple[int, list[Batch]]]:
    """The batches of each step, the steps numbered from 1; from the one after ``done`` on."""
    each = options.accumulate
    last = min(len(loader) // each, options.steps or len(loader))
    if done >= last:
        return
    batches = iter(skip_first_batches(loader, done * each) if done else loader)
    for step in range(done + 1, last + 1):
        yield step, list(itertools.islice(batches, each))


def _resume(accelerator: Accelerator, out: Path) -> int:
    """Loads the newest checkpoint, if there is one, and returns its step. Later steps leave the log: they are taken again."""
    accelerator.wait_for_everyone()
    state = next((folder for folder in (out / STATE, out / f"{STATE}.before") if (folder / PROGRESS).is_file()), None)
    if state is None:
        done = 0
    else:
        accelerator.load_state(str(state))
        done = int(json.loads((state / PROGRESS).read_text(encoding="utf-8"))["step"])
    if accelerator.is_main_process and (out / LOG).is_file():
        lines = (out / LOG).read_text(encoding="utf-8").splitlines()[:done]
        partial = out / f"{LOG}.partial"
        partial.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        partial.replace(out / LOG)
    return done


def _checkpoint(accelerator: Accelerator, out: Path, step: int) -> None:
    """Replaces the checkpoint by a whole one; until then the one before it stays."""
    partial, state, before = out / f"{STATE}.partial", out / STATE, out / f"{STATE}.before"
    if accelerator.is_main_process:
        shutil.rmtree(partial, ignore_errors=True)
    accelerator.wait_for_everyone()
    accelerator.save_state(str(partial))
    accelerator.wait_for_everyone()
    if not accelerator.is_main_process:
        return
    (partial / PROGRESS).write_text(json.dumps({"step": step}), encoding="utf-8")
    if state.exists():
        shutil.rmtree(before, ignore_errors=True)
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
