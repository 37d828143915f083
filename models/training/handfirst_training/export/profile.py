"""Where a bundle's graphs spend their time, by ONNX Runtime's own profile on one thread: a line a graph, then one an operator.

`python -m handfirst_training.export.profile --bundle ../compact [--int8]`

Each node counts with its fastest run, so that other programs disturb it less.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path

import onnxruntime

from .speed import feeds_of

RUNS = 30
LEAST = 0.03


def by_operator(graph: Path) -> Counter[str]:
    """Milliseconds of a run by operator."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_profiling = True
    with tempfile.TemporaryDirectory() as folder:
        options.profile_file_prefix = str(Path(folder) / "profile")
        session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        feeds = feeds_of(session)
        for _ in range(RUNS):
            session.run(None, feeds)
        events = json.loads(Path(session.end_profiling()).read_text())
    nodes: dict[str, tuple[str, float]] = {}
    for event in events:
        if not event["name"].endswith("_kernel_time"):
            continue
        operator, ms = event["args"]["op_name"], event["dur"] / 1e3
        nodes[event["name"]] = (operator, min(ms, nodes.get(event["name"], (operator, ms))[1]))
    spent: Counter[str] = Counter()
    for operator, ms in nodes.values():
        spent[operator] += ms
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--int8", action="store_true", help="the int8 graphs instead of those in float32")
    args = parser.parse_args()
    int8 = json.loads((args.bundle / "manifest.json").read_text()).get("int8", {})
    graphs = ["encoder.onnx", "hand-denoiser.onnx", "hand-decoder.onnx", "body-denoiser.onnx", "decoder.onnx"]
    for graph in graphs:
        file = int8.get(graph, graph) if args.int8 else graph
        spent = by_operator(args.bundle / file)
        total = sum(spent.values())
        print(f"{file:26}{total:6.1f} ms")
        for operator, ms in spent.most_common():
            if ms / total >= LEAST:
                print(f"  {operator:24}{ms:6.1f} ms {100 * ms / total:4.0f} %")


if __name__ == "__main__":
    main()
