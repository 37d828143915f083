"""The rendered alphabet and clip: what judging reads is what was drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from handfirst_training.judge.held_out import load_scene
from handfirst_training.judge.points import RIGHT_HAND

pytest.importorskip("moderngl", reason="moderngl is not installed: install requirements.txt to run this test.")
pytest.importorskip("numba", reason="numba is not installed: install requirements.txt to run this test.")


def test_letters_and_clip_are_drawn_with_their_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from handfirst_training.judge import scenes
    from handfirst_training.world.pieces import folder
    from handfirst_training.world.studio import Studio

    if not folder.present():
        pytest.skip("The folder of pieces is absent: make it with `python -m handfirst_training.world.make_assets`.")
    try:
        studio = Studio()
    except Exception as error:
        pytest.skip(f"no OpenGL context can be made here: {error}")
    monkeypatch.setattr(scenes, "LETTERS", "W")
    scenes.draw_letters(studio, tmp_path / "letters")
    scenes.draw_clip(studio, tmp_path / "clip", 2)
    letters, clip = load_scene(tmp_path / "letters"), load_scene(tmp_path / "clip")
    assert letters is not None and clip is not None
    assert letters.pictures.shape == (1, 512, 512, 3) and letters.stated["letters"] == "W"
    # The right hand is up and open: its index to ring tips are higher than its wrist, and the label picture has it under its knuckles.
    hand = letters.keypoints[0, RIGHT_HAND]
    assert (hand[:, 2] > 0).all()
    assert (hand[[8, 12, 16], 1] < hand[0, 1] - 20).all()
    columns, rows = hand[[5, 9, 13, 17], :2].astype(int).T
    assert (letters.labels[0][rows, columns] == 3).all()
    assert clip.pictures.shape[0] == 2 and clip.depth.shape == (2, 133) and clip.stated["fps"] == 25.0
    change = np.abs(np.diff(clip.keypoints[:, 5:7, :2], axis=0)).max()
    assert change < 20, "shoulders of one signer under one camera do not jump"
    assert load_scene(tmp_path / "nothing") is None
