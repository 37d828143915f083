"""Light of places, out of the package that holds them as base64 text of OpenEXR pictures."""

from __future__ import annotations

import base64
import re
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def surroundings(package: Path) -> dict[str, NDArray[np.float16]]:
    """name -> [256, 512, 3] linear light of every place of an unpacked @pmndrs/assets."""
    import OpenEXR

    places = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(package.glob("hdri/*.exr.js")):
            name = path.name.removesuffix(".exr.js")
            text = re.search(r"base64,([A-Za-z0-9+/=]+)", path.read_text())
            if text is None:
                raise ValueError(f"{path} holds no picture as base64 text: it is of another version of the package.")
            exr = Path(folder) / f"{name}.exr"
            exr.write_bytes(base64.b64decode(text[1]))
            with OpenEXR.File(str(exr)) as picture:
                places[name] = np.asarray(picture.channels()["RGB"].pixels, np.float16)
    return places
