"""Readers of the data sets that the paper trains on. Each yields pictures, and records what it leaves out and why."""

from collections.abc import Callable, Iterator
from pathlib import Path

from .hagrid import read_hagrid
from .interhand import read_interhand, read_reinterhand
from .laion_human import read_laion_human
from .pictures import Captions, LeftOut, Picture
from .youtube_asl import read_youtube_asl

Reader = Callable[[Path, Captions, LeftOut], Iterator[Picture]]

READERS: dict[str, Reader] = {
    "hagrid": read_hagrid,
    "interhand": read_interhand,
    "reinterhand": read_reinterhand,
    "laion-human": read_laion_human,
    "youtube-asl": read_youtube_asl,
}

__all__ = ["READERS", "Captions", "LeftOut", "Picture", "Reader"]
