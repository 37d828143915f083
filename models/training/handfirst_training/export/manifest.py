"""What `manifest.json` of the compact bundle says."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from ..conditions.draw import BODY_PREDICTED, BODY_STEADY, HAND_PREDICTED, HAND_STEADY
from ..networks.autoencoder import CarriedDecoder
from ..training.autoencoder import LATENT_CHANNELS
from ..training.denoising import MASK_GAIN
from ..training.hand_colour import ARM
from ..training.samples import BODY_CONDITION_SIZE, CANVAS_GREY, CROP_MARGIN, HAND_SIZE, PICTURE_SIZE

VERSION = "0.13.0"
# The mask head spreads its doubt over two pixels and more, where an edge crosses one.
MASK_SLOPE = 2.0
# The first is the default.
TRAINED_STEPS = [2, 1]
CELLS = PICTURE_SIZE // 8
# The denoiser halves its latents three times.
AREA_STEP = 64
TRAINED = "Small two-stage bundle trained on rendered signers, with a reference carried into every frame"
UNTRAINED = "Untrained bundle of the compact bundle's shapes"


def stage() -> dict[str, object]:
    return {
        "schedule": {"kind": "cosine", "trainSteps": 1000, "zeroTerminalSnr": True},
        "sampler": {"prediction": "sample", "spacing": "trailing", "setAlphaToOne": True, "trainedSteps": TRAINED_STEPS},
        "guidance": 1,
    }


def condition(name: str, size: int, channels: list[dict[str, object]]) -> dict[str, object]:
    return {"name": name, "from": "conditions", "size": size, "channels": channels}


def denoiser(graph: str, inputs: list[dict[str, object]], outputs: dict[str, str]) -> dict[str, object]:
    steps = [{"name": "latent", "from": "latent"}, {"name": "timestep", "from": "timestep", "type": "float32"}]
    return {"graph": graph, "inputs": [*steps, *inputs], "outputs": outputs}


def hand_stage() -> dict[str, object]:
    inputs = [
        condition("conditions", HAND_SIZE, HAND_STEADY),
        condition("predicted", HAND_SIZE, HAND_PREDICTED),
        {"name": "skin", "from": "skin", "hands": [round(float(share), 3) for share in ARM]},
    ]
    decoder = {"graph": "hand-decoder.onnx", "input": "latent", "output": "picture"}
    return {
        **stage(),
        "autoencoder": {"size": HAND_SIZE, "channels": LATENT_CHANNELS, "downscale": 8, "decoder": decoder},
        "denoiser": denoiser("hand-denoiser.onnx", inputs, {"prediction": "clean", "mask": "mask"}),
        "cropMargin": CROP_MARGIN,
        "maskThreshold": 0.5,
        "maskSlope": MASK_SLOPE,
        "maskFeedback": {"gain": MASK_GAIN},
        "batch": True,
    }


def body_stage() -> dict[str, object]:
    inputs = [
        condition("conditions", BODY_CONDITION_SIZE, BODY_STEADY),
        condition("predicted", BODY_CONDITION_SIZE, BODY_PREDICTED),
        condition("reference", CELLS, [{"kind": "carried-latent"}, {"kind": "plate-latent"}]),
        condition("canvas", CELLS, [{"kind": "canvas-latent"}, {"kind": "hand-mask"}]),
    ]
    slopes = {"gate": CarriedDecoder.GATE_SLOPE, "person": CarriedDecoder.PERSON_SLOPE}
    decoder = {
        "graph": "decoder.onnx",
        "input": "latent",
        "maps": {
            "half": "half",
            "flow": "flow",
            "reach": CarriedDecoder.REACH,
            "light": CarriedDecoder.LIGHT_SHOWN * CarriedDecoder.LIGHT,
            "slopes": slopes,
        },
        "inputs": [{"name": name, "from": name} for name in ("latent", "features", "carried", "plate")],
    }
    return {
        **stage(),
        "autoencoder": {
            "size": PICTURE_SIZE,
            "channels": LATENT_CHANNELS,
            "downscale": 8,
            "encoder": {"graph": "encoder.onnx", "input": "picture", "output": "latent"},
            "decoder": decoder,
        },
        "denoiser": denoiser("body-denoiser.onnx", inputs, {"prediction": "clean", "mask": "mask", "features": "features"}),
        "canvasColour": [CANVAS_GREY] * 3,
        "areaStep": AREA_STEP,
        "maskFeedback": {"gain": MASK_GAIN},
    }


def manifest(trained: bool, int8: dict[str, str]) -> dict[str, object]:
    return {
        "schema": 1,
        "name": "compact",
        "version": VERSION,
        "description": TRAINED if trained else UNTRAINED,
        "licence": "Apache-2.0",
        "precision": "float16-weights",
        "gallery": "gallery/gallery.json",
        **({"int8": int8} if int8 else {}),
        "hand": hand_stage(),
        "body": body_stage(),
    }


def write_manifest(out: Path, content: dict[str, object]) -> None:
    """Adds every file's size and SHA-256, and writes `manifest.json` last."""
    names = sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file() and p.name != "manifest.json")
    files = {n: {"sha256": hashlib.sha256((out / n).read_bytes()).hexdigest(), "bytes": (out / n).stat().st_size} for n in names}
    (out / "manifest.json").write_text(json.dumps({**content, "files": files}, indent=2) + "\n")
    print(f"{out}: {sum(f['bytes'] for f in files.values()) / 1e6:.1f} MB", flush=True)
