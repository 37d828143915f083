"""The graphs of a bundle as modules: what goes in and out of them is what ``manifest.json`` says."""

import torch
from diffusers import AutoencoderKL, ControlNetModel, T2IAdapter, UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextModel

from .mask_head import FeatureTap, MaskHead
from .stable_pose import StablePoseAdapter

#: Channels of the hand generator's condition: ten finger heatmaps and the hand mask (paper, III-B).
HAND_CONDITION_CHANNELS = 11
#: Channels that an inpainting denoiser takes beside the latent: the mask and the encoded picture.
INPAINT_EXTRA_CHANNELS = 5


class TextGraph(nn.Module):
    """Token ids [1, L] int64 -> hidden states [1, L, width] after the last normalisation."""

    def __init__(self, model: CLIPTextModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, tokens: Tensor) -> Tensor:
        return self.model(input_ids=tokens, return_dict=True).last_hidden_state


class EncoderGraph(nn.Module):
    """Picture [1, 3, S, S] in -1..1 -> mean of the latent distribution [1, 4, S/8, S/8], not yet scaled."""

    def __init__(self, vae: AutoencoderKL) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, picture: Tensor) -> Tensor:
        return self.vae.encode(picture).latent_dist.mean


class DecoderGraph(nn.Module):
    """Unscaled latent [1, 4, S/8, S/8] -> picture [1, 3, S, S], about -1..1."""

    def __init__(self, vae: AutoencoderKL) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, latent: Tensor) -> Tensor:
        return self.vae.decode(latent, return_dict=False)[0]


class BodyGraph(nn.Module):
    """ControlNet and UNet as one denoiser.

    latent [1, 4, h, h], timestep [1], hint [1, 3, S, S] in 0..1, text [1, L, width] -> noise [1, 4, h, h].
    """

    def __init__(self, unet: UNet2DConditionModel, controlnet: ControlNetModel) -> None:
        super().__init__()
        self.unet = unet
        self.controlnet = controlnet

    def forward(self, latent: Tensor, timestep: Tensor, hint: Tensor, text: Tensor) -> Tensor:
        return self._denoise(latent, latent, timestep, hint, text)

    def _denoise(
        self, sample: Tensor, latent: Tensor, timestep: Tensor, hint: Tensor, text: Tensor, strength: float | Tensor = 1.0
    ) -> Tensor:
        down, middle = self.controlnet(
            latent, timestep, encoder_hidden_states=text, controlnet_cond=hint, conditioning_scale=strength, return_dict=False
        )
        return self.unet(
            sample,
            timestep,
            encoder_hidden_states=text,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
            return_dict=False,
        )[0]


class InpaintBodyGraph(BodyGraph):
    """The body denoiser of an inpainting base: five more channels at latent size, [1, 5, h, h].

    They are the hand mask (1 = hand, to be kept) and the encoded canvas, scaled. Inpainting weights know the mask the other way
    round (1 = to be painted). The ControlNet sees the latent alone, as in diffusers' inpainting pipeline.
    """

    def forward(self, latent: Tensor, timestep: Tensor, hint: Tensor, inpaint: Tensor, text: Tensor) -> Tensor:
        sample = torch.cat([latent, 1 - inpaint[:, :1], inpaint[:, 1:]], dim=1)
        return self._denoise(sample, latent, timestep, hint, text)


class RefineGraph(InpaintBodyGraph):
    """An inpainting denoiser whose ControlNet counts by ``strength`` [1], all its residuals alike."""

    def forward(self, latent: Tensor, timestep: Tensor, hint: Tensor, inpaint: Tensor, strength: Tensor, text: Tensor) -> Tensor:
        sample = torch.cat([latent, 1 - inpaint[:, :1], inpaint[:, 1:]], dim=1)
        return self._denoise(sample, latent, timestep, hint, text, strength)


class PoseAdapterGraph(nn.Module):
    """A denoiser with Stable-Pose's adapter, for the passes with and without the prompt together: tensors of a batch of two.

    latent [2, 4, h, w], timestep [1], hint [2, 3, S, S] in -1..1, masks [2, 2, h, w], text [2, L, width] -> noise [2, 4, h, w].
    """

    def __init__(self, unet: UNet2DConditionModel, adapter: StablePoseAdapter) -> None:
        super().__init__()
        self.unet = unet
        self.adapter = adapter

    def forward(self, latent: Tensor, timestep: Tensor, hint: Tensor, masks: Tensor, text: Tensor) -> Tensor:
        down, middle = self.adapter(latent, timestep, text, hint, masks)
        return self.unet(
            latent,
            timestep,
            encoder_hidden_states=text,
            down_block_additional_residuals=down,
            mid_block_additional_residual=middle,
            return_dict=False,
        )[0]


class PlainBodyGraph(nn.Module):
    """A denoiser that sees the prompt alone: latent [1, 4, h, h], timestep [1], text [1, L, width] -> noise [1, 4, h, h]."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        super().__init__()
        self.unet = unet

    def forward(self, latent: Tensor, timestep: Tensor, text: Tensor) -> Tensor:
        return self.unet(latent, timestep, encoder_hidden_states=text, return_dict=False)[0]


class AdapterGraph(nn.Module):
    """T2I-Adapter: hint [1, 3, S, S] in 0..1 -> a map of features for each level of the denoiser."""

    def __init__(self, adapter: T2IAdapter) -> None:
        super().__init__()
        self.adapter = adapter

    def forward(self, hint: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.adapter(hint))


class AdapterBodyGraph(nn.Module):
    """A denoiser with T2I-Adapter's features added at the end of each level of its encoder."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        super().__init__()
        self.unet = unet

    def forward(self, latent: Tensor, timestep: Tensor, text: Tensor, *features: Tensor) -> Tensor:
        return self.unet(
            latent,
            timestep,
            encoder_hidden_states=text,
            down_intrablock_additional_residuals=list(features),
            return_dict=False,
        )[0]


class ConcatBodyGraph(nn.Module):
    """A denoiser whose first convolution takes the encoded, unscaled picture of the pose beside the latent, [1, 4, h, h] each."""

    def __init__(self, unet: UNet2DConditionModel, scaling: float) -> None:
        super().__init__()
        self.unet = unet
        self.scaling = scaling

    def forward(self, latent: Tensor, timestep: Tensor, text: Tensor, pose: Tensor) -> Tensor:
        sample = torch.cat([latent, self.scaling * pose], dim=1)
        return self.unet(sample, timestep, encoder_hidden_states=text, return_dict=False)[0]


class HandGraph(nn.Module):
    """The hand generator with its mask head.

    latent [1, 4, h, h], timestep [1], condition [1, 11, S, S] in 0..1, text [1, L, width]
    -> noise [1, 4, h, h], mask [1, 1, S, S] in 0..1. The condition is resized bilinearly to the latent's size, as in the paper.
    """

    def __init__(self, unet: UNet2DConditionModel, head: MaskHead) -> None:
        super().__init__()
        self.unet = unet
        self.head = head
        self.tap = FeatureTap(unet, head.doublings)

    def forward(self, latent: Tensor, timestep: Tensor, condition: Tensor, text: Tensor) -> tuple[Tensor, Tensor]:
        resized = nn.functional.interpolate(condition, size=latent.shape[2:], mode="bilinear", align_corners=False)
        sample = torch.cat([latent, resized], dim=1)
        noise = self.unet(sample, timestep, encoder_hidden_states=text, return_dict=False)[0]
        return noise, self.head(self.tap.take()).clamp(0, 1)
