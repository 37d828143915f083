"""Writes CLIP's tokenizer as ``tokenizer.json`` and ``tokenizer_config.json``, which the engine reads."""

import gzip
import json
import shutil
import tempfile
from pathlib import Path

from transformers import CLIPTokenizer

from .errors import ExportError

FILES = ("tokenizer.json", "tokenizer_config.json")
START = "<|startoftext|>"
END = "<|endoftext|>"

#: Merges of its published list that CLIP uses: 49,408 tokens less 256 bytes, 256 bytes at a word's end and 2 marks.
MERGES = 49408 - 256 - 256 - 2


def write_tokenizer(source: Path, folder: Path, max_tokens: int) -> int:
    """Writes the tokenizer of ``source`` into ``folder`` and returns the id of the token that fills up to ``max_tokens``.

    ``source``: a pipeline's folder, a tokenizer's folder (``tokenizer.json``, or ``vocab.json`` with ``merges.txt``), or OpenAI's
    list of merges, ``bpe_simple_vocab_16e6.txt.gz``.
    """
    return save_tokenizer(_load(source, max_tokens), folder)


def save_tokenizer(tokenizer: CLIPTokenizer, folder: Path) -> int:
    """Writes the two files that the engine reads and returns the id of the token that fills up."""
    with tempfile.TemporaryDirectory() as scratch:
        tokenizer.save_pretrained(scratch)
        for name in FILES:
            shutil.copy(Path(scratch) / name, folder / name)
    return int(tokenizer.pad_token_id)


def clip_tokenizer(vocabulary: dict[str, int], merges: list[tuple[str, str]], max_tokens: int) -> CLIPTokenizer:
    """CLIP's byte-pair tokenizer with a vocabulary and merges given."""
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=max_tokens)


def byte_symbols() -> list[str]:
    """GPT-2's printable stand-ins for the 256 bytes, in the order of CLIP's vocabulary."""
    shown = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [chr(code) for code in shown] + [chr(256 + index) for index in range(256 - len(shown))]


def vocabulary_of(merges: list[tuple[str, str]]) -> dict[str, int]:
    """CLIP's vocabulary: bytes, bytes at a word's end, merged pairs, start and end marks."""
    symbols = byte_symbols()
    tokens = [*symbols, *(f"{symbol}</w>" for symbol in symbols), *("".join(pair) for pair in merges), START, END]
    return {token: index for index, token in enumerate(tokens)}


def _load(source: Path, max_tokens: int) -> CLIPTokenizer:
    if source.is_file():
        return _from_merges(source, max_tokens)
    folder = source / "tokenizer" if (source / "tokenizer").is_dir() else source
    if (folder / "vocab.json").is_file() and (folder / "merges.txt").is_file():
        vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
        lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()
        return clip_tokenizer(vocabulary, _pairs(lines), max_tokens)
    if (folder / "tokenizer.json").is_file():
        return CLIPTokenizer.from_pretrained(folder, local_files_only=True, model_max_length=max_tokens)
    raise ExportError(
        f"{source} holds no tokenizer: name with --tokenizer a folder with vocab.json and merges.txt, or OpenAI's "
        "bpe_simple_vocab_16e6.txt.gz."
    )


def _from_merges(file: Path, max_tokens: int) -> CLIPTokenizer:
    opener = gzip.open if file.suffix == ".gz" else open
    try:
        with opener(file, "rt", encoding="utf-8") as text:
            merges = _pairs(text.read().splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(f"{file} is no list of byte pairs: name OpenAI's bpe_simple_vocab_16e6.txt.gz.") from error
    merges = merges[:MERGES]
    return clip_tokenizer(vocabulary_of(merges), merges, max_tokens)


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    """Pairs of a list of merges; its headline and blank lines left out."""
    pairs = [tuple(line.split()) for line in lines if line.strip()]
    start = 1 if lines and (lines[0].startswith("#") or "bpe" in lines[0]) else 0
    return [(pair[0], pair[1]) for pair in pairs[start:] if len(pair) == 2]
