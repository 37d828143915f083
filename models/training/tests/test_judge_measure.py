"""From items to a report: masks against close-ups, figures beside the truth's, goals, the whole command with a fake product."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handfirst_training.judge import draw as drawing
from handfirst_training.judge.draw import Drawn, HandMask
from handfirst_training.judge.figures import Figure, Table, Value, mean_figure, pose_figures
from handfirst_training.judge.held_out import Item, asked_points, given_points, hand_truth
from handfirst_training.judge.measure import Legibility, Steadiness, mask_scores, table_of
from handfirst_training.judge.points import COUNT, LEFT_HAND, RIGHT_HAND
from handfirst_training.judge.report import Report, goals, markdown, write_report

SIZE = 512


def scene_points(rng: np.random.Generator) -> np.ndarray:
    """[133, 3] a person in the frame, both hands, hips and legs outside it."""
    points = np.zeros((COUNT, 3))
    points[:23, :2] = rng.uniform(150, 350, (23, 2))
    points[:11, 2] = 1
    points[11:23, 1] += 500
    points[23:91] = np.column_stack([rng.uniform(220, 290, (68, 2)), np.ones(68)])
    points[LEFT_HAND] = np.column_stack([rng.uniform(300, 360, (21, 2)), np.ones(21)])
    points[RIGHT_HAND] = np.column_stack([rng.uniform(100, 160, (21, 2)), np.full(21, 0.5)])
    return points


def make_item(index: int, closeups: tuple = ()) -> Item:
    rng = np.random.default_rng(index)
    labels = np.zeros((SIZE, SIZE), np.uint8)
    labels[100:420, 120:400] = 1
    labels[300:360, 300:360] = 2
    labels[100:160, 100:160] = 3
    picture = rng.integers(0, 255, (SIZE, SIZE, 3), np.uint8)
    points = scene_points(rng)
    return Item(index, picture, labels, points, np.zeros(COUNT), "a woman", np.zeros((256, 256, 3), np.uint8), closeups)


def test_hidden_points_are_given_and_points_outside_only_where_a_detector_has_them() -> None:
    points = scene_points(np.random.default_rng(0))
    given, asked = given_points(points), asked_points(points)
    assert (given[RIGHT_HAND, 2] == 1).all() and (asked[RIGHT_HAND, 2] == 1).all()
    assert (given[11:17, 2] == 0.5).all() and (asked[11:17] == 0).all()
    assert (given[17:23] == 0).all()


def test_truth_of_a_crop_is_sampled_at_the_masks_pixels() -> None:
    item = make_item(1)
    truth, known = hand_truth(item, (280.0, 280.0, 100.0), ["left"], 100)
    # The left hand covers 300..360 of the picture: 20..80 of this crop, a pixel a pixel.
    expected = np.zeros((100, 100), bool)
    expected[20:80, 20:80] = True
    np.testing.assert_array_equal(truth, expected)
    assert known.all()
    assert not hand_truth(item, (280.0, 280.0, 100.0), ["right"], 100)[0].any()
    _, known = hand_truth(item, (-50.0, 0.0, 100.0), ["left"], 100)
    assert not known[:, :50].any() and known[:, 50:].all()


def test_close_ups_are_asked_before_the_picture() -> None:
    fine = np.zeros((224, 224), np.uint8)
    fine[:112] = 2
    item = make_item(1, ((fine, (-20.0, 300.0, 112.0)),))
    truth, known = hand_truth(item, (-20.0, 300.0, 112.0), ["left"], 56)
    assert known.all()
    assert truth[:28].all() and not truth[28:].any()


def test_iou_of_the_stages_masks_in_pictures_of_another_size() -> None:
    item = make_item(1)
    mask = np.zeros((100, 100), bool)
    mask[20:80, 20:50] = True
    hand = HandMask((140.0, 140.0, 50.0), ["left"], mask)
    assert mask_scores([item], [Drawn([], [[hand]], 256, 1.0)]) == [[pytest.approx(0.5)]]


def judged_tables(shift: float) -> tuple[Table, Table]:
    items = [make_item(index) for index in range(6)]
    truth = np.stack([asked_points(item.keypoints) for item in items])
    drawn = truth.copy()
    drawn[:, LEFT_HAND, 0] += shift
    drawn[0, RIGHT_HAND] = 0
    return table_of(items, drawn), table_of(items, truth)


def test_figures_stand_beside_the_truths() -> None:
    figures = {figure.key: figure for figure in pose_figures(*judged_tables(512 * 0.01))}
    truth = figures["dap_hands"].truth
    assert truth is not None and truth.value == pytest.approx(1.0)
    # 11 of 12 hands; 231 of 252 hand joints, of which 126 are off by .01 of the picture's side.
    assert figures["hands_found"].drawn.value == pytest.approx(11 / 12)
    assert figures["found_hands"].drawn.value == pytest.approx(231 / 252)
    assert figures["mpjpe_hands"].drawn.value == pytest.approx(0.01 * 126 / 231)
    ratio = figures["hands_found"].ratio
    assert ratio is not None and ratio.low <= ratio.value <= ratio.high
    assert figures["dap_hands"].drawn.value < 1.0


def test_a_mean_beside_the_truth_takes_pictures_that_have_both() -> None:
    figure = mean_figure("skin", "", "less", np.array([2.0, np.nan, 4.0]), np.array([1.0, 9.0, np.nan]))
    assert figure.count == 1 and figure.drawn.value == 2.0 and figure.truth is not None and figure.truth.value == 1.0
    nothing = mean_figure("iou", "", "more", np.array([]))
    assert nothing.count == 0 and np.isnan(nothing.drawn.value)


def report_of(hands: float, letters: int) -> Report:
    value = Value(hands, hands, hands)
    figures = [
        Figure(key, key, value, value, Value(ratio, ratio, ratio), "more", 9)
        for key, ratio in (("hands_found", hands), ("dap_hands", 0.7), ("mpjpe_hands", 1.6), ("mask_iou", 1.0))
    ]
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    read = [name if at < letters else None for at, name in enumerate(names)]
    return Report({"bundle": "x"}, figures, Legibility(names, list(read), None), Steadiness(2, 3.0, 1.0, 0.5, float("nan")), [])


def test_goals_are_met_at_their_bounds() -> None:
    met = {goal.text: goal.met for goal in goals(report_of(0.9, 20))}
    assert list(met.values()) == [True, True, False, True, True]
    assert [goal.met for goal in goals(report_of(0.89, 19))] == [False, True, False, False, False]


def test_report_is_json_and_says_what_was_misread(tmp_path: Path) -> None:
    report = report_of(0.95, 24)
    write_report(tmp_path, report)
    stated = json.loads((tmp_path / "report.json").read_text(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert stated["clip"]["background_truth"] is None and stated["clip"]["flicker"] == 2.0
    text = markdown(report)
    assert "24 of 26" in text and "Y as nothing, Z as nothing" in text


FAKE_NODE = """#!{python}
import json, shutil, sys
from pathlib import Path
jobs = json.load(open(sys.argv[2]))
for clip in jobs["clips"]:
    folder = Path(jobs["out"]) / clip["id"]
    folder.mkdir(parents=True)
    shutil.copy("{picture}", folder / "00000.png")
    stated = {{"seconds": 1.5, "size": 512, "warnings": ["A word is unknown."], "frames": [{{"picture": "00000.png", "hands": []}}]}}
    (folder / "clip.json").write_text(json.dumps(stated))
    print(json.dumps({{"clip": clip["id"], "frames": 1, "seconds": 1.5}}), flush=True)
"""


def write_world(folder: Path, count: int) -> None:
    """A shard as the renderer writes it."""
    shard = folder / "shard-00000"
    shard.mkdir(parents=True)
    items = [make_item(index) for index in range(count)]
    arrays = {
        "pictures": [at.picture for at in items],
        "labels": [at.labels for at in items],
        "keypoints": [at.keypoints.astype(np.float32) for at in items],
        "depth": [at.depth.astype(np.float32) for at in items],
        "references": [at.reference for at in items],
        "look": np.zeros((count, 3), np.float32),
        "closeups": np.zeros((0, 224, 224, 3), np.uint8),
        "closeup_labels": np.zeros((0, 224, 224), np.uint8),
        "closeup_boxes": np.zeros((0, 3), np.float32),
        "closeup_owner": np.zeros((0, 3), np.int32),
    }
    for name, array in arrays.items():
        np.save(shard / f"{name}.npy", np.asarray(array))
    (shard / "captions.json").write_text(json.dumps([[{"text": "a woman", "mentioned": []}]] * count))
    (folder / "look.json").write_text(json.dumps([{"name": "skin", "kind": "colour", "size": 3}]))


def test_the_command_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pose_format", reason="pose-format is not installed: install requirements-judge.txt to run this test.")
    pytest.importorskip("skimage", reason="scikit-image is not installed: install requirements-judge.txt to run this test.")
    from handfirst_training.judge import __main__ as command

    write_world(tmp_path / "world", 3)
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "manifest.json").write_text("{}")
    Image.fromarray(make_item(0).picture).save(tmp_path / "picture.png")
    node = tmp_path / "node"
    node.write_text(FAKE_NODE.format(python=sys.executable, picture=tmp_path / "picture.png"))
    node.chmod(0o755)
    monkeypatch.setenv("NODE", str(node))
    monkeypatch.setattr(drawing, "PACKAGE", node)
    truth = np.stack([asked_points(make_item(index).keypoints) for index in range(3)])
    monkeypatch.setattr(command, "check_complexity", lambda complexity: None)
    monkeypatch.setattr(command, "detect", lambda pictures, complexity: truth.copy())
    out = tmp_path / "out"
    asked = ["--bundle", str(tmp_path / "bundle"), "--held-out", str(tmp_path / "world"), "--count", "3", "--out", str(out)]
    command.main(asked)
    stated = json.loads((out / "report.json").read_text())
    assert stated["figures"]["dap"]["drawn"]["value"] == pytest.approx(1.0)
    assert stated["figures"]["hands_found"]["ratio"]["value"] == 1.0
    assert stated["about"]["pictures"] == 3 and len(stated["notes"]) == 3 and stated["notes"][0].startswith("3 of 3 pictures")
    assert Image.open(out / "grid.png").size == (768, 768) and (out / "worst.png").exists()
    with pytest.raises(SystemExit, match="--resume"):
        command.main(asked)
    node.unlink()
    command.main([*asked, "--resume"])
    with pytest.raises(SystemExit, match="another bundle or with other options"):
        command.main([*asked, "--resume", "--preset", "naive"])
