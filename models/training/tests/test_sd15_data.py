"""Readers of data sets on small folders in their real layouts, and what they leave out and why."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handfirst_training.sd15_training.data import READERS, Captions, LeftOut
from handfirst_training.sd15_training.data.pictures import DataError
from handfirst_training.sd15_training.made import made_hand

SIDE = 200


def save(path: Path, size: tuple[int, int] = (SIDE, SIDE), level: int = 90) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (level, level, level)).save(path)


def write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def hand_at(x: float, y: float, length: float = 40) -> np.ndarray:
    return made_hand(np.random.default_rng(3), (x, y), length)


def hagrid(root: Path) -> dict[str, str]:
    """A fist of the left hand beside a free right one; a picture without landmarks; one that is not there; a broken file."""
    left, right = hand_at(60, 90) / SIDE, hand_at(150, 90) / SIDE
    common = {"bboxes": [[0.1, 0.1, 0.3, 0.3]] * 2, "leading_hand": "left", "leading_conf": 1.0, "user_id": "u"}
    rows = {
        "a": {**common, "labels": ["fist", "no_gesture"], "landmarks": [left.tolist(), right.tolist()]},
        "b": {**common, "labels": ["fist"], "landmarks": [[]]},
        "c": {**common, "labels": ["fist"], "landmarks": [left.tolist()]},
        "d": {**common, "labels": ["fist"], "landmarks": [left.tolist()]},
    }
    write(root / "annotations" / "train" / "fist.json", rows)
    for name in "ab":
        save(root / "fist" / f"{name}.jpg")
    (root / "fist" / "d.jpg").write_bytes(b"no picture")
    return LEFT_OUT


def joints(points: dict[str, np.ndarray]) -> list[list[float]]:
    """The data sets' 42 joints, tips first and wrists last, at a depth of 1,000 before a camera of focal length 1,000."""
    world = np.full((42, 3), 1000.0)
    for side, start in (("right", 0), ("left", 21)):
        hand = points[side]
        order = [hand[4 * finger + 4 - joint] for finger in range(5) for joint in range(4)]
        world[start : start + 21, :2] = np.array([*order, hand[0]])
    return world.tolist()


def interhand(root: Path) -> dict[str, str]:
    folder = root / "annotations" / "train"
    name = "Capture0/seq/cam1/image{}.jpg"
    image = {"width": SIDE, "height": SIDE, "capture": 0, "subject": 0, "seq_name": "seq", "camera": "1"}
    images = [{**image, "id": frame, "frame_idx": frame, "file_name": name.format(frame)} for frame in (1, 2, 3)]
    other = "Capture0/seq/cam2/image1.jpg"
    images.append({**image, "camera": "2", "id": 4, "frame_idx": 1, "file_name": other})
    write(folder / "InterHand2.6M_train_data.json", {"images": images, "annotations": []})
    camera = {"campos": {"1": [0, 0, 0]}, "camrot": {"1": np.eye(3).tolist()}, "focal": {"1": [1000, 1000]}, "princpt": {"1": [0, 0]}}
    write(folder / "InterHand2.6M_train_camera.json", {"0": camera})
    world = joints({"left": hand_at(60, 90), "right": hand_at(150, 90)})
    known = {"world_coord": world, "hand_type": "interacting", "hand_type_valid": True}
    frames = {"1": {**known, "joint_valid": [[1]] * 42}, "2": {**known, "joint_valid": [[0]] * 42}}
    write(folder / "InterHand2.6M_train_joint_3d.json", {"0": frames})
    for frame in (1, 2, 3):
        save(root / "images" / "train" / name.format(frame))
    save(root / "images" / "train" / other)
    left_out = {f"train/{name.format(2)}": "no hand with all joints", f"train/{name.format(3)}": "no joints"}
    return left_out | {f"train/{other}": "camera not calibrated"}


def reinterhand(root: Path) -> dict[str, str]:
    capture = root / "m--20221215--0949--two-hands"
    camera = {"R": np.eye(3).tolist(), "t": [0, 0, 0], "focal": [1000, 1000], "princpt": [0, 0]}
    write(capture / "Mugsy_cameras" / "cam_params.json", {"400266": camera})
    world = joints({"left": hand_at(60, 90), "right": hand_at(150, 90)})
    write(capture / "keypoints_orig" / "keypoints_orig" / "000010.json", world)
    for camera_name, frame in (("400266", "000010"), ("400266", "000011"), ("400999", "000010")):
        save(capture / "Mugsy_cameras" / "envmap_per_frame" / "images" / camera_name / f"{frame}.png")
    return {f"{capture.name}/400266/000011": "no joints", f"{capture.name}/400999/000010": "camera not calibrated"}


def laion_human(root: Path) -> dict[str, str]:
    def pose(count: int) -> np.ndarray:
        people = np.empty(count, dtype=object)
        for index in range(count):
            people[index] = {"keypoints": np.column_stack([np.full((17, 2), 50.0), np.ones(17)])}
        return people

    rows = {}
    for key, count in (("0", 1), ("1", 2), ("2", 0)):
        rows[key] = {"img_path": f"images/{key}.jpg", "pose_path": f"pose/{key}.npz", "prompt": f"person {key}"}
        save(root / rows[key]["img_path"])
        (root / "pose").mkdir(exist_ok=True)
        np.savez(root / rows[key]["pose_path"], pose(count))
    rows["3"] = {"img_path": "images/3.jpg", "pose_path": "pose/3.npz", "prompt": ""}
    save(root / "images" / "3.jpg")
    write(root / "mapping_file_training.json", rows)
    return {"1": "several people", "2": "nobody", "3": "pose missing"}


def youtube_asl(root: Path) -> dict[str, str]:
    body = [[0.5, 0.5]] * 33
    hand = (hand_at(60, 90) / SIDE).tolist()
    row = {"pose_landmarks": body, "left_hand_landmarks": hand, "right_hand_landmarks": [], "face_landmarks": []}
    write(root / "keypoints" / "video1.json", {"cropped_keypoints": [row, {**row, "left_hand_landmarks": []}, row]})
    (root / "youtube_asl_video_ids.txt").write_text("video1\nvideo2\n")
    for number in (1, 2, 4):
        save(root / "frames" / "video1" / f"{number:06d}.jpg")
    (root / "frames" / "video1" / "000003.jpg").write_bytes(b"no picture")
    left_out = {"video1/000002": "no hands", "video1/000003": "picture cannot be read", "video1/000004": "no keypoints"}
    return left_out | {"video2": "video not there"}


#: Of ``hagrid``.
LEFT_OUT = {"fist/b": "no landmarks", "fist/c": "picture missing", "fist/d": "picture cannot be read"}
MAKERS = {"hagrid": hagrid, "interhand": interhand, "reinterhand": reinterhand, "laion-human": laion_human, "youtube-asl": youtube_asl}


@pytest.mark.parametrize("name", MAKERS)
def test_a_data_set_in_its_own_layout(name: str, tmp_path: Path) -> None:
    expected = MAKERS[name](tmp_path)
    left_out = LeftOut()
    pictures = list(READERS[name](tmp_path, Captions(), left_out))
    assert len(pictures) == 1
    assert dict(left_out.rows) == expected
    picture = pictures[0]
    if name == "laion-human":
        assert picture.caption == "person 0"
        assert np.allclose(picture.pose[:17], [50, 50, 1])
        return
    left, right = picture.hand("left"), picture.hand("right")
    assert left is not None and np.allclose(left[:, :2], hand_at(60, 90), atol=1e-3)
    if name != "youtube-asl":
        assert right is not None and np.allclose(right[:, :2], hand_at(150, 90), atol=1e-3)


@pytest.mark.parametrize("name", MAKERS)
def test_another_folder_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"name the .*folder|name the root"):
        list(READERS[name](tmp_path, Captions(), LeftOut()))


def test_a_pose_file_that_names_code_is_not_run(tmp_path: Path) -> None:
    class Code:
        def __reduce__(self) -> tuple:
            return (print, ("run",))

    laion_human(tmp_path)
    people = np.empty(1, dtype=object)
    people[0] = Code()
    np.savez(tmp_path / "pose" / "0.npz", people)
    with pytest.raises(DataError, match="more than numbers"):
        list(READERS["laion-human"](tmp_path, Captions(), LeftOut()))


def test_captions_by_picture_before_sequence(tmp_path: Path) -> None:
    interhand(tmp_path)
    file = tmp_path / "captions.jsonl"
    file.write_text('{"key": "seq", "caption": "two hands"}\n')
    [picture] = READERS["interhand"](tmp_path, Captions.read(file), LeftOut())
    assert picture.caption == "two hands"
    file.write_text('{"key": "seq", "caption": "two hands"}\n{"key": "train/Capture0/seq/cam1/image1.jpg", "caption": "a fist"}\n')
    [picture] = READERS["interhand"](tmp_path, Captions.read(file), LeftOut())
    assert picture.caption == "a fist"
    file.write_text("no json\n")
    with pytest.raises(DataError, match="line 1"):
        Captions.read(file)
    with pytest.raises(DataError, match="name the file of captions"):
        Captions.read(tmp_path / "none.jsonl")
