"""Training samples of both stages, made from the rendered world: crops, canvases, conditions with a detector's faults."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..conditions.body import legs_inside
from ..conditions.draw import BODY_STEADY, HAND_STEADY, draw, place, transform
from ..conditions.hand import LEFT_HAND, RIGHT_HAND
from ..conditions.skin import LUMINANCE, skin_of
from .carried import pixel_depth
from .faults import jitter
from .mirror import mirrored_points
from .store import World

HAND_SIZE = 128
CROP_MARGIN = 1.5
# With fewer points the engine draws no hand (`src/stages/hand-boxes.ts`).
FEWEST_POINTS = 8
PICTURE_SIZE = 512
BODY_CONDITION_SIZE = 256
CANVAS_GREY = 127.5
SWAPPED = 0.5
MIRRORED = 0.5
# Hands cut off at a place where the picture does not end; squares that lie round a face, and round an arm.
CUT_SHARE = 0.15
FACE_SHARE, ARM_SHARE = 0.35, 0.4
SKIN_LABEL, LEFT_LABEL, RIGHT_LABEL = 1, 2, 3
MIRRORED_LABELS = np.arange(256, dtype=np.uint8)
MIRRORED_LABELS[[LEFT_LABEL, RIGHT_LABEL]] = RIGHT_LABEL, LEFT_LABEL


@dataclass
class HandBatch:
    """picture [B, 3, 128, 128] -1..1, mask [B, 1, 128, 128], conditions [B, 16, 128, 128], skin [B, 9].

    Round the hand the picture has the skin's own colour, so that a blurred edge does not show once the hand stands on a body.
    """

    picture: Tensor
    mask: Tensor
    conditions: Tensor
    skin: Tensor


@dataclass
class BodyBatch:
    """picture, carried, plate and canvas [B, 3, S, S] -1..1, hands' mask [B, 1, S/8, S/8] and [B, 1, S, S], conditions [B, 20, S/2, S/2],
    weight [B, 1, S, S], person [B, 1, S, S]."""

    picture: Tensor
    carried: Tensor
    plate: Tensor
    canvas: Tensor
    mask: Tensor
    pasted: Tensor
    conditions: Tensor
    weight: Tensor
    person: Tensor


def resized(picture: np.ndarray, size: int) -> Tensor:
    """[H, W, C] -> float [C, size, size], anti-aliased."""
    tensor = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None].float()
    return F.interpolate(tensor, (size, size), mode="bilinear", antialias=True, align_corners=False)[0]


def tensor_of(picture: np.ndarray) -> Tensor:
    """[H, W, 3] 0..255 -> [3, H, W] -1..1."""
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1).float() / 127.5 - 1


def recoloured(rng: np.random.Generator) -> np.ndarray:
    """[256, 3] another camera's colours: gain, gamma and a cast, the same for all pictures of a sample."""
    line = np.linspace(0, 1, 256)[:, None]
    gain, gamma = rng.normal(1, 0.06) + rng.normal(0, 0.03, 3), np.exp(rng.normal(0, 0.12))
    return np.clip(255 * gain * line**gamma, 0, 255).round().astype(np.uint8)


def channel_order(rng: np.random.Generator) -> np.ndarray:
    """[3] which channel stands for red, green and blue, the same for all pictures of a sample; mixed in SWAPPED of them. Colours are what
    the reference shows: a network that has seen more blue clothes than green ones else draws what it must guess in blue."""
    return rng.permutation(3) if rng.random() < SWAPPED else np.arange(3)


def through(table: np.ndarray, picture: np.ndarray) -> np.ndarray:
    return np.stack([table[picture[..., c], c] for c in range(3)], axis=-1)


def cut_off(keypoints: np.ndarray, wanted: list[slice], rng: np.random.Generator) -> None:
    """What the frame cuts off of hands is missing from most files: the hands' points beyond its edge go, in place, mostly those of the
    true edge, at times those of another. The hand that is to be drawn goes on behind the edge, as far as can be inferred from what is
    left."""
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


def signer_skin(shard, i: int) -> np.ndarray:
    """[9] skin of a signer's reference; middle grey where no face shows."""
    found = skin_of(shard["reference"][i], shard["reference_labels"][i] == SKIN_LABEL, shard["reference_keypoints"][i])
    return np.zeros(9, np.float32) if found is None else found


def even(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The picture with what is much brighter than the hand's mean (palms of dark skin, glints) brought nearer to it."""
    bright = picture @ LUMINANCE
    ratio = bright / max(float(bright[mask].mean()) if mask.any() else 1.0, 1.0)
    return picture * np.where(ratio > 1.3, (1.3 + 0.4 * (ratio - 1.3)) / np.maximum(ratio, 1e-3), 1)[..., None]


def alone(picture: np.ndarray, mask: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """The hand without what lies behind it: pixels at its edge hold some of that, so they take the colour of the hand beside them, and all
    else turns to `colour`."""
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    share = cv2.GaussianBlur(inner, (0, 0), 1.5)[..., None]
    beside = cv2.GaussianBlur(picture * inner[..., None], (0, 0), 1.5) / np.maximum(share, 1e-3)
    near = np.clip(share / 0.02, 0, 1)
    return np.where(inner[..., None] > 0, picture, near * beside + (1 - near) * colour)


def hand_sample(world: World, at: int, rng: np.random.Generator, size: int = HAND_SIZE) -> list[Tensor]:
    """One hand crop: picture, mask, conditions, skin."""
    picture, mask, keypoints, depth, skin = hand_crop(world, at, rng, size)
    conditions = draw(HAND_STEADY, size, keypoints, depth)
    picture_t, mask_t = resized(picture.astype(np.float32), size) / 127.5 - 1, resized(mask[..., None].astype(np.float32), size)
    return [picture_t, mask_t, torch.from_numpy(conditions), torch.from_numpy(skin.astype(np.float32))]


def hand_crop(world: World, at: int, rng: np.random.Generator, size: int) -> tuple[np.ndarray, ...]:
    """Picture [c, c, 3] 0..255 and mask [c, c] of a hand crop, keypoints [133, 3] and depth [133] in pixels of it at `size`, skin [9]."""
    s, row = world.closeups[at]
    shard = world.shards[s]
    signer, target, left, right = (int(v) for v in shard["closeup_owner"][row])
    x0, y0, side = (float(v) for v in shard["closeup_boxes"][row])
    pixels, labels = shard["closeups"][row], shard["closeup_labels"][row]
    points = np.array(shard["keypoints"][signer, target])
    keypoints, depth = jitter(points, pixel_depth(points, shard["depth"][signer, target]), rng)
    keypoints[:, 2] = 1.0
    wanted = [slice(k, k + 21) for k, there in ((LEFT_HAND, left), (RIGHT_HAND, right)) if there]
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
    skin = signer_skin(shard, signer)
    table = recoloured(rng)
    skin = table[np.clip((skin + 1) * 127.5, 0, 255).round().astype(int), np.arange(9) % 3] / 127.5 - 1
    gain = np.clip((skin[3:6] + 1) / (shard["soft_skin"][signer][3:6] + 1), 0.45, 2.2)
    picture = alone(even(pixels[window], mask) * gain, mask, (skin[3:6] + 1) * 127.5)
    keypoints, depth = transform(keypoints, depth, x0 + ox / scale, y0 + oy / scale, scale * size / crop)
    if rng.random() < MIRRORED:
        picture, mask = picture[:, ::-1], mask[:, ::-1]
        keypoints, depth = mirrored_points(keypoints, depth, size)
    return picture, mask, keypoints, depth, skin


def hand_batch(world: World, count: int, rng: np.random.Generator) -> HandBatch:
    """Random hand crops."""
    rows = [hand_sample(world, int(rng.integers(len(world.closeups))), rng) for _ in range(count)]
    return HandBatch(*(torch.stack(column) for column in zip(*rows, strict=True)))


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


def body_weight(person: np.ndarray, keypoints: np.ndarray) -> np.ndarray:
    """[S, S] loss weight: the face counts most, then outlines, then the person."""
    near = cv2.boxFilter(person, -1, (7, 7), borderType=cv2.BORDER_REPLICATE)
    weight = 0.4 + 0.8 * person + 1.2 * ((near > 0.01) & (near < 0.99))
    head = keypoints[23:91][keypoints[23:91, 2] > 0]
    if len(head):
        low, high = np.floor(head[:, :2].min(axis=0)), np.ceil(head[:, :2].max(axis=0))
        x0, y0, x1, y1 = (int(v) for v in np.clip([*low, *high], 0, len(person)))
        weight[y0:y1, x0:x1] += 2.0
    return weight


def square_at(keypoints: np.ndarray, size: int, rng: np.random.Generator) -> tuple[int, int]:
    """Corner of a square to train on, multiples of 8: round the face, the smallest thing that must be right, round an arm, else
    anywhere."""
    cells = (PICTURE_SIZE - size) // 8
    chance = rng.random()
    if chance < FACE_SHARE:
        middle = keypoints[23:91, :2].mean(axis=0)
    elif chance < FACE_SHARE + ARM_SHARE:
        middle = keypoints[rng.integers(5, 11), :2]
    else:
        return 8 * int(rng.integers(cells + 1)), 8 * int(rng.integers(cells + 1))
    x, y = np.clip(np.round((middle + rng.uniform(-0.3, 0.3, 2) * size - size / 2) / 8), 0, cells)
    return 8 * int(x), 8 * int(y)


def body_sample(world: World, at: int, rng: np.random.Generator, size: int) -> list[Tensor]:
    """One picture or, with size < 512, a square of it at a multiple of 8."""
    s, i, j = world.targets[at]
    shard = world.shards[s]
    ox, oy = square_at(shard["keypoints"][i, j], size, rng)
    window = (slice(oy, oy + size), slice(ox, ox + size))
    table, order = recoloured(rng), channel_order(rng)
    picture, carried = (through(table, shard[name][i, j][window])[..., order] for name in ("pictures", "carried"))
    plate = through(table, shard["plate"][i][window])[..., order]
    labels, cover = shard["labels"][i, j][window], shard["coverage"][i, j][window].astype(np.float32) / 255
    placed, depth = np.array(shard["placed"][i, j], np.float64), np.array(shard["placed_depth"][i, j], np.float64)
    keypoints, _ = transform(legs_inside(placed, PICTURE_SIZE), depth, ox, oy, 1.0)
    keypoints[placed[:, 2] <= 0] = 0
    if rng.random() < MIRRORED:
        picture, carried, plate, labels, cover = (a[:, ::-1] for a in (picture, carried, plate, labels, cover))
        labels = MIRRORED_LABELS[labels]
        keypoints, depth = mirrored_points(keypoints, depth, size)
    keep = [label for label in (LEFT_LABEL, RIGHT_LABEL) if rng.random() > 0.12]
    for label, start in ((LEFT_LABEL, LEFT_HAND), (RIGHT_LABEL, RIGHT_HAND)):
        if label not in keep and rng.random() < 0.5:
            keypoints[start : start + 21] = 0
    canvas, mask = body_canvas(picture, labels, keep, rng)
    half, deep = keypoints.copy(), depth * 0.5
    half[:, :2] *= 0.5
    conditions = draw(BODY_STEADY, size // 2, half, deep, whole=False)
    carried_t = tensor_of(carried)
    conditions[place(BODY_STEADY, "carried")] = F.avg_pool2d(carried_t, 2).numpy()
    conditions[place(BODY_STEADY, "coverage")] = F.avg_pool2d(torch.from_numpy(np.ascontiguousarray(cover))[None], 2).numpy()
    person = (labels > 0).astype(np.float32)
    weight = body_weight(person, keypoints)
    planes = [torch.from_numpy(np.ascontiguousarray(a, np.float32))[None] for a in (mask, weight, person)]
    return [
        tensor_of(picture), carried_t, tensor_of(plate), tensor_of(canvas), F.avg_pool2d(planes[0], 8), planes[0],
        torch.from_numpy(conditions), planes[1], planes[2],
    ]  # fmt: skip


def body_batch(world: World, count: int, rng: np.random.Generator, size: int = PICTURE_SIZE) -> BodyBatch:
    """Random pictures or squares of pictures."""
    rows = [body_sample(world, int(rng.integers(len(world.targets))), rng, size) for _ in range(count)]
    return BodyBatch(*(torch.stack(column) for column in zip(*rows, strict=True)))
