"""A hand for fitting: the points of `hands.hand_points` in torch, and what fingers must not and what they should touch."""

from __future__ import annotations

import torch
from torch import Tensor

from .hands import Hand
from .letter_priors import Place, Prior


def turn_about(axis: int, angle: Tensor) -> Tensor:
    """[..., 3, 3] rotations about a coordinate axis."""
    c, s = angle.cos(), angle.sin()
    out = torch.zeros(*angle.shape, 3, 3)
    i, j = ((1, 2), (2, 0), (0, 1))[axis]
    out[..., axis, axis] = 1.0
    out[..., i, i], out[..., j, j], out[..., i, j], out[..., j, i] = c, c, -s, s
    return out


def _skew(vector: Tensor) -> Tensor:
    """[n, 3, 3] cross product matrices of [n, 3]."""
    x, y, z = vector.unbind(-1)
    o = torch.zeros_like(x)
    return torch.stack([o, -z, y, z, o, -x, -y, x, o], -1).reshape(-1, 3, 3)


def turn_vector(vector: Tensor) -> Tensor:
    """[n, 3, 3] rotations for axis times angle [n, 3], none of them zero."""
    angle = vector.norm(dim=-1)[:, None, None]
    skew = _skew(vector / vector.norm(dim=-1, keepdim=True))
    return torch.eye(3) + angle.sin() * skew + (1.0 - angle.cos()) * (skew @ skew)


class HandModel:
    """`hands.hand_points` for torch: [n, 21] degrees to [n, 21, 3] in hand axes, in palm lengths."""

    def __init__(self, hand: Hand) -> None:
        palm = float(hand.roots[2, 0])
        self.roots = torch.tensor(hand.roots / palm, dtype=torch.float32)
        self.lengths = torch.tensor(hand.lengths / palm, dtype=torch.float32)
        self.thumb = torch.tensor(hand.frames[0, 0], dtype=torch.float32)

    def _thumb(self, radians: Tensor) -> Tensor:
        azimuth, elevation, roll = radians.unbind(1)
        way = torch.stack([elevation.cos() * azimuth.cos(), elevation.cos() * azimuth.sin(), elevation.sin()], -1)
        rest = self.thumb[:, 0].expand_as(way)
        axis = torch.cross(rest, way, dim=-1)
        skew = _skew(axis)
        cosine = (rest * way).sum(-1)
        return (torch.eye(3) + skew + skew @ skew / (1.0 + cosine)[:, None, None]) @ self.thumb @ turn_about(0, roll)

    def __call__(self, angles: Tensor, roots: Tensor, lengths: Tensor) -> Tensor:
        """Points for given proportions: roots [5, 3], lengths [5, 3]."""
        a = torch.deg2rad(angles)
        points = [torch.zeros(len(a), 3)]
        for i in range(5):
            at = 5 + 4 * (i - 1)
            if i == 0:
                frame, bends = self._thumb(a[:, :3]), (a[:, 3], a[:, 4])
            else:
                frame = turn_about(2, a[:, at]) @ turn_about(1, -a[:, at + 1])
                bends = (a[:, at + 2], a[:, at + 3])
            place = roots[i].expand(len(a), 3)
            points.append(place)
            for j in range(3):
                if j:
                    frame = frame @ turn_about(1, -bends[j - 1])
                place = place + frame[:, :, 0] * lengths[i, j]
                points.append(place)
        return torch.stack(points, 1)


def _between(points: Tensor, first: int, last: int, count: int) -> Tensor:
    share = torch.linspace(0.0, 1.0, count)[None, :, None]
    return points[:, first, None] * (1.0 - share) + points[:, last, None] * share


def overlap(points: Tensor) -> Tensor:
    """[n] how much thumb, fingers and palm are inside each other."""
    thumb = torch.cat([_between(points, 2, 3, 6), _between(points, 3, 4, 6)], 1)
    fingers = [torch.cat([_between(points, 5 + 4 * f + j, 6 + 4 * f + j, 5) for j in range(3)], 1) for f in range(4)]
    total = torch.zeros(len(points))
    for f, finger in enumerate(fingers):
        total = total + torch.relu(0.165 - torch.cdist(thumb, finger)).pow(2).sum((1, 2))
        if f < 3:
            apart = torch.cdist(finger[:, 5:], fingers[f + 1][:, 5:])
            total = total + 0.5 * torch.relu(0.145 - apart).pow(2).sum((1, 2))
        over = torch.sigmoid((0.95 - finger[:, 8:, 0]) * 30.0)
        total = total + (over * torch.relu(0.17 - finger[:, 8:, 2]).pow(2)).sum(1)
    over = torch.sigmoid((0.95 - thumb[:, 3:, 0]) * 30.0) * torch.sigmoid((0.22 - thumb[:, 3:, 1]) * 30.0)
    return total + (over * torch.relu(0.2 - thumb[:, 3:, 2]).pow(2)).sum(1)


def _at(points: Tensor, place: Place) -> Tensor:
    return points[list(place)].mean(0) if isinstance(place, tuple) else points[place]


def touches(points: Tensor, priors: list[Prior]) -> Tensor:
    """How far the letters' touches and their order out of the palm are missed, summed over letters."""
    total = torch.zeros(())
    for hand, prior in zip(points, priors, strict=True):
        for a, b, gap in prior.near:
            total = total + torch.relu((_at(hand, a) - _at(hand, b)).norm() - gap).pow(2)
        for a, b, gap in prior.before:
            total = total + torch.relu(gap - (_at(hand, a) - _at(hand, b))[2]).pow(2)
    return total
