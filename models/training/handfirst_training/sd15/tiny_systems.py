"""Tiny random bundles of the systems that the paper compares with: ``python -m handfirst_training.sd15.tiny_systems -o FOLDER``.

Text encoder, autoencoder and tokenizer are those of ``tiny``; each system brings its own denoiser, as narrow as it can be. The bundles
are written by the export that users run, and files that the bundle of ``tiny`` has already are left out (``--shared``).
"""

import argparse
import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, ControlNetModel, T2IAdapter, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextModel

from . import configs, export
from .graphs import INPAINT_EXTRA_CHANNELS
from .mask_head import MaskHead
from .stable_pose import PoseShape, StablePoseAdapter
from .stable_pose_weights import save_stable_pose
from .tiny import BLOCKS, GUIDANCE, PICTURE, TinyModels, random_model, random_unet, save_sources, tiny_models, tiny_tokenizer
from .tokenizer import save_tokenizer

#: A black hint would leave an adapter little but its biases.
ADAPTER_GAIN = 8.0
#: Stable-Pose's parts beside its copy of the denoiser's encoder.
POSE = PoseShape(width=8, inner=4, tokens=16, heads=2, head=4, hidden=16, time=32, features=(4, 8, 8, 12, 12, 16))
SYSTEMS = ("text-only", "controlnet", "controlnet-full", "t2i-adapter", "humansd", "stable-pose", "handrefiner")


@dataclass(frozen=True)
class TinySystems:
    """What the systems add to ``tiny``'s parts."""

    base: TinyModels
    adapter: T2IAdapter
    #: Eight channels: the latent and the encoded pose.
    humansd: UNet2DConditionModel
    #: Nine channels: the latent, the mask, the encoded canvas.
    refine_unet: UNet2DConditionModel
    refine_controlnet: ControlNetModel
    pose: StablePoseAdapter


def tiny_systems(seed: int = 0) -> TinySystems:
    """The systems' parts with weights that ``seed`` alone decides."""
    generator = torch.Generator().manual_seed(seed + 1)
    channels = list(BLOCKS["block_out_channels"])
    adapter = random_model(T2IAdapter(in_channels=3, channels=channels, num_res_blocks=2, downscale_factor=8), generator)
    with torch.no_grad():
        adapter.adapter.conv_in.weight *= ADAPTER_GAIN
    return TinySystems(
        base=tiny_models(seed),
        adapter=adapter,
        humansd=random_unet(8, generator),
        refine_unet=random_unet(4 + INPAINT_EXTRA_CHANNELS, generator),
        refine_controlnet=random_controlnet(generator),
        pose=random_model(StablePoseAdapter(random_controlnet(generator), POSE), generator),
    )


class TinyWeights:
    """The parts of ``tiny_systems`` as the export asks for networks (``parts.Weights``)."""

    def __init__(self, seed: int, system: str) -> None:
        self.parts = tiny_systems(seed)
        self.system = system

    def text_encoder(self) -> CLIPTextModel:
        return self.parts.base.text_encoder

    def vae(self) -> AutoencoderKL:
        return self.parts.base.vae

    def unet(self) -> UNet2DConditionModel:
        return self.parts.humansd if self.system == "humansd" else self.parts.base.unet

    def controlnet(self) -> ControlNetModel:
        return self.parts.base.controlnet

    def hand(self) -> tuple[UNet2DConditionModel, MaskHead]:
        return self.parts.base.hand_unet, self.parts.base.mask_head

    def adapter(self) -> T2IAdapter:
        return self.parts.adapter

    def pose_adapter(self) -> StablePoseAdapter:
        return self.parts.pose

    def refine_unet(self) -> UNet2DConditionModel:
        return self.parts.refine_unet

    def refine_controlnet(self) -> ControlNetModel:
        return self.parts.refine_controlnet

    def tokenizer(self, folder: Path, max_tokens: int) -> int:
        return save_tokenizer(tiny_tokenizer(), folder)

    def schedule(self) -> dict[str, Any]:
        return dict(configs.SCHEDULE)

    def merge(self, parts: Mapping[str, nn.Module]) -> None:
        """There are no LoRAs."""


def random_controlnet(generator: torch.Generator) -> ControlNetModel:
    return random_model(ControlNetModel(in_channels=4, conditioning_embedding_out_channels=(4, 4, 8, 8), **BLOCKS), generator)


def save_system(system: str, models: TinySystems, folder: Path) -> list[str]:
    """Writes a system's parts as users have them, and returns the export's options that name them."""
    save_sources(models.base, folder)
    named: dict[str, Path] = {"base": folder / "base"}
    if system in ("controlnet", "controlnet-full"):
        named["controlnet"] = folder / "controlnet"
    if system == "controlnet-full":
        named["hand"] = folder / "hand"
    if system == "stable-pose":
        named["adapter"] = folder / "stable-pose"
        save_stable_pose(models.pose, named["adapter"])
    if system == "t2i-adapter":
        named["adapter"] = folder / "adapter"
        models.adapter.save_pretrained(named["adapter"])
    if system == "humansd":
        named["unet"] = folder / "humansd"
        models.humansd.save_pretrained(named["unet"])
    if system == "handrefiner":
        named |= {"refine-base": folder / "inpaint", "refine-controlnet": folder / "depth"}
        models.refine_unet.save_pretrained(named["refine-base"] / "unet")
        models.refine_controlnet.save_pretrained(named["refine-controlnet"])
    made = "two-stage" if system == "controlnet-full" else system
    return ["--system", made, *(text for name, path in named.items() for text in (f"--{name}", str(path)))]


def export_system(system: str, models: TinySystems, output: Path, reuse: Path | None = None) -> None:
    """Runs the users' export on a system's parts."""
    with tempfile.TemporaryDirectory() as scratch:
        options = save_system(system, models, Path(scratch))
        options += ["--output", str(output), "--size", str(PICTURE), "--name", f"tiny-{system}", "--force"]
        options += ["--guidance", str(GUIDANCE), "--refine-guidance", str(GUIDANCE), "--licence", "Apache-2.0 (random weights)"]
        options += ["--reuse", str(reuse)] if reuse else []
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        export.run(export.parser().parse_args(options))


def leave_out_shared(folder: Path, shared: Path) -> None:
    """Removes the files that ``shared`` holds as well, byte by byte."""
    for file in folder.iterdir():
        twin = shared / file.name
        if file.name != "manifest.json" and twin.is_file() and twin.read_bytes() == file.read_bytes():
            file.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m handfirst_training.sd15.tiny_systems", description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder that gets a bundle a system")
    parser.add_argument("--shared", type=Path, help="bundle of `tiny`, whose files are not written again")
    parser.add_argument("--only", choices=SYSTEMS, nargs="*", default=SYSTEMS)
    options = parser.parse_args()
    models = tiny_systems()
    for system in options.only:
        export_system(system, models, options.output / system, options.shared)
        if options.shared:
            leave_out_shared(options.output / system, options.shared)


if __name__ == "__main__":
    main()
