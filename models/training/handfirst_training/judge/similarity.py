"""Object keypoint similarity and average precision as COCO defines them (pycocotools `COCOeval`), for one person a picture.

Arithmetic alone: needs nothing but numpy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

THRESHOLDS: Array = np.linspace(0.5, 0.95, 10)
"""OKS .50:.05:.95."""
RECALLS: Array = np.linspace(0.0, 1.0, 101)
"""Recalls at which COCO samples precision."""


def oks(truth: Array, found: Array, area: float, sigmas: Array) -> float:
    """Mean over the truth's points that are there of exp(-d^2 / (2 area (2 sigma)^2)), 0..1; NaN where the truth has none.

    truth, found: [n, 3] x, y, confidence; area: pixels of the person, as COCO-WholeBody takes it for hands, too. A point
    that was not found counts 0 (pycocotools leaves it at the corner of the picture, far from everything).
    """
    asked = truth[:, 2] > 0
    if not asked.any():
        return float("nan")
    squared = ((truth[asked, :2] - found[asked, :2]) ** 2).sum(axis=1)
    variance = (2.0 * sigmas[asked]) ** 2
    near = np.exp(-squared / (2.0 * variance * (area + np.spacing(1))))
    return float(np.where(found[asked, 2] > 0, near, 0.0).mean())


def average_recall(similarities: Array) -> float:
    """COCO's AR with one person and at most one detection a picture: share with OKS >= t, mean over t."""
    return float((similarities[:, None] >= THRESHOLDS).mean())


def average_precision(similarities: Array, scores: Array) -> float:
    """COCO's AP (101 recalls, OKS .50:.05:.95) with one person and at most one detection a picture.

    similarities: [n] OKS of each picture; scores: [n] the detector's confidence, 0 = nothing detected. Pictures are ranked
    by score; pictures of one score count as one step, so that the order of the pictures changes nothing.
    """
    detected = scores > 0
    if len(similarities) == 0 or not detected.any():
        return 0.0
    order = np.argsort(-scores[detected], kind="mergesort")
    ranked, values = scores[detected][order], similarities[detected][order]
    steps = np.append(np.nonzero(np.diff(ranked))[0], len(ranked) - 1)
    hits = np.cumsum(values[:, None] >= THRESHOLDS, axis=0)[steps]
    recall = hits / len(similarities)
    precision = hits / (steps + 1)[:, None]
    best = np.maximum.accumulate(precision[::-1], axis=0)[::-1]
    sampled = np.zeros((len(RECALLS), len(THRESHOLDS)))
    for column in range(len(THRESHOLDS)):
        at = np.searchsorted(recall[:, column], RECALLS - 1e-12)
        reached = at < len(steps)
        sampled[reached, column] = best[at[reached], column]
    return float(sampled.mean())
