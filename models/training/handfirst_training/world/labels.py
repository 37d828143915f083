"""The values of a label picture. Everything from 1 on belongs to the person."""

BACKGROUND = 0
SKIN = 1
LEFT_HAND = 2
RIGHT_HAND = 3
HAIR = 4
TOP = 5
FACE = 6
BOTTOM = 7

NAMES = ("background", "skin", "left hand", "right hand", "hair", "top", "eyes and mouth", "bottom")
