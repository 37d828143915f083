"""LAION-Human, as HumanSD's authors ship it: ``mapping_file_training.json`` and the files that it names.

A row holds ``img_path``, ``pose_path`` and ``prompt``; a pose is an ``.npz`` whose ``arr_0`` lists people, each with ``keypoints`` [17, 3].
"""

import io
import pickle
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .pictures import Captions, DataError, LeftOut, Picture, empty_pose, read_object

BODY_POINTS = 17
#: Only what arrays are made of: an ``.npz`` of objects is a pickle, and a pickle can name any code.
ALLOWED = {
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    *((module, name) for module in ("numpy.core.multiarray", "numpy._core.multiarray") for name in ("_reconstruct", "scalar")),
}


def read_laion_human(root: Path, captions: Captions, left_out: LeftOut) -> Iterator[Picture]:
    for key, row in read_object(root / "mapping_file_training.json").items():
        path, pose_path = root / row["img_path"], root / row["pose_path"]
        if not path.is_file():
            left_out.add(key, "picture missing")
        elif not pose_path.is_file():
            left_out.add(key, "pose missing")
        else:
            people = read_people(pose_path)
            if len(people) != 1:
                left_out.add(key, "several people" if people else "nobody")
                continue
            pose = empty_pose()
            pose[:BODY_POINTS] = np.asarray(people[0]["keypoints"], dtype=float)[:BODY_POINTS]
            yield Picture(key, path, pose, captions.of(key, default=str(row.get("prompt", ""))))


def read_people(path: Path) -> list[dict[str, Any]]:
    """The people of a pose file. Raises ``DataError`` where it holds anything but numbers."""
    try:
        with zipfile.ZipFile(path) as archive:
            data = archive.read("arr_0.npy")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is no pose file with arr_0 ({error}): unpack the poses again.") from error
    file = io.BytesIO(data)
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    _, _, dtype = read(file)
    if not dtype.hasobject:
        return []
    try:
        return list(_Numbers(file).load().tolist())
    except (pickle.UnpicklingError, EOFError, AttributeError) as error:
        raise DataError(f"{path} holds more than numbers ({error}): it is not read.") from error


class _Numbers(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
