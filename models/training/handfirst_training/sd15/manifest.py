"""The bundle's ``manifest.json``; its schema is ``src/models/manifest.ts``."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .errors import ExportError
from .to_onnx import StoredType

MANIFEST = "manifest.json"
SCHEDULE_KINDS = {"scaled_linear": "scaled_linear", "linear": "linear", "squaredcos_cap_v2": "cosine"}


@dataclass(frozen=True)
class BundleInfo:
    """What a manifest says beside what the graphs are."""

    name: str = "sd15"
    version: str = "1.0.0"
    description: str = "Stable Diffusion 1.5 with an OpenPose ControlNet and a hand generator, exported from local weights."
    licence: str = "CreativeML OpenRAIL-M"
    default_prompt: str = "a photo of a person signing, plain background"
    stored: StoredType = "float16"
    guidance: float = 7.5
    hand_guidance: float = 7.5
    #: HandRefiner's own.
    refine_guidance: float = 9.0
    hint: Mapping[str, bool] = field(default_factory=lambda: {"hands": True, "face": True})
    open: "OpenChoices" = field(default_factory=lambda: OpenChoices())


@dataclass(frozen=True)
class OpenChoices:
    """What the paper does not say, and a bundle's weights or their maker must decide (docs/method.md)."""

    #: Width of a finger's heatmap relative to the hand's length.
    heatmap_sigma: float = 0.05
    #: Side of a hand's crop relative to its box.
    crop_margin: float = 1.5
    mask_threshold: float = 0.5
    #: Uniform background of the canvas, RGB 0..255.
    canvas_colour: tuple[float, float, float] = (127.5, 127.5, 127.5)
    #: Whether the precise mask is drawn into the ControlNet's hint; None: where the denoiser has no channel for it.
    hint_mask: bool | None = None


@dataclass(frozen=True)
class Shapes:
    """Sizes that the graphs were exported with: sides of pictures in pixels, and the prompt's length and filling token."""

    body_size: int
    hand_size: int
    downscale: int
    latent_channels: int
    scaling: float
    max_tokens: int
    pad_token: int
    #: Whether there is a hand stage.
    hands: bool


@dataclass(frozen=True)
class GraphNames:
    """The bundle's graph files. The two decoders are one file where the stages' pictures have one size."""

    text: str = "text-encoder.onnx"
    encoder: str = "vae-encoder.onnx"
    decoder: str = "vae-decoder.onnx"
    hand_decoder: str = "vae-decoder.onnx"
    body: str = "body.onnx"
    hand: str = "hand.onnx"
    adapter: str = "adapter.onnx"
    refine: str = "refine.onnx"


def write_manifest(
    folder: Path, info: BundleInfo, shapes: Shapes, names: GraphNames, schedule: Mapping[str, Any], stages: Mapping[str, Any]
) -> Path:
    """Writes the manifest of the files that lie in ``folder`` and returns its path; ``stages``: the denoisers of body and refine."""
    common = {"schedule": _schedule(schedule), "sampler": _sampler(schedule)}
    manifest = {
        "schema": 1,
        "name": info.name,
        "version": info.version,
        "description": info.description,
        "licence": info.licence,
        "precision": "float16-weights" if info.stored == "float16" else "float32",
        "files": _files(folder),
        "prompt": _prompt(shapes, names),
        "defaultPrompt": info.default_prompt,
        **({"hand": _hand(shapes, names, info, common)} if shapes.hands else {}),
        "body": {
            "autoencoder": _autoencoder(shapes, shapes.body_size, names.decoder, names.encoder),
            **common,
            "guidance": info.guidance,
            "denoiser": stages["body"],
            "canvasColour": list(info.open.canvas_colour),
        },
    }
    if "refine" in stages:
        autoencoder = _autoencoder(shapes, shapes.body_size, names.decoder, names.encoder)
        manifest["refine"] = {"autoencoder": autoencoder, **common, "guidance": info.refine_guidance, "denoiser": stages["refine"]}
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return path


def _hand(shapes: Shapes, names: GraphNames, info: BundleInfo, common: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "autoencoder": _autoencoder(shapes, shapes.hand_size, names.hand_decoder, None),
        **common,
        "guidance": info.hand_guidance,
        "denoiser": _hand_denoiser(shapes, names, info.open),
        "cropMargin": info.open.crop_margin,
        "maskThreshold": info.open.mask_threshold,
    }


def _files(folder: Path) -> dict[str, dict[str, Any]]:
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != MANIFEST)
    return {path.name: {"sha256": _sha256(path), "bytes": path.stat().st_size} for path in files}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _schedule(config: Mapping[str, Any]) -> dict[str, Any]:
    kind = SCHEDULE_KINDS.get(str(config["beta_schedule"]))
    if kind is None:
        raise ExportError(
            f"The noise schedule {config['beta_schedule']} of the base is none of {', '.join(SCHEDULE_KINDS)}: "
            "these weights cannot be used."
        )
    return {
        "kind": kind,
        "trainSteps": config["num_train_timesteps"],
        "betaStart": config["beta_start"],
        "betaEnd": config["beta_end"],
        "zeroTerminalSnr": bool(config["rescale_betas_zero_snr"]),
    }


def _sampler(config: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "prediction": config["prediction_type"],
        "spacing": config["timestep_spacing"],
        "stepsOffset": config["steps_offset"],
        "setAlphaToOne": config["set_alpha_to_one"],
        "clipSample": config["clip_sample"],
    }


def _prompt(shapes: Shapes, names: GraphNames) -> dict[str, Any]:
    return {
        "tokenizer": {"kind": "clip", "tokenizer": "tokenizer.json", "config": "tokenizer_config.json"},
        "maxTokens": shapes.max_tokens,
        "padToken": shapes.pad_token,
        "graph": names.text,
        "inputs": [{"name": "tokens", "from": "tokens", "type": "int64"}],
        "outputs": {"text": "text"},
    }


def _autoencoder(shapes: Shapes, size: int, decoder: str, encoder: str | None) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "size": size,
        "channels": shapes.latent_channels,
        "downscale": shapes.downscale,
        "scaling": shapes.scaling,
    }
    if encoder is not None:
        parts["encoder"] = {"graph": encoder, "input": "picture", "output": "latent"}
    return {**parts, "decoder": {"graph": decoder, "input": "latent", "output": "picture"}}


def _hand_denoiser(shapes: Shapes, names: GraphNames, choices: OpenChoices) -> dict[str, Any]:
    channels = [{"kind": "finger-heatmaps", "sigma": choices.heatmap_sigma}, {"kind": "hand-mask"}]
    return {
        "graph": names.hand,
        "inputs": [
            {"name": "latent", "from": "latent"},
            {"name": "timestep", "from": "timestep", "type": "float32"},
            {"name": "condition", "from": "conditions", "size": shapes.hand_size, "channels": channels},
            {"name": "text", "from": "prompt", "key": "text"},
        ],
        "outputs": {"prediction": "noise", "mask": "mask"},
    }
