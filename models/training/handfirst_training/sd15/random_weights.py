"""Networks of full size with random weights, to measure what a frame costs without anybody's weights."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, ControlNetModel, T2IAdapter, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel

from . import configs
from .graphs import HAND_CONDITION_CHANNELS, INPAINT_EXTRA_CHANNELS
from .mask_head import MaskHead
from .stable_pose import StablePoseAdapter
from .tokenizer import clip_tokenizer, save_tokenizer, vocabulary_of

LATENT_CHANNELS = 4
#: Of the mask head on the features in front of the last upsampler (docs/sd15.md).
MASK_WIDTHS = [640, 320, 160, 80, 1]


class RandomWeights:
    """Every network as its published configuration has it; ``seed`` decides the weights."""

    def __init__(self, seed: int, system: str) -> None:
        torch.manual_seed(seed)
        self.second = system == "humansd"
        self.inputs = 2 * LATENT_CHANNELS if self.second else LATENT_CHANNELS

    def text_encoder(self) -> CLIPTextModel:
        return CLIPTextModel(CLIPTextConfig(**(configs.TEXT_ENCODER_2 if self.second else configs.TEXT_ENCODER))).eval()

    def vae(self) -> AutoencoderKL:
        return AutoencoderKL.from_config(configs.VAE).eval()

    def unet(self) -> UNet2DConditionModel:
        return self._unet(self.inputs)

    def controlnet(self) -> ControlNetModel:
        return ControlNetModel.from_config(configs.CONTROLNET).eval()

    def hand(self) -> tuple[UNet2DConditionModel, MaskHead]:
        return self._unet(LATENT_CHANNELS + HAND_CONDITION_CHANNELS), MaskHead(MASK_WIDTHS).eval()

    def adapter(self) -> T2IAdapter:
        return T2IAdapter.from_config(configs.ADAPTER).eval()

    def pose_adapter(self) -> StablePoseAdapter:
        return StablePoseAdapter(self.controlnet()).eval()

    def refine_unet(self) -> UNet2DConditionModel:
        return self._unet(LATENT_CHANNELS + INPAINT_EXTRA_CHANNELS)

    def refine_controlnet(self) -> ControlNetModel:
        return self.controlnet()

    def tokenizer(self, folder: Path, max_tokens: int) -> int:
        """CLIP's bytes without any pair: a prompt takes a token a letter."""
        return save_tokenizer(clip_tokenizer(vocabulary_of([]), [], max_tokens), folder)

    def schedule(self) -> dict[str, Any]:
        return dict(configs.SCHEDULE)

    def merge(self, parts: Mapping[str, nn.Module]) -> None:
        """There are no LoRAs."""

    def _unet(self, channels: int) -> UNet2DConditionModel:
        family = configs.UNET_2 if self.second else configs.UNET
        return UNet2DConditionModel.from_config({**family, "in_channels": channels}).eval()
