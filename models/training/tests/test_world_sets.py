"""Sets of pictures as the command writes them. They are drawn in a process of their own: PyTorch, which other tests load, and
the software OpenGL driver do not go together."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from handfirst_training.world import labels as names
from handfirst_training.world.keypoints import LEFT_HAND, RIGHT_HAND

COMMAND = [sys.executable, "-m", "handfirst_training.world.dataset"]
ROOT = Path(__file__).parent.parent


def draw(out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, "--out", str(out), "--workers", "0", *more], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("set")
    run = draw(out, "--count", "6", "--seed", "21", "--shard-size", "3")
    if "libEGL" in run.stderr or "eglInitialize" in run.stderr:
        pytest.skip("No OpenGL through EGL on this machine: install libegl1 and libgl1-mesa-dri to draw.")
    assert run.returncode == 0, run.stderr
    return out


def load(drawn: Path, name: str) -> np.ndarray:
    return np.concatenate([np.load(folder / f"{name}.npy") for folder in sorted(drawn.glob("shard-*"))])


def look_entries(drawn: Path, name: str) -> np.ndarray:
    start = 0
    for entry in json.loads((drawn / "look.json").read_text()):
        if entry["name"] == name:
            return load(drawn, "look")[:, start : start + entry["size"]]
        start += entry["size"]
    raise KeyError(name)


def test_shapes_are_those_of_the_contract(drawn: Path) -> None:
    shard = drawn / "shard-00000"
    shots = len(np.load(shard / "closeups.npy"))
    shapes = {
        "pictures": (3, 512, 512, 3), "labels": (3, 512, 512), "keypoints": (3, 133, 3), "depth": (3, 133),
        "references": (3, 256, 256, 3), "closeups": (shots, 224, 224, 3), "closeup_labels": (shots, 224, 224),
        "closeup_boxes": (shots, 3), "closeup_owner": (shots, 3),
    }  # fmt: skip
    assert {name: np.load(shard / f"{name}.npy").shape for name in shapes} == shapes
    said = json.loads((shard / "captions.json").read_text())
    assert [len(captions) for captions in said] == [4, 4, 4]


def test_a_run_goes_on_and_gives_the_same_bytes(drawn: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(drawn, again)
    shutil.rmtree(again / "shard-00001")
    (again / "shard-00001.part1").mkdir()
    run = draw(again, "--count", "6", "--seed", "21", "--shard-size", "3")
    assert run.returncode == 0, run.stderr
    first, second = drawn / "shard-00001", again / "shard-00001"
    files = sorted(f.name for f in first.iterdir())
    assert files == sorted(f.name for f in second.iterdir())
    assert all((first / f).read_bytes() == (second / f).read_bytes() for f in files)


def test_the_judges_seed_is_refused(tmp_path: Path) -> None:
    run = draw(tmp_path, "--seed", "1000003")
    assert run.returncode == 2
    assert "kept for judging" in run.stderr


def test_seen_hand_points_lie_on_their_hand(drawn: Path) -> None:
    pictures, points = load(drawn, "labels"), load(drawn, "keypoints")
    for part, label in ((LEFT_HAND, names.LEFT_HAND), (RIGHT_HAND, names.RIGHT_HAND)):
        right = asked = 0
        for picture, mine in zip(pictures, points[:, part], strict=True):
            near = ndimage.binary_dilation(picture == label, iterations=3)
            seen = mine[mine[:, 2] == 1]
            right += near[seen[:, 1].astype(int), seen[:, 0].astype(int)].sum()
            asked += len(seen)
        assert asked > 20
        assert right / asked > 0.93


def test_left_is_the_signers(drawn: Path) -> None:
    points = load(drawn, "keypoints")
    assert np.all(points[:, 5, 0] > points[:, 6, 0])
    assert np.all(points[:, 11, 0] > points[:, 12, 0])


def test_labels_and_pictures_agree(drawn: Path) -> None:
    pictures, labels = load(drawn, "pictures").astype(float), load(drawn, "labels")
    for picture, label in zip(pictures, labels, strict=True):
        steps = np.abs(np.diff(picture, axis=1)).max(axis=2)
        quiet = ndimage.binary_erosion(label == names.BACKGROUND, iterations=3)
        border = (label[:, 1:] == names.BACKGROUND) != (label[:, :-1] == names.BACKGROUND)
        near = ndimage.binary_dilation(border, structure=np.ones((1, 3)))
        assert np.percentile(steps[quiet[:, 1:] & quiet[:, :-1]], 99) < 8
        assert np.median(ndimage.maximum_filter(steps, (1, 3))[border & near]) > 12


def test_skin_and_cloth_have_the_looks_hue(drawn: Path) -> None:
    pictures, labels = load(drawn, "pictures") / 255, load(drawn, "labels")
    plain = look_entries(drawn, "pattern")[:, 0] == 1
    for entry, chosen in (("skin", np.ones(len(plain), bool)), ("cloth", plain)):
        for picture, label, colour in zip(pictures[chosen], labels[chosen], look_entries(drawn, entry)[chosen], strict=True):
            mask = np.isin(label, [names.LEFT_HAND, names.RIGHT_HAND]) if entry == "skin" else label == names.CLOTHES
            if mask.sum() < 300:
                continue
            mean = picture[mask].mean(axis=0)
            assert np.abs(mean / mean.max() - colour / colour.max()).max() < 0.22, entry


def test_close_ups_show_the_region_of_the_picture(drawn: Path) -> None:
    shots = 0
    for folder in sorted(drawn.glob("shard-*")):
        wholes, owners = np.load(folder / "labels.npy"), np.load(folder / "closeup_owner.npy")
        boxes, inner = np.load(folder / "closeup_boxes.npy"), np.load(folder / "closeup_labels.npy")
        for box, owner, close in zip(boxes, owners, inner, strict=True):
            spots = (np.arange(224) + 0.5) / 224 * box[2]
            x, y = (box[0] + spots).astype(int), (box[1] + spots).astype(int)
            inside = ((y >= 0) & (y < 512))[:, None] & ((x >= 0) & (x < 512))[None]
            whole = wholes[owner[0]][np.clip(y, 0, 511)][:, np.clip(x, 0, 511)]
            assert (whole == close)[inside].mean() > 0.95
            shots += 1
    assert shots > 2
