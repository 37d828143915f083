"""What is known of every letter and digit before looking at real ones: start angles, and what touches what.

Angles in the order of `hands.ANGLES`, written from descriptions of the ASL manual alphabet. Places on a hand are
MediaPipe's points 0..20, or a pair of them for the middle between two.
"""

from __future__ import annotations

from dataclasses import dataclass

Place = int | tuple[int, int]
Angles = list[float]

OUT, IN = (0.0, -1.0, 0.0), (0.0, 1.0, 0.0)
UP = (0.0, 0.0, 1.0)

ACROSS, FOLD, BESIDE = [42.0, 56.0, -40.0, 50.0, 32.0], [38.0, 50.0, -40.0, 55.0, 35.0], [28.0, 25.0, 0.0, 5.0, 5.0]
WIDE, OPPOSED, UNDER = [70.0, 20.0, 0.0, 0.0, 0.0], [35.0, 58.0, -15.0, 25.0, 20.0], [30.0, 48.0, -15.0, 45.0, 15.0]


def _straight(spread: float = 0.0) -> Angles:
    return [spread, 0.0, 3.0, 2.0]


def _closed() -> Angles:
    return [0.0, 85.0, 100.0, 60.0]


def _all(*angles: float) -> list[Angles]:
    return [list(angles) for _ in range(4)]


@dataclass(frozen=True)
class Prior:
    """thumb: 5 angles; fingers: 4 of 4 angles (index to little); directions as in `handshapes.HandShape`.

    near: (place, place, share of the palm's length) that are no further apart; before: (place, place, share) by which the
    first is further out of the palm than the second.
    """

    thumb: Angles
    fingers: list[Angles]
    pointing: tuple[float, float, float] = UP
    palm: tuple[float, float, float] = OUT
    near: tuple[tuple[Place, Place, float], ...] = ()
    before: tuple[tuple[Place, Place, float], ...] = ()

    @property
    def angles(self) -> Angles:
        """All 21 angles."""
        return [*self.thumb, *(angle for finger in self.fingers for angle in finger)]


S, C = _straight, _closed
SIDEWAYS = (1.0, -0.1, 0.0)
_OVER_MIDDLE = {"near": ((4, (10, 11), 0.19),), "before": ((3, (6, 7), 0.13), (4, (10, 11), 0.15))}
_OVER_RING = {"near": ((4, (14, 15), 0.19),), "before": ((4, (14, 15), 0.13),)}
_PAIR = {"near": ((8, 12, 0.16), (7, 11, 0.165), (4, (14, 15), 0.19)), "before": ((4, (14, 15), 0.13),)}

PRIORS: dict[str, Prior] = {
    "A": Prior(BESIDE, [C(), C(), C(), C()], near=((4, 6, 0.19),)),
    "B": Prior(FOLD, [S(-2), S(), S(2), S(5)]),
    "C": Prior([55.0, 55.0, 0.0, 10.0, 20.0], _all(0, 30, 45, 30), palm=(0.6, -0.8, 0.0)),
    "D": Prior(OPPOSED, [S(), *_all(0, 62, 65, 38)[1:]], near=((4, 12, 0.16), (4, (11, 12), 0.17))),
    "E": Prior([38.0, 48.0, -40.0, 60.0, 45.0], _all(0, 25, 100, 60), near=((8, 3, 0.19), (12, (3, 4), 0.19), (16, 4, 0.22))),
    "F": Prior(OPPOSED, [[0, 55, 60, 30], S(), S(-6), S(-14)], near=((4, 8, 0.13), (4, 7, 0.2))),
    "G": Prior([30.0, 40.0, 0.0, 5.0, 0.0], [[0, 30, 5, 3], C(), C(), C()], SIDEWAYS, IN),
    "H": Prior([35.0, 50.0, -35.0, 50.0, 20.0], [S(-2), S(2), C(), C()], SIDEWAYS, IN, **_PAIR),
    "I": Prior(ACROSS, [C(), C(), C(), S(-8)], **_OVER_MIDDLE),
    "J": Prior(ACROSS, [C(), C(), C(), S(-8)], (0.2, 0.8, 0.5), IN, **_OVER_MIDDLE),
    "K": Prior([40.0, 45.0, 0.0, 10.0, 5.0], [S(5), [0, 45, 5, 5], C(), C()], near=((4, (9, 10), 0.2),), before=((4, 9, 0.05),)),
    "L": Prior(WIDE, [S(), C(), C(), C()]),
    "M": Prior(UNDER, [*_all(0, 70, 75, 40)[1:], C()], near=((4, (14, 18), 0.2),), before=((14, 4, 0.1),)),
    "N": Prior(UNDER, [*_all(0, 70, 75, 40)[2:], C(), C()], near=((4, (10, 14), 0.2),), before=((10, 4, 0.1),)),
    "O": Prior(OPPOSED, _all(0, 47, 55, 35), palm=(0.6, -0.8, 0.0), near=((4, 8, 0.14), (4, 12, 0.17))),
    "P": Prior(
        [40.0, 45.0, 0.0, 10.0, 5.0], [S(5), [0, 45, 5, 5], C(), C()], (0.5, -0.6, -0.6), (0.0, 0.3, -1.0),
        near=((4, (9, 10), 0.2),), before=((4, 9, 0.05),),
    ),
    "Q": Prior([30.0, 45.0, 0.0, 5.0, 5.0], [[0, 30, 5, 3], C(), C(), C()], (0.2, -0.3, -1.0), (0.0, 1.0, -0.2)),
    "R": Prior(
        ACROSS, [[-8, 5, 5, 5], [10, 0, 10, 5], C(), C()],
        near=((4, (14, 15), 0.19),), before=((7, 11, 0.13), (4, (14, 15), 0.12)),
    ),
    "S": Prior(
        ACROSS, [C(), C(), C(), C()],
        near=((3, (6, 7), 0.19), (4, (10, 11), 0.19)), before=((3, (6, 7), 0.15), (4, (10, 11), 0.15)),
    ),
    "T": Prior([28.0, 40.0, 0.0, 22.0, 10.0], [[0, 70, 75, 45], C(), C(), C()], near=((4, (6, 10), 0.14),)),
    "U": Prior(ACROSS, [S(-3), S(3), C(), C()], **_PAIR),
    "V": Prior(ACROSS, [S(12), S(-10), C(), C()], **_OVER_RING),
    "W": Prior(FOLD, [S(12), S(), S(-12), [0, 60, 75, 45]], near=((4, (18, 19), 0.19),), before=((4, (18, 19), 0.12),)),
    "X": Prior(ACROSS, [[0, 10, 85, 50], C(), C(), C()], near=((4, (10, 11), 0.2),), before=((4, (10, 11), 0.12),)),
    "Y": Prior(WIDE, [C(), C(), C(), S(-18)]),
    "Z": Prior(ACROSS, [S(), C(), C(), C()], near=((4, (10, 11), 0.2),), before=((4, (10, 11), 0.13),)),
    "1": Prior(ACROSS, [S(), C(), C(), C()], palm=IN, near=((4, (10, 11), 0.2),), before=((4, (10, 11), 0.13),)),
    "2": Prior(ACROSS, [S(12), S(-10), C(), C()], palm=IN, **_OVER_RING),
    "3": Prior(WIDE, [S(12), S(-8), C(), C()], palm=IN),
    "4": Prior(FOLD, [S(14), S(3), S(-8), S(-18)], palm=IN),
    "5": Prior([65.0, 15.0, 0.0, 0.0, 0.0], [S(14), S(3), S(-8), S(-18)], palm=IN),
    "6": Prior([20.0, 70.0, -45.0, 60.0, 20.0], [S(12), S(), S(-10), [0, 60, 60, 35]], near=((4, 20, 0.14),)),
    "7": Prior([35.0, 65.0, -25.0, 35.0, 20.0], [S(12), S(), [0, 60, 60, 35], S(-16)], near=((4, 16, 0.14),)),
    "8": Prior([40.0, 62.0, -20.0, 30.0, 20.0], [S(12), [0, 60, 60, 35], S(-6), S(-16)], near=((4, 12, 0.14),)),
}  # fmt: skip
"""Letters, and the digits 1 to 8; 0 is the letter O and 9 the letter F."""

SAME: dict[str, str] = {"0": "O", "9": "F"}
