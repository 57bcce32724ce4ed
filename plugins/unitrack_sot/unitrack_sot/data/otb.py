"""OTB-2015 (100 sequences), its subsets OTB-50 and OTB-2013, and rendered sets of its layout.

``<Sequence>/img/0001.jpg`` and ``<Sequence>/groundtruth_rect.txt``: ``left top width height``,
1-based, one line for every frame that is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from unitrack.data.base import Dataset
from unitrack.data.frames import list_images
from unitrack_sot.data.boxes import has_area, inside
from unitrack_sot.data.layout import find_files, in_order, none_found, selected
from unitrack_sot.data.otb_tables import RANGES, SPLITS, TWO_TARGETS
from unitrack_sot.data.results import BoxFiles
from unitrack_sot.data.rows import read_rows
from unitrack_sot.data.sequence import Annotation, SotSequence

__all__ = ["annotate", "otb100", "synthetic_sot"]

_ORIGIN = 1
_FORM = "Write left, top, width and height in every line, one line a frame."
_BOXES = "groundtruth_rect"
# Of Human4 only the second object is annotated.
_ALIASES = (("human4-2", "human4"),)


def otb100(root: Path, split: str | None, settings: object) -> Dataset:
    """OTB-2015, as its videos are unpacked, or with two-object videos copied as pysot wants them.

    Args:
        root: Folder of the videos, or one above it.
        split: ``otb100``, ``otb50``, ``otb2013``, or None for every sequence that is there.
        settings: None exist.

    Raises:
        UniTrackError: If there is no sequence, or no such split.
    """
    del settings
    found = in_order(_found("otb100", root, RANGES), tuple(RANGES), lambda video: video.name)
    chosen = selected("otb100", root, found, split, SPLITS, lambda video: video.name)
    return BoxFiles(tuple(chosen), _ORIGIN, _ALIASES)


def synthetic_sot(root: Path, split: str | None, settings: object) -> Dataset:
    """Rendered sequences in the same layout."""
    del settings  # they describe the rendering, not the files
    found = in_order(_found("synthetic_sot", root, {}), (), lambda video: video.name)
    chosen = selected("synthetic_sot", root, found, split, {}, lambda video: video.name)
    return BoxFiles(tuple(chosen), _ORIGIN)


def annotate(file: Path, origin: int = _ORIGIN) -> Annotation:
    """Boxes of a file with one ``left top width height`` a line.

    Boxes that leave the picture are kept as they are; one without area, as in the last frame of
    Board and Twinnings, is not counted.

    Raises:
        UniTrackError: If the file is absent or malformed.
    """
    xyxy = inside(read_rows(file, 4, _FORM).values, origin)
    return Annotation(file, xyxy, has_area(xyxy))


def _found(
    benchmark: str, root: Path, ranges: Mapping[str, tuple[int, int]]
) -> Iterator[SotSequence]:
    files = [path for path in find_files(root, f"{_BOXES}*.txt") if path.stat().st_size]
    if not files:
        raise none_found(benchmark, root, f"<Sequence>/{_BOXES}.txt")
    for file in files:
        name = _name(file)
        if name:
            yield SotSequence(
                name,
                _images(file.parent),
                partial(_annotated, file),
                numbers=ranges.get(name),
                attributes=_attributes(file.with_name("attrs.txt")),
            )


def _annotated(file: Path, video: SotSequence) -> Annotation:
    del video
    return annotate(file)


def _name(file: Path) -> str:
    """Which sequence a file of boxes belongs to; empty where it belongs to the folder beside."""
    folder, target = file.parent.name, file.stem.removeprefix(_BOXES).strip(".")
    copied = re.fullmatch(r"(\w+?)[._-](\d)", folder)
    if copied and copied[1] in TWO_TARGETS:
        return f"{copied[1]}-{copied[2]}" if target in ("", copied[2]) else ""
    return f"{folder}-{target}" if target and folder in TWO_TARGETS else folder


def _images(folder: Path) -> Path:
    """KiteSurf has been seen with its images in ``jpg/``."""
    other = folder / "jpg"
    return other if other.is_dir() and not list_images(folder / "img") else folder / "img"


def _attributes(file: Path) -> tuple[str, ...]:
    if not file.is_file():
        return ()
    names = file.read_text(encoding="utf-8", errors="replace").replace("\n", ",").split(",")
    return tuple(name.strip() for name in names if name.strip())
