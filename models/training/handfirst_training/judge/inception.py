"""The part of Inception-v3 that FID and KID look through, with the weights and the pooling of the FID paper's own network.

Weights are those of `pt_inception-2015-12-05-6726825d.pth` (pytorch-fid): the TensorFlow graph of Heusel et al. 2017 with 1,008 classes,
under torchvision's names. That network averages without the padding, other than torchvision's.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDE = 299
CLASSES = 1008
EARLY, LATE = 192, 768
"""Numbers of features after the second pooling, and after the last block before the auxiliary head."""


class Convolution(nn.Module):
    """Convolution, batch normalisation, ReLU."""

    def __init__(self, into: int, out: int, kernel: int | tuple[int, int], stride: int = 1, padding: int | tuple[int, int] = 0) -> None:
        super().__init__()
        self.conv = nn.Conv2d(into, out, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(out, eps=0.001)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.bn(self.conv(x)))


def averaged(x: Tensor) -> Tensor:
    return functional.avg_pool2d(x, 3, stride=1, padding=1, count_include_pad=False)


class BlockA(nn.Module):
    def __init__(self, into: int, pooled: int) -> None:
        super().__init__()
        self.branch1x1 = Convolution(into, 64, 1)
        self.branch5x5_1 = Convolution(into, 48, 1)
        self.branch5x5_2 = Convolution(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = Convolution(into, 64, 1)
        self.branch3x3dbl_2 = Convolution(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = Convolution(96, 96, 3, padding=1)
        self.branch_pool = Convolution(into, pooled, 1)

    def forward(self, x: Tensor) -> Tensor:
        five = self.branch5x5_2(self.branch5x5_1(x))
        three = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch1x1(x), five, three, self.branch_pool(averaged(x))], 1)


class BlockB(nn.Module):
    def __init__(self, into: int) -> None:
        super().__init__()
        self.branch3x3 = Convolution(into, 384, 3, stride=2)
        self.branch3x3dbl_1 = Convolution(into, 64, 1)
        self.branch3x3dbl_2 = Convolution(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = Convolution(96, 96, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        three = self.branch3x3dbl_3(self.branch3x3dbl_2(self.branch3x3dbl_1(x)))
        return torch.cat([self.branch3x3(x), three, functional.max_pool2d(x, 3, stride=2)], 1)


class BlockC(nn.Module):
    def __init__(self, into: int, inner: int) -> None:
        super().__init__()
        row, column = {"kernel": (1, 7), "padding": (0, 3)}, {"kernel": (7, 1), "padding": (3, 0)}
        self.branch1x1 = Convolution(into, 192, 1)
        self.branch7x7_1 = Convolution(into, inner, 1)
        self.branch7x7_2 = Convolution(inner, inner, **row)
        self.branch7x7_3 = Convolution(inner, 192, **column)
        self.branch7x7dbl_1 = Convolution(into, inner, 1)
        self.branch7x7dbl_2 = Convolution(inner, inner, **column)
        self.branch7x7dbl_3 = Convolution(inner, inner, **row)
        self.branch7x7dbl_4 = Convolution(inner, inner, **column)
        self.branch7x7dbl_5 = Convolution(inner, 192, **row)
        self.branch_pool = Convolution(into, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        seven = self.branch7x7_3(self.branch7x7_2(self.branch7x7_1(x)))
        double = self.branch7x7dbl_3(self.branch7x7dbl_2(self.branch7x7dbl_1(x)))
        double = self.branch7x7dbl_5(self.branch7x7dbl_4(double))
        return torch.cat([self.branch1x1(x), seven, double, self.branch_pool(averaged(x))], 1)


class Inception(nn.Module):
    """Pictures [1, 3, h, w], levels 0..1, to features [1, 192] and [1, 768], averaged over places."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Convolution(3, 32, 3, stride=2)
        self.Conv2d_2a_3x3 = Convolution(32, 32, 3)
        self.Conv2d_2b_3x3 = Convolution(32, 64, 3, padding=1)
        self.Conv2d_3b_1x1 = Convolution(64, 80, 1)
        self.Conv2d_4a_3x3 = Convolution(80, 192, 3)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = BlockA(192, 32), BlockA(256, 64), BlockA(288, 64)
        self.Mixed_6a = BlockB(288)
        self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e = (BlockC(768, inner) for inner in (128, 160, 160, 192))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        x = functional.interpolate(pictures, size=(SIDE, SIDE), mode="bilinear", align_corners=False) * 2 - 1
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = functional.max_pool2d(x, 3, stride=2)
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(x))
        early = functional.max_pool2d(x, 3, stride=2)
        x = self.Mixed_5d(self.Mixed_5c(self.Mixed_5b(early)))
        x = self.Mixed_6e(self.Mixed_6d(self.Mixed_6c(self.Mixed_6b(self.Mixed_6a(x)))))
        return early.mean((2, 3)), x.mean((2, 3))


def load_inception(state: dict[str, Tensor]) -> Inception:
    """The network with a state dict of pytorch-fid. Raises SystemExit with a sentence for other weights: another network's distance
    is not FID."""
    classes = state["fc.weight"].shape[0] if "fc.weight" in state else None
    if classes != CLASSES:
        found = "no classes at all" if classes is None else f"{classes} classes"
        raise SystemExit(
            f"These weights have {found}, where FID's own network has {CLASSES}: name pt_inception-2015-12-05-6726825d.pth of pytorch-fid."
        )
    network = Inception()
    wanted = network.state_dict()
    missing = [name for name in wanted if name not in state and not name.endswith("num_batches_tracked")]
    if missing:
        raise SystemExit(f"These weights lack {missing[0]}: name pt_inception-2015-12-05-6726825d.pth of pytorch-fid.")
    network.load_state_dict({name: state.get(name, value) for name, value in wanted.items()})
    return network.eval()
