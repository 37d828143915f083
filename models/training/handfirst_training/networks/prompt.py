"""From words, seed and reference picture to the look vector that both denoisers follow.

The look vector is what the renderer knows of a signer's appearance (`world/appearance.py`), so each encoder learns it directly. What
the prompt names comes from the prompt; the rest comes from the reference or, without one, from a remembered signer that
the seed picks. Of what is named only gender has a say in the pick, since much that goes unnamed hangs on it: prompts that differ in
a colour show one person in two colours.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PAD = 0


class TextEncoder(nn.Module):
    """Token ids [B, T] -> for each attribute what it says of the look, and how surely the prompt names it.

    `groups` holds, for each attribute, the places of the look vector that it decides. One query an attribute attends to
    the words; convolutions let a word see its neighbours, so that "red" knows whether it stands before "hair" or before "top".
    """

    def __init__(self, vocabulary: int, groups: list[list[int]], look: int, width: int = 96) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.around = nn.ModuleList(nn.Conv1d(width, width, 5, padding=2) for _ in range(2))
        self.queries = nn.Parameter(torch.randn(len(groups), width) * 0.2)
        self.named = nn.Linear(width, len(groups))
        self.values = nn.ModuleList(nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, len(g))) for g in groups)
        flat = [place for group in groups for place in group]
        self.register_buffer("place", F.one_hot(torch.tensor(flat), look).float())
        self.register_buffer("covers", torch.stack([F.one_hot(torch.tensor(g), look).sum(dim=0).float() for g in groups]))

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Values [B, A], 0 where no attribute decides, and logits of being named [B, G]."""
        there = (tokens != PAD).to(self.queries.dtype)
        h = self.words(tokens) * there[..., None]
        for layer in self.around:
            h = h + F.silu(layer(h.transpose(1, 2)).transpose(1, 2)) * there[..., None]
        scores = torch.matmul(h, self.queries.T) - 1e4 * (1 - there[..., None])
        found = torch.matmul(torch.softmax(scores, dim=1).transpose(1, 2), h)
        logits = (found * self.named.weight[None]).sum(dim=2) + self.named.bias
        values = torch.cat([layer(found[:, g]) for g, layer in enumerate(self.values)], dim=1)
        some = (there.sum(dim=1, keepdim=True) > 0).to(logits.dtype)
        return torch.matmul(values, self.place), logits * some - 20 * (1 - some)


class LookChooser(nn.Module):
    """Tokens [B, T], seed noise [B, S], reference look [B, A + 1] (last element: 1 = there is one) -> look [B, A + 1]."""

    def __init__(self, text: TextEncoder, signers: Tensor, seed_length: int, kin: list[int]) -> None:
        """`kin`: places of the look vector in which the picked signer has to be like what is named."""
        super().__init__()
        self.text = text
        self.register_buffer("signers", signers)
        self.register_buffer("kin", F.one_hot(torch.tensor(kin), signers.shape[1]).sum(dim=0).float())
        keys = torch.randn(len(signers), seed_length, generator=torch.Generator().manual_seed(0))
        self.register_buffer("keys", keys / seed_length**0.5)

    def forward(self, tokens: Tensor, seed: Tensor, reference: Tensor) -> Tensor:
        values, logits = self.text(tokens)
        named = torch.matmul((logits > 0).to(values.dtype), self.text.covers)
        distance = ((values[:, None] - self.signers[None]).square() * (named * self.kin)[:, None]).sum(dim=2)
        score = torch.matmul(seed, self.keys.T) - 12 * distance
        picked = self.signers[score.argmax(dim=1)]
        there = reference[:, -1:]
        unnamed = there * reference[:, :-1] + (1 - there) * picked
        look = named * values + (1 - named) * unnamed
        return torch.cat([look, torch.ones_like(there)], dim=1)


class ReferenceEncoder(nn.Module):
    """Picture [B, 3, 256, 256], -1..1 -> look vector [B, A]."""

    def __init__(self, look: int) -> None:
        super().__init__()
        widths = [3, 24, 40, 64, 96, 128]
        self.steps = nn.ModuleList(nn.Conv2d(a, b, 4, stride=2, padding=1) for a, b in itertools.pairwise(widths))
        self.head = nn.Sequential(nn.Linear(128 * 16 + 27, 192), nn.SiLU(), nn.Linear(192, look))

    def forward(self, picture: Tensor) -> Tensor:
        h = F.avg_pool2d(picture, 2)
        colours = F.avg_pool2d(picture, 256 // 3)[:, :, :3, :3].flatten(1)
        for step in self.steps:
            h = F.silu(step(h))
        return self.head(torch.cat([h.flatten(1), colours], dim=1))
