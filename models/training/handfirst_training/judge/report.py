"""The report: report.json for programs, report.md for people."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

from .figures import Figure, Value
from .measure import Legibility, Steadiness


@dataclass(frozen=True)
class Report:
    """Everything that was measured; about = what was judged and how."""

    about: dict[str, object]
    figures: list[Figure]
    letters: Legibility | None
    clip: Steadiness | None
    notes: list[str]


@dataclass(frozen=True)
class Goal:
    """What is enough: a figure (or its ratio to the truth's) at least or at most a bound."""

    text: str
    value: float
    bound: float
    at_least: bool

    @property
    def met(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def goals(report: Report) -> list[Goal]:
    """The bundle's aims that this report can tell."""
    by_key = {figure.key: figure for figure in report.figures}
    out = []
    for key, text, bound, at_least in (
        ("hands_found", "hand detection rate, share of the truth's", 0.9, True),
        ("dap_hands", "DAP hands, share of the truth's", 0.7, True),
        ("mpjpe_hands", "MPJPE hands, times the truth's", 1.5, False),
    ):
        if key in by_key and by_key[key].ratio is not None:
            out.append(Goal(text, by_key[key].ratio.value, bound, at_least))
    if "mask_iou" in by_key:
        out.append(Goal("mask IoU of the hand stage", by_key["mask_iou"].drawn.value, 0.9, True))
    if report.letters is not None:
        out.append(Goal("letters read right", report.letters.right(report.letters.read), 20, True))
    return out


def finite(value: object) -> object:
    """NaN and infinities as None, so that the JSON is JSON."""
    if isinstance(value, dict):
        return {key: finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_report(folder: Path, report: Report) -> None:
    """Write report.json and report.md."""
    stated = {
        "about": report.about,
        "goals": [{**asdict(goal), "met": goal.met} for goal in goals(report)],
        "figures": {figure.key: asdict(figure) for figure in report.figures},
        "letters": None if report.letters is None else asdict(report.letters),
        "clip": None if report.clip is None else {**asdict(report.clip), "flicker": report.clip.flicker},
        "notes": report.notes,
    }
    (folder / "report.json").write_text(json.dumps(finite(stated), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "report.md").write_text(markdown(report), encoding="utf-8")


def markdown(report: Report) -> str:
    """The report as tables."""
    about = ", ".join(f"{key} {value}" for key, value in report.about.items())
    parts = ["# How good the pictures are", "", f"{about}.", "", *goal_lines(report), "", *figure_lines(report.figures)]
    if report.letters is not None:
        parts += ["", *letter_lines(report.letters)]
    if report.clip is not None:
        parts += ["", *clip_lines(report.clip)]
    if report.notes:
        parts += ["", "## Notes", "", *(f"- {note}" for note in report.notes)]
    return "\n".join(parts) + "\n"


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def goal_lines(report: Report) -> list[str]:
    rows = []
    for goal in goals(report):
        wanted = f"{'at least' if goal.at_least else 'at most'} {goal.bound:g}"
        rows.append(row(goal.text, number(goal.value), wanted, "yes" if goal.met else "no"))
    return ["## Enough?", "", "| figure | reached | wanted | met |", "|---|---|---|---|", *rows]


def figure_lines(figures: list[Figure]) -> list[str]:
    rows = [row(at.name, interval(at.drawn), interval(at.truth), interval(at.ratio), at.better, at.count) for at in figures]
    return [
        "## Pictures",
        "",
        "95 % intervals (bootstrap over pictures) in brackets. The truth's column is the same evaluator's score of the rendered picture.",
        "",
        "| figure | drawn | rendered truth | drawn / truth | better | of |",
        "|---|---|---|---|---|---|",
        *rows,
    ]


def letter_lines(letters: Legibility) -> list[str]:
    count = len(letters.letters)
    rows = [f"| drawn from people's keypoints | {letters.right(letters.read)} of {count} | {misread(letters.letters, letters.read)} |"]
    if letters.read_truth is not None:
        right = letters.right(letters.read_truth)
        rows.append(f"| rendered signers | {right} of {count} | {misread(letters.letters, letters.read_truth)} |")
    return ["## Letters", "", "| pictures | read right | misread |", "|---|---|---|", *rows]


def misread(letters: str, read: list[str | None]) -> str:
    wrong = [f"{letter} as {one or 'nothing'}" for letter, one in zip(letters, read, strict=True) if one != letter]
    return ", ".join(wrong) or "none"


def clip_lines(clip: Steadiness) -> list[str]:
    return [
        "## Steadiness",
        "",
        f"Mean absolute change from frame to frame over {clip.frames} frames, levels of 255.",
        "",
        "| where | drawn | rendered truth | flicker |",
        "|---|---|---|---|",
        f"| whole picture | {number(clip.whole)} | {number(clip.whole_truth)} | {number(clip.flicker)} |",
        f"| background | {number(clip.background)} | {number(clip.background_truth)} | {number(clip.background_flicker)} |",
    ]


def number(value: float) -> str:
    """Three significant digits, or whole numbers as they are."""
    if not math.isfinite(value):
        return "-"
    return f"{value:g}" if float(value).is_integer() else f"{value:.3g}"


def interval(value: Value | None) -> str:
    if value is None or not math.isfinite(value.value):
        return "-"
    return f"{number(value.value)} [{number(value.low)}, {number(value.high)}]"
