"""The names that a look can have, and their colours (sRGB, 0..1). Captions use the same names."""

from __future__ import annotations

Colour = tuple[float, float, float]

SKINS: dict[str, list[Colour]] = {
    "very light": [(0.96, 0.84, 0.77), (0.94, 0.80, 0.72)],
    "light": [(0.90, 0.74, 0.64), (0.88, 0.70, 0.59)],
    "tan": [(0.80, 0.61, 0.48), (0.76, 0.57, 0.44)],
    "brown": [(0.64, 0.45, 0.34), (0.57, 0.39, 0.29)],
    "dark brown": [(0.45, 0.30, 0.22), (0.38, 0.25, 0.19)],
    "black": [(0.30, 0.20, 0.16), (0.25, 0.165, 0.135)],
}
HAIR_COLOURS: dict[str, Colour] = {
    "black": (0.075, 0.065, 0.065), "dark brown": (0.19, 0.125, 0.09), "brown": (0.34, 0.22, 0.14),
    "light brown": (0.50, 0.36, 0.23), "blond": (0.78, 0.63, 0.40), "red": (0.55, 0.24, 0.11),
    "grey": (0.56, 0.55, 0.54), "white": (0.86, 0.85, 0.83),
}  # fmt: skip
HAIR_KINDS = ("bald", "short", "curly", "bob", "long", "bun")
EYE_COLOURS: dict[str, Colour] = {
    "dark brown": (0.17, 0.10, 0.06), "brown": (0.36, 0.21, 0.11), "hazel": (0.42, 0.33, 0.16),
    "green": (0.33, 0.45, 0.27), "blue": (0.32, 0.48, 0.66), "grey": (0.47, 0.52, 0.55),
}  # fmt: skip
CLOTH_COLOURS: dict[str, Colour] = {
    "white": (0.93, 0.93, 0.92), "black": (0.08, 0.08, 0.09), "grey": (0.50, 0.50, 0.51), "dark grey": (0.25, 0.26, 0.28),
    "red": (0.76, 0.11, 0.13), "dark red": (0.42, 0.07, 0.11), "orange": (0.90, 0.46, 0.12), "yellow": (0.93, 0.79, 0.22),
    "green": (0.16, 0.52, 0.25), "dark green": (0.08, 0.27, 0.17), "light green": (0.60, 0.80, 0.57), "turquoise": (0.13, 0.61, 0.62),
    "light blue": (0.55, 0.74, 0.90), "blue": (0.14, 0.32, 0.72), "navy": (0.08, 0.11, 0.29), "purple": (0.42, 0.20, 0.57),
    "pink": (0.92, 0.60, 0.70), "brown": (0.40, 0.26, 0.17), "beige": (0.83, 0.75, 0.63),
}  # fmt: skip
TROUSER_COLOURS: dict[str, Colour] = {
    "black": (0.09, 0.09, 0.10), "blue": (0.20, 0.28, 0.44), "grey": (0.40, 0.40, 0.42), "beige": (0.68, 0.60, 0.47),
    "brown": (0.30, 0.21, 0.15),
}  # fmt: skip
BACKGROUND_COLOURS: dict[str, Colour] = {
    "white": (0.95, 0.95, 0.94), "grey": (0.58, 0.58, 0.59), "dark grey": (0.27, 0.27, 0.29), "black": (0.07, 0.07, 0.08),
    "blue": (0.24, 0.40, 0.66), "light blue": (0.66, 0.79, 0.89), "green": (0.27, 0.52, 0.34), "beige": (0.83, 0.77, 0.67),
    "brown": (0.44, 0.34, 0.26), "red": (0.58, 0.20, 0.20), "yellow": (0.88, 0.79, 0.48), "purple": (0.42, 0.34, 0.54),
    "pink": (0.88, 0.72, 0.76),
}  # fmt: skip
GARMENTS = ("t-shirt", "shirt", "jumper", "hoodie")
NECKS = ("round", "v", "wide", "high")
PATTERNS = ("plain", "striped", "pinstriped", "dotted", "checked")
LIGHTS = ("left", "right", "front", "above")
