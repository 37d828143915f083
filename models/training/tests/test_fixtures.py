"""What the engine's tests compare with is what this code still computes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from handfirst_training.fixtures import carry, conditions, mix, phrase, skin

TESTS = Path(__file__).parents[3] / "test"


def kept(name: str) -> object:
    return json.loads((TESTS / name).read_text())


def assert_same(now: object, before: object, where: str, abs: float) -> None:
    """The same JSON, numbers within `abs`."""
    if isinstance(before, dict):
        assert isinstance(now, dict) and set(now) == set(before), where
        for key, value in before.items():
            assert_same(now[key], value, f"{where}.{key}", abs)
    elif isinstance(before, list):
        assert len(now) == len(before), where
        for index, (a, b) in enumerate(zip(now, before, strict=True)):
            assert_same(a, b, f"{where}[{index}]", abs)
    elif isinstance(before, int | float) and not isinstance(before, bool):
        assert math.isclose(now, before, rel_tol=0, abs_tol=abs), (where, now, before)
    else:
        assert now == before, where


@pytest.mark.parametrize(
    ("name", "make", "tolerance"),
    [
        ("fixtures/carry.json", carry.cases, 2e-3),
        ("fixtures/conditions.json", conditions.cases, 1e-5),
        # A level may be rounded to either side.
        ("fixtures/mix.json", mix.cases, 1),
        ("fixtures/skin.json", skin.cases, 1e-5),
        ("phrase/fixtures/figure.json", phrase.cases, 2e-5),
    ],
)
def test_numbers_that_the_engine_is_held_to_are_still_made(name: str, make: Callable[[], object], tolerance: float) -> None:
    assert_same(json.loads(json.dumps(make())), kept(name), name, tolerance)


def test_figures_of_the_judge_are_still_made() -> None:
    metrics = pytest.importorskip("handfirst_training.fixtures.metrics", reason="requirements-judge.txt is not installed")
    name = "evaluate/fixtures/metrics.json"
    assert_same(json.loads(json.dumps(metrics.numbers())), kept(name), name, 1e-6)
