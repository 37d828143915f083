"""The upper teeth: a white band behind the lips that shows when the mouth opens."""

from __future__ import annotations

import numpy as np

from . import labels
from .body import SignerBody
from .geometry import TEETH, Piece

COLUMNS, ROWS = 22, 3
UPPER_LIP, CORNERS = 537, (497, 7230)


def teeth(body: SignerBody) -> Piece:
    """A band of arched teeth that hangs from the head, 7 mm high, as wide as three quarters of the mouth."""
    lip = body.vertices[UPPER_LIP].astype(np.float64)
    wide = abs(body.vertices[CORNERS[0]][0] - body.vertices[CORNERS[1]][0]) * 0.40
    across = np.linspace(-1, 1, COLUMNS)
    tooth = 0.0007 * np.abs(np.sin(across * 12))
    down = np.linspace(0.0055, -0.0015, ROWS)
    x = np.repeat(across * wide, ROWS)
    y = np.repeat(0.0075 + 0.016 * across**2, ROWS)
    z = np.concatenate([down - np.array([0, 0, 1]) * t for t in tooth])
    places = (lip + np.stack([x, y, z], axis=-1)).astype(np.float32)
    number = np.arange(COLUMNS * ROWS).reshape(COLUMNS, ROWS)
    a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
    faces = np.concatenate([np.stack([a, d, b], axis=-1).reshape(-1, 3), np.stack([b, d, c], axis=-1).reshape(-1, 3)]).astype(np.int32)
    n = len(places)
    head = body.rest.names.index("head")
    detail = np.tile(np.array([[1.0, 0.0, 0.0]], np.float32), (n, 1))
    return Piece(faces, np.zeros(n, np.int32), places, np.full((n, 1), head, np.int32), np.ones((n, 1), np.float32),
                 np.zeros((n, 2), np.float32), detail, np.full(n, TEETH, np.float32), np.full(n, labels.PERSON, np.float32))  # fmt: skip
