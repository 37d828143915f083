"""Fit the joint angles of every letter to real ones and write `handshapes.json`.

    python -m handfirst_training.world.fit_letters --letters DIR [--out FILE]

First the proportions of the real hand and all letters together, then every letter on the renderer's hand, near the first
angles, with touching fingers brought together and no finger inside another. Depths count less than pictures, since they
are guesses. Digits, of which there are no recordings, are fitted to their priors and touches alone.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..judge.letters import normalised
from .hand_model import HandModel, overlap, touches, turn_vector
from .hands import LOWER, UPPER, Hand, hand_of, hand_points, orientation
from .letter_priors import PRIORS, SAME, Prior
from .real_letters import middle_frames, read_drawn, real_letters

PALM_PIXELS = 53.0
"""From wrist to the middle finger's knuckle in the recordings."""
METRES_A_PIXEL = 0.324 / 199.0
"""For the paths of J and Z: shoulders are 199 pixels apart in the recordings, 0.324 m at `places.size_of` 1."""

FINGER_LENGTH = 0.4
"""The change of finger length at which the renderer's hand has the proportions of the recorded ones."""

MOVING: dict[str, list[tuple[float, list[int]]]] = {
    "J": [(0.0, [2, 3, 4]), (0.24, [10]), (0.34, [12]), (0.5, [15, 16, 17, 18])],
    "Z": [(0.0, [1, 2]), (0.16, [4, 5]), (0.34, [8, 9]), (0.5, [12, 13, 14, 15])],
}
"""Letters that move: (seconds, frames of the recording) of the stops on their path."""

WEIGHT = torch.tensor([1.0, 0.25, 1.0])
"""Of the distances in x, depth and z."""
SPREADS = torch.tensor([20.0, 25.0, 20.0, 20.0, 20.0] + [5.0, 15.0, 15.0, 12.0] * 4)
"""Degrees by which angles may well differ from their prior."""
BELOW = torch.tensor([6.0, -5.0, -60.0, -10.0, -15.0] + [-22.0, -15.0, 0.0, -5.0] * 4)
ABOVE = torch.tensor(UPPER, dtype=torch.float32)


@dataclass
class Fit:
    """Angles [n, 21], turns [n, 3, 3] of hand axes in body axes, proportions, log sizes [n]."""

    angles: Tensor
    turns: Tensor
    roots: Tensor
    lengths: Tensor
    sizes: Tensor


def unlikely(angles: Tensor, start: Tensor, spreads: Tensor) -> Tensor:
    """How far angles are from their prior, from human limits, and from end joints that follow the middle ones."""
    limits = (torch.relu(BELOW - angles) + torch.relu(angles - ABOVE)).pow(2).mean() / 25.0
    near = ((angles - start) / spreads).pow(2).mean()
    follow = ((angles[:, 8::4] - 0.66 * angles[:, 7::4]) / 20.0).pow(2).mean()
    flat = (angles[:, 5::4] * (angles[:, 6::4] / 90.0).clamp(0.0, 1.0) / 8.0).pow(2).mean()
    return 0.01 * limits + 0.004 * (near + 0.5 * follow + 0.25 * flat)


def fit(
    model: HandModel,
    goal: Fit,
    targets: Tensor | None,
    priors: list[Prior] | None,
    spreads: Tensor = SPREADS,
    steps: int = 1500,
) -> Fit:
    """Fit angles, turns, sizes and places to targets [n, 21, 3] (none: angles alone), starting at and staying near `goal`.

    With priors, touches count and the hand's proportions are fixed; without, proportions are fitted too.
    """
    n = len(goal.angles)
    free = priors is None
    angles = goal.angles.clone().requires_grad_()
    turn, move = (torch.full((n, 3), 1e-4).requires_grad_() for _ in range(2))
    sizes = goal.sizes.clone().requires_grad_()
    roots, lengths = (v.clone().requires_grad_(free) for v in (goal.roots, goal.lengths.log()))
    groups = [{"params": [angles], "lr": 1.0}, {"params": [turn, move, sizes], "lr": 0.02}]
    if free:
        groups.append({"params": [roots, lengths], "lr": 0.004})
    optimizer = torch.optim.Adam(groups)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [int(0.6 * steps), int(0.85 * steps)], gamma=0.3)
    each = torch.ones(21)
    each[2:5] = 1.0 if free else 0.4
    for _ in range(steps):
        points = model(angles, roots, lengths.exp())
        loss = unlikely(angles, goal.angles, spreads)
        if targets is not None:
            turns = turn_vector(turn) @ goal.turns
            seen = (points @ turns.transpose(1, 2)) * sizes.exp()[:, None, None] + move[:, None]
            miss = ((seen - targets) * WEIGHT).pow(2).sum(-1).add(1e-6).sqrt()
            loss = loss + (each * torch.where(miss < 0.15, miss**2, 0.3 * miss - 0.0225)).mean() + 0.005 * sizes.pow(2).mean()
        if priors is not None:
            loss = loss + 0.3 * overlap(points).mean() + 10.0 * touches(points, priors) / n
        else:
            changed = (roots - goal.roots).pow(2).mean() + (lengths - goal.lengths.log()).pow(2).mean()
            loss = loss + 0.02 * changed + roots[2, 1:].pow(2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    kept = torch.minimum(torch.maximum(angles.detach(), torch.tensor(LOWER, dtype=torch.float32)), ABOVE)
    return Fit(kept, turn_vector(turn.detach()) @ goal.turns, roots.detach(), lengths.detach().exp(), sizes.detach())


def body_axes(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Picture points [..., 3] in body axes, in palm lengths."""
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], -1) / PALM_PIXELS


def best_turn(shape: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The turn [3, 3] of a right hand's axes that brings its points [21, 3] closest to a target's (Kabsch)."""
    flip = np.diag([1.0, 1.0, -1.0])
    u, _, vt = np.linalg.svd(((shape - shape.mean(0)) @ flip).T @ (target - target.mean(0)))
    sign = np.sign(np.linalg.det(vt.T @ u.T))
    return vt.T @ np.diag([1.0, 1.0, sign]) @ u.T @ flip


def still_frames(name: str, frames: int) -> list[int]:
    """The frames of a recording in which a letter is at its place."""
    if name in MOVING:
        return MOVING[name][-1][1]
    return list(range(frames // 2 - 3, frames // 2 + 4))


def row(angles: NDArray[np.float64], turn: NDArray[np.float64]) -> dict[str, list[float]]:
    """A letter as it stands in `handshapes.json`."""
    a = [round(float(v), 1) for v in angles]
    parts = {"thumb": a[:5], "index": a[5:9], "middle": a[9:13], "ring": a[13:17], "little": a[17:]}
    return parts | {"fingers": [round(float(v), 3) for v in turn[:, 0]], "palm": [round(float(v), 3) for v in turn[:, 2]]}


def path_of(name: str, frames: NDArray[np.float64], shape: NDArray[np.float64]) -> list[dict[str, object]]:
    """The stops of a letter that moves: where the wrist goes and how the hand is turned."""
    stops, first = [], frames[MOVING[name][0][1], 0, :2].mean(0)
    for at, chosen in MOVING[name]:
        turn = best_turn(shape, body_axes(frames[chosen] - frames[chosen][:, :1]).mean(0))
        way = (frames[chosen, 0, :2].mean(0) - first) * METRES_A_PIXEL
        place = {"at": at, "move": [round(float(way[0]), 3), 0.0, round(float(-way[1]), 3)]}
        stops.append(place | {k: [round(float(v), 2) for v in turn[:, i]] for k, i in (("fingers", 0), ("palm", 2))})
    return stops


Table = dict[str, dict[str, object]]


def _numbers(values: Tensor) -> NDArray[np.float64]:
    return values.numpy().astype(np.float64)


def _told_turn(hand: Hand, prior: Prior) -> NDArray[np.float64]:
    """The turn [3, 3] of hand axes that a prior's directions mean."""
    return orientation(hand, np.array(prior.pointing), np.array(prior.palm)) @ hand.axes


def fit_recorded(letters: dict[str, NDArray[np.float64]], hand: Hand) -> tuple[Table, list[str]]:
    """Rows of the letters that were recorded, and a report line for each."""
    model, names = HandModel(hand), sorted(letters)
    priors = [PRIORS[n] for n in names]
    shown = {n: letters[n][still_frames(n, len(letters[n]))] for n in names}
    goals = {n: body_axes(shown[n] - shown[n][:, :1]).mean(0) for n in names}
    turns = [best_turn(hand_points(hand, np.array(PRIORS[n].angles)), goals[n]) if n == "J" else _told_turn(hand, PRIORS[n]) for n in names]
    targets, start, stated = (
        torch.tensor(np.array(v), dtype=torch.float32) for v in ([goals[n] for n in names], [p.angles for p in priors], turns)
    )
    loose = torch.tensor([15.0, 15.0, 15.0, 20.0, 20.0] + [8.0, 25.0, 25.0, 20.0] * 4)
    human = fit(model, Fit(start, stated, model.roots, model.lengths, torch.zeros(len(names))), targets, None, loose)
    nearer = human.angles.clone()
    nearer[:, :5] = 0.5 * (nearer[:, :5] + start[:, :5])
    final = fit(model, Fit(nearer, human.turns, model.roots, model.lengths, human.sizes), targets, priors)
    table, report, reader = {}, [], middle_frames(letters)
    for i, name in enumerate(names):
        angles, turn = _numbers(final.angles[i]), _numbers(final.turns[i])
        shape = hand_points(hand, angles)
        table[name] = dict(row(angles, turn))
        if name in MOVING:
            table[name]["path"] = path_of(name, letters[name], shape)
        flat = (shape @ turn.T)[:, [0, 2]] * [1.0, -1.0]
        off = normalised(flat, "right") - normalised(shown[name].mean(0), "right")
        miss = float(np.sqrt((off**2).sum(1).mean()))
        report.append(f"{name}: {miss:.3f} of the hand's size off, read as {read_drawn(reader, flat)}")
    return table, report


def fit_digits(hand: Hand) -> Table:
    """Rows of the digits 1 to 8, fitted to their priors and touches."""
    model, names = HandModel(hand), [n for n in PRIORS if n.isdigit()]
    wanted = torch.tensor([PRIORS[n].angles for n in names], dtype=torch.float32)
    blank = Fit(wanted, torch.eye(3).expand(len(names), 3, 3), model.roots, model.lengths, torch.zeros(len(names)))
    done = fit(model, blank, None, [PRIORS[n] for n in names])
    return {name: dict(row(_numbers(done.angles[i]), _told_turn(hand, PRIORS[name]))) for i, name in enumerate(names)}


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--letters", type=Path, required=True, help="folder with index.csv and .pose files")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "handshapes.json")
    options = parser.parse_args()
    from .body import body_model

    torch.manual_seed(0)
    torch.set_num_threads(1)  # the tensors are small; more threads only wait for each other
    adult = dict.fromkeys(("gender", "muscle", "weight", "height", "proportions"), 0.5) | {"age": 0.6}
    hand = hand_of(body_model().shape(adult, {"hand-fingers-length-incr": FINGER_LENGTH}).rest, "R")
    table, report = fit_recorded(real_letters(options.letters), hand)
    table |= fit_digits(hand) | {digit: table[letter] for digit, letter in SAME.items()}
    names = sorted(table, key=lambda name: (name.isdigit(), name))
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(table[name])}" for name in names)
    options.out.write_text("{\n" + rows + "\n}\n", encoding="utf-8")
    print("\n".join(report))
    print(f"{sum(line[0] == line[-1] for line in report)} of {len(report)} letters are read as themselves.")


if __name__ == "__main__":
    main()
