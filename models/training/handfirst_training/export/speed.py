"""How fast a bundle's graphs are on one thread, beside the same networks in PyTorch: a line of JSON a graph.

`python -m handfirst_training.export.speed --bundle ../compact [--compile]`

`gemm`: what a matrix product of 1,024 x 1,024 reaches, in billions of multiplications and additions a second. Times are CPU time, not wall
time, so that other programs disturb them less.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, shape_inference

from ..conditions.draw import HAND_STEADY, channel_count
from ..networks.autoencoder import Decoder
from ..networks.denoisers import HandDenoiser
from ..training.autoencoder import LATENT_CHANNELS
from ..training.body import Body
from ..training.from_bundle import load, weights_of
from .graphs import BodyGraph, CarriedMaps, HandGraph, HandPicture

RUNS = 12
FREE = {"hands": 1, "latent": 64, "features": 64, "reference": 64, "canvas": 64, "conditions": 256, "predicted": 256}


def session_of(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def fastest(run: Callable[[], object]) -> float:
    """Least milliseconds of this thread's CPU time, after two runs that do not count."""
    times = []
    for _ in range(RUNS + 2):
        begun = time.thread_time()
        run()
        times.append(1e3 * (time.thread_time() - begun))
    return min(times[2:])


def feeds_of(session: onnxruntime.InferenceSession) -> dict[str, np.ndarray]:
    """Inputs of the whole picture's size, or of one hand."""
    rng = np.random.default_rng(0)
    feeds = {}
    for given in session.get_inputs():
        sides = [d if isinstance(d, int) else 1 if axis == 0 else FREE.get(given.name, 512) for axis, d in enumerate(given.shape)]
        feeds[given.name] = rng.random(sides, np.float32)
    feeds.update({"timestep": np.array([499.0], np.float32)} if "timestep" in feeds else {})
    return feeds


def multiplications(path: Path, feeds: dict[str, np.ndarray]) -> int:
    """Multiplications of the graph's convolutions and matrix products."""
    model = onnx.load(str(path))
    for given in model.graph.input:
        for dim, size in zip(given.type.tensor_type.shape.dim, feeds[given.name].shape, strict=True):
            dim.dim_value = size
    del model.graph.value_info[:]
    for out in model.graph.output:
        out.type.tensor_type.ClearField("shape")
    graph = shape_inference.infer_shapes(model, data_prop=True).graph
    sizes = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in [*graph.value_info, *graph.output, *graph.input]}
    sizes.update({t.name: list(t.dims) for t in graph.initializer})
    total = 0
    for node in graph.node:
        if node.op_type in ("Conv", "ConvTranspose"):
            over = sizes[node.output[0] if node.op_type == "Conv" else node.input[0]]
            total += int(np.prod(over[2:])) * int(np.prod(sizes[node.input[1]])) * over[0]
        elif node.op_type in ("Gemm", "MatMul"):
            total += int(np.prod(sizes[node.output[0]])) * sizes[node.input[0]][-1]
    return total


def matrix_rate(side: int = 1024) -> float:
    """Billions of multiplications and additions a second of ONNX Runtime's matrix product."""
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [side, side]) for name in ("a", "b", "c")]
    graph = helper.make_graph([helper.make_node("MatMul", ["a", "b"], ["c"])], "product", values[:2], values[2:])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "product.onnx"
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), str(path))
        session = session_of(path)
    feeds = {name: np.random.default_rng(0).random((side, side), np.float32) for name in ("a", "b")}
    return 2 * side**3 / fastest(lambda: session.run(None, feeds)) / 1e6


def networks(bundle: Path) -> dict[str, torch.nn.Module]:
    body = Body()
    for part, graph in ((body.denoiser, "body-denoiser.onnx"), (body.decoder, "decoder.onnx")):
        load(part, weights_of(bundle / graph, "denoiser." if graph.startswith("body") else "decoder."), graph)
    hand = HandDenoiser(LATENT_CHANNELS, channel_count(HAND_STEADY))
    decoder = Decoder(LATENT_CHANNELS)
    load(hand, weights_of(bundle / "hand-denoiser.onnx", "denoiser."), "hand-denoiser.onnx")
    load(decoder, weights_of(bundle / "hand-decoder.onnx", "decoder."), "hand-decoder.onnx")
    return {
        "hand-denoiser.onnx": HandGraph(hand),
        "hand-decoder.onnx": HandPicture(decoder),
        "body-denoiser.onnx": BodyGraph(body.denoiser),
        "decoder.onnx": CarriedMaps(body.decoder),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--compile", action="store_true", help="torch.compile as well, which takes minutes")
    args = parser.parse_args()
    torch.set_num_threads(1)
    int8 = json.loads((args.bundle / "manifest.json").read_text()).get("int8", {})
    print(json.dumps({"gemm": matrix_rate()}), flush=True)
    for graph, network in networks(args.bundle).items():
        session = session_of(args.bundle / graph)
        feeds = feeds_of(session)
        row: dict[str, object] = {"graph": graph, "multiplications": multiplications(args.bundle / graph, feeds)}
        row["float32"] = fastest(lambda session=session, feeds=feeds: session.run(None, feeds))
        if graph in int8:
            small = session_of(args.bundle / int8[graph])
            row["int8"] = fastest(lambda small=small, feeds=feeds: small.run(None, feeds))
        tensors = [torch.from_numpy(value) for value in feeds.values()]
        network = network.eval().to(memory_format=torch.channels_last)
        with torch.inference_mode():
            row["torch"] = fastest(lambda network=network, tensors=tensors: network(*tensors))
            if args.compile:
                compiled = torch.compile(network)
                row["compiled"] = fastest(lambda compiled=compiled, tensors=tensors: compiled(*tensors))
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
