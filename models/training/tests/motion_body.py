"""A signer's skeleton for the tests of motion: upper body and hands, metres (`motion_rest.json`)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from handfirst_training.world.skeleton import Rest

HERE = Path(__file__).parent
LETTERS = HERE.parents[3] / "shared" / "data" / "letters"


def rest_body(scale: float = 1.0) -> Rest:
    """The skeleton, larger or smaller."""
    rows = json.loads((HERE / "motion_rest.json").read_text(encoding="utf-8"))
    heads, tails = (np.array([row[key] for row in rows]) * scale for key in ("head", "tail"))
    return Rest([row["name"] for row in rows], np.array([row["parent"] for row in rows]), heads, tails)


def angle(a: np.ndarray, b: np.ndarray) -> float:
    """Degrees between two directions."""
    cosine = np.dot(a, b) / (np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
