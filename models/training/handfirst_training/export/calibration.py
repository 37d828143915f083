"""What the graphs see while signers are drawn: rendered signers that go through the float graphs in the engine's two steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from ..training.denoising import rounded
from ..training.samples import BodyBatch, HandBatch, body_batch, hand_batch
from ..training.schedule import sampler_timesteps, signal_levels
from ..training.store import World

Feeds = dict[str, np.ndarray]


@dataclass
class Seen:
    """Inputs by graph, in the order in which they came."""

    folder: Path
    feeds: dict[str, list[Feeds]] = field(default_factory=dict)
    sessions: dict[str, onnxruntime.InferenceSession] = field(default_factory=dict)

    def run(self, graph: str, feeds: Feeds) -> dict[str, np.ndarray]:
        self.feeds.setdefault(graph, []).append(feeds)
        if graph not in self.sessions:
            self.sessions[graph] = onnxruntime.InferenceSession(str(self.folder / graph), providers=["CPUExecutionProvider"])
        session = self.sessions[graph]
        return dict(zip((out.name for out in session.get_outputs()), session.run(None, feeds), strict=True))

    def encode(self, picture: torch.Tensor) -> np.ndarray:
        return self.run("encoder.onnx", {"picture": picture.numpy()})["latent"]


def denoised(seen: Seen, graph: str, noise: np.ndarray, feeds: Feeds, steps: int) -> dict[str, np.ndarray]:
    """The last step's outputs of DDIM from pure noise; the mask of a step is `predicted` in the next, at that input's size."""
    levels = signal_levels(steps).tolist()
    x, feeds = noise, dict(feeds)
    out: dict[str, np.ndarray] = {}
    for k, t in enumerate(sampler_timesteps(steps)):
        out = seen.run(graph, {**feeds, "latent": x, "timestep": np.array([t], np.float32)})
        if k + 1 == steps:
            break
        epsilon = (x - levels[k] * out["clean"]) / np.sqrt(1 - levels[k] ** 2)
        x = (levels[k + 1] * out["clean"] + np.sqrt(1 - levels[k + 1] ** 2) * epsilon).astype(np.float32)
        mask = rounded(torch.from_numpy(out["mask"]))
        ratio = mask.shape[-1] // feeds["predicted"].shape[-1]
        feeds["predicted"] = torch.nn.functional.avg_pool2d(mask, ratio).numpy()
    return out


def draw_hand(seen: Seen, batch: HandBatch, noise: np.ndarray, steps: int) -> None:
    """As `src/stages/hand.ts`: no mask is known at the first step."""
    empty = np.zeros_like(batch.mask.numpy())
    feeds = {"conditions": batch.conditions.numpy(), "predicted": empty, "skin": batch.skin.numpy()}
    latent = denoised(seen, "hand-denoiser.onnx", noise, feeds, steps)["clean"]
    seen.run("hand-decoder.onnx", {"latent": latent})


def draw_body(seen: Seen, batch: BodyBatch, noise: np.ndarray, steps: int) -> None:
    """As `src/stages/body.ts`, of the whole picture."""
    carried, plate, canvas = (seen.encode(picture) for picture in (batch.carried, batch.plate, batch.canvas))
    feeds = {
        "conditions": batch.conditions.numpy(),
        "predicted": np.zeros_like(batch.conditions[:, :1].numpy()),
        "reference": np.concatenate([carried, plate], axis=1),
        "canvas": np.concatenate([canvas, batch.mask.numpy()], axis=1),
    }
    out = denoised(seen, "body-denoiser.onnx", noise, feeds, steps)
    pictures = {"carried": batch.carried.numpy(), "plate": batch.plate.numpy()}
    seen.run("decoder.onnx", {"latent": out["clean"], "features": out["features"], **pictures})


def watched(folder: Path, data: list[Path], count: int, seed: int, area: int = 384) -> dict[str, list[Feeds]]:
    """Inputs of every graph in `folder` while `count` hands and bodies are drawn, half of them in one step and half in two."""
    seen, rng = Seen(folder), np.random.default_rng(seed)
    hands, bodies = World(data), World(data, carried=True)
    for k in range(count):
        steps = 1 + k % 2
        hand = hand_batch(hands, 1, rng)
        draw_hand(seen, hand, rng.standard_normal((1, 24, 16, 16), np.float32), steps)
        body = body_batch(bodies, 1, rng, area)
        draw_body(seen, body, rng.standard_normal((1, 24, area // 8, area // 8), np.float32), steps)
    return seen.feeds
