"""Packing MakeHuman's files: a small mesh worked by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from handfirst_training.world.assets.pack import Job, pack, packed, placed
from handfirst_training.world.assets.sources import read_mhclo, read_obj

OBJ = """# two squares
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
v 5 0 0
v 6 0 0
v 6 1 0
vt 0 0
vt 1 0
vt 1 1
vt 0 1
f 1/1 2/2 3/3 4/4
f 5/1 6/2 7/3
"""
MHCLO = """# attached
obj_file piece.obj
x_scale 0 1 2.0
z_scale 0 2 4.0
verts 0
0
0 1 2 0.5 0.25 0.25 1.0 0.0 2.0
2
2
1
1
2
material piece.mhmat
delete_verts
3 5 - 7
"""


def written(folder: Path) -> Path:
    (folder / "piece.obj").write_text(OBJ)
    path = folder / "piece.mhclo"
    path.write_text(MHCLO)
    return path


def test_attachments_are_read_and_placed(tmp_path: Path) -> None:
    attachment = read_mhclo(written(tmp_path))
    assert attachment.obj == "piece.obj" and attachment.hides.tolist() == [[3, 3], [5, 7]]
    assert attachment.ref.tolist()[:2] == [[0, 0, 0], [0, 1, 2]]
    base = np.zeros((10, 3))
    base[1], base[2] = [0.4, 0.0, 0.0], [0.0, 0.8, 0.1]
    places = placed(attachment, base)
    # x: 0.4 m stand for 2 units, so an offset of 1 is 0.2 m; MakeHuman's z is the body's -y: 0.8 m for 4, an offset of 2 is 0.4 m
    assert np.allclose(places[1], [0.25 * 0.4 + 0.2, 0.25 * 0.8 - 0.4, 0.25 * 0.1])
    assert np.allclose(places[2], base[2])


def test_a_piece_takes_its_own_faces_and_splits_where_the_texture_is_cut(tmp_path: Path) -> None:
    attachment = read_mhclo(written(tmp_path))
    mesh = read_obj(tmp_path / "piece.obj")
    assert len(mesh.faces) == 3
    whole = packed(mesh, attachment, None, np.zeros((10, 3)))
    assert len(whole["ref"]) == 7 and len(whole["source"]) == 7
    square = packed(mesh, attachment, lambda m, q: m.faces.max(axis=1) < 4, np.zeros((10, 3)))
    assert len(square["ref"]) == 4 and square["faces"].shape == (2, 3)
    assert np.array_equal(square["mesh"], square["source"][square["faces"]])


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="top is made of it"):
        pack(Job("top", "assets", "base/top.mhclo"), {"assets": tmp_path}, np.zeros((10, 3)), tmp_path)
