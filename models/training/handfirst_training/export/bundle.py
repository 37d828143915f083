"""Writes the compact bundle: graphs, vocabulary, layout of the look vector (`look.json`, for training that goes on), manifest.

`python -m handfirst_training.export.bundle --runs RUNS --out ../compact` exports what has been trained, `--untrained` a bundle of
the same shapes.
The largest difference between PyTorch and ONNX Runtime is printed for each graph; above 1e-3 the command fails.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import torch
from torch import Tensor, nn

from ..conditions.draw import BODY_CHANNELS, HAND_CHANNELS, channel_count, split
from ..networks.denoisers import BodyDenoiser, HandDenoiser
from ..networks.prompt import ReferenceEncoder
from ..training.autoencoder import LATENT_CHANNELS
from ..training.denoising import MASK_GAIN, load_decoder, load_encoder
from ..training.prompt import MAX_TOKENS, REFERENCE_SIZE, SEED_LENGTH, PromptSpec, load_spec
from ..training.samples import BODY_CONDITION_SIZE, CANVAS_GREY, CROP_MARGIN, HAND_SIZE, PICTURE_SIZE
from .graphs import BodyGraph, Clamped, HandGraph, PromptGraph, ReferenceGraph
from .onnx_files import difference, export, halved

# What the mask head says in one step and is told in the next, apart from what stays.
HAND_STEADY, HAND_TOLD = split(HAND_CHANNELS, "hand-mask")
BODY_STEADY, BODY_TOLD = split(BODY_CHANNELS, "parts")
VERSION = "0.2.0"
TOLERANCE = 1e-3
# The first is the default: later steps draw within the outlines that the first one found, and with four the blending has steps to work in.
TRAINED_STEPS = [4, 2, 1]
DEFAULT_PROMPT = ""
TRAINED = "Small two-stage bundle trained on rendered signers"
UNTRAINED = "Untrained bundle of the compact bundle's shapes"


def averaged(module: nn.Module, path: Path, untrained: bool) -> nn.Module:
    """The module with the moving average of a stage's checkpoint."""
    if not untrained:
        module.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["average"])
    return module


class Writer:
    """Exports graphs one by one and remembers how well they agree."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.worst = 0.0

    def graph(self, name: str, module: nn.Module, inputs: dict[str, Tensor], outputs: list[str]) -> None:
        halved(module)
        export(module, inputs, outputs, self.out / name)
        gap = difference(module, inputs, self.out / name)
        self.worst = max(self.worst, gap)
        print(f"{name}: {(self.out / name).stat().st_size / 1e6:.2f} MB, largest difference from PyTorch {gap:.2e}", flush=True)


def write_autoencoders(writer: Writer, folder: Path) -> None:
    encoder = load_encoder(folder, "cpu")
    decoder = Clamped(load_decoder(folder, "cpu"))
    writer.graph("encoder.onnx", encoder, {"picture": torch.rand(1, 3, PICTURE_SIZE, PICTURE_SIZE) * 2 - 1}, ["latent"])
    for name, size in (("decoder.onnx", PICTURE_SIZE), ("hand-decoder.onnx", HAND_SIZE)):
        writer.graph(name, decoder, {"latent": torch.randn(1, LATENT_CHANNELS, size // 8, size // 8)}, ["picture"])


def write_denoisers(writer: Writer, runs: Path, look: int, untrained: bool) -> None:
    timestep = torch.tensor([749.0])
    hand = averaged(HandDenoiser(LATENT_CHANNELS, channel_count(HAND_CHANNELS), look), runs / "hand.pt", untrained)
    cells = HAND_SIZE // 8
    inputs = {
        "latent": torch.randn(1, LATENT_CHANNELS, cells, cells),
        "timestep": timestep,
        "conditions": torch.rand(1, channel_count(HAND_STEADY), HAND_SIZE, HAND_SIZE),
        "told": torch.rand(1, channel_count(HAND_TOLD), HAND_SIZE, HAND_SIZE),
        "look": torch.rand(1, look),
    }
    writer.graph("hand-denoiser.onnx", HandGraph(hand), inputs, ["clean", "mask"])
    body = averaged(BodyDenoiser(LATENT_CHANNELS, channel_count(BODY_CHANNELS), look), runs / "body.pt", untrained)
    cells = PICTURE_SIZE // 8
    inputs = {
        "latent": torch.randn(1, LATENT_CHANNELS, cells, cells),
        "timestep": timestep,
        "conditions": torch.rand(1, channel_count(BODY_STEADY), BODY_CONDITION_SIZE, BODY_CONDITION_SIZE),
        "told": torch.rand(1, channel_count(BODY_TOLD), BODY_CONDITION_SIZE, BODY_CONDITION_SIZE),
        "canvas": torch.rand(1, LATENT_CHANNELS + 1, cells, cells),
        "look": torch.rand(1, look),
    }
    writer.graph("body-denoiser.onnx", BodyGraph(body), inputs, ["clean", "mask"])


def write_prompt(writer: Writer, runs: Path, spec: PromptSpec, untrained: bool) -> None:
    chooser = averaged(spec.chooser(), runs / "prompt.pt", untrained)
    tokens = torch.zeros(1, MAX_TOKENS, dtype=torch.int64)
    tokens[0, :3] = torch.tensor([2, 3, 4])
    size = spec.look
    inputs = {"tokens": tokens, "seed": torch.randn(1, SEED_LENGTH), "reference": torch.zeros(1, size + 1)}
    writer.graph("prompt.onnx", PromptGraph(chooser), inputs, ["look"])
    reference = averaged(ReferenceEncoder(size), runs / "reference.pt", untrained)
    picture = torch.rand(1, 3, REFERENCE_SIZE, REFERENCE_SIZE) * 2 - 1
    writer.graph("reference.onnx", ReferenceGraph(reference), {"picture": picture}, ["look"])


def autoencoder(size: int, decoder: str, encodes: bool) -> dict[str, object]:
    entry: dict[str, object] = {"size": size, "channels": LATENT_CHANNELS, "downscale": 8}
    if encodes:
        entry["encoder"] = {"graph": "encoder.onnx", "input": "picture", "output": "latent"}
    return {**entry, "decoder": {"graph": decoder, "input": "latent", "output": "picture"}}


def stage() -> dict[str, object]:
    return {
        "schedule": {"kind": "cosine", "trainSteps": 1000, "zeroTerminalSnr": True},
        "sampler": {"prediction": "sample", "spacing": "trailing", "setAlphaToOne": True, "trainedSteps": TRAINED_STEPS},
        "guidance": 1,
    }


def denoiser(graph: str, conditions: list[dict[str, object]], outputs: dict[str, str]) -> dict[str, object]:
    return {
        "graph": graph,
        "inputs": [
            {"name": "latent", "from": "latent"},
            {"name": "timestep", "from": "timestep", "type": "float32"},
            *conditions,
            {"name": "look", "from": "prompt", "key": "look"},
        ],
        "outputs": outputs,
    }


def manifest(look: int, trained: bool) -> dict[str, object]:
    def condition(name: str, size: int, channels: list[dict[str, object]]) -> dict[str, object]:
        return {"name": name, "from": "conditions", "size": size, "channels": channels}

    hand_conditions = [condition("conditions", HAND_SIZE, HAND_STEADY), condition("told", HAND_SIZE, HAND_TOLD)]
    body_conditions = [
        condition("conditions", BODY_CONDITION_SIZE, BODY_STEADY),
        condition("told", BODY_CONDITION_SIZE, BODY_TOLD),
        condition("canvas", PICTURE_SIZE // 8, [{"kind": "canvas-latent"}, {"kind": "hand-mask"}]),
    ]
    return {
        "schema": 1,
        "name": "compact",
        "version": VERSION,
        "description": TRAINED if trained else UNTRAINED,
        "licence": "Apache-2.0",
        "precision": "float16-weights",
        "prompt": {
            "tokenizer": {"kind": "words", "vocabulary": "vocabulary.json"},
            "maxTokens": MAX_TOKENS,
            "padToken": 0,
            "graph": "prompt.onnx",
            "inputs": [
                {"name": "tokens", "from": "tokens", "type": "int64"},
                {"name": "seed", "from": "seed", "length": SEED_LENGTH},
                {"name": "reference", "from": "reference", "key": "look", "shape": [1, look]},
            ],
            "outputs": {"look": "look"},
        },
        "reference": {
            "graph": "reference.onnx",
            "size": REFERENCE_SIZE,
            "input": "picture",
            "outputs": {"look": {"output": "look", "shape": [1, look]}},
        },
        "defaultPrompt": DEFAULT_PROMPT,
        "hand": {
            **stage(),
            "autoencoder": autoencoder(HAND_SIZE, "hand-decoder.onnx", False),
            "denoiser": denoiser("hand-denoiser.onnx", hand_conditions, {"prediction": "clean", "mask": "mask"}),
            "cropMargin": CROP_MARGIN,
            "maskThreshold": 0.5,
            "maskFeedback": {"gain": MASK_GAIN},
        },
        "body": {
            **stage(),
            "autoencoder": autoencoder(PICTURE_SIZE, "decoder.onnx", True),
            "denoiser": denoiser("body-denoiser.onnx", body_conditions, {"prediction": "clean", "mask": "mask"}),
            "canvasColour": [CANVAS_GREY] * 3,
            "maskFeedback": {"gain": MASK_GAIN},
        },
    }


def write_manifest(out: Path, content: dict[str, object]) -> None:
    """Adds every file's size and SHA-256, and writes `manifest.json` last."""
    names = sorted(p.name for p in out.iterdir() if p.suffix in (".onnx", ".json") and p.name != "manifest.json")
    files = {n: {"sha256": hashlib.sha256((out / n).read_bytes()).hexdigest(), "bytes": (out / n).stat().st_size} for n in names}
    (out / "manifest.json").write_text(json.dumps({**content, "files": files}, indent=2) + "\n")
    print(f"{out}: {sum(f['bytes'] for f in files.values()) / 1e6:.1f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, required=True, help="folder with the checkpoints of every stage")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--untrained", action="store_true", help="random denoisers and encoders of the right shapes")
    args = parser.parse_args()
    torch.manual_seed(0)
    spec = load_spec(args.runs)
    look = spec.look + 1
    out = args.out.with_name(f"{args.out.name}.partial")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    writer = Writer(out)
    write_autoencoders(writer, args.runs)
    write_denoisers(writer, args.runs, look, args.untrained)
    write_prompt(writer, args.runs, spec, args.untrained)
    (out / "vocabulary.json").write_text(json.dumps(spec.vocabulary, indent=1) + "\n")
    (out / "look.json").write_text(json.dumps(spec.layout, indent=1) + "\n")
    write_manifest(out, manifest(look, not args.untrained))
    if writer.worst > TOLERANCE:
        raise SystemExit(f"A graph differs from PyTorch by {writer.worst:.1e}, more than {TOLERANCE:.0e}: not exported.")
    args.out.mkdir(parents=True, exist_ok=True)
    for file in out.iterdir():
        file.replace(args.out / file.name)
    out.rmdir()


if __name__ == "__main__":
    main()
