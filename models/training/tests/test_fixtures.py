"""What the engine's tests compare with is what this code still draws."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from handfirst_training.fixtures import carry

FIXTURES = Path(__file__).parents[3] / "test" / "fixtures"


def test_carried_pictures_are_those_that_the_engine_is_held_to() -> None:
    kept = json.loads((FIXTURES / "carry.json").read_text())
    made = carry.cases()
    assert [case["name"] for case in made] == [case["name"] for case in kept]
    for before, now in zip(kept, made, strict=True):
        for field in ("reference", "keypoints", "mean", "coverage", "colours", "cover"):
            assert np.asarray(now[field]) == pytest.approx(np.asarray(before[field]), abs=2e-3), (before["name"], field)
