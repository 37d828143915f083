"""Exports a user's own SD 1.5 weights as a bundle: ``python -m handfirst_training.sd15.export --help``; see docs/sd15.md."""

import argparse
import logging
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from diffusers import ControlNetModel, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextModel

from . import configs, sources
from .bundle import LATENT_CHANNELS, Parts, Sizes, export_bundle, stored_type
from .errors import ExportError
from .graphs import HAND_CONDITION_CHANNELS, INPAINT_EXTRA_CHANNELS
from .lora import merge_lora
from .manifest import BundleInfo, OpenChoices
from .mask_head import MaskHead
from .tokenizer import write_tokenizer

PATHS = ("base", "controlnet", "hand", "vae", "tokenizer", "mask_head")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code: 0, or 1 with one sentence on stderr."""
    options = parser().parse_args(arguments)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        run(options)
    except ExportError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(options: argparse.Namespace) -> None:
    """Exports what the options name. Raises ``ExportError``."""
    check(options)
    sizes = Sizes(options.size, options.hand_size or options.size)
    info = BundleInfo(
        name=options.name,
        licence=options.licence,
        stored=stored_type(options.dtype),
        guidance=options.guidance,
        hand_guidance=options.hand_guidance or options.guidance,
        hint={"hands": options.hint_hands, "face": options.hint_face},
        open=OpenChoices(
            heatmap_sigma=options.heatmap_sigma,
            crop_margin=options.crop_margin,
            mask_threshold=options.mask_threshold,
            canvas_colour=tuple(options.canvas_colour),
            hint_mask=options.hint_mask,
        ),
    )
    export_bundle(parts_of(options), info, sizes, options.output, replace=options.force)
    print(f"{options.output}: bundle {options.name} is complete.")


def check(options: argparse.Namespace) -> None:
    """Tells at once what would fail after minutes. Raises ``ExportError``."""
    named = [(f"--{name.replace('_', '-')}", getattr(options, name)) for name in PATHS]
    for name, path in (*named, *(("--lora", path) for path in options.lora)):
        if path is not None and not path.exists():
            raise ExportError(f"{name}: {path} does not exist: check the path.")
    for name, path, allowed in (
        ("--base", options.base, (LATENT_CHANNELS, LATENT_CHANNELS + INPAINT_EXTRA_CHANNELS)),
        ("--hand", options.hand, (LATENT_CHANNELS + HAND_CONDITION_CHANNELS,)),
    ):
        channels = sources.unet_channels(path)
        if channels not in allowed:
            wanted = " or ".join(str(number) for number in allowed)
            raise ExportError(
                f"{name}: the denoiser in {path} takes {channels} channels and not {wanted}: name the weights made for this stage."
            )
    sources.load_mask_head(options.mask_head or options.hand)
    with tempfile.TemporaryDirectory() as scratch:
        write_tokenizer(options.tokenizer or options.base, Path(scratch), configs.TEXT_ENCODER["max_position_embeddings"])


def parts_of(options: argparse.Namespace) -> Parts:
    """The parts as the options name them; nothing is read yet but the schedule."""
    base: Path = options.base

    def merged(parts: Mapping[str, nn.Module]) -> None:
        for path in options.lora if options.merge_lora else ():
            changed = merge_lora(path, parts, options.lora_scale)
            for part, count in changed.items():
                print(f"{path.name}: merged into {count} layers of the {part}")

    def text_encoder() -> CLIPTextModel:
        model = sources.load_text_encoder(base)
        merged({"text_encoder": model})
        return model

    def body() -> tuple[UNet2DConditionModel, ControlNetModel]:
        unet, controlnet = sources.load_unet(base), sources.load_controlnet(options.controlnet)
        merged({"controlnet": controlnet, "unet": unet})
        return unet, controlnet

    def hand() -> tuple[UNet2DConditionModel, MaskHead]:
        return sources.load_unet(options.hand), sources.load_mask_head(options.mask_head or options.hand)

    return Parts(
        text_encoder=text_encoder,
        vae=lambda: sources.load_vae(options.vae or base),
        body=body,
        hand=hand,
        tokenizer=lambda folder, tokens: write_tokenizer(options.tokenizer or base, folder, tokens),
        schedule=sources.load_schedule(base),
    )


def parser() -> argparse.ArgumentParser:
    """The command's options, as ``run`` takes them."""
    options = argparse.ArgumentParser(prog="python -m handfirst_training.sd15.export", description=__doc__)
    source = options.add_argument_group("weights: folders written by diffusers, or safetensors files")
    source.add_argument("--base", type=Path, required=True, help="SD 1.5, or its inpainting variant (9 channels)")
    source.add_argument("--controlnet", type=Path, required=True, help="ControlNet for OpenPose")
    source.add_argument("--hand", type=Path, required=True, help="hand generator: a UNet with 15 input channels")
    source.add_argument("--mask-head", type=Path, help="its mask head (default: found beside or inside --hand)")
    source.add_argument("--vae", type=Path, help="another autoencoder than the base's")
    source.add_argument("--tokenizer", type=Path, help="tokenizer folder or bpe_simple_vocab_16e6.txt.gz (default: in --base)")
    source.add_argument("--lora", type=Path, action="append", default=[], help="LoRA of ControlNet, UNet or text encoder; repeatable")
    source.add_argument("--lora-scale", type=float, default=1.0, help="strength of the LoRA (default: 1)")
    merging = source.add_mutually_exclusive_group()
    merging.add_argument("--merge-lora", dest="merge_lora", action="store_true", default=True, help="merge it (default)")
    merging.add_argument("--no-lora", dest="merge_lora", action="store_false", help="leave it out")
    made = options.add_argument_group("bundle")
    made.add_argument("-o", "--output", type=Path, required=True, help="folder to write")
    made.add_argument("--force", action="store_true", help="replace a bundle that is there")
    made.add_argument("--dtype", choices=("float16", "float32"), default="float16", help="how weights are stored (default: float16)")
    made.add_argument("--size", type=int, default=512, help="side of the picture (default: 512)")
    made.add_argument("--hand-size", type=int, help="side of the hand stage's picture (default: as --size)")
    made.add_argument("--guidance", type=float, default=7.5, help="guidance scale (default: 7.5)")
    made.add_argument("--hand-guidance", type=float, help="guidance scale of the hand stage (default: as --guidance)")
    made.add_argument("--no-hint-hands", dest="hint_hands", action="store_false", help="a ControlNet that knows no hands")
    made.add_argument("--no-hint-face", dest="hint_face", action="store_false", help="a ControlNet that knows no face points")
    silent = options.add_argument_group("what the paper does not say (docs/method.md)")
    silent.add_argument("--hint-mask", action=argparse.BooleanOptionalAction, help="draw the mask into the hint (default: 4 channels)")
    silent.add_argument("--heatmap-sigma", type=float, default=0.05, help="width of a heatmap, in lengths of the hand (default: 0.05)")
    silent.add_argument("--crop-margin", type=float, default=1.5, help="side of a hand's crop, in sides of its box (default: 1.5)")
    silent.add_argument("--mask-threshold", type=float, default=0.5, help="mask value from which a pixel is hand (default: 0.5)")
    silent.add_argument("--canvas-colour", type=float, nargs=3, default=(127.5,) * 3, help="RGB round the hands (default: middle grey)")
    made.add_argument("--name", default="sd15", help="the bundle's name (default: sd15)")
    made.add_argument("--licence", default=BundleInfo.licence, help="licence of the weights, as `models list` shows it")
    return options


if __name__ == "__main__":
    sys.exit(main())
