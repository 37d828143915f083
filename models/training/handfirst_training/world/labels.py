"""The values of a label picture. Everything from 1 on belongs to the person."""

BACKGROUND = 0
PERSON = 1
LEFT_HAND = 2
RIGHT_HAND = 3
HAIR = 4
CLOTHES = 5
EYES = 6

NAMES = ("background", "person", "left hand", "right hand", "hair", "clothes", "eyes")
