"""Pieces of a reference that do not belong to their part, and rows that a part lacks.

The engine's `src/stages/carry/pieces.ts` does the same: a change here is a change there.
"""

from __future__ import annotations

import cv2
import numpy as np

# Fainter than this the head's cover does not make a piece of its own.
ISLAND = 0.1
# Pixels round what is thick enough that stay with it.
SPARED = 2
# Rows that a trunk goes on below its picture, as a part of the picture's width, and over how many pixels to each side a row is smoothed.
BELOW, SMOOTH = 8, 2


def drop_islands(head: np.ndarray, person: np.ndarray) -> None:
    """Take from the head's cover [H, W] what does not hang together with its largest piece: tips of a collar, hair on a shoulder."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((head * person > ISLAND).astype(np.uint8), connectivity=4)
    if len(stats) > 2:
        head[(labels > 0) & (labels != 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))] = 0.0


def drop_slivers(part: np.ndarray, person: np.ndarray, least: float) -> None:
    """Take from a part's cover [H, W] its pieces that are thinner than twice `least` pixels."""
    reach = max(1, int(least + 0.5))
    shown = (part * person > 0.5).astype(np.uint8)
    thick = cv2.erode(shown, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    side = 2 * (reach + SPARED) + 1
    part[cv2.dilate(thick, np.ones((side, side), np.uint8)) == 0] = 0.0


def going_on(part: np.ndarray) -> np.ndarray:
    """The part [H, W, 4], where its picture cuts it off below, with rows more: the colours of the last row, smoother from row to row. A row
    that merely went on would be a stripe of each of its pixels."""
    last = part[-1]
    if not last[:, 3].any():
        return part
    rows = [last]
    for _ in range(part.shape[1] // BELOW):
        padded = np.pad(rows[-1], ((SMOOTH, SMOOTH), (0, 0)))
        sums = sum(padded[k : k + len(last)] for k in range(2 * SMOOTH + 1))
        colours = sums[:, :3] / np.maximum(sums[:, 3:], 1e-6)
        rows.append(np.concatenate([colours * last[:, 3:], last[:, 3:]], axis=1))
    return np.concatenate([part, np.stack(rows[1:])])
