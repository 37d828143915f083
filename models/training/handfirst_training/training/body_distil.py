"""The body stage's denoiser from one that has been trained already: a smaller one learns what the bigger one draws.

`python -m handfirst_training.training.body_distil --teacher BUNDLE --data DIR --autoencoder RUN --out RUN --minutes 60`

BUNDLE is any exported bundle whose body stage has the same inputs and two steps. RUN has its decoder (`training.from_bundle --untrained
body-denoiser.onnx`), which stays as it is. The loss compares latents, masks, and what the decoder's first layer makes
of latent and features.
`training.body` goes on from there. Samples, and the teacher's answers to them, are made in processes of their own.

The second step of the pupil starts from the pupil's own first guess. Its target is the teacher's second step, which starts from the
teacher's own first guess.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from ..networks.autoencoder import CarriedDecoder
from .body import Body, example_grid, fed_back
from .denoising import channel_weights, huber, load_encoder
from .loop import add_budget, budget_from, fit
from .samples import body_batch
from .schedule import LEVEL_SHARES, add_noise, sampler_timesteps, signal_levels
from .store import World

MASK_LAMBDA = 0.5
AHEAD = 8
"""Batches that are made ahead."""


class Graphs:
    """Encoder and body denoiser of a bundle, float32."""

    def __init__(self, bundle: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.encoder, self.denoiser = (
            onnxruntime.InferenceSession(str(bundle / name), options, providers=["CPUExecutionProvider"])
            for name in ("encoder.onnx", "body-denoiser.onnx")
        )

    def encode(self, pictures: Tensor) -> np.ndarray:
        return np.concatenate([self.encoder.run(None, {"picture": one[None].numpy()})[0] for one in pictures])

    def answer(self, given: dict[str, np.ndarray], noise: np.ndarray, steps: int) -> tuple[np.ndarray, ...]:
        """Clean latent, features and person's mask of the last of `steps` steps of one square."""
        feeds, latent, level = {**given, "predicted": np.zeros_like(given["conditions"][:, :1])}, noise, signal_levels()[1]
        out: tuple[np.ndarray, ...] = ()
        for timestep in sampler_timesteps()[:steps]:
            out = self.denoiser.run(
                ["clean", "features", "mask"], {**feeds, "latent": latent, "timestep": np.array([timestep], np.float32)}
            )
            latent = add_noise(torch.from_numpy(out[0]), torch.from_numpy(noise), level[None]).numpy()
            feeds["predicted"] = fed_back(torch.from_numpy(out[2])).numpy()
        return out


class Taught(IterableDataset[dict[str, Tensor]]):
    """Endless batches: conditions, reference, canvas, noise, `later` [B] (of the second step), and what the teacher draws: clean, features,
    mask."""

    def __init__(self, data: list[Path], bundle: Path, count: int, seed: list[int], size: int) -> None:
        self.data, self.bundle, self.count, self.seed, self.size = data, bundle, count, seed, size

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        torch.set_num_threads(1)
        worker = get_worker_info()
        rng = np.random.default_rng([*self.seed, worker.id if worker else 0])
        world, graphs = World(self.data, carried=True), Graphs(self.bundle)
        while True:
            batch = body_batch(world, self.count, rng, self.size)
            carried, plate, canvas = (graphs.encode(picture) for picture in (batch.carried, batch.plate, batch.canvas))
            given = {
                "conditions": batch.conditions.numpy(),
                "reference": np.concatenate([carried, plate], axis=1),
                "canvas": np.concatenate([canvas, batch.mask.numpy()], axis=1),
            }
            noise, later = rng.standard_normal(carried.shape, np.float32), rng.random(self.count) < LEVEL_SHARES[1]
            rows = [
                graphs.answer({name: value[k : k + 1] for name, value in given.items()}, noise[k : k + 1], 1 + int(later[k]))
                for k in range(self.count)
            ]
            answers = dict(zip(("clean", "features", "mask"), map(np.concatenate, zip(*rows, strict=True)), strict=True))
            yield {name: torch.from_numpy(value) for name, value in {**given, **answers, "noise": noise, "later": later}.items()}


def read_by(decoder: CarriedDecoder, latent: Tensor, features: Tensor) -> Tensor:
    """What the decoder's first layer makes of both."""
    return F.relu(decoder.coarse(torch.cat([latent, features], dim=1)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", type=Path, required=True, help="folder with encoder.onnx and body-denoiser.onnx")
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder with encoder.pt")
    parser.add_argument("--crop", type=int, default=256, help="side of the squares trained on")
    parser.add_argument("--workers", type=int, default=1, help="processes that make samples")
    add_budget(parser, batch=4, rate=1e-3)
    args = parser.parse_args()
    budget = budget_from(args)
    if not (budget.out / "body.pt").exists():
        parser.error(
            f"{budget.out} has no body.pt with the teacher's decoder: `training.from_bundle --untrained body-denoiser.onnx` writes it"
        )
    encoder = load_encoder(args.autoencoder, budget.device)
    weights = channel_weights(encoder)
    made: list[Iterator[dict[str, Tensor]]] = []

    def next_batch(rng: np.random.Generator) -> dict[str, Tensor]:
        if not made:
            taught = Taught(args.data, args.teacher, budget.batch, [int(rng.integers(1 << 31))], args.crop)
            made.append(iter(DataLoader(taught, batch_size=None, num_workers=args.workers, prefetch_factor=AHEAD)))
        return {name: value.to(budget.device) for name, value in next(made[0]).items()}

    def loss_of(model: Body, rng: np.random.Generator, _progress: float) -> tuple[Tensor, dict[str, float]]:
        given = next_batch(rng)
        carried, plate = given["reference"].chunk(2, dim=1)
        canvas, hands = given["canvas"][:, :-1], given["canvas"][:, -1:]
        noise, later = given["noise"], given["later"]
        level = torch.where(later, signal_levels()[1].to(budget.device), 0.0)
        noisy, predicted = noise.clone(), torch.zeros_like(given["conditions"][:, :1])
        rest = (given["conditions"], predicted, carried, plate, canvas, hands)
        with budget.autocast():
            if later.any():
                with torch.no_grad():
                    guess, _, mask = model.denoiser(noise[later], level[later] * 0, *(value[later] for value in rest))
                noisy[later] = add_noise(guess.float(), noise[later], level[later])
                predicted[later] = fed_back(mask.float())
            clean, features, mask = model.denoiser(noisy, level, *rest)
        clean, features, mask = clean.float(), features.float(), mask.float()
        latent = (huber(clean - given["clean"]) * weights).mean()
        with torch.no_grad():
            wanted = read_by(model.decoder, given["clean"], given["features"])
        read = F.smooth_l1_loss(read_by(model.decoder, clean, features), wanted, beta=0.1)
        person = F.mse_loss(mask, given["mask"])
        parts = {"latent": float(latent.detach()), "read": float(read.detach()), "mask": float(person.detach())}
        return latent + read + MASK_LAMBDA * person, parts

    body = Body()
    body.decoder.requires_grad_(False)
    fit("body", body, budget, loss_of, example_grid(World(args.data, carried=True), encoder, budget))


if __name__ == "__main__":
    main()
