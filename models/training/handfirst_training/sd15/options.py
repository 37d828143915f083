"""Options of the export, and which of them a system needs."""

import argparse
from pathlib import Path

from .manifest import BundleInfo

#: A system -> the options without which it cannot be exported.
NEEDS: dict[str, tuple[str, ...]] = {
    "two-stage": ("controlnet", "hand"),
    "text-only": (),
    "controlnet": ("controlnet",),
    "t2i-adapter": ("adapter",),
    "humansd": (),
    "stable-pose": ("adapter",),
    "handrefiner": ("refine_base", "refine_controlnet"),
}
#: Input channels of the body's denoiser, and its guidance scale, where a system has its own.
CHANNELS: dict[str, tuple[int, ...]] = {"two-stage": (4, 9), "humansd": (8,)}
GUIDANCE = {"humansd": 10.0}
#: What each system's bundle holds, for `models list`; after it stands where the weights are from.
DESCRIPTIONS = {
    "two-stage": "Stable Diffusion 1.5 with an OpenPose ControlNet and a hand generator",
    "text-only": "Stable Diffusion 1.5 by the prompt alone",
    "controlnet": "Stable Diffusion 1.5 with an OpenPose ControlNet",
    "t2i-adapter": "Stable Diffusion 1.5 with T2I-Adapter for OpenPose",
    "humansd": "HumanSD on Stable Diffusion 2.1 base",
    "stable-pose": "Stable Diffusion 1.5 with Stable-Pose",
    "handrefiner": "Stable Diffusion 1.5 by the prompt alone, and HandRefiner over its hands",
}
LICENCES = {"humansd": "CreativeML Open RAIL++-M"}
PATHS = ("base", "unet", "controlnet", "hand", "adapter", "refine_base", "refine_controlnet", "vae", "tokenizer", "mask_head", "reuse")


def flag(name: str) -> str:
    """An option as it is typed."""
    return f"--{name.replace('_', '-')}"


def parser() -> argparse.ArgumentParser:
    """The command's options, as ``run`` takes them."""
    options = argparse.ArgumentParser(prog="python -m handfirst_training.sd15.export", description=__doc__)
    source = options.add_argument_group("weights: folders written by diffusers, or safetensors files")
    source.add_argument("--system", choices=tuple(NEEDS), default="two-stage", help="what is exported (default: two-stage, the method)")
    source.add_argument("--base", type=Path, help="SD 1.5 or its inpainting variant (9 channels); SD 2.1 base for humansd")
    source.add_argument(
        "--random", type=int, metavar="SEED", help="no weights: networks of full size with random ones, to measure what a frame costs"
    )
    source.add_argument("--unet", type=Path, help="another denoiser than the base's, such as HumanSD's (8 channels)")
    source.add_argument("--controlnet", type=Path, help="ControlNet for OpenPose")
    source.add_argument("--hand", type=Path, help="hand generator: a UNet with 15 input channels")
    source.add_argument("--adapter", type=Path, help="T2I-Adapter for OpenPose; Stable-Pose's adapter")
    source.add_argument("--refine-base", type=Path, help="handrefiner: SD 1.5's inpainting variant")
    source.add_argument("--refine-controlnet", type=Path, help="handrefiner: ControlNet for depth of hands")
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
    made.add_argument("--reuse", type=Path, help="bundle of the same base and size, whose text encoder and autoencoder are copied")
    made.add_argument("--force", action="store_true", help="replace a bundle that is there")
    made.add_argument("--dtype", choices=("float16", "float32"), default="float16", help="how weights are stored (default: float16)")
    made.add_argument("--size", type=int, default=512, help="side of the picture (default: 512)")
    made.add_argument("--hand-size", type=int, help="side of the hand stage's picture (default: as --size)")
    made.add_argument("--guidance", type=float, help="guidance scale (default: 7.5; humansd: 10)")
    made.add_argument("--refine-guidance", type=float, default=9.0, help="guidance scale of handrefiner's third stage (default: 9)")
    made.add_argument("--hand-guidance", type=float, help="guidance scale of the hand stage (default: as --guidance)")
    made.add_argument("--no-hint-hands", dest="hint_hands", action="store_false", help="a ControlNet that knows no hands")
    made.add_argument("--no-hint-face", dest="hint_face", action="store_false", help="a ControlNet that knows no face points")
    silent = options.add_argument_group("what the paper does not say (docs/method.md)")
    silent.add_argument("--hint-mask", action=argparse.BooleanOptionalAction, help="draw the mask into the hint (default: 4 channels)")
    silent.add_argument("--heatmap-sigma", type=float, default=0.05, help="width of a heatmap, in lengths of the hand (default: 0.05)")
    silent.add_argument("--crop-margin", type=float, default=1.5, help="side of a hand's crop, in sides of its box (default: 1.5)")
    silent.add_argument("--mask-threshold", type=float, default=0.5, help="mask value from which a pixel is hand (default: 0.5)")
    silent.add_argument("--canvas-colour", type=float, nargs=3, default=(127.5,) * 3, help="RGB round the hands (default: middle grey)")
    made.add_argument("--name", help="the bundle's name (default: sd15, or the system's)")
    made.add_argument("--licence", help=f"licence of the weights, for `models list` (default: that of the base, {BundleInfo.licence})")
    return options
