"""The paper's preparation of pictures, and prepared samples, on data sets that are made here."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from test_sd15_data import LEFT_OUT, MAKERS, SIDE, hand_at, laion_human

from handfirst_training.sd15_training import prepare
from handfirst_training.sd15_training.data import READERS, Captions, LeftOut
from handfirst_training.sd15_training.data.pictures import HANDS, DataError, Picture, empty_pose, set_hand
from handfirst_training.sd15_training.samples import Augmentation, Samples, augment, read_index


def store_of(tmp_path: Path, name: str, stage: str, mask: np.ndarray, **more: str) -> Path:
    """A store prepared from a made data set; every picture has ``mask``."""
    root, masks, out = tmp_path / name, tmp_path / "masks", tmp_path / f"store-{stage}"
    root.mkdir()
    MAKERS[name](root)
    for picture in READERS[name](root, Captions(), LeftOut()):
        path = masks / f"{Path(picture.key).with_suffix('')}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(mask).save(path)
    options = [stage, "--set", f"{name}={root}", "--masks", f"{name}={masks}", "--out", str(out), "--size", "128"]
    options += [text for key, value in more.items() for text in (f"--{key}", value)]
    prepare.run(prepare.parser().parse_args(options))
    return out


def square(left: int, top: int, side: int) -> np.ndarray:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[top : top + side, left : left + side] = 255
    return mask


def test_hands_become_crops_with_dilated_masks(tmp_path: Path) -> None:
    # A dot in each hand's crop: dilated by 5 x 5 it is 5 wide.
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for hand in (hand_at(60, 90), hand_at(150, 90)):
        x, y = hand.mean(0).astype(int)
        mask[y, x] = 255
    out = store_of(tmp_path, "hagrid", "hand", mask)
    [row] = read_index(out)
    side = next(side for side in HANDS if (row.pose[HANDS[side] : HANDS[side] + 21, 2] > 0).all())
    hand = row.pose[HANDS[side] : HANDS[side] + 21]
    # The crop is 1.5 times the hand's longer side, which so fills two thirds of it.
    assert np.isclose((hand[:, :2].max(0) - hand[:, :2].min(0)).max(), 128 / 1.5, atol=0.1)
    drawn = np.asarray(Image.open(out / f"{row.file}-mask.png")) > 0
    box = (hand_at(60, 90)).max(0) - hand_at(60, 90).min(0)
    assert np.isclose(drawn.sum() ** 0.5, 5 * 128 / (1.5 * box.max()), atol=1.5)
    assert (out / "left-out.csv").read_text().splitlines() == ["picture,why", *(f"{key},{why}" for key, why in LEFT_OUT.items())]


def test_crossing_hands_share_a_crop_and_others_are_chosen_at_random() -> None:
    apart = {"left": np.array([[0.0, 0], [10, 20]]), "right": np.array([[50.0, 0], [70, 10]])}
    chosen = {prepare.choose_crop(apart, 1.5, np.random.default_rng(seed)) for seed in range(20)}
    assert chosen == {(-10.0, -5.0, 30.0), (45.0, -10.0, 30.0)}
    crossing = {"left": np.array([[0.0, 0], [30, 20]]), "right": np.array([[20.0, 10], [60, 30]])}
    both = {prepare.choose_crop(crossing, 1.5, np.random.default_rng(seed)) for seed in range(5)}
    assert both == {(-15.0, -30.0, 90.0)}


def test_small_masks_are_left_out_of_whole_pictures(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="under 2500 px"):
        store_of(tmp_path, "laion-human", "body", square(10, 10, 49))
    (tmp_path / "again").mkdir()
    out = store_of(tmp_path / "again", "laion-human", "body", square(10, 10, 50))
    assert [row.caption for row in read_index(out)] == ["person 0"]


def test_broken_files_are_left_out_and_a_stopped_run_leaves_nothing_behind(tmp_path: Path) -> None:
    laion_human(tmp_path)
    masks, out = tmp_path / "masks", tmp_path / "store"
    masks.mkdir()
    options = ["body", "--set", f"laion-human={tmp_path}", "--masks", f"laion-human={masks}", "--out", str(out), "--size", "128"]

    def why() -> str:
        with pytest.raises(DataError, match="Nothing could be used"):
            prepare.run(prepare.parser().parse_args(options))
        return (tmp_path / "store.partial" / "left-out.csv").read_text().splitlines()[1]

    assert why() == "0,no mask"
    (masks / "0.png").write_bytes(b"no picture")
    assert why() == "0,mask cannot be read"
    Image.fromarray(square(10, 10, 60)).save(masks / "0.png")
    picture = tmp_path / "images" / "0.jpg"
    whole = picture.read_bytes()
    picture.write_bytes(whole[: len(whole) // 2])
    assert why() == "0,picture cannot be read"
    picture.write_bytes(whole)
    (tmp_path / "store.partial" / "0000007.png").write_bytes(b"of a run that was stopped")
    assert prepare.run(prepare.parser().parse_args(options)) == 1
    assert sorted(file.name for file in out.iterdir()) == ["0000000-mask.png", "0000000.png", "index.jsonl", "left-out.csv"]


def test_a_limit_chooses_at_random_and_by_the_seed() -> None:
    found = [Picture(str(number), Path("p"), empty_pose(), "") for number in range(1000)]
    keys = {seed: sorted(int(one.key) for one in prepare.chosen(iter(found), 100, seed)) for seed in (0, 1)}
    assert len(set(keys[0])) == 100 and keys[0] != keys[1]
    assert keys[0] == sorted(int(one.key) for one in prepare.chosen(reversed(found), 100, 0))
    # From all of the set: a tenth of each half, more or less.
    assert 30 < sum(key < 500 for key in keys[0]) < 70


def test_augmentation_goes_as_far_as_it_is_given() -> None:
    grey = np.full((4, 4, 3), 100, np.uint8)

    def changed(**most: float) -> np.ndarray:
        still = {"rgb_shift": 0.0, "brightness": 0.0, "contrast": 0.0}
        amounts = Augmentation(**{**still, **most})
        return np.stack([augment(grey, np.random.default_rng(seed), amounts)[0, 0] for seed in range(200)])

    assert (changed() == 100).all()
    shift, brightness, contrast = changed(rgb_shift=20), changed(brightness=0.2), changed(contrast=0.2)
    assert 80 <= shift.min() < 82 and 118 < shift.max() <= 120 and np.ptp(shift, axis=1).max() > 20
    assert np.ptp(brightness, axis=1).max() == 0 and 49 <= brightness.min() < 53 and 147 < brightness.max() <= 151
    # 100 lies 27.5 below middle grey.
    assert np.ptp(contrast, axis=1).max() == 0 and 94.4 < contrast.min() < 95 and 105 < contrast.max() < 105.6


def test_every_set_needs_its_masks(tmp_path: Path) -> None:
    options = ["hand", "--set", f"hagrid={tmp_path}", "--masks", f"interhand={tmp_path}", "--out", str(tmp_path / "store")]
    with pytest.raises(DataError, match="--masks hagrid=FOLDER"):
        prepare.run(prepare.parser().parse_args(options))
    assert not (tmp_path / "store.partial").exists()


def test_the_same_seed_and_place_give_the_same_sample(tmp_path: Path) -> None:
    out = store_of(tmp_path, "hagrid", "hand", square(0, 0, SIDE))
    first, again, other = (Samples([out], 3, seed, hint=False) for seed in (1, 1, 2))
    assert len(first) == 3
    assert all(np.array_equal(first[1][key], again[1][key]) for key in ("picture", "mask", "drawn"))
    assert not np.array_equal(first[1]["picture"], other[1]["picture"])
    assert not np.array_equal(first[1]["picture"], first[2]["picture"])
    assert first[0]["drawn"].shape == (10, 128, 128) and float(first[0]["drawn"].max()) > 0.9


def test_a_hand_with_a_missing_point_is_no_hand() -> None:
    pose = empty_pose()
    set_hand(pose, "left", hand_at(60, 90))
    pose[HANDS["left"] + 8, 2] = 0
    assert Picture("k", Path("p"), pose, "").hand("left") is None
