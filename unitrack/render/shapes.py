"""Masks and skeletons on a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import ImageDraw

from unitrack.render.palette import RGB
from unitrack.skeleton import SKELETONS
from unitrack.types import MaskObservation, PoseObservation

__all__ = ["paint_mask", "paint_pose"]

_OPACITY = 0.5
_HALO: RGB = (0, 0, 0)


def paint_mask(
    canvas: NDArray[np.uint8], observation: MaskObservation, colour: RGB, width: int
) -> None:
    """Tint a mask in place, and draw its outline opaque, ``width`` pixels wide and inside."""
    mask = observation.mask
    if mask.shape != canvas.shape[:2]:
        return
    ink = np.array(colour, np.float32)
    canvas[mask] = ((1 - _OPACITY) * canvas[mask] + _OPACITY * ink).astype(np.uint8)
    canvas[mask & ~_eroded(mask, width)] = colour


def _eroded(mask: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """What is left of a mask without ``width`` pixels along its edge."""
    inner = mask
    for _ in range(width):
        padded = np.pad(inner, 1)
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
