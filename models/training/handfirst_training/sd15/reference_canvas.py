"""The reference run's own geometry: hand crops, canvas, expanding masks, paste; with Pillow, SciPy and PyTorch."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from .reference_drawing import LEFT_HAND, RIGHT_HAND, Array, hand_points, segment_distance

CROP_MARGIN, MEET_MARGIN, MASK_THRESHOLD = 1.5, 1.3, 0.5
STARTS = {"left": LEFT_HAND, "right": RIGHT_HAND}
BONES = [(0 if point % 4 == 0 else point, point + 1) for point in range(20)]


@dataclass(frozen=True)
class Crop:
    """A square of the picture, in its pixels, and the hands that it is to show."""

    x: float
    y: float
    side: float
    hands: tuple[str, ...]


@dataclass(frozen=True)
class Placed:
    """Hands on the canvas: ``colour`` [3, s, s] (times alpha), ``alpha`` [s, s]."""

    colour: Array
    alpha: Array

    @property
    def mask(self) -> Array:
        return (self.alpha >= 0.5).astype(np.float64)

    @property
    def picture(self) -> Array:
        """On middle grey, which is 0 in -1..1."""
        return self.colour


def hand_crops(pose: Array) -> list[Crop]:
    """Paper, section III: a square round each hand, one for both where their boxes (enlarged) meet."""
    boxes = {side: _box(hand_points(pose, start)) for side, start in STARTS.items()}
    boxes = {side: box for side, box in boxes.items() if box is not None}
    if len(boxes) == 2 and _meet(boxes["left"], boxes["right"]):
        both = np.stack(list(boxes.values()))
        return [_square(np.array([both[:, 0].min(0), both[:, 1].max(0)]), ("left", "right"))]
    return [_square(box, (side,)) for side, box in boxes.items()]


def crop_pose(pose: Array, crop: Crop, size: int) -> Array:
    """The pose in the crop's coordinates, shown as ``size`` pixels."""
    moved = pose.copy()
    moved[:, :2] = (pose[:, :2] - (crop.x, crop.y)) * (size / crop.side)
    return moved


def own_mask(probability: Array, pose: Array, hands: tuple[str, ...]) -> Array:
    """The hand's mask [s, s]; pixels nearer to a hand that has a crop of its own are not this one's."""
    mask = probability >= MASK_THRESHOLD
    size = len(mask)
    others = [side for side in STARTS if side not in hands]
    ends = [hand_points(pose, STARTS[side])[bone, :2] for side in others for bone in _bones(pose, side)]
    if any(((point >= 0) & (point <= size)).all() for bone in ends for point in bone):
        mask &= _nearest(pose, hands, size) <= _nearest(pose, others, size)
    return mask.astype(np.float64)


def place_hands(drawn: list[tuple[Crop, Array, Array]], size: int) -> Placed:
    """Cuts hands out of their crops and lays them on the canvas, one over the other.

    ``drawn``: crop, picture [3, c, c] in -1..1, mask [c, c]. Pillow's bilinear resize does the inverse of the crop.
    """
    colour, alpha = np.zeros((3, size, size)), np.zeros((size, size))
    for crop, picture, mask in drawn:
        layers = [_uncrop(layer, crop, size) for layer in (*(picture * mask), mask)]
        cover = layers[3]
        colour = np.stack(layers[:3]) + (1 - cover) * colour
        alpha = cover + (1 - cover) * alpha
    return Placed(colour, alpha)


def expanding_masks(mask: Array, steps: int, free: int, growth: int, latent_size: int) -> list[torch.Tensor]:
    """Sequential mask expansion: the precise mask dilated by ``growth`` pixels a step, widest first, [1, 1, h, h] each."""
    count = steps - free
    square = np.ones((3, 3), bool)
    masks = []
    for index in range(count):
        times = growth * (count - 1 - index)
        wide = ndimage.binary_dilation(mask > 0, square, iterations=times) if times else mask > 0
        image = torch.from_numpy(wide.astype(np.float32))[None, None]
        small = torch.nn.functional.interpolate(image, size=(latent_size,) * 2, mode="bilinear", antialias=True)
        masks.append((small >= 0.5).float())
    return masks


def paste(body: Array, placed: Placed) -> NDArray[np.uint8]:
    """Decoded body [3, s, s] with the hands pasted back by the initial mask: [s, s, 3], 0..255."""
    hands = np.divide(placed.colour, placed.alpha, out=np.zeros_like(placed.colour), where=placed.alpha > 0)
    mixed = placed.alpha * hands.clip(-1, 1) + (1 - placed.alpha) * body.clip(-1, 1)
    return np.floor((mixed.transpose(1, 2, 0) + 1) * 127.5 + 0.5).clip(0, 255).astype(np.uint8)


def _box(hand: Array) -> Array | None:
    """Corners [[left, top], [right, bottom]] of the hand's points; None for a hand that is not there."""
    points = hand[hand[:, 2] > 0, :2]
    return np.stack([points.min(0), points.max(0)]) if len(points) else None


def _square(box: Array, hands: tuple[str, ...]) -> Crop:
    side = CROP_MARGIN * float((box[1] - box[0]).max())
    x, y = box.mean(0) - side / 2
    return Crop(float(x), float(y), side, hands)


def _meet(a: Array, b: Array) -> bool:
    reach = MEET_MARGIN * ((a[1] - a[0]) + (b[1] - b[0])) / 2
    return bool((np.abs(a.mean(0) - b.mean(0)) < reach).all())


def _bones(pose: Array, side: str) -> list[list[int]]:
    hand = hand_points(pose, STARTS[side])
    return [[a, b] for a, b in BONES if min(hand[a, 2], hand[b, 2]) > 0]


def _nearest(pose: Array, sides: tuple[str, ...] | list[str], size: int) -> Array:
    lines = [hand_points(pose, STARTS[side])[bone, :2] for side in sides for bone in _bones(pose, side)]
    return np.min([segment_distance(a, b, size) for a, b in lines], axis=0)


def _uncrop(layer: Array, crop: Crop, size: int) -> Array:
    """One layer of a crop at its place in the picture [size, size]; nothing where the crop is not.

    Pillow takes no box beyond an image, so the layer gets a wide empty rim first.
    """
    left, top = (int(np.clip(np.floor(at), 0, size)) for at in (crop.x, crop.y))
    right, bottom = (int(np.clip(np.ceil(at + crop.side), 0, size)) for at in (crop.x, crop.y))
    rim = len(layer)
    scale = len(layer) / crop.side
    padded = Image.fromarray(np.pad(layer, rim).astype(np.float32))
    box = [rim + (edge - origin) * scale for edge, origin in ((left, crop.x), (top, crop.y), (right, crop.x), (bottom, crop.y))]
    small = padded.resize((right - left, bottom - top), Image.Resampling.BILINEAR, box=tuple(box))
    placed = np.zeros((size, size))
    placed[top:bottom, left:right] = np.asarray(small)
    return placed
