"""Pictures of the report: pose, drawn and truth side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .draw import Drawn, load_picture
from .held_out import Item, given_points
from .points import HAND_PARTS

Array = NDArray[np.float64]

CELL = 256
ROWS = 12
LIMBS = ((5, 7), (7, 9), (6, 8), (8, 10), (5, 6), (5, 11), (6, 12), (11, 12), (0, 1), (0, 2), (1, 3), (2, 4))
FINGERS = tuple((0 if step == 0 else 4 * finger + step, 4 * finger + step + 1) for finger in range(5) for step in range(4))
FINGER_COLOURS = ("#ff5050", "#ffb030", "#70d040", "#40b0ff", "#c070ff")


def draw_pose(points: Array, size: int, cell: int = CELL) -> Image.Image:
    """The 133 points [133, 3] of a picture of `size` as lines on black."""
    picture = Image.new("RGB", (cell, cell))
    pen = ImageDraw.Draw(picture)
    places, there = points[:, :2] * cell / size, points[:, 2] > 0

    def line(a: int, b: int, colour: str, width: int) -> None:
        if there[a] and there[b]:
            pen.line([*places[a], *places[b]], fill=colour, width=width)

    for a, b in LIMBS:
        line(a, b, "#909090", 3)
    for x, y in places[23:91][there[23:91]]:
        pen.point((x, y), fill="#ffffff")
    for part in HAND_PARTS.values():
        for at, (a, b) in enumerate(FINGERS):
            line(part.start + a, part.start + b, FINGER_COLOURS[at // 4], 2)
    return picture


def grid(items: list[Item], drawn: list[Drawn], path: Path) -> None:
    """One row an item: pose, drawn, truth."""
    sheet = Image.new("RGB", (3 * CELL, len(items) * CELL))
    for row, (item, picture) in enumerate(zip(items, drawn, strict=True)):
        cells = [
            draw_pose(given_points(item.keypoints), item.size),
            Image.fromarray(load_picture(picture.pictures[0], item.size)).resize((CELL, CELL), Image.Resampling.LANCZOS),
            Image.fromarray(np.asarray(item.picture)).resize((CELL, CELL), Image.Resampling.LANCZOS),
        ]
        for column, cell in enumerate(cells):
            sheet.paste(cell, (column * CELL, row * CELL))
    sheet.save(path)


def write_grids(folder: Path, items: list[Item], drawn: list[Drawn], hand_errors: Array) -> None:
    """grid.png: twelve rows spread over the set; worst.png: the twelve whose hands are furthest off, worst first."""
    spread = np.unique(np.linspace(0, len(items) - 1, min(ROWS, len(items))).astype(int))
    asked = np.nonzero(np.isfinite(hand_errors))[0]
    worst = asked[np.argsort(-hand_errors[asked], kind="stable")][:ROWS]
    for name, rows in (("grid.png", spread), ("worst.png", worst)):
        if len(rows):
            grid([items[row] for row in rows], [drawn[row] for row in rows], folder / name)
