"""From weights to the parts of a bundle: what is read, and which system is built of it."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from diffusers import AutoencoderKL, ControlNetModel, T2IAdapter, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextModel

from . import sources, systems
from .bundle import Parts
from .lora import merge_lora
from .mask_head import MaskHead
from .stable_pose import StablePoseAdapter
from .stable_pose_weights import load_stable_pose
from .systems import Context, StageGraphs
from .tokenizer import write_tokenizer


class Weights(Protocol):
    """Where the networks come from; each is asked for when its graph is exported, and only where the system has it."""

    def text_encoder(self) -> CLIPTextModel: ...
    def vae(self) -> AutoencoderKL: ...
    def unet(self) -> UNet2DConditionModel: ...
    def controlnet(self) -> ControlNetModel: ...
    def hand(self) -> tuple[UNet2DConditionModel, MaskHead]: ...
    def adapter(self) -> T2IAdapter: ...
    def pose_adapter(self) -> StablePoseAdapter: ...
    def refine_unet(self) -> UNet2DConditionModel: ...
    def refine_controlnet(self) -> ControlNetModel: ...
    def tokenizer(self, folder: Path, max_tokens: int) -> int: ...
    def schedule(self) -> dict[str, Any]: ...
    def merge(self, parts: Mapping[str, nn.Module]) -> None:
        """Merges the LoRAs for ``parts``, of ``controlnet``, ``unet`` and ``text_encoder``."""


def parts_of(weights: Weights, system: str) -> Parts:
    """The parts of a system's bundle; nothing is read yet but the schedule."""

    def text_encoder() -> CLIPTextModel:
        model = weights.text_encoder()
        weights.merge({"text_encoder": model})
        return model

    def refine(at: Context) -> StageGraphs:
        return systems.handrefiner(weights.refine_unet(), weights.refine_controlnet(), at)

    return Parts(
        text_encoder=text_encoder,
        vae=weights.vae,
        body=lambda at: BODIES[system](weights, at),
        hand=weights.hand if system == "two-stage" else None,
        refine=refine if system == "handrefiner" else None,
        tokenizer=weights.tokenizer,
        schedule=weights.schedule(),
    )


def _with_controlnet(build: Callable[[UNet2DConditionModel, ControlNetModel, Context], StageGraphs]) -> "Body":
    def body(weights: Weights, at: Context) -> StageGraphs:
        unet, controlnet = weights.unet(), weights.controlnet()
        weights.merge({"controlnet": controlnet, "unet": unet})
        return build(unet, controlnet, at)

    return body


def _unet(weights: Weights) -> UNet2DConditionModel:
    unet = weights.unet()
    weights.merge({"unet": unet})
    return unet


Body = Callable[[Weights, Context], StageGraphs]
#: What draws the body of each system.
BODIES: dict[str, Body] = {
    "two-stage": _with_controlnet(systems.two_stage),
    "controlnet": _with_controlnet(systems.controlnet_alone),
    "text-only": lambda weights, at: systems.text_only(_unet(weights), at),
    "t2i-adapter": lambda weights, at: systems.t2i_adapter(_unet(weights), weights.adapter(), at),
    "humansd": lambda weights, at: systems.humansd(_unet(weights), at),
    "stable-pose": lambda weights, at: systems.stable_pose(_unet(weights), weights.pose_adapter(), at),
    "handrefiner": lambda weights, at: systems.text_only(_unet(weights), at),
}


class FileWeights:
    """The weights that the export's options name."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options

    def text_encoder(self) -> CLIPTextModel:
        return sources.load_text_encoder(self.options.base)

    def vae(self) -> AutoencoderKL:
        return sources.load_vae(self.options.vae or self.options.base)

    def unet(self) -> UNet2DConditionModel:
        return sources.load_unet(self.options.unet or self.options.base)

    def controlnet(self) -> ControlNetModel:
        return sources.load_controlnet(self.options.controlnet)

    def hand(self) -> tuple[UNet2DConditionModel, MaskHead]:
        return sources.load_unet(self.options.hand), sources.load_mask_head(self.options.mask_head or self.options.hand)

    def adapter(self) -> T2IAdapter:
        return sources.load_adapter(self.options.adapter)

    def pose_adapter(self) -> StablePoseAdapter:
        return load_stable_pose(self.options.adapter)

    def refine_unet(self) -> UNet2DConditionModel:
        return sources.load_unet(self.options.refine_base)

    def refine_controlnet(self) -> ControlNetModel:
        return sources.load_controlnet(self.options.refine_controlnet)

    def tokenizer(self, folder: Path, max_tokens: int) -> int:
        return write_tokenizer(self.options.tokenizer or self.options.base, folder, max_tokens)

    def schedule(self) -> dict[str, Any]:
        return sources.load_schedule(self.options.base)

    def merge(self, parts: Mapping[str, nn.Module]) -> None:
        for path in self.options.lora if self.options.merge_lora else ():
            for part, count in merge_lora(path, parts, self.options.lora_scale).items():
                print(f"{path.name}: merged into {count} layers of the {part}")
