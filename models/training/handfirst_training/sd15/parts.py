"""From options to the parts of a bundle: what is read, and which system is built of it."""

import argparse
from collections.abc import Mapping

from diffusers import UNet2DConditionModel
from torch import nn
from transformers import CLIPTextModel

from . import sources, systems
from .bundle import Parts
from .lora import merge_lora
from .mask_head import MaskHead
from .systems import Context, StageGraphs
from .tokenizer import write_tokenizer


def parts_of(options: argparse.Namespace) -> Parts:
    """The parts as the options name them; nothing is read yet but the schedule."""
    base = options.base

    def text_encoder() -> CLIPTextModel:
        model = sources.load_text_encoder(base)
        merge(options, {"text_encoder": model})
        return model

    def hand() -> tuple[UNet2DConditionModel, MaskHead]:
        return sources.load_unet(options.hand), sources.load_mask_head(options.mask_head or options.hand)

    def refine(at: Context) -> StageGraphs:
        return systems.handrefiner(sources.load_unet(options.refine_base), sources.load_controlnet(options.refine_controlnet), at)

    return Parts(
        text_encoder=text_encoder,
        vae=lambda: sources.load_vae(options.vae or base),
        body=lambda at: body(options, at),
        hand=hand if options.system == "two-stage" else None,
        refine=refine if options.system == "handrefiner" else None,
        tokenizer=lambda folder, tokens: write_tokenizer(options.tokenizer or base, folder, tokens),
        schedule=sources.load_schedule(base),
    )


def body(options: argparse.Namespace, at: Context) -> StageGraphs:
    """The body stage of the system that the options name."""
    unet = sources.load_unet(options.unet or options.base)
    if options.system in ("two-stage", "controlnet"):
        controlnet = sources.load_controlnet(options.controlnet)
        merge(options, {"controlnet": controlnet, "unet": unet})
        build = systems.two_stage if options.system == "two-stage" else systems.controlnet_alone
        return build(unet, controlnet, at)
    merge(options, {"unet": unet})
    if options.system == "t2i-adapter":
        return systems.t2i_adapter(unet, sources.load_adapter(options.adapter), at)
    return systems.humansd(unet, at) if options.system == "humansd" else systems.text_only(unet, at)


def merge(options: argparse.Namespace, parts: Mapping[str, nn.Module]) -> None:
    """Merges the LoRAs that the options name into the parts they are for."""
    for path in options.lora if options.merge_lora else ():
        for part, count in merge_lora(path, parts, options.lora_scale).items():
            print(f"{path.name}: merged into {count} layers of the {part}")
