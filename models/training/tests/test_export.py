"""What the export changes of a graph, and that its numbers stay."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from handfirst_training.export.onnx_files import export
from handfirst_training.export.quantise import quantise
from handfirst_training.networks.blocks import held


class Shuffled(nn.Module):
    """Two convolutions with a ReLU, shuffled by two, and by eight."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.third = nn.Conv2d(16, 64, 3, padding=1), nn.Conv2d(64, 32, 3, padding=1), nn.Conv2d(16, 64, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return F.pixel_shuffle(self.second(F.relu(self.first(x))), 2), F.pixel_shuffle(self.third(x), 8)


def exported(folder: Path) -> tuple[nn.Module, Tensor, Path]:
    torch.manual_seed(4)
    module, x = Shuffled().eval(), torch.rand(1, 16, 8, 8)
    export(module, {"x": x}, ["twice", "eight"], folder / "graph.onnx")
    return module, x, folder / "graph.onnx"


def operators(path: Path) -> list[str]:
    return [node.op_type for node in onnx.load(str(path)).graph.node]


def run(path: Path, x: Tensor) -> list[np.ndarray]:
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, {"x": x.numpy()})


def test_pixel_shuffles_are_convolutions_that_move_numbers_and_change_none(tmp_path: Path) -> None:
    module, x, path = exported(tmp_path)
    assert "DepthToSpace" not in operators(path)
    assert operators(path).count("ConvTranspose") == 2
    with torch.no_grad():
        # The exporter rounds larger weights to 16 bits: compare with what it kept.
        for layer in (module.first, module.second, module.third):
            if layer.weight.numel() >= 1024:
                layer.weight.copy_(layer.weight.half().float())
        expected = module(x)
    for got, wanted in zip(run(path, x), expected, strict=True):
        np.testing.assert_allclose(got, wanted.numpy(), atol=2e-6)


def test_a_relu_after_a_convolution_takes_no_conversion_of_its_own(tmp_path: Path) -> None:
    _, x, path = exported(tmp_path)
    small = tmp_path / "graph.int8.onnx"
    quantise(path, small, [{"x": x.numpy()}])
    graph = onnx.load(str(small)).graph
    assert "Relu" not in operators(small)
    # The picture's own conversion, and one after each convolution.
    assert operators(small).count("QuantizeLinear") == 4
    spread = [float(np.ptp(a)) for a in run(path, x)]
    for got, wanted, span in zip(run(small, x), run(path, x), spread, strict=True):
        assert np.abs(got - wanted).max() < 0.03 * span
    assert len(graph.input) == 1


class Uneven(nn.Module):
    """A convolution whose first half of channels is a fiftieth of the second."""

    LIMITS = (*[0.2] * 16, *[10.0] * 16)

    def __init__(self, limited: bool) -> None:
        super().__init__()
        self.limited = limited
        self.conv = nn.Conv2d(16, 32, 1, bias=False)
        nn.init.uniform_(self.conv.weight, -0.05, 0.05)
        with torch.no_grad():
            self.conv.weight[16:] *= 50

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv(x)
        return held(out, list(self.LIMITS)) if self.limited else out


def test_small_channels_beside_large_ones_keep_their_steps_in_eight_bits(tmp_path: Path) -> None:
    small, large = slice(0, 16), slice(16, 32)
    worst = {}
    for limited in (False, True):
        torch.manual_seed(5)
        module, x = Uneven(limited).eval(), torch.rand(1, 16, 8, 8)
        path = tmp_path / f"{limited}.onnx"
        export(module, {"x": x}, ["out"], path)
        quantise(path, path.with_suffix(".int8.onnx"), [{"x": x.numpy()}])
        with torch.no_grad():
            expected = module(x).numpy()
        (plain,), (got,) = run(path, x), run(path.with_suffix(".int8.onnx"), x)
        np.testing.assert_allclose(plain, expected, atol=1e-2)
        worst[limited] = [float(np.abs(got - plain)[:, part].max()) for part in (small, large)]
        if limited:
            assert "Clip" not in operators(path.with_suffix(".int8.onnx"))
    # 255 steps over the large channels are as wide as .04 to .08; shared out, those of the small ones are 0.4 / 255.
    assert worst[False][0] > 0.01
    assert worst[True][0] < 0.003
    assert worst[True][1] < 0.1


def test_what_is_held_keeps_its_numbers_up_to_the_limit() -> None:
    x = torch.tensor([0.5, -3.0, 7.0, -7.0]).reshape(1, 2, 1, 2)
    assert held(x, [1.0, 8.0]).flatten().tolist() == [0.5, -1.0, 7.0, -7.0]
