"""The prompt's words: the vocabulary that captions use, and token ids, read as the engine's word tokenizer reads them."""

from __future__ import annotations

import re
import unicodedata

PAD, UNKNOWN = 0, 1
IGNORED = (
    "a", "an", "the", "with", "in", "on", "of", "and", "wearing", "front", "someone", "person", "signer", "signing", "video", "photo",
    "picture", "who", "is", "has",
)  # fmt: skip
# What people write for things the captions name otherwise.
SYNONYMS = {
    "shirt": "top", "blouse": "top", "jumper": "top", "sweater": "top", "pullover": "top", "jeans": "trousers", "pants": "trousers",
    "backdrop": "background", "girl": "woman", "boy": "man", "female": "woman", "male": "man", "blonde": "blond", "gray": "grey",
}  # fmt: skip


def words_of(text: str) -> list[str]:
    """Lower-case words; everything but letters, digits and apostrophes stands between words."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'"))


def vocabulary_of(captions: list[str]) -> list[str]:
    """Words with meaning, sorted; ids follow from their order, after PAD and UNKNOWN."""
    found = {word for caption in captions for word in words_of(caption)}
    return sorted(found - set(IGNORED) - set(SYNONYMS))


def encode(text: str, ids: dict[str, int], length: int) -> list[int]:
    """Token ids, padded."""
    read = [SYNONYMS.get(word, word) for word in words_of(text)]
    tokens = [ids.get(word, UNKNOWN) for word in read if word not in IGNORED]
    return (tokens + [PAD] * length)[:length]


def vocabulary_file(words: list[str], attributes: dict[str, list[str]]) -> dict[str, object]:
    """Content of the bundle's `vocabulary.json`."""
    known = {word: UNKNOWN + 1 + k for k, word in enumerate(words)}
    return {
        "pad": PAD,
        "unknown": UNKNOWN,
        "words": known,
        "synonyms": {a: b for a, b in SYNONYMS.items() if b in known},
        "ignored": list(IGNORED),
        "attributes": attributes,
    }
