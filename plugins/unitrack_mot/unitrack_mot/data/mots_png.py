"""KITTI-MOTS annotation as pictures: 16 bits a pixel, ``class * 1000 + instance``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from pycocotools import mask as coco

from unitrack.errors import UniTrackError
from unitrack.types import MaskObservation, TruthObject
from unitrack_mot.data.mots_classes import IGNORED, PER_CLASS
from unitrack_mot.data.mots_text import MaskFile, Row, truth_objects

__all__ = ["parse_truth_pictures"]

_DEEP = ("I;16", "I;16B", "I")  # Pillow's modes of pictures with more than 8 bits


def parse_truth_pictures(folder: MaskFile) -> tuple[tuple[TruthObject, ...], ...]:
    """Annotation per frame; a frame without a picture, or with an empty one, has no objects.

    Args:
        folder: Its path holds ``000000.png``, …

    Raises:
        UniTrackError: Naming the picture that is malformed, or of another frame or size.
    """
    rows: list[Row] = []
    for path in sorted(folder.path.glob("*.png")):
        if not path.stem.isdecimal() or int(path.stem) not in folder.frames:
            raise UniTrackError(
                path,
                f"is no frame in {folder.frames.start}..{folder.frames.stop - 1}",
                "Check that the folder is of this sequence.",
            )
        rows += _rows(path, folder)
    return truth_objects(rows, folder.frames)


def _rows(path: Path, folder: MaskFile) -> list[Row]:
    pixels = _decoded(path)
    if pixels.shape != folder.size:
        found, stated = (f"{width}x{height}" for height, width in (pixels.shape, folder.size))
        raise UniTrackError(
            path,
            f"is {found}, but the sequence is {stated}",
            "Restore it from the original archive.",
        )
    values = np.unique(pixels)
    values = values[values > 0]
    layers = np.asfortranarray(pixels[:, :, None] == values, np.uint8)
    rows = [
        Row(
            str(path),
            int(path.stem),
            int(value),
            MaskObservation(folder.size, coded["counts"], label=int(value) // PER_CLASS),
        )
        for value, coded in zip(values, coco.encode(layers), strict=True)
    ]
    for row in rows:
        if row.mask.label not in folder.classes and row.mask.label != IGNORED:
            known = ", ".join(f"{label} {name}" for label, name in folder.classes.items())
            raise row.fault(f"class {row.mask.label} is unknown", f"Classes: {known}, 10 ignored.")
    return rows


def _decoded(path: Path) -> NDArray[np.int64]:
    """Values of the pixels, ``(H, W)``."""
    try:
        with Image.open(path) as image:
            mode, pixels = image.mode, np.asarray(image)
    except (OSError, UnidentifiedImageError, SyntaxError, Image.DecompressionBombError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UniTrackError(
            path, f"cannot be decoded ({reason})", "Restore it from the original archive."
        ) from error
    if mode not in _DEEP:
        raise UniTrackError(
            path,
            f"has 8 bits a pixel (mode {mode}), which holds no class * 1000 + instance",
            "Restore the 16-bit picture; many programs cut it to 8 bits when they save it.",
        )
    return pixels.astype(np.int64)
