"""Text and reference encoders: both learn the look vector directly from what the renderer knows.

`python -m handfirst_training.training.prompt --data DIR --out RUN --minutes 4`
`python -m handfirst_training.training.prompt --stage reference --data DIR --out RUN --minutes 10`
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..networks.prompt import LookChooser, ReferenceEncoder, TextEncoder
from ..world.captions import vocabulary as spoken_values
from .loop import add_budget, budget_from, fit
from .samples import resized
from .store import World
from .words import UNKNOWN, encode, vocabulary_file, vocabulary_of, words_of

MAX_TOKENS = 40
SEED_LENGTH = 64
REFERENCE_SIZE = 256
REMEMBERED_SIGNERS = 1024
# y of the direction to the light, -1 = from straight in front.
FRONT = -0.85
# What a caption can name -> entries of the look vector that it decides, where the set has them.
DECIDES: dict[str, tuple[str, ...]] = {
    "gender": ("gender", "femininity"),
    "age": ("age",),
    "build": ("build", "weight"),
    "skin": ("skin", "lips", "nails"),
    "hair_kind": ("hair_kind", "hair_volume", "hair_length", "bumps", "bun"),
    "fringe": ("fringe",),
    "hair": ("hair", "brow"),
    "beard": ("stubble",),
    "eyes": ("eyes",),
    "garment": ("garment",),
    "sleeve": ("sleeve", "sleeve_end"),
    "neck": ("neck",),
    "cloth": ("cloth",),
    "pattern": ("pattern",),
    "second": ("second",),
    "trousers": ("trousers",),
    "background": ("background_top", "background_bottom"),
    "light": ("light_x", "light_y", "light_z"),
    "light_strength": ("light_strength",),
}


@dataclass(frozen=True)
class PromptSpec:
    """What the prompt graph is built from; kept beside the checkpoints."""

    words: list[str]
    groups: list[list[int]]
    signers: Tensor
    vocabulary: dict[str, object]
    layout: list[dict[str, object]]

    @property
    def look(self) -> int:
        return int(self.signers.shape[1])

    def chooser(self) -> LookChooser:
        text = TextEncoder(UNKNOWN + 1 + len(self.words), self.groups, self.look)
        return LookChooser(text, self.signers, SEED_LENGTH, decisions(self.layout)["gender"])


def places(layout: list[dict[str, object]]) -> dict[str, list[int]]:
    """Entry of the look layout -> its places in the vector."""
    found: dict[str, list[int]] = {}
    at = 0
    for entry in layout:
        size = int(str(entry["size"]))
        found[str(entry["name"])] = list(range(at, at + size))
        at += size
    return found


def decisions(layout: list[dict[str, object]]) -> dict[str, list[int]]:
    """Attribute -> places of the look vector that it decides."""
    where = places(layout)
    found = {name: [place for entry in entries for place in where.get(entry, [])] for name, entries in DECIDES.items()}
    return {name: decided for name, decided in found.items() if decided}


def attributes_of_words(words: list[str]) -> dict[str, list[str]]:
    """Word -> what it can describe."""
    found: dict[str, set[str]] = {}
    for attribute, values in spoken_values().items():
        for said in values.values():
            for word in {w for phrase in said for w in words_of(phrase)} & set(words):
                found.setdefault(word, set()).add(attribute)
    return {word: sorted(found[word]) for word in sorted(found)}


def lit_from_the_front(looks: np.ndarray, where: dict[str, list[int]], rng: np.random.Generator) -> np.ndarray:
    """[N, A] with the light of those of them that are lit from the front: hands read best so, and whoever wants another light
    says it in the prompt."""
    light = [place for name in ("light_x", "light_y", "light_z", "light_strength", "sky") for place in where[name]]
    front = np.flatnonzero(looks[:, where["light_y"][0]] < FRONT)
    if len(front) == 0:
        return looks
    lit = looks.copy()
    lit[:, light] = looks[rng.choice(front, len(looks))][:, light]
    return lit


def make_spec(world: World, seed: int) -> PromptSpec:
    captions = [str(v["text"]) for shard in world.shards for entry in shard.captions for v in entry]
    everything = [phrase for values in spoken_values().values() for said in values.values() for phrase in said]
    words = vocabulary_of([*captions, *everything])
    groups = list(decisions(world.look_layout).values())
    looks = np.concatenate([shard["look"] for shard in world.shards])
    rng = np.random.default_rng(seed)
    chosen = lit_from_the_front(looks[rng.permutation(len(looks))[:REMEMBERED_SIGNERS]], places(world.look_layout), rng)
    vocabulary = vocabulary_file(words, attributes_of_words(words))
    return PromptSpec(words, groups, torch.from_numpy(chosen), vocabulary, world.look_layout)


def load_spec(folder: Path) -> PromptSpec:
    saved = torch.load(folder / "prompt-spec.pt", weights_only=True)
    return PromptSpec(saved["words"], saved["groups"], saved["signers"], json.loads(saved["vocabulary"]), json.loads(saved["layout"]))


def saved_spec(world: World, folder: Path, seed: int) -> PromptSpec:
    """The spec of an earlier run in `folder`, or a new one, written there."""
    path = folder / "prompt-spec.pt"
    if not path.exists():
        spec = make_spec(world, seed)
        texts = {"vocabulary": json.dumps(spec.vocabulary), "layout": json.dumps(spec.layout)}
        torch.save({"words": spec.words, "groups": spec.groups, "signers": spec.signers, **texts}, path)
    return load_spec(folder)


def text_loss(world: World, spec: PromptSpec, batch: int, device: str):
    """Values of what is named, and whether it is."""
    ids = {word: UNKNOWN + 1 + k for k, word in enumerate(spec.words)}
    names = list(decisions(world.look_layout))

    def loss_of(model: nn.Module, rng: np.random.Generator, _progress: float) -> tuple[Tensor, dict[str, float]]:
        tokens, looks, named = [], [], []
        for _ in range(batch):
            s, row = world.pictures[int(rng.integers(len(world.pictures)))]
            caption = world.shards[s].captions[row][int(rng.integers(4))]
            tokens.append(encode(str(caption["text"]), ids, MAX_TOKENS))
            looks.append(world.shards[s]["look"][row])
            mentioned = caption["mentioned"]
            named.append([float(isinstance(mentioned, list) and name in mentioned) for name in names])
        truth, there = torch.from_numpy(np.stack(looks)).to(device), torch.tensor(named, device=device)
        values, logits = model.text(torch.tensor(tokens, device=device))
        weight = there @ model.text.covers
        value_loss = ((values - truth).square() * weight).sum() / weight.sum()
        named_loss = F.binary_cross_entropy_with_logits(logits, there)
        return value_loss * 10 + named_loss, {"values": float(value_loss.detach()), "named": float(named_loss.detach())}

    return loss_of


def reference_loss(world: World, batch: int, device: str):
    """The look from a reference picture or from any picture of the signer."""

    def loss_of(model: nn.Module, rng: np.random.Generator, _progress: float) -> tuple[Tensor, dict[str, float]]:
        pictures, looks = [], []
        for _ in range(batch):
            s, row = world.pictures[int(rng.integers(len(world.pictures)))]
            shard = world.shards[s]
            picture = shard["references"][row] if rng.random() < 0.6 else shard["pictures"][row][::2, ::2]
            pictures.append(resized(picture, REFERENCE_SIZE) / 127.5 - 1)
            looks.append(shard["look"][row])
        truth = torch.from_numpy(np.stack(looks)).to(device)
        loss = (model(torch.stack(pictures).to(device)) - truth).square().mean()
        return loss, {"look": float(loss.detach())}

    return loss_of


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--stage", choices=("prompt", "reference"), default="prompt")
    add_budget(parser, batch=32, rate=2e-3)
    args = parser.parse_args()
    budget = budget_from(args)
    world = World(args.data)
    spec = saved_spec(world, budget.out, budget.seed)
    if args.stage == "prompt":
        fit("prompt", spec.chooser(), budget, text_loss(world, spec, budget.batch, budget.device))
    else:
        fit("reference", ReferenceEncoder(world.look_size), budget, reference_loss(world, budget.batch, budget.device))


if __name__ == "__main__":
    main()
