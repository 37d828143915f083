"""Training samples of each stage, made from the rendered world: crops, canvases, conditions with a detector's faults."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..conditions.body import legs_inside
from ..conditions.draw import BODY_CHANNELS, HAND_CHANNELS, draw, place, transform
from ..conditions.hand import LEFT_HAND, RIGHT_HAND, hand_length
from .mirror import mirrored_look, mirrored_points
from .store import World

HAND_SIZE = 128
CROP_MARGIN = 1.5
# With fewer points the engine draws no hand (`src/stages/hand-boxes.ts`).
FEWEST_POINTS = 8
PICTURE_SIZE = 512
BODY_CONDITION_SIZE = 256
CANVAS_GREY = 127.5
MIRRORED = 0.5
# Hands cut off at a place where the picture does not end, and squares that lie round a face.
CUT_SHARE = 0.15
FACE_SHARE = 0.4
LEFT_LABEL, RIGHT_LABEL = 2, 3
HAIR_LABEL, CLOTHES_LABEL = 4, 5
MIRRORED_LABELS = np.arange(256, dtype=np.uint8)
MIRRORED_LABELS[[LEFT_LABEL, RIGHT_LABEL]] = RIGHT_LABEL, LEFT_LABEL


@dataclass
class HandBatch:
    """picture [B, 3, 128, 128] -1..1, mask [B, 1, 128, 128], conditions [B, 17, 128, 128], look [B, L].

    Round the hand the picture has the skin's own colour, so that a blurred edge does not show once the hand stands on a body.
    """

    picture: Tensor
    mask: Tensor
    conditions: Tensor
    look: Tensor


@dataclass
class BodyBatch:
    """picture and canvas [B, 3, S, S], hands' mask [B, 1, S/8, S/8], conditions [B, 21, S/2, S/2] (the parts among them empty),
    weight [B, 1, S/8, S/8], parts [B, 3, S, S] (masks of person, clothes, hair), look [B, L]."""

    picture: Tensor
    canvas: Tensor
    mask: Tensor
    conditions: Tensor
    weight: Tensor
    parts: Tensor
    look: Tensor


def with_presence(look: np.ndarray, rng: np.random.Generator, drop: float) -> np.ndarray:
    """Look vector with a last element 1, or zeros with probability `drop` (for guidance)."""
    return np.zeros(len(look) + 1, np.float32) if rng.random() < drop else np.append(look, np.float32(1.0))


def jitter(keypoints: np.ndarray, depth: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Keypoints as a detector places them: noise in proportion to the part's size; no depth in a third of the samples."""
    moved, deep = keypoints.astype(np.float64).copy(), depth.astype(np.float64).copy()
    strength = rng.choice([0.0, 0.25, 0.8])
    for start in (LEFT_HAND, RIGHT_HAND):
        length = hand_length(np.ascontiguousarray(moved[start : start + 21]))
        moved[start : start + 21, :2] += rng.normal(0, 0.012 * strength * length, (21, 2)) + rng.normal(0, 0.006 * strength * length, 2)
        deep[start : start + 21] += rng.normal(0, 0.08 * strength * length, 21)
    width = np.linalg.norm(moved[5, :2] - moved[6, :2])
    moved[:23, :2] += rng.normal(0, 0.012 * strength * width, (23, 2))
    moved[23:91, :2] += rng.normal(0, 0.003 * strength * width, (68, 2)) + rng.normal(0, 0.006 * strength * width, 2)
    if rng.random() < 0.33:
        deep[:] = np.nan
    return moved, deep


def resized(picture: np.ndarray, size: int) -> Tensor:
    """[H, W, C] -> float [C, size, size], anti-aliased."""
    tensor = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float()
    return F.interpolate(tensor, (size, size), mode="bilinear", antialias=True, align_corners=False)[0]


def cut_off(keypoints: np.ndarray, wanted: list[slice], rng: np.random.Generator) -> None:
    """What the frame cuts off of hands is missing from most files: the hands' points beyond its edge go, in place, mostly those of the
    true edge, at times those of another. The hand that is to be drawn goes on behind the edge, as far as can be told from what is left."""
    hands = slice(LEFT_HAND, LEFT_HAND + 42)
    chance = rng.random()
    points = keypoints[hands, :2]
    gone = np.zeros(42, bool)
    if chance < 0.7:
        gone = ((points < 0) | (points >= PICTURE_SIZE)).any(axis=1)
    if chance < CUT_SHARE:
        of = np.concatenate([keypoints[hand, :2] for hand in wanted])
        axis, sign = int(rng.integers(2)), rng.choice([-1.0, 1.0])
        gone |= sign * points[:, axis] > np.quantile(sign * of[:, axis], rng.uniform(0.4, 0.95))
    kept = np.zeros(len(keypoints), bool)
    kept[hands] = ~gone
    if sum(int(kept[hand].sum()) for hand in wanted) >= FEWEST_POINTS:
        keypoints[hands][gone] = 0


def hand_sample(world: World, at: int, rng: np.random.Generator, size: int = HAND_SIZE) -> tuple[Tensor, Tensor, np.ndarray, np.ndarray]:
    """One hand crop: picture, mask, conditions, look."""
    s, row = world.closeups[at]
    shard = world.shards[s]
    owner = int(shard["closeup_owner"][row][0])
    x0, y0, side = (float(v) for v in shard["closeup_boxes"][row])
    pixels, labels = shard["closeups"][row], shard["closeup_labels"][row]
    keypoints, depth = jitter(shard["keypoints"][owner], shard["depth"][owner], rng)
    keypoints[:, 2] = 1.0
    wanted = [slice(k, k + 21) for k, there in zip((LEFT_HAND, RIGHT_HAND), shard["closeup_owner"][row][1:], strict=True) if there]
    cut_off(keypoints, wanted, rng)
    whole = pixels.shape[0]
    scale = whole / side
    given = np.concatenate([keypoints[hand] for hand in wanted])
    given = (given[given[:, 2] > 0, :2] - (x0, y0)) * scale
    low, high = given.min(axis=0), given.max(axis=0)
    crop = min(round(float((high - low).max()) * CROP_MARGIN * rng.uniform(0.9, 1.2)), whole)
    corner = (low + high) / 2 - crop / 2 + rng.normal(0, 0.04, 2) * crop
    ox, oy = (int(v) for v in np.clip(np.round(corner), 0, whole - crop))
    window = (slice(oy, oy + crop), slice(ox, ox + crop))
    mask = np.isin(labels[window], (LEFT_LABEL, RIGHT_LABEL))
    picture = pixels[window].astype(np.float32)
    picture = np.where(mask[..., None], picture, 255 * shard["look"][owner][world.skin])
    keypoints, depth = transform(keypoints, depth, x0 + ox / scale, y0 + oy / scale, scale * size / crop)
    look = shard["look"][owner]
    if rng.random() < MIRRORED:
        picture, mask = picture[:, ::-1], mask[:, ::-1]
        keypoints, depth = mirrored_points(keypoints, depth, size)
        look = mirrored_look(look, world.sided)
    conditions = draw(HAND_CHANNELS, size, keypoints, depth)
    picture_t = resized(picture, size) / 127.5 - 1
    mask_t = resized(mask[..., None].astype(np.float32), size)
    return picture_t, mask_t, conditions, look


def hand_batch(world: World, count: int, rng: np.random.Generator, drop: float = 0.05) -> HandBatch:
    """Random hand crops."""
    rows = [hand_sample(world, int(rng.integers(len(world.closeups))), rng) for _ in range(count)]
    look = torch.from_numpy(np.stack([with_presence(r[3], rng, drop) for r in rows]))
    picture, mask = (torch.stack([r[k] for r in rows]) for k in (0, 1))
    return HandBatch(picture, mask, torch.from_numpy(np.stack([r[2] for r in rows])), look)


def detector_faults(keypoints: np.ndarray, rng: np.random.Generator) -> None:
    """What detectors miss, in place: the face, feet, legs, an elbow; everything outside the frame."""
    outside = (keypoints[:, 0] < 0) | (keypoints[:, 1] < 0) | (keypoints[:, 0] >= PICTURE_SIZE) | (keypoints[:, 1] >= PICTURE_SIZE)
    keypoints[:, 2] = 1.0
    hands = slice(LEFT_HAND, LEFT_HAND + 42)
    if rng.random() < 0.7:
        keypoints[17:91, 2][outside[17:91]] = 0
        keypoints[hands, 2][outside[hands]] = 0
    if rng.random() < 0.3:
        keypoints[:17, 2][outside[:17]] = 0
    if rng.random() < 0.04:
        keypoints[23:91] = 0
    if rng.random() < 0.3:
        keypoints[13:23] = 0
    keypoints[keypoints[:, 2] == 0] = 0


def body_canvas(picture: np.ndarray, labels: np.ndarray, keep: list[int], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Canvas [S, S, 3] with only segmented hands (paper, III-C), a little soft as generated ones are, and its mask [S, S]."""
    mask = np.isin(labels, keep).astype(np.float32)
    grow = int(rng.integers(-1, 3))
    tensor = torch.from_numpy(mask)[None, None]
    if grow > 0:
        tensor = F.max_pool2d(tensor, 2 * grow + 1, 1, grow)
    elif grow < 0:
        tensor = -F.max_pool2d(-tensor, 3, 1, 1)
    mask = tensor[0, 0].numpy()
    soft = picture.astype(np.float32)
    if rng.random() < 0.6:
        narrow = int(picture.shape[0] * rng.uniform(0.4, 0.8))
        small = resized(soft, narrow)[None]
        soft = F.interpolate(small, picture.shape[:2], mode="bilinear", align_corners=False)[0].permute(1, 2, 0).numpy()
    return np.where(mask[..., None] > 0, soft, CANVAS_GREY), mask


def body_weight(labels: Tensor, keypoints: np.ndarray, shape: tuple[int, int]) -> Tensor:
    """Loss weight at latent size [1, h, w]: the face counts most, then the person."""
    person = F.avg_pool2d((labels > 0).float()[None, None], 8)[0]
    weight = 0.4 + 0.8 * person
    head = keypoints[23:91][keypoints[23:91, 2] > 0]
    if len(head):
        low, high = np.floor(head[:, :2].min(axis=0) / 8), np.ceil(head[:, :2].max(axis=0) / 8)
        x0, y0, x1, y1 = (int(v) for v in np.clip([*low, *high], 0, [shape[1], shape[0], shape[1], shape[0]]))
        weight[:, y0:y1, x0:x1] += 2.5
    return weight


def square_at(keypoints: np.ndarray, size: int, rng: np.random.Generator) -> tuple[int, int]:
    """Corner of a square to train on, multiples of 8: often round the face, the smallest thing that must be right, else anywhere, the
    picture's lower edge less often."""
    cells = (PICTURE_SIZE - size) // 8
    anywhere = np.array([rng.integers(cells + 1), rng.integers(max(1, round(0.75 * cells) + 1))])
    if rng.random() >= FACE_SHARE:
        return 8 * int(anywhere[0]), 8 * int(anywhere[1])
    middle = keypoints[23:91, :2].mean(axis=0) + rng.uniform(-0.25, 0.25, 2) * size
    x, y = np.clip(np.round((middle - size / 2) / 8), 0, cells)
    return 8 * int(x), 8 * int(y)


def body_sample(world: World, at: int, rng: np.random.Generator, size: int) -> list[Tensor | np.ndarray]:
    """One picture or, with size < 512, a square of it at a multiple of 8: picture, canvas, mask, conditions, weight, parts, look."""
    s, row = world.pictures[at]
    shard = world.shards[s]
    picture, labels = np.asarray(shard["pictures"][row]), np.asarray(shard["labels"][row])
    keypoints, depth, look = shard["keypoints"][row], shard["depth"][row], shard["look"][row]
    if rng.random() < MIRRORED:
        picture, labels = picture[:, ::-1], MIRRORED_LABELS[labels[:, ::-1]]
        keypoints, depth = mirrored_points(keypoints, depth, PICTURE_SIZE)
        look = mirrored_look(look, world.sided)
    ox, oy = square_at(keypoints, size, rng)
    window = (slice(oy, oy + size), slice(ox, ox + size))
    picture, labels = picture[window], labels[window]
    keypoints, depth = jitter(keypoints, depth, rng)
    detector_faults(keypoints, rng)
    keep = [label for label in (LEFT_LABEL, RIGHT_LABEL) if rng.random() > 0.12]
    for label, start in ((LEFT_LABEL, LEFT_HAND), (RIGHT_LABEL, RIGHT_HAND)):
        if label not in keep and rng.random() < 0.5:
            keypoints[start : start + 21] = 0
    canvas, mask = body_canvas(picture, labels, keep, rng)
    moved, _ = transform(keypoints, depth, ox, oy, 1.0)
    weight = body_weight(torch.from_numpy(labels.copy()), moved, (size // 8, size // 8))
    half, deep = transform(legs_inside(keypoints, PICTURE_SIZE), depth, ox, oy, 0.5)
    conditions = draw(BODY_CHANNELS, size // 2, half, deep, whole=False)
    line = (np.arange(BODY_CONDITION_SIZE) + 0.5) / BODY_CONDITION_SIZE * 2 - 1
    across, down = conditions[place(BODY_CHANNELS, "coordinates")]
    across[:] = line[ox // 2 : (ox + size) // 2]
    down[:] = line[oy // 2 : (oy + size) // 2, None]
    picture_t = torch.from_numpy(picture.copy()).permute(2, 0, 1).float() / 127.5 - 1
    canvas_t = torch.from_numpy(np.ascontiguousarray(canvas)).permute(2, 0, 1).float() / 127.5 - 1
    mask_t = resized(mask[..., None], size // 8)
    parts = torch.from_numpy(np.stack([labels > 0, labels == CLOTHES_LABEL, labels == HAIR_LABEL]).astype(np.float32))
    return [picture_t, canvas_t, mask_t, torch.from_numpy(conditions), weight, parts, look]


def body_batch(world: World, count: int, rng: np.random.Generator, size: int = PICTURE_SIZE, drop: float = 0.05) -> BodyBatch:
    """Random pictures or squares of pictures."""
    rows = [body_sample(world, int(rng.integers(len(world.pictures))), rng, size) for _ in range(count)]
    look = torch.from_numpy(np.stack([with_presence(r[-1], rng, drop) for r in rows]))
    return BodyBatch(*(torch.stack(column) for column in list(zip(*rows, strict=True))[:-1]), look)
