"""The reference run's own drawing of conditions: finger heatmaps and OpenPose hint, by NumPy over whole pictures.

Nothing here follows the engine's code, only what it promises: a pixel's middle lies at (column + 0.5, row + 0.5), heatmaps are
Gaussians of the distance to a finger's line, the hint is what the OpenPose checkpoints were trained with.
"""

import colorsys
import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEFT_HAND, RIGHT_HAND, FACE, FACE_POINTS = 91, 112, 23, 68
HEATMAP_SIGMA, HEATMAP_LEAST, HEATMAP_CUT = 0.05, 0.75, 4.0
#: OpenPose's 18 points among COCO-WholeBody's; None is the neck.
OPENPOSE = (0, None, 6, 8, 10, 5, 7, 9, 12, 14, 16, 11, 13, 15, 2, 1, 4, 3)
LIMBS = "2-3 2-6 3-4 4-5 6-7 7-8 2-9 9-10 10-11 2-12 12-13 13-14 2-1 1-15 15-17 1-16 16-18"
COLOURS = (
    "255,0,0 255,85,0 255,170,0 255,255,0 170,255,0 85,255,0 0,255,0 0,255,85 0,255,170 "
    "0,255,255 0,170,255 0,85,255 0,0,255 85,0,255 170,0,255 255,0,255 255,0,170 255,0,85"
)
COCO_LIMBS = (
    (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7), (6, 8), (7, 9), (8, 10), (5, 11), (6, 12), (11, 13), (12, 14),
    (13, 15), (14, 16),
)  # fmt: skip
COCO_CONFIDENCE = 0.05
FINGERS = [[0, *range(4 * finger + 1, 4 * finger + 5)] for finger in range(5)]


def hand_points(pose: Array, start: int) -> Array:
    """[21, 3] of a hand, from ``LEFT_HAND`` or ``RIGHT_HAND``."""
    return pose[start : start + 21]


def finger_heatmaps(pose: Array, size: int) -> Array:
    """Paper, III-B: [10, size, size], a channel a finger, left thumb to little finger, then the right hand's."""
    maps = np.zeros((10, size, size))
    for side, start in enumerate((LEFT_HAND, RIGHT_HAND)):
        hand = hand_points(pose, start)
        sigma = max(HEATMAP_SIGMA * hand_length(hand), HEATMAP_LEAST)
        for finger, chain in enumerate(FINGERS):
            for a, b in itertools.pairwise(chain):
                if hand[a, 2] <= 0 or hand[b, 2] <= 0:
                    continue
                distance = segment_distance(hand[a, :2], hand[b, :2], size)
                value = np.where(distance <= HEATMAP_CUT * sigma, np.exp(-(distance**2) / (2 * sigma**2)), 0)
                maps[5 * side + finger] = np.maximum(maps[5 * side + finger], value)
    return maps


def hand_length(hand: Array) -> float:
    """The longest of palm, 1.5 x knuckles and the fingers' three bones; missing points count as no length."""

    def span(a: int, b: int) -> float:
        return float(np.hypot(*(hand[a, :2] - hand[b, :2]))) if min(hand[a, 2], hand[b, 2]) > 0 else 0.0

    palms = [span(0, knuckle) for knuckle in (5, 9, 13, 17)]
    fingers = [sum(span(k + i, k + i + 1) for i in range(3)) for k in (1, 5, 9, 13, 17)]
    return max(1.5 * span(5, 17), *palms, *fingers)


def pixel_middles(size: int) -> tuple[Array, Array]:
    """x and y of each pixel's middle, [size, size] each."""
    y, x = np.mgrid[0:size, 0:size] + 0.5
    return x, y


def segment_distance(a: Array, b: Array, size: int) -> Array:
    """Distance of each pixel's middle to the segment from ``a`` to ``b``, [size, size]."""
    x, y = pixel_middles(size)
    along = b - a
    length = float(along @ along)
    t = np.clip(((x - a[0]) * along[0] + (y - a[1]) * along[1]) / length, 0, 1) if length > 0 else 0.0
    return np.hypot(x - a[0] - t * along[0], y - a[1] - t * along[1])


def openpose_hint(pose: Array, size: int, hands: bool = True, face: bool = True) -> NDArray[np.uint8]:
    """Skeleton with hands and face as ControlNet's OpenPose checkpoints expect it: [size, size, 3], RGB on black.

    OpenPose's widths hold for 512 pixels and shrink with the picture.
    """
    picture = np.zeros((size, size, 3), np.uint8)
    scale = size / 512
    points = [_neck(pose) if index is None else pose[index] for index in OPENPOSE]
    colours = [tuple(int(level) for level in colour.split(",")) for colour in COLOURS.split()]
    for limb, colour in zip(LIMBS.split(), colours, strict=False):
        a, b = (points[int(end) - 1] for end in limb.split("-"))
        if min(a[2], b[2]) > 0:
            # OpenCV also fills pixels whose middle lies just outside: half a pixel more.
            picture[_in_ellipse(a, b, 4 * scale + 0.5, size)] = [int(0.6 * level) for level in colour]
    for point, colour in zip(points, colours, strict=True):
        _disc(picture, point, 4 * scale, colour)
    for start in (LEFT_HAND, RIGHT_HAND) if hands else ():
        _hand(picture, hand_points(pose, start), scale)
    for point in pose[FACE : FACE + FACE_POINTS] if face else ():
        _disc(picture, point, 3 * scale, (255, 255, 255))
    return picture


def coco_skeleton(pose: Array, size: int) -> NDArray[np.uint8]:
    """COCO's 17 body points as HumanSD draws them: [size, size, 3], a hue a limb, on black.

    Lines are 10 wide with discs of radius 5 at their ends, on a picture of 512 pixels; ends lie in the middles of pixels.
    """
    picture = np.zeros((size, size, 3), np.uint8)
    scale = size / 512
    for index, (a, b) in enumerate(COCO_LIMBS):
        if min(pose[a, 2], pose[b, 2]) <= COCO_CONFIDENCE:
            continue
        colour = [int(255 * level) for level in colorsys.hls_to_rgb((0.01 + index / len(COCO_LIMBS)) % 1, 0.6, 0.65)]
        ends = [np.floor(pose[end, :2]) + 0.5 for end in (a, b)]
        picture[segment_distance(*ends, size) <= 5 * scale] = colour
        for end in (a, b):
            _disc(picture, pose[end], 5 * scale, colour)
    return picture


def _neck(pose: Array) -> Array:
    left, right = pose[5], pose[6]
    return (left + right) / 2 if min(left[2], right[2]) > 0 else np.zeros(3)


def _in_ellipse(a: Array, b: Array, half: float, size: int) -> NDArray[np.bool_]:
    """Pixels whose middle lies in the ellipse with the limb as long axis and ``half`` as short half-axis."""
    x, y = pixel_middles(size)
    length = max(0.5, float(np.hypot(b[0] - a[0], b[1] - a[1])) / 2)
    angle = np.arctan2(b[1] - a[1], b[0] - a[0])
    dx, dy = x - (a[0] + b[0]) / 2, y - (a[1] + b[1]) / 2
    along, across = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
    return (along / length) ** 2 + (across / half) ** 2 <= 1


def _disc(picture: NDArray[np.uint8], point: Array, radius: float, colour: Sequence[int]) -> None:
    """A disc round the pixel that holds the point, as OpenCV draws it; nothing for a missing point."""
    if point[2] <= 0:
        return
    rows, columns = np.ogrid[0 : picture.shape[0], 0 : picture.shape[1]]
    picture[(rows - np.floor(point[1])) ** 2 + (columns - np.floor(point[0])) ** 2 <= radius**2] = colour


def _hand(picture: NDArray[np.uint8], hand: Array, scale: float) -> None:
    edges = [pair for chain in FINGERS for pair in itertools.pairwise(chain)]
    for index, (a, b) in enumerate(edges):
        if min(hand[a, 2], hand[b, 2]) > 0:
            near = segment_distance(hand[a, :2], hand[b, :2], len(picture)) <= scale
            picture[near] = _hue(Fraction(index, len(edges)))
    for point in hand:
        _disc(picture, point, 4 * scale, (0, 0, 255))


def _hue(hue: Fraction) -> tuple[int, int, int]:
    """HSV(hue, 1, 1) in 0..255, rounded down, in exact arithmetic."""
    sixths = hue * 6
    ramps = (abs(sixths - 3) - 1, 2 - abs(sixths - 2), 2 - abs(sixths - 4))
    red, green, blue = (int(255 * min(max(ramp, Fraction(0)), Fraction(1))) for ramp in ramps)
    return red, green, blue
