"""One look per identity: stable, and told apart also by people who see fewer colours."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RGB", "Style", "davis", "ink", "style"]

RGB = tuple[int, int, int]

# Okabe and Ito's set with light grey in place of black, which the halo already is. Neighbours in
# this order differ in lightness as well as in hue: young tracks often stand side by side.
_OKABE_ITO: tuple[RGB, ...] = (
    (230, 159, 0),  # orange
    (86, 180, 233),  # sky blue
    (213, 94, 0),  # vermillion
    (240, 228, 66),  # yellow
    (0, 114, 178),  # blue
    (190, 190, 190),  # light grey
    (0, 158, 115),  # bluish green
    (204, 121, 167),  # reddish purple
)
_DASHES = ((1, 0), (3, 1), (1, 1))  # line and gap, in units that the painter chooses
_TINTS = (0.0, 0.45, -0.35)  # towards white, towards black
_BRIGHT = 140.0  # Rec. 601 luma above which black is the more legible ink


@dataclass(frozen=True, slots=True)
class Style:
    """How one identity is drawn.

    Attributes:
        colour: RGB, 0..255.
        dash: Lengths of line and gap, relative to each other; a gap of 0 is a solid line.
    """

    colour: RGB
    dash: tuple[int, int]


def style(identity: int) -> Style:
    """The look of an identity; 72 looks, then they repeat.

    The first eight have a colour each, the next sixteen the same colours with broken lines, the
    rest lighter and darker shades.

    Source:
        Okabe and Ito, "Color Universal Design", 2008: the colours.
    """
    rest, hue = divmod(identity - 1, len(_OKABE_ITO))
    rest, dash = divmod(rest, len(_DASHES))
    return Style(_shade(_OKABE_ITO[hue], _TINTS[rest % len(_TINTS)]), _DASHES[dash])


def davis(number: int) -> RGB:
    """The colour of an object's number in masks of DAVIS and PASCAL VOC.

    0, black, is the background; 255 colours of objects follow, then these again.

    Source:
        The PASCAL VOC colour map: bits 0, 1, 2 of the number go to the highest free bit of red,
        green and blue, then the next three to the next lower one.
    """
    number = 1 + (number - 1) % 255 if number else 0
    channels = [0, 0, 0]
    for place in range(8):
        for channel in range(3):
            channels[channel] |= ((number >> (3 * place + channel)) & 1) << (7 - place)
    red, green, blue = channels
    return red, green, blue


def ink(colour: RGB) -> RGB:
    """Black or white, whichever can be read on ``colour``."""
    red, green, blue = colour
    bright = 0.299 * red + 0.587 * green + 0.114 * blue > _BRIGHT
    return (0, 0, 0) if bright else (255, 255, 255)


def _shade(colour: RGB, amount: float) -> RGB:
    goal = 255 if amount > 0 else 0
    red, green, blue = (round(part + abs(amount) * (goal - part)) for part in colour)
    return red, green, blue
