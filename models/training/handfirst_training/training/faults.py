"""What detectors do to keypoints: noise, missing points, no depth."""

from __future__ import annotations

import numpy as np

from ..conditions.hand import LEFT_HAND, RIGHT_HAND, hand_length


def jitter(keypoints: np.ndarray, depth: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Keypoints as a detector places them: noise in proportion to the part's size; no depth in a third of the samples."""
    moved, deep = keypoints.astype(np.float64).copy(), depth.astype(np.float64).copy()
    strength = rng.choice([0.0, 0.25, 0.8])
    for start in (LEFT_HAND, RIGHT_HAND):
        length = hand_length(np.ascontiguousarray(moved[start : start + 21]))
        moved[start : start + 21, :2] += rng.normal(0, 0.012 * strength * length, (21, 2)) + rng.normal(0, 0.006 * strength * length, 2)
        deep[start : start + 21] += rng.normal(0, 0.08 * strength * length, 21)
    width = np.linalg.norm(moved[5, :2] - moved[6, :2])
    moved[:23, :2] += rng.normal(0, 0.012 * strength * width, (23, 2))
    moved[23:91, :2] += rng.normal(0, 0.003 * strength * width, (68, 2)) + rng.normal(0, 0.006 * strength * width, 2)
    if rng.random() < 0.33:
        deep[:] = np.nan
    return moved, deep


def detector_faults(keypoints: np.ndarray, size: int, rng: np.random.Generator) -> None:
    """What detectors miss, in place: the face, feet, legs, hips; everything outside the picture of `size` pixels."""
    outside = ((keypoints[:, :2] < 0) | (keypoints[:, :2] >= size)).any(axis=1)
    keypoints[:, 2] = 1.0
    hands = slice(LEFT_HAND, LEFT_HAND + 42)
    if rng.random() < 0.7:
        keypoints[17:91, 2][outside[17:91]] = 0
        keypoints[hands, 2][outside[hands]] = 0
    if rng.random() < 0.15:
        keypoints[11:17, 2] = 0
    if rng.random() < 0.04:
        keypoints[23:91] = 0
    if rng.random() < 0.3:
        keypoints[13:23] = 0
    keypoints[keypoints[:, 2] == 0] = 0
