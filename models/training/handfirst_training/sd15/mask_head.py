"""The hand generator's second head: the hand's segmentation mask from features of the denoiser's decoder.

Paper, III-B: a stack of transposed convolutions (kernel 2, stride 2, SiLU between them) on top of the
decoder's last layer, at picture resolution. Four doublings, as printed, need a 32x32 map for a 512x512 picture,
while the decoder's last map is 64x64. Two readings are possible, and the number of layers says which one a
checkpoint follows:

* four doublings: the features in front of the last upsampler (``up_blocks[-2]``, 640 channels in SD 1.5);
* three doublings: the features of the decoder's last block (``up_blocks[-1]``, 320 channels in SD 1.5).
"""

import itertools
import re

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn

from .errors import ExportError

#: Doublings from the latent to the picture: f8 throughout the SD 1.5 family.
LATENT_DOUBLINGS = 3


class MaskHead(nn.Module):
    """Features [N, C, h, w] -> mask [N, 1, h * 2^k, w * 2^k], unbounded as it was trained (MSE); ``channels`` has k + 1 entries."""

    def __init__(self, channels: list[int]) -> None:
        super().__init__()
        pairs = itertools.pairwise(channels)
        self.layers = nn.ModuleList(nn.ConvTranspose2d(i, o, kernel_size=2, stride=2) for i, o in pairs)

    @property
    def doublings(self) -> int:
        return len(self.layers)

    def forward(self, features: Tensor) -> Tensor:
        for index, layer in enumerate(self.layers):
            features = layer(features if index == 0 else nn.functional.silu(features))
        return features


class FeatureTap:
    """Keeps the features that the mask head reads during a run of the denoiser."""

    def __init__(self, unet: UNet2DConditionModel, doublings: int) -> None:
        self.features: Tensor | None = None
        if doublings == LATENT_DOUBLINGS:
            unet.up_blocks[-1].register_forward_hook(self._after_block)
        elif doublings == LATENT_DOUBLINGS + 1:
            unet.up_blocks[-2].upsamplers[0].register_forward_pre_hook(self._before_upsampler)
        else:
            raise ExportError(
                f"The mask head doubles its map {doublings} times, but the picture is reached with {LATENT_DOUBLINGS} "
                f"doublings from the decoder's last block or {LATENT_DOUBLINGS + 1} from in front of its last upsampler: "
                "check the mask head's weights."
            )

    def _after_block(self, _module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        self.features = output

    def _before_upsampler(self, _module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        self.features = inputs[0]

    def take(self) -> Tensor:
        features, self.features = self.features, None
        if features is None:
            raise RuntimeError("the denoiser ran without passing the block that the mask head reads")
        return features


def mask_head_from_state(state: dict[str, Tensor]) -> MaskHead:
    """A mask head with the sizes and weights of ``state``: any names, as long as they sort in the order of the layers.

    Raises ``ExportError`` where the weights are no such stack.
    """
    weights = [state[key] for key in sorted(state, key=_numbers_last) if state[key].ndim == 4]
    biases = [state[key] for key in sorted(state, key=_numbers_last) if state[key].ndim == 1]
    if not weights or len(weights) != len(biases) or any(tuple(w.shape[2:]) != (2, 2) for w in weights):
        raise ExportError(
            "The mask head's weights are no stack of transposed convolutions with kernel 2 and bias: check the file given with --mask-head."
        )
    head = MaskHead([weights[0].shape[0], *(w.shape[1] for w in weights)])
    with torch.no_grad():
        for layer, weight, bias in zip(head.layers, weights, biases, strict=True):
            if layer.weight.shape != weight.shape or layer.bias.shape != bias.shape:
                raise ExportError("The mask head's layers do not fit together: check the file given with --mask-head.")
            layer.weight.copy_(weight)
            layer.bias.copy_(bias)
    return head.eval()


def _numbers_last(key: str) -> list[int | str]:
    """Sorts ``layers.10.weight`` behind ``layers.9.weight``."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", key)]
