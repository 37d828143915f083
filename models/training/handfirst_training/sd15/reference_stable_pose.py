"""The independent run of Stable-Pose: its own layers as functions over named weights, masks by SciPy, the copy's other blocks by diffusers.

Nothing here follows ``stable_pose``; both follow docs/sd15.md.
"""

import math
from collections.abc import Mapping

import numpy as np
import torch
from diffusers import ControlNetModel
from scipy.ndimage import correlate1d
from torch import Tensor
from torch.nn import functional as F

from .reference_drawing import Array, coco_skeleton

#: In cells of the tiny bundle's 16, a fourth of 23, 13 and 3 of 64.
KERNELS, SIGMA, THRESHOLD = (5, 3), 0.75, -0.99
#: No blurred value may come nearer to the threshold: rounding would decide a cell.
MARGIN = 1e-6

Weights = Mapping[str, Tensor]


def pose_masks(pose: Array, size: int, cells: int) -> Array:
    """[2, cells, cells]: 1 near the skeleton, far and then less far."""
    signed = coco_skeleton(pose, size).astype(np.float64) / 127.5 - 1
    side = size // cells
    shrunk = signed.reshape(cells, side, cells, side, 3).mean((1, 3, 4))
    masks = []
    for kernel in KERNELS:
        at = np.arange(kernel) - kernel // 2
        weights = np.exp(-0.5 * (at / SIGMA) ** 2)
        blurred = shrunk
        for axis in (0, 1):
            # SciPy's "mirror" is PyTorch's "reflect": the edge cell stands once.
            blurred = correlate1d(blurred, weights / weights.sum(), axis=axis, mode="mirror")
        if np.abs(blurred - THRESHOLD).min() < MARGIN:
            raise ValueError("a mask lies at its threshold: choose another pose")
        masks.append(blurred > THRESHOLD)
    return np.stack(masks).astype(np.float64)


def pose_features(weights: Weights, picture: Tensor) -> Tensor:
    """Picture [B, 3, S, S] -> [B, C, S/8, S/8]: six convolutions, SiLU between them, every second one halving."""
    for index in range(6):
        weight = weights[f"encoder.convs.{index}.weight"]
        picture = F.conv2d(picture, weight, weights[f"encoder.convs.{index}.bias"], stride=1 + index % 2, padding=1)
        if index < 5:
            picture = picture * torch.sigmoid(picture)
    return picture


def transformer(weights: Weights, hidden: Tensor, masks: Tensor, heads: int) -> Tensor:
    """The block's vision transformer over patches of 2 x 2 cells."""
    name = "block.transformer."
    cells = F.conv2d(hidden, weights[f"{name}conv_in.weight"], weights[f"{name}conv_in.bias"], padding=1)
    batch, _, rows, columns = cells.shape
    patches = [cells[:, :, y : y + 2, x : x + 2] for y in range(0, rows, 2) for x in range(0, columns, 2)]
    tokens = torch.stack([patch.permute(0, 2, 3, 1).flatten(1) for patch in patches], 1)
    tokens = norm(weights, f"{name}to_tokens.0", tokens)
    tokens = norm(weights, f"{name}to_tokens.2", linear(weights, f"{name}to_tokens.1", tokens))
    tokens = tokens + torch.tensor([place(y, x, tokens.shape[-1]) for y in range(rows // 2) for x in range(columns // 2)])
    for layer in range(2):
        inside = torch.stack(
            [masks[:, layer, y : y + 2, x : x + 2].flatten(1).amax(1) for y in range(0, rows, 2) for x in range(0, columns, 2)], 1
        )
        tokens = tokens + attention(weights, f"{name}attentions.{layer}.", tokens, inside > 0, heads)
        rest = linear(weights, f"{name}perceptrons.{layer}.1", norm(weights, f"{name}perceptrons.{layer}.0", tokens))
        tokens = tokens + linear(weights, f"{name}perceptrons.{layer}.3", F.gelu(rest))
    tokens = norm(weights, f"{name}norm", tokens)
    whole = torch.empty(batch, tokens.shape[-1] // 4, rows, columns)
    for index in range(tokens.shape[1]):
        y, x = 2 * (index // (columns // 2)), 2 * (index % (columns // 2))
        whole[:, :, y : y + 2, x : x + 2] = tokens[:, index].reshape(batch, 2, 2, -1).permute(0, 3, 1, 2)
    return F.conv2d(whole, weights[f"{name}conv_out.weight"], weights[f"{name}conv_out.bias"], padding=1)


def attention(weights: Weights, name: str, tokens: Tensor, inside: Tensor, heads: int) -> Tensor:
    """Scores outside are the least of the batch, over all frames, heads and pairs."""
    query, key, value = norm(weights, f"{name}norm", tokens).matmul(weights[f"{name}to_qkv.weight"].T).chunk(3, -1)
    split = [part.unflatten(-1, (heads, -1)).transpose(1, 2) for part in (query, key, value)]
    scores = torch.einsum("bhid,bhjd->bhij", split[0], split[1]) / math.sqrt(split[0].shape[-1])
    outside = ~(inside[:, :, None] & inside[:, None, :])
    scores = scores.masked_fill(outside[:, None], float(scores.min()))
    mixed = torch.einsum("bhij,bhjd->bhid", torch.softmax(scores, -1), split[2])
    return mixed.transpose(1, 2).flatten(2).matmul(weights[f"{name}to_out.weight"].T)


def place(row: int, column: int, length: int) -> list[float]:
    rates = [10000 ** (-k / (length // 4 - 1)) for k in range(length // 4)]
    return [wave(at * rate) for at in (column, row) for wave in (math.sin, math.cos) for rate in rates]


def linear(weights: Weights, name: str, values: Tensor) -> Tensor:
    return values.matmul(weights[f"{name}.weight"].T) + weights[f"{name}.bias"]


def norm(weights: Weights, name: str, values: Tensor) -> Tensor:
    return F.layer_norm(values, values.shape[-1:], weights[f"{name}.weight"], weights[f"{name}.bias"])


def residuals(
    weights: Weights, copy: ControlNetModel, latent: Tensor, t: Tensor, text: Tensor, features: Tensor, masks: Tensor, heads: int
) -> tuple[list[Tensor], Tensor]:
    """What is added to the denoiser's skips and its middle; ``copy``'s own first residual block is not used."""
    emb = copy.time_embedding(copy.time_proj(t.expand(len(latent))).float())
    sample = copy.conv_in(latent)
    skips = [sample]
    for level, block in enumerate(copy.down_blocks):
        for index, resnet in enumerate(block.resnets):
            first = level == 0 and index == 0
            sample = pose_block(weights, sample, emb, features, masks, heads) if first else resnet(sample, emb)
            if getattr(block, "has_cross_attention", False):
                sample = block.attentions[index](sample, encoder_hidden_states=text, return_dict=False)[0]
            skips.append(sample)
        for downsampler in block.downsamplers or ():
            sample = downsampler(sample)
            skips.append(sample)
    sample = copy.mid_block(sample, emb, encoder_hidden_states=text)
    down = [zero(skip) for zero, skip in zip(copy.controlnet_down_blocks, skips, strict=True)]
    return down, copy.controlnet_mid_block(sample)


def pose_block(weights: Weights, sample: Tensor, emb: Tensor, features: Tensor, masks: Tensor, heads: int) -> Tensor:
    shift = linear(weights, "block.time_emb_proj", F.silu(emb))
    hidden = F.conv2d(F.silu(sample), weights["block.conv1.weight"], weights["block.conv1.bias"], padding=1) + shift[..., None, None]
    fitted = F.conv2d(features, weights["block.cond_conv.weight"], weights["block.cond_conv.bias"])
    hidden = transformer(weights, hidden, masks, heads) + fitted
    return sample + F.conv2d(F.silu(hidden), weights["block.conv2.weight"], weights["block.conv2.bias"], padding=1)
