"""Where the pieces lie. Every command that draws has `--assets DIR`; workers inherit it through the environment."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

VARIABLE = "HANDFIRST_ASSETS"
DEFAULT = Path(__file__).resolve().parents[5].parent / "shared" / "world"
"""Beside the checkout: ../shared/world as seen from the root of the repository."""


class MissingAssetsError(SystemExit):
    """The folder of pieces is not there; its text says how to make it."""


def add_option(parser: argparse.ArgumentParser) -> None:
    """Give a command the option `--assets`."""
    parser.add_argument("--assets", type=Path, default=None, help="folder of pieces (default: ../shared/world beside the checkout)")


def use(folder: Path | None) -> None:
    """Take the pieces of this process, and of those that it starts, from `folder`; None: from the usual place."""
    if folder is not None:
        os.environ[VARIABLE] = str(folder.resolve())
    root()


def root() -> Path:
    """The folder of pieces. Raises MissingAssetsError with a sentence where it is absent."""
    folder = Path(os.environ.get(VARIABLE) or DEFAULT)
    if not (folder / "assets" / "pieces").is_dir() or not (folder / "env.npz").is_file():
        raise MissingAssetsError(
            f"{folder} holds no pieces to dress signers in (assets/pieces, assets/textures, env.npz): give --assets, or make them with "
            "`python -m handfirst_training.world.make_assets`, which says what it needs."
        )
    return folder


def present() -> bool:
    """Whether signers can be drawn."""
    try:
        root()
    except MissingAssetsError:
        return False
    return True


def piece_file(name: str) -> Path:
    return root() / "assets" / "pieces" / f"{name}.npz"


def texture_file(kind: str, name: str) -> Path:
    """kind: skin, garment, hair, eyes or face."""
    return root() / "assets" / "textures" / kind / name


def places_file() -> Path:
    """Light and surroundings of real places."""
    return root() / "env.npz"
