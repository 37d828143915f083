"""Packs MakeHuman's meshes as the arrays that `pieces/mesh.py` loads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..pieces.mesh import BODY_AXIS, islands
from .sources import Attachment, Obj, read_mhclo, read_obj

Keep = Callable[[Obj, NDArray[np.float64]], NDArray[np.bool_]]
"""Mesh and template places [V, 3] of its vertices -> which of its faces [F] belong to a piece."""

ABOVE_HIPS = 0.4
"""Height on the template, metres, that every connected part of a top reaches above and no part of trousers does."""
WAIST, FEET = 0.1, -0.6
BALL, CORNEA = 276, 256
"""Vertices of an eyeball and of a cornea in the high-poly eyes."""


@dataclass(frozen=True)
class Job:
    """A piece to pack: its name, its .mhclo below the source folder (`assets` or `makehuman`), and which faces it takes."""

    name: str
    source: str
    path: str
    keep: Keep | None = None


def _by_part(test: Callable[[NDArray[np.float64]], bool]) -> Keep:
    """Faces of those connected parts whose places [n, 3] pass a test."""

    def keep(mesh: Obj, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        part = islands(len(places), mesh.faces)
        passed = np.array([test(places[part == k]) for k in range(part.max() + 1)])
        return passed[part[mesh.faces[:, 0]]]

    return keep


def _by_island(test: Callable[[NDArray[np.float64]], bool]) -> Keep:
    """Faces of those connected parts of the texture sheet whose places pass a test."""

    def keep(mesh: Obj, places: NDArray[np.float64]) -> NDArray[np.bool_]:
        island = islands(len(mesh.uv), mesh.face_uv)
        vertex = np.zeros(len(mesh.uv), int)
        vertex[mesh.face_uv.ravel()] = mesh.faces.ravel()
        passed = np.array([test(places[vertex[island == k]]) for k in range(island.max() + 1)])
        return passed[island[mesh.face_uv[:, 0]]]

    return keep


SUITS = ("female_casualsuit01", "female_elegantsuit01", "male_casualsuit02", "male_casualsuit04", "male_casualsuit05", "male_casualsuit06",
         "male_elegantsuit01")  # fmt: skip
CUT_ALONG_SEAMS = "male_casualsuit01"
"""Its shirt is tucked into its trousers, so the two are separated on the texture sheet."""
HAIR = ("afro01", "bob02", "long01", "ponytail01", "short01", "short02", "short03", "short04")


def jobs() -> list[Job]:
    """Every piece that the world uses."""
    out = []
    for suit in (*SUITS, CUT_ALONG_SEAMS):
        top, bottom = _by_part(lambda q: q[:, 2].max() > ABOVE_HIPS), _by_part(lambda q: q[:, 2].max() <= ABOVE_HIPS)
        if suit == CUT_ALONG_SEAMS:
            top, bottom = _by_island(lambda q: q[:, 2].mean() > WAIST), _by_island(lambda q: FEET < q[:, 2].mean() <= WAIST)
        path = f"base/clothes/{suit}/{suit}.mhclo"
        out += [Job(f"top_{suit}", "assets", path, top), Job(f"bottom_{suit}", "assets", path, bottom)]
    out += [Job(f"hair_{name}", "assets", f"base/hair/{name}/{name}.mhclo") for name in HAIR]
    out += [Job(f"brows_{k:03d}", "assets", f"base/eyebrows/eyebrow{k:03d}/eyebrow{k:03d}.mhclo") for k in range(1, 13)]
    out += [Job(f"lashes_{k:02d}", "assets", f"base/eyelashes/eyelashes{k:02d}/eyelashes{k:02d}.mhclo") for k in range(1, 5)]
    out.append(Job("teeth_base", "assets", "base/teeth/teeth_base/teeth_base.mhclo"))
    out.append(Job("tongue_01", "assets", "base/tongue/tongue01/tongue01.mhclo"))
    eyes = "makehuman/data/eyes/high-poly/high-poly.mhclo"
    out += [Job("eyes_ball", "makehuman", eyes, _by_part(lambda q: len(q) == BALL))]
    return [*out, Job("eyes_cornea", "makehuman", eyes, _by_part(lambda q: len(q) == CORNEA))]


def placed(attachment: Attachment, base: NDArray[np.float64]) -> NDArray[np.float64]:
    """[N, 3] the vertices on a base mesh [19158, 3]."""
    measured = [
        abs(base[int(a), axis] - base[int(b), axis]) / unit if unit else 0.1
        for (a, b, unit), axis in zip(attachment.scale, BODY_AXIS, strict=True)
    ]
    x, y, z = attachment.offset.T
    shift = np.stack([x * measured[0], -z * measured[2], y * measured[1]], axis=1)
    return np.einsum("nkc,nk->nc", base[attachment.ref], attachment.weight) + shift


def packed(mesh: Obj, attachment: Attachment, keep: Keep | None, template: NDArray[np.float64]) -> dict[str, NDArray]:
    """The arrays of a piece: see `pieces.mesh.Mesh`, which calls `mesh` triangles, `faces` corners and `delete` hides."""
    chosen = np.ones(len(mesh.faces), bool) if keep is None else keep(mesh, placed(attachment, template))
    used, faces = np.unique(mesh.faces[chosen], return_inverse=True)
    faces = faces.reshape(-1, 3)
    pairs = np.stack([faces, mesh.face_uv[chosen]], axis=-1).reshape(-1, 2)
    unique, corners = np.unique(pairs, axis=0, return_inverse=True)
    return {
        "faces": corners.reshape(-1, 3).astype(np.uint16), "source": unique[:, 0].astype(np.uint16),
        "uv": mesh.uv[unique[:, 1]].astype(np.float32), "mesh": faces.astype(np.uint16), "ref": attachment.ref[used].astype(np.uint16),
        "weight": attachment.weight[used].astype(np.float32), "offset": attachment.offset[used].astype(np.float32),
        "scale": attachment.scale, "delete": attachment.hides,
    }  # fmt: skip


def pack(job: Job, sources: dict[str, Path], template: NDArray[np.float64], out: Path) -> None:
    """Pack one piece as out/NAME.npz. Raises FileNotFoundError with a sentence where its source is absent."""
    path = sources[job.source] / job.path
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: {job.name} is made of it.")
    attachment = read_mhclo(path)
    np.savez_compressed(out / f"{job.name}.npz", **packed(read_obj(path.parent / attachment.obj), attachment, job.keep, template))
