"""Boxes, masks, skeletons, identities and trails on a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from unitrack.render.palette import RGB, Style, davis, ink, style
from unitrack.render.shapes import crest, paint_mask, paint_pose
from unitrack.render.trails import Point
from unitrack.types import XYXY, MaskObservation, PoseObservation, TrackedObject

__all__ = ["draw"]

_HALO: RGB = (0, 0, 0)
_LINE = 1 / 300  # width of a line relative to the shorter side of the picture
_LETTER = 1 / 36  # height of a letter, likewise
_SMALLEST_LETTER = 10
_FAINTEST = 40  # opacity of a trail's oldest end, of 255
_DASH_UNIT = 4  # line widths


def draw(
    image: NDArray[np.uint8],
    objects: Sequence[TrackedObject],
    trails: Mapping[int, Sequence[Point]] | None = None,
) -> NDArray[np.uint8]:
    """Draw what a tracker said about one frame.

    Args:
        image: RGB, uint8, ``(H, W, 3)``; it is not changed.
        objects: What to draw: boxes, transparent masks in the colours of DAVIS, or skeletons; they
            may leave the picture.
        trails: Earlier centres per identity, the oldest first, in pixels; those of identities
            that are not among ``objects`` are left out.

    Returns:
        A new picture of the same size.
    """
    canvas = image.copy()
    width = max(1, round(min(image.shape[:2]) * _LINE))
    for thing in objects:
        seen = thing.observation
        if isinstance(seen, MaskObservation):
            paint_mask(canvas, seen, davis(thing.id), width)
        elif not isinstance(seen, PoseObservation):
            _draw_box(canvas, seen.box, style(thing.id), width)
    picture = Image.fromarray(canvas)
    pen = ImageDraw.Draw(picture, "RGBA")
    for thing in objects:
        if isinstance(thing.observation, PoseObservation):
            paint_pose(pen, thing.observation, style(thing.id).colour, width)
        elif not isinstance(thing.observation, MaskObservation):
            _draw_trail(pen, (trails or {}).get(thing.id, ()), style(thing.id).colour, width + 1)
    font = _font(max(_SMALLEST_LETTER, round(min(image.shape[:2]) * _LETTER)))
    for thing in objects:
        _draw_label(pen, thing, font, image.shape)
    return np.asarray(picture)


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _draw_box(canvas: NDArray[np.uint8], box: XYXY, look: Style, width: int) -> None:
    """A frame in the identity's colour between two dark lines, so that it shows on any ground."""
    x0, y0, x1, y1 = (round(edge) for edge in box)
    for inset, thickness, colour, dash in (
        (-1, width + 2, _HALO, (1, 0)),
        (0, width, look.colour, look.dash),
    ):
        left, top, right, bottom = x0 + inset, y0 + inset, x1 - inset, y1 - inset
        for near in (top, bottom - thickness):
            _fill(canvas, (left, near, right, near + thickness), colour, dash, width)
        for near in (left, right - thickness):
            _fill(canvas, (near, top, near + thickness, bottom), colour, dash, width)


def _fill(
    canvas: NDArray[np.uint8],
    bar: tuple[int, int, int, int],
    colour: RGB,
    dash: tuple[int, int],
    width: int,
) -> None:
    """Fill a bar, broken along its longer side; ``bar`` is left, top, right, bottom."""
    left, top, right, bottom = bar
    height, columns = canvas.shape[:2]
    rows = np.arange(max(top, 0), min(bottom, height))
    across = np.arange(max(left, 0), min(right, columns))
    line, gap = (_DASH_UNIT * width * part for part in dash)
    if gap:
        if right - left >= bottom - top:
            across = across[(across - left) % (line + gap) < line]
        else:
            rows = rows[(rows - top) % (line + gap) < line]
    canvas[rows[:, None], across] = colour


def _draw_trail(pen: ImageDraw.ImageDraw, points: Sequence[Point], colour: RGB, width: int) -> None:
    opacities = np.linspace(_FAINTEST, 255, max(len(points) - 1, 1)).astype(int)
    for start, end, opacity in zip(points, points[1:], opacities, strict=False):
        pen.line([start, end], fill=(*colour, int(opacity)), width=width)


def _draw_label(
    pen: ImageDraw.ImageDraw,
    thing: TrackedObject,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    shape: tuple[int, ...],
) -> None:
    """The identity on a plate above the object, moved into the picture when that leaves it."""
    x0, y0, x1, y1 = thing.observation.box
    if x0 >= x1 and y0 >= y1:  # nothing of it is there
        return
    if x1 <= 0 or y1 <= 0 or x0 >= shape[1] or y0 >= shape[0]:
        return
    text, colour = str(thing.id), style(thing.id).colour
    if isinstance(thing.observation, MaskObservation):
        (x0, y0), colour = crest(thing.observation), davis(thing.id)
    left, top, right, bottom = font.getbbox(text)
    margin = max(2, round((bottom - top) / 5))
    wide, tall = right - left + 2 * margin, bottom - top + 2 * margin
    middle = wide / 2 if isinstance(thing.observation, MaskObservation) else 0.0
    x = min(max(round(x0 - middle), 0), max(shape[1] - wide, 0))
    y = min(max(round(y0 - tall), 0), max(shape[0] - tall, 0))
    pen.rectangle((x, y, x + wide - 1, y + tall - 1), fill=colour, outline=_HALO)
    pen.text((x + margin - left, y + margin - top), text, fill=ink(colour), font=font)
