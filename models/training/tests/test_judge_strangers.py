"""A stranger's picture: how truth and keypoints come into the frame that the product draws in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("skimage", reason="scikit-image is not installed: install requirements-judge.txt to run this test.")
pytest.importorskip("cv2", reason="OpenCV is not installed: install requirements-judge.txt to run this test.")

from handfirst_training.judge.colours import PARTS
from handfirst_training.judge.draw import PACKAGE, REPOSITORY
from handfirst_training.judge.strangers import SIZE, Move, cropped, found_in, of_frame, scores_of

GALLERY = REPOSITORY / "models" / "compact" / "gallery"


def test_a_frame_fills_the_drawn_picture() -> None:
    move = of_frame({"x": 100, "y": -20, "side": 256})
    points = np.array([[100, -20, 1], [356, 236, 1], [228, 108, 1]])
    assert move.points(points).tolist() == [[0, 0, 1], [512, 512, 0], [256, 256, 1]]
    both = Move(2, 10, 20).then(Move(3, 1, 2))
    assert both == Move(6, 31, 62)


def test_a_cropped_picture_is_full_to_its_edges_and_keeps_the_person() -> None:
    labels = np.zeros((SIZE, SIZE), np.uint8)
    labels[90:, 120:400] = 5
    whole = (int(SIZE * 1.15), int(SIZE * 1.15))
    for seed in range(5):
        move, size = cropped(labels, np.random.default_rng(seed))
        assert size[0] < whole[0] and size[1] < whole[1]
        assert (move.picture(np.full((SIZE, SIZE), 9, np.uint8), size=size)[:, :-1] == 9).all()
        there = move.picture(labels, nearest=True, size=size)
        assert (there > 0).sum() == pytest.approx(1.15**2 * (labels > 0).sum(), rel=0.01)


def test_pictures_and_points_move_together() -> None:
    picture = np.zeros((SIZE, SIZE), np.uint8)
    picture[100:110, 200:210] = 255
    move = Move(2, -150, -50)
    rows, columns = np.nonzero(move.picture(picture, nearest=True))
    # The square's corners at (200, 100) and (210, 110) come to (250, 150) and (270, 170).
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (150, 169, 250, 269)
    assert move.points(np.array([[200.0, 100, 1]]))[0].tolist() == [250, 150, 1]


def test_scores_are_of_the_moved_truth_where_it_reaches() -> None:
    truth = np.full((SIZE, SIZE, 3), 100, np.uint8)
    labels = np.zeros((SIZE, SIZE), np.uint8)
    labels[100:300, 100:300] = 5
    move = Move(1, 50, 0)
    drawn = np.full((SIZE, SIZE, 3), 110, np.uint8)
    drawn[100:300, 150:350] = 100
    drawn[:, :50] = 255
    whole, person, *colours = scores_of(drawn, truth, labels, move)
    # 10 levels off but in the person's 200 x 200 pixels, and nothing counts in the 50 columns that the truth does not reach.
    known, off = SIZE * (SIZE - 50), SIZE * (SIZE - 50) - 200 * 200
    assert whole == pytest.approx(10 * np.log10(255**2 * known / (100 * off)), abs=1e-6)
    assert person == float("inf")
    named = dict(zip(PARTS, colours, strict=True))
    assert named["cloth"] == 0 and np.isnan(named["hair"]) and np.isnan(named["skin"])


@pytest.mark.skipif(shutil.which("node") is None or not PACKAGE.exists(), reason="Node or the built package (npm run build) is not here")
def test_the_product_says_where_it_places_a_picture(tmp_path: Path) -> None:
    listed = json.loads((GALLERY / "gallery.json").read_text())
    signer = next(one for one in listed["signers"] if one["name"] == listed["default"])
    picture = Image.open(GALLERY / signer["picture"]).convert("RGB")
    picture.save(tmp_path / "signer.png")
    Image.new("RGB", (64, 64)).save(tmp_path / "nobody.png")
    found, nothing = found_in([tmp_path / "signer.png", tmp_path / "nobody.png"])
    assert nothing is None and found is not None
    left, right = np.array(signer["keypoints"][5][:2]), np.array(signer["keypoints"][6][:2])
    # Shoulders take a third of the frame, unless the picture is too small for that (src/stages/reference/framing.ts).
    side = min(float(np.hypot(*(left - right))) / 0.33, max(picture.size))
    assert found.frame["side"] == pytest.approx(side, rel=0.12)
    eyes = np.array([signer["keypoints"][k][:2] for k in (1, 2)])
    assert np.abs(found.keypoints[1:3, :2] - eyes).max() < 0.02 * picture.width
