"""Hand and body denoisers. Both predict the clean latent (x0) at the few noise levels that the sampler visits.

The noisy latent enters multiplied by sqrt(alpha_bar): what is pure noise (the first step) says nothing and is not shown.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import GlobalCode, PlainBlock, filmed, held, lively, zeroed

# Dark, middle and bright skin of the reference, RGB each.
SKIN = 9


def shown(noisy: Tensor, level: Tensor) -> Tensor:
    """The part of the noisy latent that carries signal: sqrt(alpha_bar) x_t."""
    return noisy * level[:, None, None, None]


class HandDenoiser(nn.Module):
    """Noisy latent [B, C, 16, 16], sqrt(alpha_bar) [B], conditions [B, 16, 128, 128], hand mask of the step before [B, 1, 128, 128] (zeros
    at the first), skin [B, 9] -> clean latent, hand mask [B, 1, 128, 128].

    Nothing works at the picture's own size: the conditions enter by convolutions of four by four pixels, and each place of the last layers
    stands for sixteen pixels of the mask. Layers with few channels at full size took two fifths of the time of the network before.
    A learned shade at a quarter of the size, coloured by the skin's code, is what the U-Net adds to. It brings edges and gaps between
    fingers into the latent directly.
    """

    def __init__(self, latent: int, conditions: int) -> None:
        super().__init__()
        near, wide, deep, code = 64, 128, 192, 160
        self.code = GlobalCode(SKIN, code)
        self.stem, self.seen = nn.Conv2d(conditions, near, 4, stride=4), nn.Conv2d(1, near, 4, stride=4)
        self.near, self.tint = PlainBlock(near), zeroed(nn.Linear(code, 2 * near))
        self.shade = nn.Conv2d(near, latent, 2, stride=2)
        self.inward, self.noisy = nn.Conv2d(near, wide, 2, stride=2), nn.Conv2d(latent, wide, 3, padding=1)
        self.code_in, self.code_out = (zeroed(nn.Linear(code, 2 * wide)) for _ in range(2))
        self.down = PlainBlock(wide)
        self.halve = nn.Conv2d(wide, deep, 2, stride=2)
        self.middle = nn.Sequential(PlainBlock(deep), PlainBlock(deep))
        self.enlarge = nn.Conv2d(deep, 4 * wide, 1)
        self.up = nn.Sequential(PlainBlock(wide), PlainBlock(wide))
        self.outward = zeroed(nn.Conv2d(wide, latent, 3, padding=1))
        self.finer = nn.Conv2d(wide, 4 * near, 1)
        self.edge, self.mask = nn.Conv2d(near, 48, 3, padding=1), zeroed(nn.Conv2d(48, 16, 3, padding=1))
        lively(self)

    def forward(self, noisy: Tensor, level: Tensor, conditions: Tensor, mask: Tensor, skin: Tensor) -> tuple[Tensor, Tensor]:
        code = self.code(level, skin)
        with torch.autocast(conditions.device.type, enabled=False):
            # In bfloat16 PyTorch 2.15's CPU convolution of 16 channels whose stride is its kernel's size gives other numbers altogether.
            stem = self.stem(conditions.float())
        near = self.near(F.relu(stem + self.seen(mask)))
        shade = F.relu(filmed(near, self.tint(code)))
        wide = self.down(F.relu(filmed(self.inward(shade) + self.noisy(shown(noisy, level)), self.code_in(code))))
        deep = self.middle(F.relu(self.halve(wide)))
        h = self.up(F.relu(wide + F.pixel_shuffle(self.enlarge(deep), 2)))
        edge = F.relu(self.edge(F.relu(near + F.pixel_shuffle(self.finer(h), 2))))
        clean = self.shade(shade) + self.outward(F.relu(filmed(h, self.code_out(code))))
        return clean, torch.sigmoid(F.pixel_shuffle(self.mask(edge), 4))


class BodyDenoiser(nn.Module):
    """The body outpainter (paper, III-C), given a carried reference.

    Noisy latent, carried latent, plate latent and canvas latent [B, C, h, h], hand mask [B, 1, h, h], sqrt(alpha_bar) [B], conditions
    [B, G, 4h, 4h], person's mask of the step before [B, 1, 4h, 4h] (zeros at the first) -> clean latent, features for the decoder
    [B, 16, h, h], the person's mask [B, 1, 8h, 8h]. Any h that is a multiple of 8; the bundle uses 64.

    A U-Net of four sizes. Conditions enter by convolutions as wide as a latent cell, since full resolution is what costs. Norms and SiLUs
    took more of the time in eight bits than the convolutions between them, so there are none.
    """

    FEATURES, SPARE = 16, 7
    """Features, and channels that the last layer has over: in eight bits 48 take half of the time of 41."""
    LATENT_LIMITS, GATE_LIMIT, FEATURE_LIMIT = (3.0, 1.5), 5.0, 8.0
    """The most that the network adds to the latent (first channel, others), and the largest gate and features. A trained network added 2
    to the first channel at most and 1 to the others, with features up to 7."""

    def __init__(self, latent: int, conditions: int) -> None:
        super().__init__()
        first, others = self.LATENT_LIMITS
        self.limits = [first, *[others] * (latent - 1), self.GATE_LIMIT, *[self.FEATURE_LIMIT] * self.FEATURES, *[1.0] * self.SPARE]
        widths, down, up, code = [64, 96, 192, 256], [0, 1, 1, 1], [1, 1, 2, 0], 96
        near = widths[0]
        self.code = GlobalCode(0, code)
        self.stem, self.seen = nn.Conv2d(conditions, near, 4, stride=4), nn.Conv2d(1, near, 4, stride=4)
        self.inward = nn.Conv2d(4 * latent + 1, near, 1)
        self.code_in, self.code_out = (zeroed(nn.Linear(code, 2 * near)) for _ in range(2))
        self.first = nn.Conv2d(near, near, 3, padding=1)
        self.down, self.up = (
            nn.ModuleList(nn.Sequential(*(PlainBlock(w) for _ in range(d))) for w, d in zip(widths, depths, strict=True))
            for depths in (down, up)
        )
        self.smaller = nn.ModuleList(nn.Conv2d(a, b, 2, stride=2) for a, b in itertools.pairwise(widths))
        self.larger = nn.ModuleList(nn.Conv2d(b, 4 * a, 1) for a, b in itertools.pairwise(widths))
        self.outward = nn.Conv2d(near, len(self.limits), 3, padding=1)
        self.mask = nn.Conv2d(near, 64, 1)
        lively(self)
        nn.init.normal_(self.outward.weight, std=1e-2)

    def forward(
        self,
        noisy: Tensor,
        level: Tensor,
        conditions: Tensor,
        predicted: Tensor,
        carried: Tensor,
        plate: Tensor,
        canvas: Tensor,
        mask: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        code = self.code(level, noisy.new_zeros(len(level), 0))
        given = torch.cat([shown(noisy, level), carried, plate, canvas, mask], dim=1)
        x = F.relu(filmed(self.inward(given) + self.stem(conditions) + self.seen(predicted), self.code_in(code)))
        x = F.relu(self.first(x))
        skips = []
        for size, smaller in enumerate(self.smaller):
            skips.append(self.down[size](x))
            x = F.relu(smaller(skips[-1]))
        x = self.up[-1](self.down[-1](x))
        for size, larger in reversed(list(enumerate(self.larger))):
            x = self.up[size](F.relu(skips[size] + F.pixel_shuffle(larger(x), 2)))
        x = F.relu(filmed(x, self.code_out(code)))
        out, latent = held(self.outward(x), self.limits), carried.shape[1]
        own, gate = out[:, :latent], torch.sigmoid(out[:, latent : latent + 1])
        features = out[:, latent + 1 : latent + 1 + self.FEATURES]
        # Where the carried picture is right the network need not draw it again.
        return carried * (1 - gate) + own, features, torch.sigmoid(F.pixel_shuffle(self.mask(x), 8))
