"""Clothes: a shell around the body, loosened so that it hangs, cut by a smooth hem, neckline and sleeve end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import labels
from .body import SignerBody, normals
from .geometry import TOP, TROUSERS, Piece
from .shell import Shell, arm_place, shell_for, unposed_heads

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Top:
    """kind: t-shirt, shirt, jumper or hoodie; sleeve: 0 at the shoulder, 1 at the elbow, 2 at the wrist; neck: round, v, wide or
    high; loose: metres of ease at the hem; hem: 0 at the hip joint, 1 at the waist."""

    kind: str
    sleeve: float
    neck: str
    loose: float
    hem: float


THICK = {"t-shirt": 0.006, "shirt": 0.006, "jumper": 0.010, "hoodie": 0.012}


NECKLINES = {"round": (0.050, 0.068, 0.0), "v": (0.135, 0.072, 0.0), "wide": (0.080, 0.098, 0.02), "high": (0.014, 0.055, -0.020)}


@dataclass(frozen=True)
class Outline:
    """Where a top ends: the joints of one identity and the top."""

    heads: dict[str, NDArray]
    top: Top

    def edge(self, points: Floats, arm: Floats) -> Floats:
        """[N] metres inside the garment (negative: not covered) for unposed points and their places along the arm."""
        heads, top = self.heads, self.top
        x, y, z = points.T
        neck = heads["neck01"]
        length = np.linalg.norm(heads["lowerarm01.L"] - heads["upperarm01.L"])
        sleeve = (top.sleeve - arm) * length
        hip, waist = heads["upperleg01.L"][2], heads["spine04"][2]
        hem = z - (hip + top.hem * (waist - hip)) - 0.004 * np.cos(x * 9)
        return np.minimum(np.minimum(sleeve, hem), self.collar(x, y, z, neck)).astype(np.float32)

    def collar(self, x: NDArray, y: NDArray, z: NDArray, neck: NDArray) -> NDArray:
        """[N] metres below or outside the neckline."""
        drop, radius, back = NECKLINES[self.top.neck]
        front = np.clip((neck[1] - 0.01 - y) / 0.07, 0, 1)
        front = front * front * (3 - 2 * front)
        line = neck[2] - 0.018 - back - front * drop
        if self.top.neck == "v":
            line = line + front * np.minimum(np.sqrt(x * x + 1e-5) * 1.3, drop - 0.030)
        around = (np.hypot(x / radius, (y - neck[1] + 0.022) / (radius * 1.35)) - 1) * radius
        throat = neck[2] + 0.005 - 0.06 * front + 1.5 * np.maximum(np.abs(x) - 0.055, 0)  # nothing above it in the middle: chin and throat
        below, beside = line - z, np.minimum(around, throat - z)
        return (below + beside + np.hypot(below - beside, 0.022)) / 2 - 0.006


def _hang(place: Floats, axis_y: float, top_z: float, amount: float, trunk: Floats) -> Floats:
    """Let cloth fall from the widest place above instead of following the body in. place [N, 3], amount 0..1."""
    angles, levels = 40, 30
    x, y, z = place[:, 0], place[:, 1] - axis_y, place[:, 2]
    radius = np.hypot(x, y)
    on = (trunk > 0.9) & (z < top_z)
    if not on.any():
        return place
    low = z[on].min()
    column = (np.arctan2(x, -y) / (2 * np.pi) + 0.5) * angles
    row = np.clip((z - low) / max(top_z - low, 1e-3), 0, 1) * (levels - 1)
    table = np.zeros((angles, levels))
    np.maximum.at(table, (column[on].astype(int) % angles, np.round(row[on]).astype(int)), radius[on])
    step = (top_z - low) / levels
    for k in range(levels - 2, -1, -1):
        table[:, k] = np.maximum(table[:, k], table[:, k + 1] - 0.12 * step)
    table = (np.roll(table, 1, 0) + 2 * table + np.roll(table, -1, 0)) / 4
    table[:, 1:-1] = (table[:, :-2] + 2 * table[:, 1:-1] + table[:, 2:]) / 4
    a, b = np.floor(column - 0.5).astype(int), np.floor(row).astype(int)
    s, t = column - 0.5 - a, row - b
    up = np.minimum(b + 1, levels - 1)
    want = (table[a % angles, b] * (1 - t) + table[a % angles, up] * t) * (1 - s)
    want += (table[(a + 1) % angles, b] * (1 - t) + table[(a + 1) % angles, up] * t) * s
    near_top = np.clip((top_z - z) / 0.08, 0, 1)
    grow = np.maximum(want / np.maximum(radius, 1e-3) - 1, 0) * amount * near_top * trunk**2
    out = place.copy()
    out[:, 0] += x * grow
    out[:, 1] += y * grow
    return out


def make_top(body: SignerBody, top: Top) -> tuple[Piece, Floats]:
    """The garment, and for each body vertex [V] how far inside the garment it lies."""
    shell = shell_for(False)
    heads = unposed_heads(body)
    outline = Outline(heads, top)
    bare = body.vertices[shell.source]
    out = normals(body.vertices, body.model.faces)[shell.source]
    thick = THICK[top.kind]
    place = bare + out * np.float32(thick)
    smooth = place
    for _ in range(8):
        smooth = shell.mean @ smooth
    place = place + (smooth - place) * (0.25 + 0.75 * shell.trunk[:, None])
    place = _hang(place, heads["spine03"][1], heads["spine01"][2] + 0.03, min(top.loose * 45, 1.0), shell.trunk).astype(np.float32)
    chest, hip = heads["spine01"][2], heads["upperleg01.L"][2]
    down = np.clip((chest - bare[:, 2]) / (chest - hip), 0, 1)
    along = np.clip((shell.arm + 0.1) / max(top.sleeve, 0.3), 0, 1.1)
    ease = (shell.trunk * (0.3 + 0.7 * down) + (1 - shell.trunk) * (0.3 + 0.7 * along)) * top.loose
    if top.sleeve > 1.5:
        ease = np.where(shell.arm > 1.5, ease * np.clip(1 - (shell.arm - 1.5) * 1.5, 0.35, 1), ease)
    gap = ((place - bare) * out).sum(axis=1)
    place = place + out * np.maximum(thick + 0.001 + ease - gap, 0)[:, None].astype(np.float32)
    for _ in range(2):
        place = shell.mean @ place
    edge = outline.edge(place, shell.arm)
    piece = _piece(shell, place, edge, TOP, lambda points, arm: outline.edge(points, arm))
    piece.uv, piece.detail = _cloth_place(shell, heads, place, edge)
    return piece, outline.edge(body.vertices, arm_place())


def _cloth_place(shell: Shell, heads: dict[str, NDArray], place: Floats, edge: Floats) -> tuple[Floats, Floats]:
    """Where on the cloth each vertex is, in metres [N, 2] (around, up), and [N, 3] edge, creases 0..1, trunk share."""
    length = np.linalg.norm(heads["lowerarm01.L"] - heads["upperarm01.L"])
    around = np.arctan2(place[:, 0], -(place[:, 1] - heads["spine03"][1])) * 0.16
    shoulder = heads["upperarm01.L"][2]
    up = shell.trunk * place[:, 2] + (1 - shell.trunk) * (shoulder - np.maximum(shell.arm, -0.3) * length)
    side = np.where(place[:, 0] > 0, 1.0, -1.0)
    across = place[:, 1] * 1.3 + side * 0.3
    uv = np.stack([shell.trunk * around + (1 - shell.trunk) * across, up], axis=1)
    waist = np.exp(-(((place[:, 2] - heads["spine04"][2]) / 0.10) ** 2))
    elbow = np.exp(-(((shell.arm - 1.0) / 0.28) ** 2))
    pit = np.exp(-(((shell.arm - 0.05) / 0.2) ** 2))
    crease = np.clip(0.3 + shell.trunk * 0.5 * waist + (1 - shell.trunk) * (0.8 * elbow + 0.4 * pit), 0, 1)
    return uv.astype(np.float32), np.stack([edge, crease, shell.trunk], axis=1).astype(np.float32)


def make_trousers(body: SignerBody) -> tuple[Piece, Floats]:
    """Plain trousers from the waist to the ankles; also [V] how far inside each body vertex lies."""
    shell = shell_for(True)
    heads = unposed_heads(body)
    hip = heads["upperleg01.L"][2]
    waist = hip + 0.75 * (heads["spine04"][2] - hip)
    foot = heads["foot.L"][2] + 0.03

    def edge_of(points: Floats, arm: Floats) -> Floats:
        return np.minimum(waist - points[:, 2], points[:, 2] - foot)

    bare = body.vertices[shell.source]
    place = bare + normals(body.vertices, body.model.faces)[shell.source] * np.float32(0.006)
    for _ in range(3):
        place = shell.mean @ place
    edge = edge_of(place, shell.arm).astype(np.float32)
    piece = _piece(shell, place, edge, TROUSERS, edge_of)
    piece.uv = np.stack([place[:, 0] + place[:, 1], place[:, 2]], axis=1).astype(np.float32)
    piece.detail = np.stack([edge, np.full_like(edge, 0.5), np.ones_like(edge)], axis=1)
    everywhere = np.where(arm_place() > -0.9, -1, edge_of(body.vertices, arm_place()))
    return piece, everywhere.astype(np.float32)


def _piece(shell: Shell, place: Floats, edge: Floats, kind: int, edge_of) -> Piece:
    keep = (edge[shell.faces] > 0).any(axis=1)
    n = len(shell.source)
    blank = np.zeros((n, 2), np.float32)
    piece = Piece(shell.faces[keep], shell.source, place.astype(np.float32), shell.bones, shell.weights, blank,
                  np.stack([edge, edge, edge], axis=1), np.full(n, kind, np.float32), np.full(n, labels.CLOTHES, np.float32),
                  shell=shell.faces)  # fmt: skip
    piece.edge_between = lambda a, b, t: edge_of(
        place[a] + (place[b] - place[a]) * t[:, None], shell.arm[a] + (shell.arm[b] - shell.arm[a]) * t
    )
    return piece
