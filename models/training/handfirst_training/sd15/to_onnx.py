"""One module to one ONNX file: static shapes, weights stored as float32 or as float16 behind casts."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import onnx_ir as ir
import torch
from torch import Tensor, nn

from .errors import ExportError

StoredType = Literal["float16", "float32"]

#: Above this many bytes the weights go to `<graph>.data` beside the graph: protobuf ends at 2 GiB.
EXTERNAL_DATA_FROM = 1_500_000_000


@dataclass(frozen=True)
class GraphSpec:
    """A graph's file name and the names of its tensors, in the order of the module's arguments and results."""

    file: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Traced:
    """A graph that is to be written: its module and an example of its inputs."""

    module: nn.Module
    example: tuple[Tensor, ...]
    spec: GraphSpec


def export_graph(module: nn.Module, example: tuple[Tensor, ...], spec: GraphSpec, folder: Path, stored: StoredType) -> list[Path]:
    """Writes ``module`` to ``folder / spec.file`` and returns the files written (the graph, then its data where it has some)."""
    if stored == "float16":
        round_to_float16(module)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            module.eval(),
            example,
            dynamo=True,
            input_names=list(spec.inputs),
            output_names=list(spec.outputs),
            verbose=False,
        )
    if program is None:
        raise RuntimeError(f"the exporter gave nothing for {spec.file}")
    model = program.model
    strip(model)
    if stored == "float16":
        store_as_float16(model)
    return _save(model, folder / spec.file)


def strip(model: ir.Model) -> None:
    """Removes what only the exporter's authors need (traces, types of inner values): more than half of a small graph."""
    model.doc_string = None
    model.metadata_props.clear()
    for graph in (model.graph, *(function.graph for function in model.functions.values())):
        graph.metadata_props.clear()
        outer = {id(value) for value in (*graph.inputs, *graph.outputs)}
        for index, node in enumerate(graph):
            node.metadata_props.clear()
            node.doc_string = None
            node.name = f"n{index}"
            for position, value in enumerate(node.outputs):
                value.metadata_props.clear()
                if id(value) not in outer:
                    value.name = f"v{index}_{position}"
                    value.type = None
                    value.shape = None
        for value in (*graph.inputs, *graph.outputs, *graph.initializers.values()):
            value.metadata_props.clear()


def round_to_float16(module: nn.Module) -> None:
    """Rounds every weight of two or more dimensions, in place, to what float16 can hold; the module stays float32.

    Vectors (norms, biases) are left: they are few, and norms are where rounding would show. Raises ``ExportError`` for values
    that float16 cannot hold.
    """
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if weight.ndim < 2:
                continue
            weight.copy_(weight.half())
            if not torch.isfinite(weight).all():
                raise ExportError(f"The weight {name} holds values that float16 cannot: export with --dtype float32.")


def store_as_float16(model: ir.Model) -> None:
    """Stores every float32 constant of two or more dimensions as float16 behind a cast, where nothing is lost by it.

    After ``round_to_float16`` these are the weights. ONNX Runtime folds the casts when it loads. A tensor is converted when
    it is written, one at a time.
    """
    graph = model.graph
    for value in list(graph.initializers.values()):
        tensor, name = value.const_value, value.name
        if tensor is None or tensor.dtype != ir.DataType.FLOAT or len(tensor.shape) < 2 or not _fits(tensor):
            continue
        half = _half(tensor, f"{name}.f16")
        kind = ir.TensorType(ir.DataType.FLOAT16)
        small = ir.Value(name=half.name, shape=ir.Shape(tensor.shape), type=kind, const_value=half)
        cast = ir.node("Cast", [small], attributes={"to": ir.DataType.FLOAT})
        ir.convenience.replace_all_uses_with(value, cast.outputs[0])
        del graph.initializers[name]
        graph.register_initializer(small)
        graph.insert_before(graph[0], cast)
        cast.outputs[0].name = name


def _fits(tensor: ir.TensorProtocol) -> bool:
    values = tensor.numpy()
    with np.errstate(over="ignore"):
        return bool((values.astype(np.float16) == values).all())


def _half(tensor: ir.TensorProtocol, name: str) -> ir.LazyTensor:
    def convert() -> ir.Tensor:
        return ir.Tensor(tensor.numpy().astype(np.float16), name=name)

    return ir.LazyTensor(convert, dtype=ir.DataType.FLOAT16, shape=ir.Shape(tensor.shape), name=name)


def _save(model: ir.Model, path: Path) -> list[Path]:
    total = sum(value.const_value.nbytes for value in model.graph.initializers.values() if value.const_value is not None)
    path.parent.mkdir(parents=True, exist_ok=True)
    if total < EXTERNAL_DATA_FROM:
        ir.save(model, path)
        return [path]
    data = path.with_name(f"{path.name}.data")
    ir.save(model, path, external_data=data.name)
    return [path, data]
