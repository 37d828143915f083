"""Checkpoints from an exported bundle, so that training can go on from shipped weights.

`python -m handfirst_training.training.from_bundle --bundle ../compact --out RUN`

Encoder, hand decoder, both denoisers and the body's decoder are taken over (rounded to float16, as the bundle holds them). A layer whose
shape has changed starts anew, and the command says which. `--untrained body-denoiser.onnx` names a graph whose network is another one now.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from ..conditions.draw import HAND_STEADY, channel_count
from ..export.onnx_files import MERGED
from ..networks.autoencoder import Decoder, Encoder
from ..networks.denoisers import HandDenoiser
from .autoencoder import LATENT_CHANNELS
from .body import Body
from .loop import save_atomically

FEWEST = 0.25
"""Share of a network's numbers that a graph must hold."""


def weights_of(path: Path, prefix: str) -> dict[str, Tensor]:
    """The graph's parameters under `prefix`, by their names in PyTorch."""
    model = onnx.load(str(path))
    found = {
        tensor.name.removesuffix(".half"): torch.from_numpy(numpy_helper.to_array(tensor).astype(np.float32))
        for tensor in model.graph.initializer
    }
    merged = {prop.key.removeprefix(MERGED): found[prop.value] for prop in model.metadata_props if prop.key.startswith(MERGED)}
    return {name.removeprefix(prefix): value for name, value in {**found, **merged}.items() if name.startswith(prefix)}


def load(network: nn.Module, weights: dict[str, Tensor], name: str) -> nn.Module:
    """The network with those of `weights` that fit it; says which of its tensors start anew, and refuses where few fit."""
    state = network.state_dict()
    fitting = {key: value for key, value in weights.items() if key in state and state[key].shape == value.shape}
    if sum(value.numel() for value in fitting.values()) < FEWEST * sum(value.numel() for value in state.values()):
        raise SystemExit(f"{name} holds another network: few of its tensors fit. Start it untrained with --untrained {name}.")
    if anew := sorted(state.keys() - fitting.keys()):
        print(f"{name}: {len(anew)} tensors start anew: {', '.join(anew[:6])}")
    network.load_state_dict({**state, **fitting})
    return network


def encoder_from(bundle: Path) -> Encoder:
    """Rows of the projection are orthonormal axes over their scale, so the scale is one over their length."""
    weights = weights_of(bundle / "encoder.onnx", "")
    weights["scale"] = 1 / weights["project.weight"].flatten(1).norm(dim=1)
    return load(Encoder(LATENT_CHANNELS), weights, "encoder.onnx")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--untrained", nargs="+", default=[], metavar="GRAPH", help="graphs whose networks start untrained")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    body = Body()
    decoder, hand = Decoder(LATENT_CHANNELS), HandDenoiser(LATENT_CHANNELS, channel_count(HAND_STEADY))
    holders = {
        "hand-decoder.onnx": (decoder, "decoder."),
        "hand-denoiser.onnx": (hand, "denoiser."),
        "body-denoiser.onnx": (body.denoiser, "denoiser."),
        "decoder.onnx": (body.decoder, "decoder."),
    }
    if unknown := set(args.untrained) - set(holders):
        parser.error(f"--untrained: there is no graph {', '.join(sorted(unknown))}; there are {', '.join(holders)}")
    for graph, (network, prefix) in holders.items():
        if graph not in args.untrained:
            load(network, weights_of(args.bundle / graph, prefix), graph)
    for stage, network in {"decoder": decoder, "hand": hand, "body": body}.items():
        state = network.state_dict()
        save_atomically({"model": state, "average": state, "samples": 0, "minutes": 0.0}, args.out / f"{stage}.pt")
    save_atomically(dict(encoder_from(args.bundle).state_dict()), args.out / "encoder.pt")


if __name__ == "__main__":
    main()
