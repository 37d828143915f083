"""The reference run's own hands in depth: our hand fitted to 21 points, and its solid drawn pixel by pixel with NumPy.

Nothing here follows the engine's code, only what docs/sd15.md promises of the fit and of the grey.
"""

import numpy as np

from .reference_drawing import LEFT_HAND, RIGHT_HAND, Array, hand_length, hand_points, pixel_middles

#: Metres of the hand that `handfirst spell` signs with: the five roots seen from the wrist, and the bones that follow them.
ROOTS = np.array([[423, 272, 44], [1163, 292, 46], [1152, 0, 0], [1087, -218, -5], [981, -425, 46]]) / 1e4
LENGTHS = np.array([[344, 408, 307], [290, 260, 277], [379, 308, 267], [333, 278, 288], [240, 174, 209]]) / 1e4
KNUCKLES = (1, 5, 9, 13, 17)
KNUCKLE_RADIUS, TIP_RADIUS, PALM_RADIUS, PALM_STROKES, FARTHEST, CROP = 0.095, 0.075, 0.12, 4, 0.2, 1.6


def detected_depth(pose: Array) -> Array:
    """[133]: z as a detector might give it, only its signs from joint to joint count."""
    depths = np.zeros(len(pose))
    for start in (LEFT_HAND, RIGHT_HAND):
        depths[start : start + 21] = 3 * np.sin(1.7 * np.arange(21) + start)
    return depths


def hand_boxes(pose: Array, depths: Array, size: int, margin: int) -> Array:
    """[s, s]: 1 but in the boxes round the hands' points and solids, ``margin`` or 15 % wider on every side, whichever is more."""
    kept = np.ones((size, size))
    for hand, surface in surfaces(pose, depths, size):
        spans = []
        for axis, pixels in ((0, np.nonzero(np.isfinite(surface))[1]), (1, np.nonzero(np.isfinite(surface))[0])):
            touched = np.concatenate([pixels, np.floor(hand[:, axis]).astype(int)])
            low, high = int(touched.min()), int(touched.max())
            more = max(int(0.15 * (high - low + 1)), margin)
            spans.append(slice(max(0, low - more), min(size, high + more + 1)))
        kept[spans[1], spans[0]] = 0
    return kept


def hand_depth(pose: Array, depths: Array, size: int) -> Array:
    """[s, s]: each hand's nearest place 1, its farthest ``FARTHEST``, what is no hand 0; the hand with the nearer middle knuckle on top."""
    grey = np.zeros((size, size))
    for _, surface in sorted(surfaces(pose, depths, size), key=lambda hand: -hand[0][9, 2]):
        here = np.isfinite(surface)
        low, high = surface[here].min(), surface[here].max()
        grey[here] = 1 - (1 - FARTHEST) * (surface[here] - low) / (high - low)
    return grey


def surfaces(pose: Array, depths: Array, size: int) -> list[tuple[Array, Array]]:
    """Each hand's fitted points [21, 3] and its surface [s, s] in the square of 1.6 times its box."""
    hands = []
    for start in (LEFT_HAND, RIGHT_HAND):
        hand = hand_points(pose, start)
        points = np.column_stack([hand[:, :2], fitted(hand[:, :2], depths[start : start + 21])])
        surface = solid(points, hand_length(hand), size)
        low, high = points[:, :2].min(0), points[:, :2].max(0)
        x, y = pixel_middles(size)
        reach, middle = CROP / 2 * (high - low).max(), (low + high) / 2
        surface[(np.abs(x - middle[0]) > reach) | (np.abs(y - middle[1]) > reach)] = np.inf
        hands.append((points, surface))
    return hands


def fitted(points: Array, depths: Array) -> Array:
    """Depths [21] in pixels: each bone keeps its length, and leans the way that the detector's z says."""
    bones = [(0, knuckle, float(np.linalg.norm(root))) for knuckle, root in zip(KNUCKLES, ROOTS, strict=True)]
    bones += [(k + i, k + i + 1, length) for k, row in zip(KNUCKLES, LENGTHS, strict=True) for i, length in enumerate(row)]
    seen = {(a, b): float(np.linalg.norm(points[b] - points[a])) for a, b, _ in bones}
    scale = max(seen[a, b] / length for a, b, length in bones if a == 0 and b != 1)
    result = np.zeros(21, np.float32)
    for a, b, length in bones:
        hidden = np.sqrt(max(0.0, (scale * length) ** 2 - seen[a, b] ** 2))
        result[b] = result[a] + np.sign(np.float32(depths[b]) - np.float32(depths[a])) * hidden
    return result.astype(np.float64)


def solid(points: Array, length: float, size: int) -> Array:
    """Depth of the nearest surface at each pixel, infinite where there is none."""
    nearest = np.full((size, size), np.inf)
    radii = length * np.linspace(KNUCKLE_RADIUS, TIP_RADIUS, 4)
    for finger, knuckle in enumerate(KNUCKLES):
        for step in range(3):
            ends = points[knuckle + step], points[knuckle + step + 1]
            nearest = np.minimum(nearest, rod(*ends, radii[step], radii[step + 1], size))
        if finger < 4:
            for share in np.linspace(0, 1, PALM_STROKES + 1):
                end = points[knuckle] + share * (points[KNUCKLES[finger + 1]] - points[knuckle])
                nearest = np.minimum(nearest, rod(points[0], end, length * PALM_RADIUS, radii[0], size))
    return nearest


def rod(a: Array, b: Array, from_radius: float, to_radius: float, size: int) -> Array:
    x, y = pixel_middles(size)
    along = b[:2] - a[:2]
    t = np.clip(((x - a[0]) * along[0] + (y - a[1]) * along[1]) / float(along @ along), 0, 1)
    distance = np.hypot(x - a[0] - t * along[0], y - a[1] - t * along[1])
    radius = from_radius + t * (to_radius - from_radius)
    relief = np.sqrt(np.maximum(radius**2 - distance**2, 0))
    return np.where(distance <= radius, a[2] + t * (b[2] - a[2]) - relief, np.inf)
