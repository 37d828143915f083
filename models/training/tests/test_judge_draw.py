"""Drawing through the built package: pictures, masks and resuming, with the bundle of formulas that the package's own tests use."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from handfirst_training.judge.draw import PACKAGE, REPOSITORY, Clip, Engine, draw, load_picture, read_drawn

BUNDLE = REPOSITORY / "test" / "fixtures" / "bundle"
POSES = REPOSITORY / "test" / "pose" / "fixtures" / "coco133.pose"
CLIP = Clip("two", str(POSES), "a woman", 3, range=(0, 2))

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not PACKAGE.exists() or not BUNDLE.exists(),
    reason="Node, the built package (npm run build) or the test bundle is not here",
)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    draw([CLIP], folder, Engine(BUNDLE, "default", workers=1))
    return folder


def test_each_frame_is_a_picture_with_its_hands_masks(out: Path) -> None:
    drawn = read_drawn(out, CLIP)
    assert len(drawn.pictures) == len(drawn.masks) == 2
    assert load_picture(drawn.pictures[0], drawn.size).shape == (drawn.size, drawn.size, 3)
    assert load_picture(drawn.pictures[0], 40).shape == (40, 40, 3)
    hands = [hand for masks in drawn.masks for hand in masks]
    assert hands
    for hand in hands:
        assert hand.mask.dtype == np.bool_ and hand.mask.shape[0] == hand.mask.shape[1]
        assert hand.crop[2] > 0 and set(hand.hands) <= {"left", "right"}


def test_a_drawn_clip_is_left_as_it_is(out: Path, capfd: pytest.CaptureFixture[str]) -> None:
    written = read_drawn(out, CLIP).pictures[0].stat().st_mtime_ns
    draw([CLIP], out, Engine(BUNDLE, "default"))
    assert read_drawn(out, CLIP).pictures[0].stat().st_mtime_ns == written
    assert capfd.readouterr().out == ""


def test_a_clip_that_cannot_be_drawn_ends_with_sentences(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    wrong = Clip("wrong", str(tmp_path / "no.pose"), "a woman", 0)
    with pytest.raises(SystemExit, match="Drawing failed"):
        draw([wrong], tmp_path / "out", Engine(BUNDLE, "default"))
    assert "no.pose" in capfd.readouterr().err


def test_what_the_shipped_bundle_carries_is_kept_beside_its_frames(tmp_path: Path) -> None:
    one = Clip("one", str(POSES), "", 1, range=(0, 1))
    draw([one], tmp_path, Engine(REPOSITORY / "models" / "compact", "live", workers=1))
    assert len(read_drawn(tmp_path, one).pictures) == 1
    assert load_picture(tmp_path / "one" / "reference.png", 512).shape == (512, 512, 3)
