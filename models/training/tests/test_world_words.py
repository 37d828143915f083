"""Looks, what is said of them, and the cast of the gallery."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from handfirst_training.world.appearance import sample_look
from handfirst_training.world.captions import attributes, caption, vocabulary
from handfirst_training.world.gallery import BELOW, FINER, WORDS, cast, coarser, narrowed
from handfirst_training.world.look import Choice
from handfirst_training.world.palette import brightness
from handfirst_training.world.studio import Shot

JOINING = set(re.findall(r"\w+", "a an and with in on skin hair background"))


def looks(count: int) -> list:
    return [sample_look(np.random.default_rng([5, i])) for i in range(count)]


def test_a_seed_gives_one_look() -> None:
    assert sample_look(np.random.default_rng([7, 1])) == sample_look(np.random.default_rng([7, 1]))
    assert sample_look(np.random.default_rng([7, 1])) != sample_look(np.random.default_rng([7, 2]))


def test_what_is_chosen_is_worn_and_chance_decides_the_rest() -> None:
    choice = Choice(gender="woman", skin="brown", hair="red", hair_piece="bob02", cut="blouse", cloth="navy", wall="beige", age=0.1)
    words = sample_look(np.random.default_rng(3), choice).words()
    assert words | {"gender": "woman", "age": "young", "skin": "brown", "hair": "red", "hairstyle": "bob", "garment": "shirt",
                    "sleeve": "long", "cloth": "navy", "wall": "beige"} == words  # fmt: skip


def test_clothes_stand_off_from_the_skin() -> None:
    apart = [abs(brightness(look.clothes.cloth) - brightness(look.face.skin)) for look in looks(150)]
    assert np.mean(np.array(apart) > 0.12) > 0.8


def test_captions_say_what_is_true_in_known_words() -> None:
    known = vocabulary()
    phrases = {w for values in known.values() for ways in values.values() for way in ways for w in re.findall(r"[a-z-]+", way)}
    for i, look in enumerate(looks(60)):
        text = caption(np.random.default_rng(i), look)
        assert set(re.findall(r"[a-z-]+", text)) <= JOINING | phrases, text
        value = attributes(look)
        for name in ("gender", "age", "skin", "cloth", "garment"):
            assert any(re.search(rf"(?<![\w-]){re.escape(way)}(?![\w-])", text) for way in known[name][value[name]]), (name, text)


def test_the_cast_is_varied() -> None:
    default, signers = cast()
    assert default in signers and len(signers) >= 24
    seen: dict[str, Counter[str]] = {name: Counter() for name in WORDS}
    for look in signers.values():
        assert look.wall, "plain walls first"
        assert (look.hair.piece == "") == (look.hair.kind == "bald")
        for name, value in look.words().items():
            if name in WORDS:
                seen[name][value] += 1
    assert min(seen["gender"].values()) >= 10 and min(seen["age"].values()) >= 3
    assert all(len(seen[name]) >= 6 for name in ("skin", "hair", "cloth", "wall"))


def test_a_coarser_shot_has_the_label_of_most_of_what_is_the_signers() -> None:
    cells = np.zeros((2, 2, FINER, FINER), np.uint8)
    cells[0, 0] = 3
    cells[0, 1, :2, :] = [[3, 5, 5], [5, 3, 0]]
    cells[1, 0, 0] = 4
    labels = cells.swapaxes(1, 2).reshape(2 * FINER, 2 * FINER)
    picture = np.repeat(labels[..., None], 3, axis=-1)
    keypoints = np.full((133, 3), (3.0, 6.0, 1.0), np.float32)
    shot = coarser(Shot(picture, labels, keypoints, np.full(133, -9.0, np.float32), [], np.zeros(133, np.float32)))
    # Five of nine parts are the signer's, three of them 5; three of nine are not enough.
    np.testing.assert_array_equal(shot.labels, [[3, 5], [0, 0]])
    assert shot.picture[0, 0].tolist() == [3, 3, 3] and shot.picture[0, 1, 0] == round((2 * 3 + 3 * 5) / 9)
    assert shot.keypoints[5].tolist() == [1, 2, 1] and shot.depth[0] == -3


def test_a_gallery_picture_has_no_columns_beside_the_references() -> None:
    side = BELOW + 4
    labels = np.tile(np.arange(side, dtype=np.uint8), (side, 1))
    keypoints = np.full((133, 3), (BELOW / 2 + 1.5, 9.0, 1.0), np.float32)
    keypoints[0, 0], keypoints[1, 0] = 1.0, side - 1.0
    picture = np.repeat(labels[..., None], 3, axis=-1)
    shot = narrowed(Shot(picture, labels, keypoints, np.zeros(133, np.float32), [], np.zeros(133, np.float32)))
    assert shot.picture.shape == (side, 4, 3) and shot.labels[0].tolist() == [BELOW // 2 + k for k in range(4)]
    assert shot.keypoints[5].tolist() == [1.5, 9, 1] and shot.keypoints[:2, 2].tolist() == [0, 0]
