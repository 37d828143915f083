"""Exports the parts of the SD 1.5 family as a bundle, one part in memory at a time."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel

from .errors import ExportError
from .graphs import (
    HAND_CONDITION_CHANNELS,
    DecoderGraph,
    EncoderGraph,
    HandGraph,
    TextGraph,
)
from .manifest import MANIFEST, BundleInfo, GraphNames, Shapes, write_manifest
from .mask_head import LATENT_DOUBLINGS, MaskHead
from .systems import (
    LATENT_CHANNELS,
    Context,
    StageGraphs,
    is_inpainting,
    trace_body,
)
from .to_onnx import GraphSpec, StoredType, Traced, export_graph

__all__ = ["Parts", "Sizes", "Traced", "export_bundle", "is_inpainting", "trace_body"]


@dataclass(frozen=True)
class Parts:
    """How each part is got; a part is loaded when its graph is exported and dropped afterwards."""

    text_encoder: Callable[[], CLIPTextModel]
    vae: Callable[[], AutoencoderKL]
    body: Callable[[Context], StageGraphs]
    #: None where the system draws no hands first.
    hand: Callable[[], tuple[UNet2DConditionModel, MaskHead]] | None
    #: None where the system does not refine what it has drawn.
    refine: Callable[[Context], StageGraphs] | None
    #: Writes the tokenizer's files for so many tokens into a folder, returns the filling token.
    tokenizer: Callable[[Path, int], int]
    schedule: Mapping[str, Any]


@dataclass(frozen=True)
class Sizes:
    """Sides of the stages' square pictures in pixels."""

    body: int = 512
    hand: int = 512


def export_bundle(parts: Parts, info: BundleInfo, sizes: Sizes, output: Path, replace: bool = False, reuse: Path | None = None) -> None:
    """Writes the bundle to ``output``, where it appears only when it is whole. Prints a line a graph.

    Text encoder and autoencoder of the bundle ``reuse``, of the same weights and size, are copied instead of exported again.
    Raises ``ExportError`` where ``output`` exists, unless it is a bundle and ``replace`` is set.
    """
    _check_sizes(sizes)
    if output.exists() and not replace:
        raise ExportError(f"{output} exists: name another folder, or replace it with --force.")
    if output.exists() and not (output / MANIFEST).is_file():
        raise ExportError(f"{output} is no bundle, so --force does not replace it: name another folder.")
    partial = output.with_name(f"{output.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        _write(parts, info, sizes, partial, reuse)
        shutil.rmtree(output, ignore_errors=True)
        partial.rename(output)
    except OSError as error:
        raise ExportError(f"{output} cannot be written ({error.strerror}): check the folder and the space left.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _check_sizes(sizes: Sizes) -> None:
    for name, size in (("--size", sizes.body), ("--hand-size", sizes.hand)):
        if size < 64 or size % 64 != 0:
            raise ExportError(f"{name} {size} is no multiple of 64, as SD 1.5 needs it: choose 512 for instance.")


def _write(parts: Parts, info: BundleInfo, sizes: Sizes, folder: Path, reuse: Path | None) -> None:
    downscale = 2**LATENT_DOUBLINGS
    names = GraphNames() if sizes.body == sizes.hand else GraphNames(hand_decoder="hand-vae-decoder.onnx")

    def save(traced: Traced) -> None:
        if reuse and traced.spec.file in (names.text, names.encoder, names.decoder) and _copied(traced.spec.file, reuse, folder):
            return
        files = export_graph(traced.module, traced.example, traced.spec, folder, info.stored)
        print(f"{traced.spec.file}: {sum(file.stat().st_size for file in files) / 1e6:.1f} MB")

    text_encoder = parts.text_encoder()
    max_tokens, width = text_encoder.config.max_position_embeddings, text_encoder.config.hidden_size
    pad_token = parts.tokenizer(folder, max_tokens)
    save(trace_text(text_encoder, max_tokens, names))
    del text_encoder

    vae = parts.vae()
    scaling = float(vae.config["scaling_factor"])
    save(trace_encoder(vae, sizes.body, names.encoder))
    save(trace_decoder(vae, sizes.body // downscale, names.decoder))
    if names.hand_decoder != names.decoder:
        save(trace_decoder(vae, sizes.hand // downscale, names.hand_decoder))
    del vae

    text = torch.zeros(1, max_tokens, width)
    stages: dict[str, dict[str, Any]] = {}
    for stage, make in (("body", parts.body), ("refine", parts.refine)):
        if make is None:
            continue
        graphs = make(Context(sizes.body, scaling, text, info, names))
        for traced in graphs.traced:
            save(traced)
        stages[stage] = graphs.denoiser
        del graphs

    if parts.hand is not None:
        hand_unet, head = parts.hand()
        save(trace_hand(hand_unet, head, sizes.hand, text, names))
        del hand_unet, head

    shapes = Shapes(sizes.body, sizes.hand, downscale, LATENT_CHANNELS, scaling, max_tokens, pad_token, parts.hand is not None)
    write_manifest(folder, info, shapes, names, parts.schedule, stages)


def _copied(file: str, source: Path, folder: Path) -> bool:
    """Copies a graph, with its weights where they lie beside it; whether it was there."""
    found = [path for path in (source / file, source / f"{file}.data") if path.is_file()]
    for path in found:
        shutil.copy(path, folder / path.name)
    return bool(found)


def trace_text(model: CLIPTextModel, max_tokens: int, names: GraphNames) -> Traced:
    return Traced(TextGraph(model), (torch.zeros(1, max_tokens, dtype=torch.int64),), GraphSpec(names.text, ("tokens",), ("text",)))


def trace_encoder(vae: AutoencoderKL, size: int, file: str) -> Traced:
    return Traced(EncoderGraph(vae), (torch.zeros(1, 3, size, size),), GraphSpec(file, ("picture",), ("latent",)))


def trace_decoder(vae: AutoencoderKL, side: int, file: str) -> Traced:
    example = (torch.zeros(1, LATENT_CHANNELS, side, side),)
    return Traced(DecoderGraph(vae), example, GraphSpec(file, ("latent",), ("picture",)))


def trace_hand(unet: UNet2DConditionModel, head: MaskHead, size: int, text: Tensor, names: GraphNames) -> Traced:
    side = size >> LATENT_DOUBLINGS
    latent, condition = torch.zeros(1, LATENT_CHANNELS, side, side), torch.zeros(1, HAND_CONDITION_CHANNELS, size, size)
    spec = GraphSpec(names.hand, ("latent", "timestep", "condition", "text"), ("noise", "mask"))
    return Traced(HandGraph(unet, head), (latent, torch.ones(1), condition, text), spec)


def stored_type(name: str) -> StoredType:
    """``float16`` or ``float32``."""
    return "float16" if name == "float16" else "float32"
