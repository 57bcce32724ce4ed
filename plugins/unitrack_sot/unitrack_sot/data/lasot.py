"""LaSOT: ``<class>/<class>-<n>/{img/00000001.jpg, groundtruth.txt, full_occlusion.txt, …}``.

Boxes are ``left,top,width,height``, 1-based. Where a flag says that the object is out of view or
fully hidden, or a box has no area, the frame stays in the denominators and is never a hit.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Dataset
from unitrack.errors import UniTrackError
from unitrack_sot.data.boxes import has_area, inside
from unitrack_sot.data.lasot_tables import CLASSES, TEST
from unitrack_sot.data.layout import find_files, in_order, none_found, selected
from unitrack_sot.data.results import BoxFiles
from unitrack_sot.data.rows import read_lines, read_rows
from unitrack_sot.data.sequence import Annotation, SotSequence

__all__ = ["lasot"]

_ORIGIN = 1
_FORM = "Write left,top,width,height in every line, one line a frame."
_FLAGS = ("out_of_view.txt", "full_occlusion.txt")
_ALL = tuple(f"{name}-{number}" for name in CLASSES for number in range(1, 21))
_SPLITS = {"test": TEST, "train": tuple(name for name in _ALL if name not in set(TEST))}


def lasot(root: Path, split: str | None, settings: object) -> Dataset:
    """LaSOT.

    Args:
        root: Folder of the classes or of the sequences, or one above it.
        split: ``test`` (280 sequences), ``train`` (1120), or None for every sequence there is.
        settings: None exist.

    Raises:
        UniTrackError: If there is no sequence, or no such split.
    """
    del settings
    files = find_files(root, "groundtruth.txt")
    if not files:
        raise none_found("lasot", root, "<class>-<n>/groundtruth.txt")
    videos = [
        SotSequence(file.parent.name, file.parent / "img", partial(_annotate, file))
        for file in files
    ]
    found = in_order(videos, _ALL, lambda video: video.name)
    chosen = selected("lasot", root, found, split, _SPLITS, lambda video: video.name)
    return BoxFiles(tuple(chosen), _ORIGIN)


def _annotate(file: Path, video: SotSequence) -> Annotation:
    del video
    xyxy = inside(read_rows(file, 4, _FORM).values, _ORIGIN)
    counted = has_area(xyxy)
    for name in _FLAGS:
        counted &= ~_flags(file.with_name(name), len(xyxy))
    return Annotation(file, xyxy, counted)


def _flags(file: Path, length: int) -> NDArray[np.bool_]:
    """One flag a frame, all in one line; an absent file says that nothing is ever hidden."""
    if not file.is_file():
        return np.zeros(length, np.bool_)
    cells = [cell for line in read_lines(file).values() for cell in line]
    if len(cells) != length or not set(cells) <= {"0", "1"}:
        raise UniTrackError(
            file,
            f"holds {len(cells)} values for {length} frames, or other than 0 and 1",
            "Write one line of 0 and 1, separated by commas, one for each frame.",
        )
    flags: NDArray[np.bool_] = np.array([cell == "1" for cell in cells], np.bool_)
    return flags
