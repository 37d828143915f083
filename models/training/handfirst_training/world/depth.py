"""Depth of the 133 points in the units of detectors. Needs nothing but numpy: judging runs without the renderer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HIPS = (11, 12)
HANDS = (slice(91, 112), slice(112, 133))


def relative_depth(away: NDArray[np.float64], focal: float) -> NDArray[np.float32]:
    """[133] depth in pixels from metres along the view [133]: hands from their wrist, everything else from the middle of the hips;
    negative is nearer. focal: pixels."""
    hips = away[list(HIPS)].mean()
    out = (away - hips) * focal / hips
    for hand in HANDS:
        wrist = away[hand.start]
        out[hand] = (away[hand] - wrist) * focal / wrist
    return out.astype(np.float32)
