"""What detection gives beside the pose that was asked for: distances, hands found, masks; and intervals of any figure.

Arithmetic alone: needs nothing but numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .points import HAND_PARTS, HANDS, SIGMAS, box_of, hand_in_frame
from .similarity import oks

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PictureScores:
    """How well one picture's detected points fit the points asked for.

    oks_*: 0..1, NaN where nothing was asked; score_*: the detector's mean confidence over the points asked for, 0 = nothing found;
    distance: [133] of each point, as a share of the picture's side, NaN where not asked or not found; asked: [133];
    hands_asked, hands_found: left, right; hand_errors: mean distance of each hand's joints in sizes of the hand, NaN where not found.
    `oks_hands` takes the person's area, as COCO-WholeBody does, so that it forgives small hands more than `hand_errors` does.
    """

    oks_all: float
    oks_hands: float
    score_all: float
    score_hands: float
    distance: Array
    asked: NDArray[np.bool_]
    hands_asked: tuple[bool, bool]
    hands_found: tuple[bool, bool]
    hand_errors: tuple[float, float]


def score_picture(truth: Array, found: Array, area: float, side: int) -> PictureScores:
    """truth, found: [133, 3] x, y in pixels, confidence (0 = not there); area: pixels of the person; side: of the picture, pixels."""
    asked = truth[:, 2] > 0
    gap = np.linalg.norm(truth[:, :2] - found[:, :2], axis=1) / side
    distance = np.where(asked & (found[:, 2] > 0), gap, np.nan)
    hands = [(truth[part], found[part], hand_in_frame(truth[part], side, side)) for part in HAND_PARTS.values()]
    there = [in_frame and hand_found(hand, other) for hand, other, in_frame in hands]
    return PictureScores(
        oks_all=oks(truth, found, area, SIGMAS),
        oks_hands=oks(truth[HANDS], found[HANDS], area, SIGMAS[HANDS]) if any(in_frame for _, _, in_frame in hands) else float("nan"),
        score_all=float(found[asked, 2].mean()) if asked.any() else 0.0,
        score_hands=float(found[HANDS][asked[HANDS], 2].mean()) if asked[HANDS].any() else 0.0,
        distance=distance,
        asked=asked,
        hands_asked=(hands[0][2], hands[1][2]),
        hands_found=(there[0], there[1]),
        hand_errors=(
            hand_error(*hands[0][:2]) if there[0] else float("nan"),
            hand_error(*hands[1][:2]) if there[1] else float("nan"),
        ),
    )


def hand_error(truth: Array, found: Array) -> float:
    """Mean distance of a hand's joints [21, 3] that are in both, in longer sides of the box asked for; NaN where none is."""
    box, both = box_of(truth), (truth[:, 2] > 0) & (found[:, 2] > 0)
    if box is None or not both.any():
        return float("nan")
    gap = np.linalg.norm(truth[both, :2] - found[both, :2], axis=1).mean()
    return float(gap / max(box[2] - box[0], box[3] - box[1], 1e-9))


def hand_found(truth: Array, found: Array) -> bool:
    """Whether a hand [21, 3] was found at its place: its middle no further off than the longer side of the box asked for."""
    here, there = box_of(truth), box_of(found)
    if here is None or there is None:
        return False
    gap = np.hypot((here[0] + here[2] - there[0] - there[2]) / 2, (here[1] + here[3] - there[1] - there[3]) / 2)
    return bool(gap <= max(here[2] - here[0], here[3] - here[1]))


def mpjpe(distances: Array) -> float:
    """Mean per joint position error over the joints found (paper, Metrics): the mean of [n, k], NaN left out; NaN where none is."""
    return float(np.nanmean(distances)) if np.isfinite(distances).any() else float("nan")


def found_share(distances: Array, asked: NDArray[np.bool_]) -> float:
    """Share of the joints asked for that were found: the figure to read beside MPJPE."""
    return float(np.isfinite(distances).sum() / max(1, asked.sum()))


def mask_iou(truth: NDArray[np.bool_], found: NDArray[np.bool_], known: NDArray[np.bool_] | None = None) -> float:
    """Intersection over union of two masks where `known`; 1 where both are empty."""
    if known is not None:
        truth, found = truth & known, found & known
    union = np.count_nonzero(truth | found)
    return 1.0 if union == 0 else float(np.count_nonzero(truth & found) / union)


def bootstrap(statistic: Callable[[NDArray[np.intp]], float], count: int, rounds: int = 1000, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of `statistic` over `count` pictures drawn with replacement (Efron 1979); NaN rounds are left out."""
    rng = np.random.default_rng(seed)
    values = np.array([statistic(rng.integers(count, size=count)) for _ in range(rounds)])
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return float("nan"), float("nan")
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
