"""From drawn pictures to figures: pictures of held-out poses, letters, and a clip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .colours import frame_change, psnr, skin_difference, ssim, still_background
from .distances import mask_iou, score_picture
from .draw import Drawn, load_picture
from .figures import Figure, Table, mean_figure, pose_figures
from .held_out import Item, Scene, asked_points, hand_truth
from .letters import Letter, Reader
from .points import HAND_PARTS

Array = NDArray[np.float64]


def table_of(items: list[Item], found: Array) -> Table:
    """Scores of detected points [n, 133, 3] (pixels of the items' pictures)."""
    pairs = zip(items, found, strict=True)
    return Table([score_picture(asked_points(item.keypoints), points, item.area, item.size) for item, points in pairs])


def mask_scores(items: list[Item], drawn: list[Drawn]) -> list[list[float]]:
    """IoU of each crop's mask with the rendered hands, by picture."""
    out = []
    for item, picture in zip(items, drawn, strict=True):
        scores = []
        for hand in picture.masks[0]:
            x, y, side = (value * item.size / picture.size for value in hand.crop)
            truth, known = hand_truth(item, (x, y, side), hand.hands, hand.mask.shape[0])
            if (truth & known).any():
                scores.append(mask_iou(truth, hand.mask, known))
        out.append(scores)
    return out


@dataclass(frozen=True)
class Judged:
    """Figures of the held-out pictures, and each picture's mean hand error, a hand that was not found counting 1 (NaN: none asked)."""

    figures: list[Figure]
    hand_errors: Array


def judge_pictures(items: list[Item], drawn: list[Drawn], found: Array, found_truth: Array) -> Judged:
    """All figures that single pictures give."""
    mine, truth = table_of(items, found), table_of(items, found_truth)
    figures = pose_figures(mine, truth)
    masks = [score for scores in mask_scores(items, drawn) for score in scores]
    figures.append(mean_figure("mask_iou", "mask IoU of the hand stage", "more", np.array(masks)))
    likeness, skin, skin_truth = [], [], []
    for item, picture in zip(items, drawn, strict=True):
        pixels = load_picture(picture.pictures[0], item.size)
        likeness.append((psnr(item.picture, pixels), ssim(item.picture, pixels)))
        points = asked_points(item.keypoints)
        skin.append(skin_difference(pixels, points, item.labels))
        skin_truth.append(skin_difference(np.asarray(item.picture), points, np.asarray(item.labels)))
    decibels, structure = np.array(likeness).T
    figures.append(mean_figure("psnr", "PSNR (dB)", "more", decibels))
    figures.append(mean_figure("ssim", "SSIM", "more", structure))
    figures.append(mean_figure("skin", "colour difference of hands and face (CIEDE2000)", "less", np.array(skin), np.array(skin_truth)))
    errors = np.where(mine.hands_found, mine.hand_errors, np.where(mine.hands_asked, 1.0, 0.0))
    asked = mine.hands_asked.sum(axis=1)
    return Judged(figures, np.where(asked > 0, errors.sum(axis=1) / np.maximum(asked, 1), np.nan))


@dataclass(frozen=True)
class Steadiness:
    """Mean absolute change from frame to frame, levels 0..255: in the whole picture and in what is background in both frames."""

    frames: int
    whole: float
    whole_truth: float
    background: float
    background_truth: float

    @property
    def flicker(self) -> float:
        """Change that the movement does not explain."""
        return self.whole - self.whole_truth

    @property
    def background_flicker(self) -> float:
        return self.background - self.background_truth


def judge_clip(scene: Scene, drawn: Drawn) -> Steadiness:
    """Flicker of a drawn clip against the rendered one."""
    size = int(scene.pictures.shape[1])
    frames = np.stack([load_picture(path, size) for path in drawn.pictures])
    still = still_background(np.asarray(scene.labels))
    truth = np.asarray(scene.pictures)
    return Steadiness(len(frames), frame_change(frames), frame_change(truth), frame_change(frames, still), frame_change(truth, still))


@dataclass(frozen=True)
class Legibility:
    """What was read in each letter: in the drawn pictures, and in rendered ones (None: not rendered); None = no hand found."""

    letters: str
    read: list[str | None]
    read_truth: list[str | None] | None

    def right(self, read: list[str | None]) -> int:
        return sum(one == letter for one, letter in zip(read, self.letters, strict=True))


def judge_letters(letters: list[Letter], reader: Reader, found: Array, found_truth: Array | None) -> Legibility:
    """Read the letters again from detected points [26, 133, 3]; rendered letters are spelled with the right hand."""
    read = [reader.read(points[HAND_PARTS[at.side]], at.side) for at, points in zip(letters, found, strict=True)]
    truth = None
    if found_truth is not None:
        truth = [reader.read(points[HAND_PARTS["right"]], "right") for points in found_truth]
    return Legibility("".join(at.name for at in letters), read, truth)
