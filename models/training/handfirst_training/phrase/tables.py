"""Writes the tables that `handfirst spell` works with: the neutral signer and the hand shapes of letters and digits.

`python -m handfirst_training.phrase.tables --out ../../src/phrase/data` writes `signer.ts` and `alphabet.ts`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..world.body import SignerBody, body_model
from ..world.camera import reference_camera
from ..world.hands import hand_of
from ..world.handshapes import RELAXED, HandShape, alphabet
from ..world.keypoints import FACE, world_points
from ..world.pose import neutral_pose
from ..world.skeleton import forward

Array = NDArray[np.float64]

AVERAGE = {"gender": 0.5, "age": 0.6, "muscle": 0.5, "weight": 0.45, "height": 0.5, "proportions": 0.7}
"""A grown-up between all extremes."""

HEAD = "// Written by models/training: python -m handfirst_training.phrase.tables. {what}\n\n"
WIDTH = 106


def _numbers(values: Iterable[float], digits: int) -> list[str]:
    return [f"{round(float(v), digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".") for v in values]


def _rows(values: Iterable[float], digits: int = 4) -> str:
    """Numbers as lines of a TypeScript array."""
    lines, line = [], ""
    for number in _numbers(values, digits):
        if len(line) + len(number) + 2 > WIDTH:
            lines.append(line)
            line = ""
        line += f"{number}, "
    return "\n".join(f"    {at.rstrip()}" for at in [*lines, line] if at)


def _field(name: str, about: str, values: Array) -> str:
    return f"  /** {about} */\n  {name}: [\n{_rows(np.asarray(values).ravel())}\n  ],\n"


def signer_table(body: SignerBody) -> str:
    """The neutral signer as TypeScript; x = the signer's left, -y = the front, z = up, metres; arms and hand are the right ones."""
    rest = body.rest
    pose = neutral_pose(rest)
    points = world_points(body, pose, body.posed(pose))
    posed = forward(rest, pose)
    upper = posed.rotation("upperarm02.R")
    hand = hand_of(rest, "R")
    camera = reference_camera(rest, 1)
    fields = [
        _field("collar", "[3] where the collar bone turns.", rest.head("clavicle.R")),
        _field("shoulder", "[3] joint at rest.", rest.head("upperarm01.R")),
        _field("elbow", "[3] joint at rest.", rest.head("lowerarm01.R")),
        _field("wrist", "[3] joint at rest.", rest.head("wrist.R")),
        _field("shoulderPoint", "[3] from the joint to the point that is marked, in body axes.", points[6] - posed.head("upperarm01.R")),
        _field("elbowPoint", "[3] the same, as the upper arm at rest has it.", upper.T @ (points[8] - posed.head("lowerarm01.R"))),
        _field("handAxes", "[3, 3] rows; columns: to the middle knuckle, to the index finger, out of the palm, at rest.", hand.axes),
        _field("roots", "[5, 3] where thumb and fingers begin, in hand axes.", hand.roots),
        _field("lengths", "[5, 3] of their bones.", hand.lengths),
        _field("thumbFrame", "[3, 3] rows; columns: along the thumb's first bone, sideways, to the palm.", hand.frames[0, 0]),
        _field("neck", "[3] where the head turns.", posed.head("neck01")),
        _field("trunk", "[23, 3] body and feet, arms hanging.", points[: FACE.start]),
        _field("face", "[68, 3] a calm face.", points[FACE]),
        _field("camera", "[3] place of the camera, which looks along y at the height it stands on.", camera.place),
    ]
    length = rest.head("neck01")[2] - rest.head("spine05")[2]
    scalars = (
        f"  /** Focal length in sides of the picture. */\n  focal: {_numbers([camera.focal], 4)[0]},\n"
        f"  /** From waist to neck. */\n  trunkLength: {_numbers([length], 4)[0]},\n"
    )
    lead = "// biome-ignore format: rows of numbers\nexport const SIGNER = {\n"
    about = "A neutral signer in metres: x = the signer's left, -y = the front, z = up."
    return HEAD.format(what=about) + lead + "".join(fields) + scalars + "} as const;\n"


def _list(values: Iterable[float], digits: int) -> str:
    return f"[{', '.join(_numbers(values, digits))}]"


def _letter(shape: HandShape) -> str:
    lines = [
        f"    angles: {_list(shape.angles, 1)},",
        f"    fingers: {_list(shape.fingers, 3)},",
        f"    palm: {_list(shape.palm, 3)},",
    ]
    if shape.path:
        stops = "".join(
            f"      {{ at: {stop.at:g}, move: {_list(stop.move, 3)}, fingers: {_list(stop.fingers, 2)}, palm: {_list(stop.palm, 2)} }},\n"
            for stop in shape.path
        )
        lines.append(f"    path: [\n{stops}    ],")
    name = shape.name if shape.name.isalpha() else f"'{shape.name}'"
    return f"  {name}: {{\n" + "\n".join(lines) + "\n  },\n"


def alphabet_table(shapes: dict[str, HandShape]) -> str:
    """Letters, digits and the relaxed hand as TypeScript."""
    about = "Letters and digits of the ASL manual alphabet, fitted to hands of people who sign them."
    relaxed = f"/** A hand that nobody holds. */\n// biome-ignore format: one row\nexport const RELAXED = {_list(RELAXED, 1)} as const;\n"
    lead = (
        "import type { LetterShape } from '../letter-shape.js';\n\n"
        + relaxed
        + "\n// biome-ignore format: rows of numbers\nexport const ALPHABET: Readonly<Record<string, LetterShape>> = {\n"
    )
    return HEAD.format(what=about) + lead + "".join(_letter(shape) for shape in shapes.values()) + "};\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    body = body_model().shape(AVERAGE, {})
    for name, text in (("signer.ts", signer_table(body)), ("alphabet.ts", alphabet_table(alphabet()))):
        (args.out / name).write_text(text, encoding="utf-8")
        print(json.dumps({"written": str(args.out / name), "bytes": len(text)}))


if __name__ == "__main__":
    main()
