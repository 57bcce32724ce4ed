"""Archives for the benchmarks' servers, written from runs and read back."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from unitrack.data.base import Dataset, Submittable
from unitrack.data.base import Sequence as Video
from unitrack.data.select import whole
from unitrack.errors import UniTrackError
from unitrack.report.record import Record, open_run

__all__ = ["Archive", "pack"]


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive that was written and read back.

    Attributes:
        path: The zip file.
        sequences: Sequences in it: all of the split.
        sha256: Of the file.
    """

    path: Path
    sequences: int
    sha256: str


def pack(record: Record, archive: Path) -> Archive:
    """Write what the server of a run's benchmark takes, and read every sequence back from it.

    Args:
        record: A run of the whole split.
        archive: The zip file.

    Raises:
        UniTrackError: If the benchmark has no server, the run is cut short or lacks a sequence, or
            what is written does not read as what was run; no archive is left then.
    """
    _check_whole(record)
    with open_run(record) as run:
        dataset = run.dataset
        if not isinstance(dataset, Submittable):
            raise UniTrackError(
                record.spec.data,
                "has no server that takes an archive",
                "Send the files as they are.",
            )
        dataset.submit(run.results, archive)
        try:
            videos = [whole(video) for video in dataset.sequences()]
            _read_back(dataset, videos, run.results, archive)
        except UniTrackError:
            archive.unlink()
            raise
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return Archive(archive, len(videos), digest)


def _check_whole(record: Record) -> None:
    spec = record.spec
    if spec.limit is not None or spec.stride != 1:
        raise UniTrackError(
            record.source,
            "holds a part of each sequence (--limit, --stride)",
            "Run all frames; a server wants them.",
        )
    if record.failed:
        raise UniTrackError(
            record.source,
            f"lacks {', '.join(record.failed)}, which failed",
            "Run it again; what is finished is kept.",
        )


def _read_back(dataset: Dataset, videos: list[Video], results: Path, archive: Path) -> None:
    """Refuse an archive that does not hold every sequence as it was found."""
    with tempfile.TemporaryDirectory(prefix="unitrack-submission-") as folder:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        top = _top(Path(folder), {video.name for video in videos})
        _fill(results, top)
        for video in videos:
            sent, kept = dataset.read(video, top), dataset.read(video, results)
            same = len(sent.frames) == len(kept.frames) and all(
                [one.id for one in a] == [one.id for one in b]
                for a, b in zip(sent.frames, kept.frames, strict=True)
            )
            if not same:
                raise UniTrackError(
                    archive,
                    f"does not hold {video.name} as it was run",
                    "Report it: the writer and the reader of this data set disagree.",
                )


def _top(folder: Path, names: set[str]) -> Path:
    """Where the sequences lie: some servers want all of them in one folder."""
    inside = list(folder.iterdir())
    alone = len(inside) == 1 and inside[0].is_dir() and inside[0].name not in names
    return inside[0] if alone else folder


def _fill(results: Path, top: Path) -> None:
    """Frames that a server does not ask for, so that a sequence can be read as a whole."""
    for file in results.glob("*/**/*"):
        place = top / file.relative_to(results)
        if file.is_file() and place.parent.is_dir() and not place.exists():
            shutil.copyfile(file, place)
