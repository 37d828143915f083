"""The shipped benchmark: what is packed is what was rendered."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from handfirst_training.judge.held_out import Scene
from handfirst_training.judge.points import RIGHT_HAND
from handfirst_training.samples import benchmark
from handfirst_training.samples.benchmark import SIZE, Entry, clip, letters, lines, shows_hand, write_benchmark


def scene(count: int, stated: dict[str, object]) -> Scene:
    """Pictures of one colour each, the right hand a square, a little of the left one beside it."""
    pictures = np.stack([np.full((SIZE, SIZE, 3), 40 + 20 * at, np.uint8) for at in range(count)])
    labels = np.zeros((count, SIZE, SIZE), np.uint8)
    labels[:, 100:300, 100:300], labels[:, 200:240, 200:240], labels[:, 250:260, 250:260] = 5, 3, 2
    keypoints = np.zeros((count, 133, 3))
    keypoints[:, RIGHT_HAND] = [220.123, 219.987, 1]
    keypoints[:, RIGHT_HAND.start, :2] = [200, 235]
    keypoints[:, 9] = [700, 300, 0]
    return Scene(pictures, labels, keypoints, np.full((count, 133), 3.26), stated)


def test_packs_frames_letters_and_clips(tmp_path: Path) -> None:
    spelled = scene(3, {"letters": "AJB", "captions": ["one", "two", "three"]})
    moving = scene(4, {"caption": "four"})
    entries: list[Entry] = [*letters(spelled), clip("clip-one", moving, 7, slice(1, 3))]
    out = tmp_path / "benchmark"
    write_benchmark(out, entries, (["A", "B"], spelled.keypoints[:2], spelled.depth[:2]))
    stated = json.loads((out / "benchmark.json").read_text(encoding="utf-8"))
    # J is a movement: no frame shows it.
    assert [item["id"] for item in stated["items"]] == ["letter-A", "letter-B", "clip-one"]
    assert stated["items"][1] | {"masks": None} == {
        "id": "letter-B", "kind": "frame", "pose": "letter-B/pose.jsonl", "range": {"from": 0, "to": 1},
        "reference": {"pictures": ["letter-B/00.webp"]}, "masks": None, "caption": "three", "seed": 102, "letter": "B",
    }  # fmt: skip
    film = stated["items"][2]
    assert film["kind"] == "clip" and film["range"] == {"from": 0, "to": 2} and film["masks"]["rightHand"][1] == "clip-one/01-rightHand.png"
    # The second of four pictures, 20 levels apart; WebP at this quality moves a level or two.
    assert abs(np.asarray(Image.open(out / film["reference"]["pictures"][0])).mean() - 60) < 3
    for name, pixels in (("person", 200 * 200), ("rightHand", 40 * 40), ("leftHand", 100)):
        mask = np.asarray(Image.open(out / film["masks"][name][0]).convert("L"))
        assert set(np.unique(mask)) == {0, 255} and np.count_nonzero(mask) == pixels
    assert stated["letters"] == [{"letter": "A", "pose": "letters.jsonl", "frame": 0}, {"letter": "B", "pose": "letters.jsonl", "frame": 1}]
    assert len((out / "letters.jsonl").read_text().splitlines()) == 3
    assert not (tmp_path / "benchmark.part").exists()
    write_benchmark(out, entries[:1], (["A"], spelled.keypoints[:1], spelled.depth[:1]))
    assert not (out / "clip-one").exists(), "an older benchmark is replaced whole"


def test_keypoints_are_those_of_a_detector_with_depth_where_they_are_known() -> None:
    one = scene(1, {})
    head, frame = (json.loads(line) for line in lines(one.keypoints, one.depth).splitlines())
    assert head == {"format": "handfirst-keypoints", "version": 1, "fps": 25.0, "width": 512, "height": 512}
    points = np.array(frame["keypoints"]).reshape(133, 3)
    assert points[RIGHT_HAND.start + 1].tolist() == [220.12, 219.99, 1.0]
    # A body point outside of the picture is guessed by detectors, a face point there is missing.
    assert points[9].tolist() == [700, 300, 0.5] and points[50].tolist() == [0, 0, 0]
    assert frame["depth"][RIGHT_HAND.start] == 3.3 and frame["depth"][50] is None


def test_pictures_without_a_hand_are_no_items(monkeypatch) -> None:
    one = scene(1, {})
    assert shows_hand(one.keypoints[0], SIZE)
    assert not shows_hand(np.zeros((133, 3)), SIZE)
    monkeypatch.setattr(benchmark, "load_items", lambda folder, count: [])
    try:
        list(benchmark.pictures(Path("held-out"), 3, 2))
    except SystemExit as error:
        assert "Only 0 of 3 pictures of held-out show a hand" in str(error)
    else:
        raise AssertionError("too few pictures were let pass")
