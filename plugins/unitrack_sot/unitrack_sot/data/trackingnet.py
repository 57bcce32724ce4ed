"""TrackingNet: ``TEST/{frames/<id>/0.jpg, anno/<id>.txt}``, and the same in ``TRAIN_0`` to 11.

Boxes are ``left,top,width,height``, 0-based. Of a test video only the first box is told; the rest
is with the benchmark's server, for which `TrackingNet.submit` packs the results.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from unitrack.data.base import Dataset
from unitrack.errors import UniTrackError
from unitrack.files import zip_atomic
from unitrack_sot.data.boxes import has_area, inside
from unitrack_sot.data.layout import check_split
from unitrack_sot.data.results import BoxFiles, box_lines
from unitrack_sot.data.rows import read_rows
from unitrack_sot.data.sequence import Annotation, SotSequence

__all__ = ["TrackingNet", "trackingnet"]

_ORIGIN = 0
_FORM = "Write left,top,width,height in every line."
_SPLITS = {"test": "TEST", "train": "TRAIN_*"}


@dataclass(frozen=True, slots=True)
class TrackingNet(BoxFiles):
    """TrackingNet's files, and the archive for its server."""

    def submit(self, results: Path, archive: Path) -> None:
        """One ``<id>.txt`` a video, in a zip."""
        members = {
            f"{video.name}.txt": box_lines(self.read(video, results), self.origin)
            for video in self.videos
        }
        zip_atomic(archive, members)


def trackingnet(root: Path, split: str | None, settings: object) -> Dataset:
    """TrackingNet.

    Args:
        root: Folder with ``TEST`` or ``TRAIN_0``, …; or one of these; or a folder above.
        split: ``test``, ``train``, or None for every annotated video, and the test videos where
            there is no other.
        settings: None exist.

    Raises:
        UniTrackError: If there is no video, or no such split.
    """
    del settings
    check_split("trackingnet", split, _SPLITS)
    parts = sorted(folder.parent for folder in _annotations(root))
    train = [part for part in parts if part.name != _SPLITS["test"]]
    test = [part for part in parts if part not in train]
    chosen = {"test": test, "train": train, None: train or test}[split]
    videos = [video for part in chosen for video in _videos(part)]
    if not videos:
        raise UniTrackError(
            root,
            f"holds no video of trackingnet (looked for {root}/anno, {root}/*/anno and "
            f"{root}/*/*/anno{f', split {split}' if split else ''})",
            "Give --root the folder that holds TEST or TRAIN_0.",
        )
    return TrackingNet(tuple(videos), _ORIGIN)


def _annotations(root: Path) -> Iterator[Path]:
    for pattern in ("anno", "*/anno", "*/*/anno"):
        yield from (folder for folder in root.glob(pattern) if folder.is_dir())


def _videos(part: Path) -> Iterator[SotSequence]:
    only_start = part.name == _SPLITS["test"]
    for file in sorted((part / "anno").glob("*.txt")):
        annotate = partial(_annotate, file, only_start)
        yield SotSequence(file.stem, part / "frames" / file.stem, annotate)


def _annotate(file: Path, only_start: bool, video: SotSequence) -> Annotation:
    del video
    xyxy = inside(read_rows(file, 4, _FORM).values, _ORIGIN)
    return Annotation(file, xyxy, has_area(xyxy), only_start=only_start and len(xyxy) == 1)
