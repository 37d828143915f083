"""The same targets with other references than `training.carried` made: as a gallery gives them, and as a stranger's picture does."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import cv2
import numpy as np

from ..conditions.carry import Reference, carry, prepare
from .carried import pixel_depth, rough_mask
from .faults import jitter
from .store import Shard, World

CASES = ("rough", "gallery", "stranger")
# Softness of a gallery signer's edge, pixels: as in the engine. How far beyond a person's mask a plate is filled.
EDGE = 0.8
BEYOND = 9


def filled(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """[H, W, 3] the picture with the place behind the mask [H, W] guessed from what lies round it: smoothly, at a quarter of the size."""
    hole = cv2.dilate((mask > 0.02).astype(np.uint8), np.ones((BEYOND, BEYOND), np.uint8))
    height, width = hole.shape
    small = (width // 4, height // 4)
    known = (1 - hole).astype(np.float32)
    share = cv2.resize(known, small, interpolation=cv2.INTER_AREA)
    colours = cv2.resize(picture * known[..., None], small, interpolation=cv2.INTER_AREA) / np.maximum(share, 1e-3)[..., None]
    guess = cv2.inpaint(colours.round().clip(0, 255).astype(np.uint8), (share < 0.5).astype(np.uint8), 3, cv2.INPAINT_TELEA)
    smooth = cv2.resize(cv2.GaussianBlur(guess, (0, 0), 2), (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    soft = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), 2)[..., None]
    return picture * (1 - soft) + smooth * soft


def reference_in(case: str, shard: Shard, i: int, rng: np.random.Generator) -> Reference:
    """The reference of signer i. `gallery`: exact mask, keypoints and plate. `stranger`: all as a detector has it, a filled plate."""
    picture, labels = np.asarray(shard["reference"][i], np.float32), shard["reference_labels"][i]
    points, plate = np.array(shard["reference_keypoints"][i], np.float64), np.asarray(shard["plate"][i], np.float32)
    mask = cv2.GaussianBlur((labels > 0).astype(np.float32), (0, 0), EDGE)
    if case == "stranger":
        mask = rough_mask(labels, rng)
        points, _ = jitter(points, np.zeros(len(points)), rng)
        plate = filled(picture, mask)
    points[:, 2] = 1.0
    return prepare(picture, mask, plate, points)


def world_in(case: str, world: World, seed: int = 0) -> World:
    """The targets whose reference was taken by their camera, with references as in `case`; `rough`: the world as it is."""
    if case == "rough":
        return world
    shards, targets = [], []
    for s, shard in enumerate(world.shards):
        made = {name: np.array(shard[name]) for name in ("carried", "coverage", "placed", "placed_depth", "plate")}
        for i, words in enumerate(shard.words):
            if not words["same_camera"]:
                continue
            rng = np.random.default_rng([seed, s, i])
            reference = reference_in(case, shard, i, rng)
            made["plate"][i] = reference.plate.clip(0, 255).round()
            for j in range(made["placed"].shape[1]):
                points = np.array(shard["keypoints"][i, j], np.float64)
                deep = pixel_depth(points, shard["depth"][i, j])
                if case == "stranger":
                    points, deep = jitter(points, deep, rng)
                picture, cover = carry(reference, points, deep)
                made["carried"][i, j], made["coverage"][i, j] = picture.clip(0, 255).round(), (cover * 255).round()
                made["placed"][i, j], made["placed_depth"][i, j] = points, deep
                targets.append((s, i, j))
        shards.append(replace(shard, arrays=shard.arrays | made))
    out = copy(world)
    out.shards, out.targets = shards, targets
    return out
