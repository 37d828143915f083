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
