"""Tiny annotations of masks: filled boxes in a small picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from unitrack.types import MaskObservation
from unitrack_mot.data.mots_classes import KITTI_CLASSES
from unitrack_mot.data.mots_text import MaskFile

SIZE = (40, 60)


def box_mask(
    x: int, y: int, wide: int, tall: int, *, label: int = 2, score: float = 1.0
) -> MaskObservation:
    mask = np.zeros(SIZE, bool)
    mask[y : y + tall, x : x + wide] = True
    return MaskObservation.of(mask, score, label)


def line(frame: int, identity: int, mask: MaskObservation) -> str:
    height, width = mask.size
    return f"{frame} {identity} {mask.label} {height} {width} {mask.counts.decode()}\n"


def mask_file(path: Path, *lines: str, frames: range = range(4)) -> MaskFile:
    """A file of these lines, of a sequence of ``frames``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")
    return MaskFile(path, frames, SIZE, KITTI_CLASSES)


def write_images(folder: Path, count: int, first: int = 0, suffix: str = ".png") -> None:
    folder.mkdir(parents=True)
    for number in range(first, first + count):
        pixels = np.full((*SIZE, 3), 10 * number, np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:06d}{suffix}")
