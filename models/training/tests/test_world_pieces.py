"""Dressed signers: cloth lies outside of the skin, fringes leave the eyes free, and the shipped gallery is what it says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.spatial import cKDTree

from handfirst_training.world import labels as names
from handfirst_training.world.body import body_model
from handfirst_training.world.pieces import folder
from handfirst_training.world.vertices import normals

GALLERY = Path(__file__).parents[2] / "compact" / "gallery"

needs_assets = pytest.mark.skipif(
    not folder.present(), reason="The folder of pieces is absent: make it with `python -m handfirst_training.world.make_assets`."
)


def test_a_missing_folder_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "nothing"))
    with pytest.raises(SystemExit) as stop:
        folder.root()
    assert "nothing holds no pieces" in str(stop.value) and "make_assets" in str(stop.value)


@needs_assets
@pytest.mark.parametrize("cut", ["tee", "shirt", "suit", "fitted tee"])
def test_cloth_lies_outside_of_the_skin_and_tops_outside_of_bottoms(cut: str) -> None:
    from handfirst_training.world.pieces.garments import CLEARANCE, CUTS, dress
    from handfirst_training.world.pieces.skin import bare_faces

    body = body_model().shape({"weight": 0.75, "gender": 1.0}, {})
    top, bottom = dress(body, CUTS[cut], CUTS[cut].bottoms[0])

    def heights(places: np.ndarray, under: np.ndarray, faces: np.ndarray) -> np.ndarray:
        used = np.unique(faces)
        out = normals(under, np.ascontiguousarray(faces))
        away, near = cKDTree(under[used]).query(places)
        near = used[near]
        return np.einsum("nc,nc->n", places - under[near], out[near])[away < 0.02]

    assert np.quantile(heights(top.rest, body.base, bare_faces()), 0.01) > 0.5 * CLEARANCE
    if not CUTS[cut].tucked:
        hem = top.rest[top.rest[:, 2] < top.rest[:, 2].min() + 0.05]
        assert np.quantile(heights(hem, bottom.rest, bottom.mesh.triangles), 0.05) > 0.5 * CLEARANCE


@needs_assets
def test_neighbours_of_the_cloth_move_together() -> None:
    """Moved along the skin's normals one by one, a t-shirt on a slim man had spikes: one edge in ten turned by a fifth of its length."""
    from handfirst_training.world.gallery import cast
    from handfirst_training.world.pieces.garments import CUTS, dress
    from handfirst_training.world.pieces.mesh import edges, place
    from handfirst_training.world.signer import make_signer

    body = make_signer(cast()[1]["kofi"]).body
    top, _ = dress(body, CUTS["tee"], CUTS["tee"].bottoms[0])
    before = place(top.mesh, body.base)
    a, b = edges(top.mesh.name)
    moves = top.rest - before
    turned = np.linalg.norm(moves[a] - moves[b], axis=1) / np.linalg.norm(before[a] - before[b], axis=1)
    chest = (before[a, 1] < 0) & (np.abs(before[a, 0]) < 0.15) & (before[a, 2] < 0.45)
    assert chest.sum() > 100
    assert np.quantile(turned[chest], 0.9) < 0.1


@needs_assets
@pytest.mark.parametrize("piece", ["bob02", "short03"])
def test_a_fringe_ends_above_the_eyes(piece: str) -> None:
    from handfirst_training.world.pieces.hair import grow

    body = body_model().shape({}, {})
    hair = grow(body, piece)
    eyes = body.base[body_model().kept[body_model().part_vertices("eye_front.L", "eye_front.R")]]
    corners = hair.rest[hair.mesh.source]
    over = (np.abs(corners[:, 0]) < 0.045) & (np.abs(corners[:, 2] - eyes[:, 2].mean()) < 0.012) & (corners[:, 1] < eyes[:, 1].max())
    assert over.any(), "the piece as it comes hangs over an eye"
    assert (hair.ends[over, 0] > 0.003).all()


@needs_assets
def test_light_has_no_negative_values() -> None:
    from handfirst_training.world.light import panorama

    with np.load(folder.places_file()) as places:
        assert min(float(places[name].min()) for name in places.files) < 0
    assert panorama("studio").min() == 0


def test_the_shipped_gallery_is_whole() -> None:
    stated = json.loads((GALLERY / "gallery.json").read_text())
    assert stated["default"] in {signer["name"] for signer in stated["signers"]} and len(stated["signers"]) >= 24
    assert sum(path.stat().st_size for path in GALLERY.iterdir()) <= 3e6
    for signer in stated["signers"]:
        picture, plate, parts = (np.asarray(Image.open(GALLERY / signer[name])) for name in ("picture", "plate", "parts"))
        assert signer["size"] == [512, 640], "rows below the reference are there to be carried"
        assert picture.shape == plate.shape == (*signer["size"][::-1], 3) and parts.shape == picture.shape[:2]
        assert {names.SKIN, names.TOP, names.FACE} <= set(np.unique(parts)) <= set(range(8))
        points = np.array(signer["keypoints"])
        assert points.shape == (133, 3) and len(signer["depth"]) == 133
        shoulders, elbows, wrists = points[5:7], points[7:9], points[9:11]
        assert (points[[*range(11), *range(23, 91)], 2] == 1).all(), "head, shoulders, elbows and wrists are in the picture"
        spread = [np.abs(joints[:, 0] - 256) for joints in (shoulders, elbows, wrists)]
        assert (spread[2] > spread[1]).all() and (spread[1] > spread[0]).all(), "arms are away from the trunk"
        x, y = shoulders[:, :2].astype(int).T
        assert np.isin(parts[y + 8, x], [names.TOP, names.HAIR]).all(), signer["name"]
        bare = parts == names.BACKGROUND
        assert np.abs(picture.astype(int) - plate)[bare].mean() < 2, signer["name"]
        assert np.nonzero(~bare)[0].min() > 8, "air above the head"
