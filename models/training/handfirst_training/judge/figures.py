"""The figures of a report: each from a table of per-picture scores, beside the same evaluator's figure of the rendered truth."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .distances import PictureScores, bootstrap, found_share, mpjpe
from .points import HANDS
from .similarity import average_precision, average_recall

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
ROUNDS = 1000


@dataclass(frozen=True)
class Value:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Figure:
    """One line of the report. ratio = drawn / truth; better: 'more' or 'less'."""

    key: str
    name: str
    drawn: Value
    truth: Value | None
    ratio: Value | None
    better: str
    count: int


class Table:
    """Scores of all pictures as columns."""

    def __init__(self, scores: list[PictureScores]) -> None:
        self.oks_all = np.array([s.oks_all for s in scores])
        self.oks_hands = np.array([s.oks_hands for s in scores])
        self.score_all = np.array([s.score_all for s in scores])
        self.score_hands = np.array([s.score_hands for s in scores])
        self.distance = np.stack([s.distance for s in scores])
        self.asked = np.stack([s.asked for s in scores])
        self.hands_asked = np.array([s.hands_asked for s in scores])
        self.hands_found = np.array([s.hands_found for s in scores])
        self.hand_errors = np.array([s.hand_errors for s in scores])

    def __len__(self) -> int:
        return len(self.oks_all)

    def precision(self, rows: Rows, part: str) -> float:
        similarity = getattr(self, f"oks_{part}")[rows]
        scores = (self.score_all if part == "all" else self.score_hands)[rows]
        there = np.isfinite(similarity)
        return average_precision(similarity[there], scores[there])

    def recall(self, rows: Rows, part: str) -> float:
        similarity = getattr(self, f"oks_{part}")[rows]
        return average_recall(similarity[np.isfinite(similarity)])

    def error(self, rows: Rows, part: slice) -> float:
        return mpjpe(self.distance[rows][:, part])

    def found(self, rows: Rows, part: slice) -> float:
        return found_share(self.distance[rows][:, part], self.asked[rows][:, part])

    def hand_error(self, rows: Rows) -> float:
        """Median over the hands found: a hand that was mistaken for another thing must not outweigh ten others."""
        errors = self.hand_errors[rows]
        return float(np.nanmedian(errors)) if np.isfinite(errors).any() else float("nan")

    def hands(self, rows: Rows) -> float:
        return float(self.hands_found[rows].sum() / max(1, self.hands_asked[rows].sum()))


def measured(statistic: Callable[[Rows], float], count: int) -> Value:
    """A statistic of all pictures with its interval."""
    low, high = bootstrap(statistic, count, ROUNDS)
    return Value(statistic(np.arange(count)), low, high)


def compared(key: str, name: str, better: str, of: Callable[[Table, Rows], float], drawn: Table, truth: Table) -> Figure:
    """A figure of the drawn pictures beside the truth's, and their ratio over the same draws of pictures."""
    count = len(drawn)

    def ratio(rows: Rows) -> float:
        below = of(truth, rows)
        return of(drawn, rows) / below if below else float("nan")

    return Figure(
        key,
        name,
        measured(lambda rows: of(drawn, rows), count),
        measured(lambda rows: of(truth, rows), count),
        measured(ratio, count),
        better,
        count,
    )


def both_found(drawn: Table, truth: Table) -> tuple[Table, Table]:
    """The tables with the distances of those joints alone that were found in both pictures."""
    missing = ~(np.isfinite(drawn.distance) & np.isfinite(truth.distance))
    tables = []
    for table in (drawn, truth):
        fair = copy(table)
        fair.distance = np.where(missing, np.nan, table.distance)
        tables.append(fair)
    return tables[0], tables[1]


def pose_figures(drawn: Table, truth: Table) -> list[Figure]:
    """Every figure that is computed from detected points."""
    whole = slice(0, 133)
    fair = both_found(drawn, truth)
    return [
        compared("dap", "DAP", "more", lambda t, rows: t.precision(rows, "all"), drawn, truth),
        compared("dap_hands", "DAP hands", "more", lambda t, rows: t.precision(rows, "hands"), drawn, truth),
        compared("ar", "average recall", "more", lambda t, rows: t.recall(rows, "all"), drawn, truth),
        compared("ar_hands", "average recall hands", "more", lambda t, rows: t.recall(rows, "hands"), drawn, truth),
        compared("mpjpe", "MPJPE", "less", lambda t, rows: t.error(rows, whole), drawn, truth),
        compared("found", "joints found", "more", lambda t, rows: t.found(rows, whole), drawn, truth),
        compared("mpjpe_hands", "MPJPE hands", "less", lambda t, rows: t.error(rows, HANDS), drawn, truth),
        compared("found_hands", "hand joints found", "more", lambda t, rows: t.found(rows, HANDS), drawn, truth),
        compared("mpjpe_hands_both", "MPJPE hands, joints found in both", "less", lambda t, rows: t.error(rows, HANDS), *fair),
        compared("hand_error", "hand error in sizes of the hand (median)", "less", lambda t, rows: t.hand_error(rows), drawn, truth),
        compared("hands_found", "hand detection rate", "more", lambda t, rows: t.hands(rows), drawn, truth),
    ]


def mean_figure(key: str, name: str, better: str, drawn: Array, truth: Array | None = None) -> Figure:
    """Mean over pictures, NaN left out; with a truth, over the pictures that have both."""
    there = np.isfinite(drawn) if truth is None else np.isfinite(drawn) & np.isfinite(truth)
    mine = drawn[there]
    if len(mine) == 0:
        nothing = Value(float("nan"), float("nan"), float("nan"))
        return Figure(key, name, nothing, None, None, better, 0)
    own = measured(lambda rows: float(mine[rows].mean()), len(mine))
    if truth is None:
        return Figure(key, name, own, None, None, better, len(mine))
    other = truth[there]
    beside = measured(lambda rows: float(other[rows].mean()), len(mine))
    ratio = measured(lambda rows: float(mine[rows].mean() / other[rows].mean()), len(mine))
    return Figure(key, name, own, beside, ratio, better, len(mine))
