"""Stable-Pose (Wang et al. 2024): a copy of the denoiser's encoder, as ControlNet's, whose first block also attends within the pose.

Written from the published layer list; docs/sd15.md says what was read and what was reckoned. In the block, without group norms, the
features go through a small vision transformer (layers of SimpleViT) in which a patch attends to another only where both lie within a
mask of the pose, wide in the first layer and narrower in the second; features of the pose's picture are added.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
from diffusers import ControlNetModel
from torch import Tensor, nn

PATCH = 2


@dataclass(frozen=True)
class PoseShape:
    """Widths of the parts that ControlNet has not."""

    #: Of the residual block, and of the transformer's patches before they are joined.
    width: int = 320
    inner: int = 128
    #: Of tokens, heads and the transformer's multilayer perceptrons.
    tokens: int = 512
    heads: int = 8
    head: int = 40
    hidden: int = 512
    depth: int = 2
    time: int = 1280
    #: Of the pose's features: a convolution each; those that make more of them, but for the first, halve the picture.
    features: tuple[int, ...] = (32, 64, 64, 128, 128, 192)
    #: Sides of kernels: of the convolutions round the transformer, and of the one that fits the pose's features.
    around: int = 3
    fitting: int = 1


class MaskedAttention(nn.Module):
    """Self-attention of tokens [B, N, D]; pairs that are not both within ``inside`` [B, N] get the least score of the whole batch."""

    def __init__(self, shape: PoseShape) -> None:
        super().__init__()
        self.heads, self.scale = shape.heads, shape.head**-0.5
        self.norm = nn.LayerNorm(shape.tokens)
        self.to_qkv = nn.Linear(shape.tokens, 3 * shape.heads * shape.head, bias=False)
        self.to_out = nn.Linear(shape.heads * shape.head, shape.tokens, bias=False)

    def forward(self, tokens: Tensor, inside: Tensor) -> Tensor:
        batch, count, _ = tokens.shape
        parts = self.to_qkv(self.norm(tokens)).reshape(batch, count, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)
        scores = query @ key.transpose(-1, -2) * self.scale
        together = (inside[:, None, :, None] * inside[:, None, None, :]) > 0.5
        scores = torch.where(together, scores, scores.min())
        attended = scores.softmax(-1) @ value
        return self.to_out(attended.transpose(1, 2).reshape(batch, count, -1))


class PoseTransformer(nn.Module):
    """Features [B, width, h, w], masks [B, depth, h, w] -> features [B, width, h, w]."""

    def __init__(self, shape: PoseShape) -> None:
        super().__init__()
        joined = shape.inner * PATCH**2
        self.conv_in = nn.Conv2d(shape.width, shape.inner, shape.around, padding=shape.around // 2)
        self.to_tokens = nn.Sequential(nn.LayerNorm(joined), nn.Linear(joined, shape.tokens), nn.LayerNorm(shape.tokens))
        self.attentions = nn.ModuleList(MaskedAttention(shape) for _ in range(shape.depth))
        self.perceptrons = nn.ModuleList(
            nn.Sequential(
                nn.LayerNorm(shape.tokens), nn.Linear(shape.tokens, shape.hidden), nn.GELU(), nn.Linear(shape.hidden, shape.tokens)
            )
            for _ in range(shape.depth)
        )
        self.norm = nn.LayerNorm(shape.tokens)
        self.conv_out = nn.Conv2d(shape.tokens // PATCH**2, shape.width, shape.around, padding=shape.around // 2)

    def forward(self, features: Tensor, masks: Tensor) -> Tensor:
        height, width = features.shape[2] // PATCH, features.shape[3] // PATCH
        cells = nn.functional.pixel_unshuffle(self.conv_in(features), PATCH)
        # A patch's values in the order row, column, channel; pixel_unshuffle's is channel, row, column.
        batch, joined = cells.shape[:2]
        patches = cells.reshape(batch, -1, PATCH**2, height * width).permute(0, 3, 2, 1).reshape(batch, height * width, joined)
        tokens = self.to_tokens(patches) + places(height, width, self.norm.normalized_shape[0])
        inside = nn.functional.max_pool2d(masks, PATCH).flatten(2)
        for layer, (attention, perceptron) in enumerate(zip(self.attentions, self.perceptrons, strict=True)):
            tokens = tokens + attention(tokens, inside[:, layer])
            tokens = tokens + perceptron(tokens)
        tokens = self.norm(tokens)
        cells = tokens.reshape(batch, height * width, PATCH**2, -1).permute(0, 3, 2, 1).reshape(batch, -1, height, width)
        return self.conv_out(nn.functional.pixel_shuffle(cells, PATCH))


def places(height: int, width: int, length: int) -> Tensor:
    """Sines and cosines of each token's column and row, [h * w, length]."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    count = length // 4
    rates = 10000.0 ** -(torch.arange(count) / (count - 1))
    x, y = columns.reshape(-1, 1) * rates, rows.reshape(-1, 1) * rates
    return torch.cat([x.sin(), x.cos(), y.sin(), y.cos()], 1)


class PoseBlock(nn.Module):
    """The residual block with the transformer in it; ``features`` and ``masks`` are given before each run."""

    def __init__(self, shape: PoseShape) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(shape.width, shape.width, 3, padding=1)
        self.time_emb_proj = nn.Linear(shape.time, shape.width)
        self.conv2 = nn.Conv2d(shape.width, shape.width, 3, padding=1)
        self.transformer = PoseTransformer(shape)
        self.cond_conv = nn.Conv2d(shape.features[-1], shape.width, shape.fitting, padding=shape.fitting // 2)
        self.given: tuple[Tensor, Tensor] | None = None

    def forward(self, sample: Tensor, temb: Tensor) -> Tensor:
        if self.given is None:
            raise RuntimeError("the block was given no pose")
        features, masks = self.given
        silu = nn.functional.silu
        hidden = self.conv1(silu(sample)) + self.time_emb_proj(silu(temb))[:, :, None, None]
        hidden = self.transformer(hidden, masks) + self.cond_conv(features)
        return sample + self.conv2(silu(hidden))


class PoseEncoder(nn.Module):
    """The pose's picture [B, 3, S, S] in -1..1 -> features [B, last, S/8, S/8]."""

    def __init__(self, shape: PoseShape) -> None:
        super().__init__()
        widths = (3, *shape.features)
        self.convs = nn.ModuleList(
            nn.Conv2d(a, b, 3, padding=1, stride=2 if index > 0 and b > a else 1) for index, (a, b) in enumerate(pairwise(widths))
        )

    def forward(self, picture: Tensor) -> Tensor:
        for conv in self.convs[:-1]:
            picture = nn.functional.silu(conv(picture))
        return self.convs[-1](picture)


class NoHint(nn.Module):
    """In the place of ControlNet's embedding of its hint: the pose enters in the first block alone."""

    def forward(self, hint: Tensor) -> Tensor:
        return hint.new_zeros(1)


class StablePoseAdapter(nn.Module):
    """As ControlNet: latent [B, 4, h, w], timestep [1], text [B, L, width], and the pose -> what is added to skips and middle.

    The pose is its picture [B, 3, S, S] and masks [B, depth, h, w].
    """

    def __init__(self, copy: ControlNetModel, shape: PoseShape | None = None) -> None:
        super().__init__()
        self.shape = shape = shape or PoseShape()
        self.block = PoseBlock(shape)
        self.encoder = PoseEncoder(shape)
        copy.controlnet_cond_embedding = NoHint()
        copy.down_blocks[0].resnets[0] = self.block
        self.copy = copy

    def forward(self, latent: Tensor, timestep: Tensor, text: Tensor, picture: Tensor, masks: Tensor) -> tuple[list[Tensor], Tensor]:
        self.block.given = (self.encoder(picture), masks)
        return self.copy(latent, timestep, encoder_hidden_states=text, controlnet_cond=picture, return_dict=False)

    def own_state(self) -> dict[str, Tensor]:
        """The weights once each: the block is in the copy as well."""
        inside = "copy.down_blocks.0.resnets.0."
        return {key: value for key, value in self.state_dict().items() if not key.startswith(inside)}
