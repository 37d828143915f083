"""Pictures against pictures: PSNR, SSIM, the colour of skin on hands and face, and flicker."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]

SKIN_LABEL, HAND_LABELS = 1, (2, 3)
PARTS = {"cloth": (5,), "hair": (4,), "skin": (SKIN_LABEL, *HAND_LABELS)}
"""Parts that have a colour of their own, by their labels (`world/labels.py`)."""
FEWEST_PIXELS = 40
"""A region of fewer pixels has no colour worth naming."""


def psnr(truth: Pixels, picture: Pixels) -> float:
    """Peak signal-to-noise ratio in decibels: 10 log10(255^2 / MSE); infinite for equal pictures."""
    error = np.mean((truth.astype(np.float64) - picture.astype(np.float64)) ** 2)
    return float("inf") if error == 0 else float(10 * np.log10(255.0**2 / error))


def ssim(truth: Pixels, picture: Pixels) -> float:
    """Structural similarity with Wang et al.'s Gaussian window (2004), mean over pixels and channels; scikit-image's."""
    from skimage.metrics import structural_similarity

    return float(
        structural_similarity(truth, picture, channel_axis=2, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False)
    )


def shrunk(mask: Mask, pixels: int) -> Mask:
    """The mask without its rim of `pixels` (square neighbourhood)."""
    out = mask.copy()
    for _ in range(pixels):
        padded = np.pad(out, 1)
        wide = padded[:, :-2] & padded[:, 1:-1] & padded[:, 2:]
        out = wide[:-2] & wide[1:-1] & wide[2:]
    return out


def face_region(keypoints: NDArray[np.float64], labels: Pixels) -> Mask | None:
    """Skin inside the outline of jaw and brows, without what the label picture says is hair, eyes, hands or clothes.

    keypoints: [133, 3]; labels: [h, w] of the rendered truth. None where the face is not in the picture.
    """
    from skimage.draw import polygon

    outline = keypoints[23:50][[*range(17), *range(26, 16, -1)]]
    if (outline[:, 2] <= 0).any():
        return None
    rows, columns = polygon(outline[:, 1], outline[:, 0], labels.shape)
    inside = np.zeros(labels.shape, bool)
    inside[rows, columns] = True
    region = shrunk(inside & (labels == SKIN_LABEL), 1)
    return region if region.sum() >= FEWEST_PIXELS else None


def hands_region(labels: Pixels) -> Mask | None:
    """Both hands of the label picture [h, w] without their rims; None where there is next to nothing of them."""
    region = shrunk(np.isin(labels, HAND_LABELS), 2)
    return region if region.sum() >= FEWEST_PIXELS else None


def lab_colour(picture: Pixels, region: Mask) -> NDArray[np.float64]:
    """[3] median CIELAB colour (D65, sRGB) of the picture [h, w, 3] in a region."""
    from skimage.color import rgb2lab

    return np.median(rgb2lab(picture[region][None])[0], axis=0)


def colour_difference(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """CIEDE2000 (CIE 142:2001) of two CIELAB colours; 1 is just noticeable. scikit-image's."""
    from skimage.color import deltaE_ciede2000

    return float(deltaE_ciede2000(first, second))


def part_colours(picture: Pixels, labels: Pixels) -> NDArray[np.float64]:
    """[parts, 3] mean CIELAB colour of each of PARTS in the picture [h, w, 3]; NaN where the labels [h, w] show next to nothing of it."""
    from skimage.color import rgb2lab

    regions = [np.isin(labels, values) for values in PARTS.values()]
    return np.stack([rgb2lab(picture[one][None])[0].mean(axis=0) if one.sum() >= FEWEST_PIXELS else np.full(3, np.nan) for one in regions])


def part_differences(picture: Pixels, truth: Pixels, labels: Pixels) -> NDArray[np.float64]:
    """[parts] CIEDE2000 between two pictures' mean colours of each of PARTS; NaN where a part is not there."""
    pairs = zip(part_colours(picture, labels), part_colours(truth, labels), strict=True)
    return np.array([colour_difference(one, other) if np.isfinite(one).all() else np.nan for one, other in pairs])


def median_over_signers(values: NDArray[np.float64], signers: NDArray[np.int64]) -> NDArray[np.float64]:
    """[...] the median over signers of each one's mean over its rows of values [rows, ...]; NaNs are left out."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        means = np.stack([np.nanmean(values[signers == one], axis=0) for one in np.unique(signers)])
        return np.nanmedian(means, axis=0)


def skin_difference(picture: Pixels, keypoints: NDArray[np.float64], labels: Pixels) -> float:
    """CIEDE2000 between the hands' and the face's skin in a picture; NaN where either is not in it."""
    face, hands = face_region(keypoints, labels), hands_region(labels)
    if face is None or hands is None:
        return float("nan")
    return colour_difference(lab_colour(picture, face), lab_colour(picture, hands))


def frame_change(frames: Pixels, region: NDArray[np.bool_] | None = None) -> float:
    """Mean absolute difference of consecutive frames [n, h, w, 3], levels 0..255; region: [n - 1, h, w] where to look."""
    total, pixels = 0.0, 0
    for at in range(len(frames) - 1):
        step = np.abs(frames[at + 1].astype(np.int16) - frames[at].astype(np.int16)).mean(axis=2)
        where = np.ones(step.shape, bool) if region is None else region[at]
        total += float(step[where].sum())
        pixels += int(where.sum())
    return total / pixels if pixels else float("nan")


def still_background(labels: Pixels, margin: int = 8) -> NDArray[np.bool_]:
    """[n - 1, h, w] pixels that are background in both of two consecutive frames' labels [n, h, w], `margin` pixels off the person."""
    clear = np.stack([shrunk(frame == 0, margin) for frame in labels])
    return clear[1:] & clear[:-1]
