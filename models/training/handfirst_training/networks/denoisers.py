"""Hand and body denoisers. Both predict the clean latent (x0) at the few noise levels that the sampler visits.

The noisy latent enters multiplied by sqrt(alpha_bar): what is pure noise (the first step) says nothing and is not shown.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .blocks import GlobalCode, PlainBlock, UNet, filmed, lively, zeroed

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
    [B, G, 4h, 4h] -> clean latent, features for the decoder [B, 16, h, h], the person's mask [B, 1, 8h, 8h]. Any h that is a multiple
    of 8; the bundle uses 64. Conditions enter by one convolution as wide as a latent cell, since full resolution is what costs.
    """

    FEATURES = 16

    def __init__(self, latent: int, conditions: int) -> None:
        super().__init__()
        widths, code = [56, 96, 160, 224], 96
        self.code = GlobalCode(0, code)
        self.stem = nn.Conv2d(conditions, widths[0], 4, stride=4)
        self.inward = nn.Conv2d(4 * latent + 1, widths[0], 1)
        self.unet = UNet(widths, [1, 2, 2, 1], code)
        self.outward = zeroed(nn.Conv2d(widths[0], latent + 1 + self.FEATURES, 3, padding=1))
        self.mask = nn.Conv2d(widths[0], 64, 1)
        lively(self)

    def forward(
        self, noisy: Tensor, level: Tensor, conditions: Tensor, carried: Tensor, plate: Tensor, canvas: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        given = torch.cat([shown(noisy, level), carried, plate, canvas, mask], dim=1)
        h = self.unet(self.inward(given) + self.stem(conditions), self.code(level, noisy.new_zeros(len(level), 0)))
        out = self.outward(F.silu(h))
        latent = carried.shape[1]
        own, gate, features = out[:, :latent], torch.sigmoid(out[:, latent : latent + 1]), out[:, latent + 1 :]
        # Where the carried picture is right the network need not draw it again.
        return carried * (1 - gate) + own, features, torch.sigmoid(F.pixel_shuffle(self.mask(h), 8))
