"""What diffusers needs for the networks that a bundle holds, with random weights: to stand beside the engine's times.

``python -m handfirst_training.sd15.time_diffusers --system text-only`` measures one pass of the denoiser; with ``--steps 50,4`` whole
pictures by diffusers' own pipeline, which there is for ``text-only`` and ``controlnet``. A line of JSON each.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from diffusers import DDIMScheduler, DiffusionPipeline, StableDiffusionControlNetPipeline, StableDiffusionPipeline
from transformers import CLIPTokenizer

from . import configs
from .errors import ExportError
from .manifest import BundleInfo, GraphNames
from .options import NEEDS
from .parts import BODIES, Weights
from .random_weights import RandomWeights
from .systems import Context
from .tiny import MAX_TOKENS, PICTURE, TEXT_WIDTH, tiny_tokenizer
from .tiny_systems import TinyWeights
from .tokenizer import clip_tokenizer, vocabulary_of

RUNS = 3
GUIDANCE = 7.5
PROMPT = "a photo of a person signing"


def measured(run: Callable[[], object], device: torch.device, runs: int = RUNS) -> dict[str, Any]:
    """The least of ``runs``, after one that does not count: seconds by the clock and of processor time; the most memory."""

    def once() -> tuple[float, float]:
        clock, processor = time.perf_counter(), time.process_time()
        with torch.no_grad():
            run()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - clock, time.process_time() - processor

    once()
    times = [once() for _ in range(runs)]
    card = {"devicePeakMegabytes": torch.cuda.max_memory_allocated() / 1e6} if device.type == "cuda" else {}
    return {
        "device": device.type,
        "seconds": min(seconds for seconds, _ in times),
        "processorSeconds": min(seconds for _, seconds in times),
        "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        **card,
    }


def denoiser_pass(weights: Weights, system: str, size: int, tokens: int, width: int, device: torch.device) -> Callable[[], object]:
    """One pass of the system's denoiser, as the export traces it, on noise."""
    context = Context(size, configs.VAE["scaling_factor"], torch.zeros(1, tokens, width), BundleInfo(), GraphNames())
    traced = BODIES[system](weights, context).traced[-1]
    module = traced.module.to(device)
    inputs = [torch.randn_like(example).to(device) for example in traced.example]
    return lambda: module(*inputs)


def pipeline_of(weights: Weights, system: str, tokenizer: CLIPTokenizer) -> DiffusionPipeline:
    """diffusers' pipeline of the system. Raises ``ExportError`` where it has none."""
    common = {
        "vae": weights.vae(),
        "text_encoder": weights.text_encoder(),
        "tokenizer": tokenizer,
        "unet": weights.unet(),
        "scheduler": DDIMScheduler(**weights.schedule()),
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }
    if system == "text-only":
        return StableDiffusionPipeline(**common)
    if system == "controlnet":
        return StableDiffusionControlNetPipeline(**common, controlnet=weights.controlnet())
    raise ExportError(f"diffusers has no pipeline of {system}: leave --steps out, or choose text-only or controlnet.")


def run(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Measures what the options name. Raises ``ExportError``."""
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ExportError("PyTorch finds no graphics card: choose --device cpu.")
    if options.threads:
        torch.set_num_threads(options.threads)
    weights: Weights = TinyWeights(0, options.system) if options.tiny else RandomWeights(0, options.system)
    shape = (PICTURE, MAX_TOKENS, TEXT_WIDTH) if options.tiny else _shape(options.system)
    if not options.steps:
        return [{"system": options.system, **measured(denoiser_pass(weights, options.system, *shape, device), device)}]
    size, tokens, _ = shape
    tokenizer = tiny_tokenizer() if options.tiny else clip_tokenizer(vocabulary_of([]), [], tokens)
    pipeline = pipeline_of(weights, options.system, tokenizer).to(device)
    pipeline.set_progress_bar_config(disable=True)
    given: dict[str, Any] = {"prompt": PROMPT, "height": size, "width": size, "guidance_scale": GUIDANCE, "output_type": "np"}
    if options.system == "controlnet":
        given["image"] = torch.zeros(1, 3, size, size)
    return [
        {"system": options.system, "steps": steps, **measured(lambda: pipeline(**given, num_inference_steps=steps), device, runs=1)}  # noqa: B023
        for steps in options.steps
    ]


def _shape(system: str) -> tuple[int, int, int]:
    """Side of the picture, tokens and width of the encoded prompt."""
    text = configs.TEXT_ENCODER_2 if system == "humansd" else configs.TEXT_ENCODER
    return 512, int(text["max_position_embeddings"]), int(text["hidden_size"])


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m handfirst_training.sd15.time_diffusers", description=__doc__)
    options.add_argument("--system", choices=tuple(NEEDS), default="text-only")
    options.add_argument("--steps", type=lambda text: [int(steps) for steps in text.split(",")], help="whole pictures, such as 50,4")
    options.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    options.add_argument("--threads", type=int, help="threads on the CPU (default: PyTorch's)")
    options.add_argument("--tiny", action="store_true", help="small networks, to try it")
    return options


def main() -> int:
    try:
        for row in run(parser().parse_args()):
            print(json.dumps(row), flush=True)
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
