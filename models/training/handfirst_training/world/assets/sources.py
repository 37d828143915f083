"""Reads MakeHuman's meshes (.obj) and how they are attached to its base mesh (.mhclo)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Obj:
    """vertices [V, 3] in decimetres, y up; uv [T, 2]; faces and face_uv [F, 3]: triangles, larger faces cut into fans."""

    vertices: NDArray[np.float64]
    uv: NDArray[np.float64]
    faces: NDArray[np.int32]
    face_uv: NDArray[np.int32]


@dataclass(frozen=True)
class Attachment:
    """What a .mhclo says of a mesh's N vertices: three base vertices, their shares, an offset; `scale` [3, 3] for x, y, z: two base
    vertices and the distance between them that stands for 1; ranges [k, 2] of base vertices that the piece hides; the .obj's name."""

    obj: str
    ref: NDArray[np.int32]
    weight: NDArray[np.float64]
    offset: NDArray[np.float64]
    scale: NDArray[np.float64]
    hides: NDArray[np.int32]


def read_obj(path: Path) -> Obj:
    """Raises ValueError where a line is not what the format says."""
    vertices, uv, faces, face_uv = [], [], [], []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        words = line.split()
        try:
            if words[:1] == ["v"]:
                vertices.append([float(word) for word in words[1:4]])
            elif words[:1] == ["vt"]:
                uv.append([float(word) for word in words[1:3]])
            elif words[:1] == ["f"]:
                corners = [word.split("/") for word in words[1:]]
                at = [int(corner[0]) - 1 for corner in corners]
                on = [int(corner[1]) - 1 if len(corner) > 1 and corner[1] else 0 for corner in corners]
                for k in range(1, len(at) - 1):
                    faces.append((at[0], at[k], at[k + 1]))
                    face_uv.append((on[0], on[k], on[k + 1]))
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {line.strip()!r} is not a line of an .obj file.") from error
    return Obj(np.array(vertices), np.array(uv or [[0, 0]], float), np.array(faces, np.int32), np.array(face_uv, np.int32))


def read_mhclo(path: Path) -> Attachment:
    """Raises ValueError where the file names no mesh or attaches no vertex."""
    obj, rows, scale, hides = "", [], np.zeros((3, 3)), []
    section = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        number = words[0].lstrip("-").replace(".", "").isdigit()
        if number and section == "verts":
            rows.append(_attached(words))
        elif number and section == "delete_verts":
            hides += _ranges(words)
        elif words[0] in ("verts", "delete_verts"):
            section = words[0]
        elif rows:
            section = ""
        if words[0] == "obj_file":
            obj = " ".join(words[1:])
        if words[0] in ("x_scale", "y_scale", "z_scale"):
            scale["xyz".index(words[0][0])] = [float(word) for word in words[1:4]]
    if not obj or not rows:
        raise ValueError(f"{path} is no attachment: it names {'no mesh' if not obj else 'no vertices'}.")
    table = np.array(rows)
    return Attachment(obj, table[:, :3].astype(np.int32), table[:, 3:6], table[:, 6:9], scale, np.array(hides, np.int32).reshape(-1, 2))


def _attached(words: list[str]) -> list[float]:
    """One vertex: three base vertices, three shares, three offsets; a single number is a base vertex taken as it is."""
    values = [float(word) for word in words]
    if len(values) == 1:
        return [values[0]] * 3 + [1, 0, 0, 0, 0, 0]
    return values[:6] + (values[6:9] if len(values) >= 9 else [0.0, 0.0, 0.0])


def _ranges(words: list[str]) -> list[tuple[int, int]]:
    """`3 5 - 9` means 3 and 5 to 9."""
    out, at = [], 0
    while at < len(words):
        last = int(words[at + 2]) if words[at + 1 : at + 2] == ["-"] else int(words[at])
        out.append((int(words[at]), last))
        at += 3 if words[at + 1 : at + 2] == ["-"] else 1
    return out
