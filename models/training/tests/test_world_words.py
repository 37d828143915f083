"""Looks, their vectors and their captions."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from handfirst_training.world.appearance import sample_look
from handfirst_training.world.captions import attributes, captions, vocabulary
from handfirst_training.world.look_vector import layout, look_vector

JOINING = set(re.findall(r"\w+", "a an and with in on of wearing skin hair eyes top trousers background front wall"))


def looks(count: int) -> list:
    return [sample_look(np.random.default_rng([5, i])) for i in range(count)]


def test_a_seed_gives_one_look() -> None:
    one, two = (look_vector(sample_look(np.random.default_rng([7, 1]))) for _ in range(2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, look_vector(sample_look(np.random.default_rng([7, 2]))))


def test_the_vector_is_as_its_layout_says() -> None:
    entries = layout()
    for look in looks(40):
        vector = look_vector(look)
        assert len(vector) == sum(e["size"] for e in entries)
        start = 0
        for entry in entries:
            part = vector[start : start + entry["size"]]
            start += entry["size"]
            if entry["kind"] == "category":
                assert sorted(part)[-2:] == [0, 1] and part.sum() == 1
                assert entry["values"][int(part.argmax())] == getattr(look, entry["name"])
            else:
                assert np.all(np.abs(part) <= 1.5), entry["name"]


def test_captions_say_what_is_true_in_known_words() -> None:
    known = vocabulary()
    phrases = [w for values in known.values() for ways in values.values() for way in ways for w in re.findall(r"[a-z-]+", way)]
    for i, look in enumerate(looks(60)):
        value = attributes(look)
        for said in captions(np.random.default_rng(i), look):
            words = set(re.findall(r"[a-z-]+", said["text"]))
            assert words <= JOINING | set(phrases), words - JOINING - set(phrases)
            for name in said["mentioned"]:
                ways = known[name][value[name]]
                assert any(re.search(rf"(?<![\w-]){re.escape(way)}(?![\w-])", said["text"]) for way in ways), (name, said["text"])


def test_the_first_caption_names_the_main_things() -> None:
    for i, look in enumerate(looks(20)):
        said = set(captions(np.random.default_rng(i), look)[0]["mentioned"])
        assert {"gender", "age", "skin", "hair_kind", "cloth", "sleeve", "garment", "background"} <= said


def test_one_changed_colour_changes_its_three_numbers_alone() -> None:
    look = looks(1)[0]
    changed = look_vector(replace(look, cloth=(0.1, 0.2, 0.3))) != look_vector(look)
    start = 0
    for entry in layout():
        part = changed[start : start + entry["size"]]
        start += entry["size"]
        assert part.all() if entry["name"] == "cloth" else not part.any()
