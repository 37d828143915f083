"""int8 graphs beside the float ones: convolutions in eight bits (static QDQ), calibrated on what the graphs see."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from .calibration import Feeds

# Thinner convolutions gain nothing, or lose: measured on one core of a processor with AVX512-VNNI, 12 to 16 channels at 128 x 128.
FEWEST_CHANNELS = 16
BOUNDS = ("Relu", "Clip")


class Reader(CalibrationDataReader):
    """Hands the recorded inputs over one by one."""

    def __init__(self, feeds: list[Feeds]) -> None:
        self.rest = iter(feeds)

    def get_next(self) -> Feeds | None:
        return next(self.rest, None)


def folded(source: Path, to: Path) -> None:
    """The graph with its float16 weights as float32 again: constants folded, nothing fused."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(to)
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def quantised_nodes(path: Path) -> list[str]:
    """Names of the convolutions with at least FEWEST_CHANNELS on either side, and of the ReLUs and clips that follow them: these become the
    ends of their convolution's eight bits."""
    graph = onnx.load(str(path)).graph
    shapes = {tensor.name: tensor.dims for tensor in graph.initializer}
    wide = [node for node in graph.node if node.op_type == "Conv" and min(shapes.get(node.input[1], [0, 0])[:2]) >= FEWEST_CHANNELS]
    outputs = {node.output[0] for node in wide}
    return [node.name for node in [*wide, *(node for node in graph.node if node.op_type in BOUNDS and node.input[0] in outputs)]]


def quantise(source: Path, to: Path, feeds: list[Feeds]) -> None:
    """Writes the int8 graph of `source`."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        folded(source, plain)
        quantize_static(
            str(plain),
            str(to),
            Reader(feeds),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            nodes_to_quantize=quantised_nodes(plain),
            op_types_to_quantize=["Conv", *BOUNDS],
            calibrate_method=CalibrationMethod.MinMax,
        )
    model = onnx.load(str(to))
    del model.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.save(model, str(to))


def nearness(source: Path, to: Path, feeds: list[Feeds]) -> dict[str, float]:
    """Peak signal to noise ratio in dB of the int8 graph's outputs against the float graph's, by output; the peak is their span."""
    plain, small = (onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]) for path in (source, to))
    names = [out.name for out in plain.get_outputs()]
    squares, spans = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0.0)
    for one in feeds:
        for name, a, b in zip(names, plain.run(None, one), small.run(None, one), strict=True):
            squares[name] += float(np.square(a - b).mean()) / len(feeds)
            spans[name] = max(spans[name], float(np.ptp(a)))
    return {name: 20 * np.log10(spans[name]) - 10 * np.log10(squares[name] + 1e-20) for name in names}
