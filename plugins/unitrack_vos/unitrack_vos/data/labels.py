"""Indexed pictures: one number a pixel, 0 for the background; and the masks they are made of."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from unitrack.errors import UniTrackError
from unitrack.render.palette import davis
from unitrack.types import MaskObservation, TrackedObject

__all__ = ["LAST_ID", "VOID", "Drawn", "encode", "paint", "read_drawn", "union"]

VOID = 255
"""In annotations: neither object nor background."""

LAST_ID = VOID - 1

_PALETTE = [part for number in range(256) for part in davis(number)]

# What Pillow raises for files that are no images, broken ones, and headers of absurd size.
_UNREADABLE = (OSError, UnidentifiedImageError, SyntaxError, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One indexed picture as it is, run-length encoded.

    Attributes:
        masks: Where each number is, ascending; 0 is left out.
        grey: Whether the picture has no palette.
    """

    masks: Mapping[int, MaskObservation]
    grey: bool


def read_drawn(path: Path, size: tuple[int, int]) -> Drawn:
    """Read an indexed picture: PNG with a palette, or grey.

    Args:
        path: The picture.
        size: Height and width that it must have.

    Raises:
        UniTrackError: If it is absent, broken, in colours, of another size, or if a number is
            larger than 255.
    """
    values, grey = _values(path)
    if values.shape != size:
        found, wanted = (f"{width}x{height}" for height, width in (values.shape, size))
        raise UniTrackError(
            path, f"is {found}, but the frames are {wanted}", "Scale it by nearest neighbour."
        )
    return Drawn(_masks(values), grey)


def _values(path: Path) -> tuple[NDArray[np.uint8], bool]:
    """The numbers, ``(H, W)``, and whether the picture has no palette."""
    try:
        with Image.open(path) as image:
            if image.mode not in ("P", "L", "1", "I", "I;16", "I;16B"):
                raise UniTrackError(
                    path,
                    f"is a picture in colours ({image.mode}), not one of object numbers",
                    "Save the numbers themselves, as an indexed or grey PNG.",
                )
            values, grey = np.asarray(image), image.mode != "P"
    except FileNotFoundError as error:
        raise UniTrackError(path, "is missing", "There is one PNG a frame; restore it.") from error
    except _UNREADABLE as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UniTrackError(
            path, f"cannot be decoded ({reason})", "Restore the file from the original archive."
        ) from error
    if values.max(initial=0) > VOID:
        raise UniTrackError(
            path, f"holds the object {values.max()}", f"Number the objects from 1 to {LAST_ID}."
        )
    return values.astype(np.uint8), grey


def _masks(values: NDArray[np.uint8]) -> dict[int, MaskObservation]:
    there = np.zeros(VOID + 1, np.bool_)
    there[values] = True
    there[0] = False
    columns = np.asfortranarray(values)  # run lengths go down the columns
    return {int(n): MaskObservation.of(columns == n) for n in np.flatnonzero(there)}


def union(masks: Iterable[MaskObservation], size: tuple[int, int]) -> MaskObservation:
    """All of the masks as one; an empty one of ``size`` for none."""
    from pycocotools import mask as coco

    coded = [mask.rle for mask in masks]
    if not coded:
        return MaskObservation.of(np.zeros(size, np.bool_))
    return MaskObservation(size, coco.merge(coded)["counts"])


def paint(objects: Iterable[TrackedObject], size: tuple[int, int], where: str) -> NDArray[np.uint8]:
    """Masks as numbers, ``(H, W)``; where two overlap, the larger identity is seen.

    Args:
        objects: Masks with their identities.
        size: Height and width.
        where: Sequence and frame, for messages.

    Raises:
        UniTrackError: If an object is no mask, of another size, or has an identity that no
            indexed picture can hold.
    """
    values = np.zeros(size, np.uint8, order="F")
    for thing in sorted(objects, key=lambda thing: thing.id):
        if not 1 <= thing.id <= LAST_ID:
            raise UniTrackError(
                f"{where}: object {thing.id}",
                "cannot be written to an indexed picture",
                f"Number the objects from 1 to {LAST_ID}.",
            )
        seen = thing.observation
        if not isinstance(seen, MaskObservation) or seen.size != size:
            raise UniTrackError(
                f"{where}: object {thing.id}",
                f"is no mask of {size[1]}x{size[0]}",
                "Give masks of the frame's own size.",
            )
        values[seen.mask] = thing.id
    return values


def encode(values: NDArray[np.uint8]) -> bytes:
    """Numbers ``(H, W)`` as a PNG with the palette of DAVIS and PASCAL VOC."""
    image = Image.fromarray(np.ascontiguousarray(values))
    image.putpalette(_PALETTE)
    file = io.BytesIO()
    image.save(file, format="PNG")
    return file.getvalue()
