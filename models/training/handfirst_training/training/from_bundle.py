"""Checkpoints from an exported bundle, so that training can go on from shipped weights, also with a longer look vector.

`python -m handfirst_training.training.from_bundle --bundle ../compact --data DATA --out RUN`

Encoder, decoder and both denoisers are taken over (rounded to float16, as the bundle holds them). The networks' first layer sees the look
vector: its columns are carried over by the names in the bundle's `look.json` and in the data's; what is new starts at zero.
The prompt and the reference encoder are small and tied to one layout: train them anew.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from ..conditions.draw import BODY_CHANNELS, HAND_CHANNELS, channel_count
from ..networks.autoencoder import Decoder, Encoder
from ..networks.denoisers import BodyDenoiser, HandDenoiser
from .autoencoder import LATENT_CHANNELS
from .loop import save_atomically
from .prompt import places
from .store import World

LOOK_LAYER = "code.mlp.0.weight"


def weights_of(path: Path, prefix: str) -> dict[str, Tensor]:
    """The graph's parameters under `prefix`, by their names in PyTorch."""
    found = {}
    for tensor in onnx.load(str(path)).graph.initializer:
        if tensor.name.startswith(prefix):
            name = tensor.name.removeprefix(prefix).removesuffix(".half")
            found[name] = torch.from_numpy(numpy_helper.to_array(tensor).astype(np.float32))
    return found


def moved_columns(weight: Tensor, before: list[dict[str, object]], after: list[dict[str, object]]) -> Tensor:
    """[W, look + 5] of one layout to another: the look, then whether there is one, then the noise level's four numbers."""
    old, new = places(before), places(after)
    tail = 5
    out = torch.zeros(weight.shape[0], sum(map(len, new.values())) + tail)
    out[:, -tail:] = weight[:, -tail:]
    for name, here in new.items():
        there = old.get(name, [])
        if len(there) == len(here):
            out[:, here] = weight[:, there]
        elif len(there) == 1:
            out[:, here] = weight[:, there].expand(-1, len(here))  # one kind became several
    return out


def load(network: nn.Module, weights: dict[str, Tensor], name: str) -> nn.Module:
    wanted = {key: value.shape for key, value in network.state_dict().items()}
    found = {key: value.shape for key, value in weights.items()}
    if wanted != found:
        odd = sorted({key for key, _ in wanted.items() ^ found.items()})
        raise SystemExit(f"{name} holds another network: {', '.join(odd[:4])} do not match. Train it anew.")
    network.load_state_dict(weights)
    return network


def encoder_from(bundle: Path) -> Encoder:
    """Rows of the projection are orthonormal axes over their scale, so the scale is one over their length."""
    weights = weights_of(bundle / "encoder.onnx", "")
    weights["scale"] = 1 / weights["project.weight"].flatten(1).norm(dim=1)
    return load(Encoder(LATENT_CHANNELS), weights, "encoder.onnx")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    world = World(args.data)
    before = json.loads((args.bundle / "look.json").read_text())
    look = world.look_size + 1
    stages = {
        "decoder": (Decoder(LATENT_CHANNELS), "decoder.onnx", "decoder."),
        "hand": (HandDenoiser(LATENT_CHANNELS, channel_count(HAND_CHANNELS), look), "hand-denoiser.onnx", "denoiser."),
        "body": (BodyDenoiser(LATENT_CHANNELS, channel_count(BODY_CHANNELS), look), "body-denoiser.onnx", "denoiser."),
    }
    for stage, (network, graph, prefix) in stages.items():
        weights = weights_of(args.bundle / graph, prefix)
        if LOOK_LAYER in weights:
            weights[LOOK_LAYER] = moved_columns(weights[LOOK_LAYER], before, world.look_layout)
        state = load(network, weights, graph).state_dict()
        save_atomically({"model": state, "average": state, "samples": 0, "minutes": 0.0}, args.out / f"{stage}.pt")
        print(f"{stage}: {len(weights)} tensors", flush=True)
    save_atomically(dict(encoder_from(args.bundle).state_dict()), args.out / "encoder.pt")


if __name__ == "__main__":
    main()
