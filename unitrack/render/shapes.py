"""Masks and skeletons on a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

from unitrack.render.palette import RGB
from unitrack.skeleton import SKELETONS
from unitrack.types import MaskObservation, PoseObservation

__all__ = ["bright", "crest", "paint_mask", "paint_pose"]

_OPACITY = 0.5
_HALO: RGB = (0, 0, 0)
_HALO_OPACITY = 0.6


def paint_mask(
    canvas: NDArray[np.uint8], observation: MaskObservation, colour: RGB, width: int
) -> None:
    """Tint a mask in place, with an outline that shows on any ground.

    The outline is a bright line of ``width`` pixels inside the edge and a dark one of a pixel
    outside of it. A mask of another size than the canvas is left out.
    """
    if observation.size != canvas.shape[:2] or not observation.area:
        return
    left, top, right, bottom = (int(side) for side in observation.box)
    window = np.s_[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1]
    mask, part = observation.mask[window], canvas[window]
    inside = _eroded(mask, width)
    halo = ~_eroded(~mask, 1, beyond=True) & ~mask
    _blend(part, inside, colour, _OPACITY)
    _blend(part, halo, _HALO, _HALO_OPACITY)
    part[mask & ~inside] = bright(colour)


def bright(colour: RGB) -> RGB:
    """A colour of DAVIS, most of which are dark, as one for thin lines."""
    red, green, blue = (min(2 * part, 255) for part in colour)
    return red, green, blue


def crest(observation: MaskObservation) -> tuple[float, float]:
    """Where a mask, which is not empty, reaches highest: a point of its upper edge, pixels."""
    left, top, right, _ = (int(side) for side in observation.box)
    columns = np.flatnonzero(observation.mask[top, left:right])
    return left + float(columns[len(columns) // 2]) + 0.5, float(top)


def _blend(part: NDArray[np.uint8], where: NDArray[np.bool_], colour: RGB, opacity: float) -> None:
    ink = np.array(colour, np.float32)
    part[where] = ((1 - opacity) * part[where] + opacity * ink).astype(np.uint8)


def _eroded(mask: NDArray[np.bool_], width: int, *, beyond: bool = False) -> NDArray[np.bool_]:
    """What is left of a mask without ``width`` pixels along its edge.

    Args:
        mask: ``(H, W)``.
        width: Pixels.
        beyond: Whether the mask goes on outside of the array.
    """
    inner = mask
    for _ in range(width):
        padded = np.pad(inner, 1, constant_values=beyond)
        inner = inner & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    return inner


def paint_pose(
    pen: ImageDraw.ImageDraw, observation: PoseObservation, colour: RGB, width: int
) -> None:
    """Limbs between joints that are there, over a dark line, and a dot on each joint."""
    xy, visible = observation.xy, observation.visible
    limbs = [
        [xy[start], xy[end]]
        for start, end in SKELETONS[observation.skeleton].limbs
        if visible[start] and visible[end]
    ]
    for ink, extra in ((_HALO, 2), (colour, 0)):
        for limb in limbs:
            pen.line(limb, fill=ink, width=width + extra)
        for (x, y), seen in zip(xy, visible, strict=True):
            radius = width + extra / 2
            if seen:
                pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)
