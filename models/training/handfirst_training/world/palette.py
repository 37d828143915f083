"""The names that a look can have, their colours (sRGB, 0..1) and how often they are drawn. Captions use the same names.

Plain, calm colours come first: sign language video asks for clothes and walls that stand off from the skin and do not compete
with the hands.
"""

from __future__ import annotations

Colour = tuple[float, float, float]

SKINS: dict[str, Colour] = {
    "very light": (0.86, 0.70, 0.62), "light": (0.80, 0.63, 0.535), "tan": (0.70, 0.53, 0.42), "brown": (0.56, 0.39, 0.29),
    "dark brown": (0.45, 0.305, 0.22), "black": (0.355, 0.24, 0.185),
}  # fmt: skip
HAIR_COLOURS: dict[str, Colour] = {
    "black": (0.065, 0.058, 0.056), "dark brown": (0.16, 0.11, 0.08), "brown": (0.28, 0.19, 0.13), "light brown": (0.41, 0.30, 0.205),
    "blond": (0.60, 0.49, 0.33), "red": (0.38, 0.20, 0.11), "grey": (0.50, 0.49, 0.48), "white": (0.76, 0.75, 0.73),
}  # fmt: skip
HAIR_KINDS = ("bald", "short", "curly", "bob", "long", "bun")
EYE_MAPS: dict[str, str] = {
    "dark brown": "brown_eye", "brown": "brownlight_eye", "hazel": "brownlight_eye", "green": "green_eye", "blue": "blue_eye",
    "grey": "grey_eye",
}  # fmt: skip
CLOTH_COLOURS: dict[str, Colour] = {
    "white": (0.88, 0.88, 0.87), "black": (0.085, 0.085, 0.095), "grey": (0.47, 0.475, 0.48), "dark grey": (0.23, 0.24, 0.26),
    "red": (0.62, 0.15, 0.15), "dark red": (0.40, 0.11, 0.14), "orange": (0.76, 0.42, 0.18), "yellow": (0.80, 0.69, 0.32),
    "green": (0.24, 0.44, 0.30), "dark green": (0.13, 0.28, 0.21), "light green": (0.58, 0.71, 0.55), "turquoise": (0.18, 0.47, 0.49),
    "light blue": (0.56, 0.69, 0.82), "blue": (0.20, 0.34, 0.58), "navy": (0.11, 0.14, 0.27), "purple": (0.34, 0.24, 0.44),
    "pink": (0.80, 0.60, 0.65), "brown": (0.35, 0.26, 0.19), "beige": (0.76, 0.69, 0.58),
}  # fmt: skip
CLOTH_ODDS: dict[str, float] = {
    "white": 1.0, "black": 1.6, "grey": 1.2, "dark grey": 1.5, "red": 0.3, "dark red": 0.9, "orange": 0.15, "yellow": 0.2, "green": 0.8,
    "dark green": 1.2, "light green": 0.5, "turquoise": 0.9, "light blue": 1.1, "blue": 1.3, "navy": 1.8, "purple": 0.8, "pink": 0.4,
    "brown": 0.6, "beige": 0.7,
}  # fmt: skip
TROUSER_COLOURS: dict[str, Colour] = {
    "black": (0.09, 0.09, 0.10), "blue": (0.18, 0.25, 0.38), "grey": (0.36, 0.36, 0.38), "beige": (0.62, 0.55, 0.44),
    "brown": (0.28, 0.21, 0.16),
}  # fmt: skip
WALL_COLOURS: dict[str, Colour] = {
    "white": (0.90, 0.90, 0.89), "grey": (0.58, 0.585, 0.59), "dark grey": (0.27, 0.275, 0.29), "black": (0.07, 0.07, 0.08),
    "light blue": (0.63, 0.74, 0.83), "blue": (0.25, 0.38, 0.56), "green": (0.33, 0.47, 0.37), "beige": (0.81, 0.76, 0.67),
    "brown": (0.42, 0.34, 0.28), "red": (0.52, 0.24, 0.23), "yellow": (0.84, 0.77, 0.54), "purple": (0.43, 0.37, 0.52),
    "pink": (0.83, 0.70, 0.72),
}  # fmt: skip
WALL_ODDS: dict[str, float] = {
    "white": 1.6, "grey": 2.0, "dark grey": 1.2, "black": 0.5, "light blue": 2.0, "blue": 2.0, "green": 1.2, "beige": 1.8, "brown": 0.4,
    "red": 0.15, "yellow": 0.2, "purple": 0.4, "pink": 0.3,
}  # fmt: skip
PATTERNS = ("plain", "striped")


def brightness(colour: Colour) -> float:
    """How light a colour looks, 0..1."""
    r, g, b = colour
    return 0.3 * r + 0.6 * g + 0.1 * b
