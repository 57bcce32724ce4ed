"""Result files of one object: a box a line, written by us, read from anybody."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence as Series
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unitrack.data.base import Sequence
from unitrack.errors import UniTrackError
from unitrack.files import write_atomic
from unitrack.types import BoxObservation, SequenceResult, TrackedObject
from unitrack_sot.data.boxes import has_area, inside, outside
from unitrack_sot.data.layout import key
from unitrack_sot.data.rows import Array, Rows, read_rows
from unitrack_sot.data.sequence import TARGET, SotSequence

__all__ = ["BoxFiles", "box_lines", "check_length", "find_result"]

_LOG = logging.getLogger("unitrack")
_FORM = "Write left,top,width,height in every line, one line a frame; 0,0,0,0 where nothing is."
_ENDS = (".txt", ".json")

Objects = tuple[tuple[TrackedObject, ...], ...]


@dataclass(frozen=True, slots=True)
class BoxFiles:
    """A data set whose result files hold a box a line.

    Attributes:
        videos: The sequences.
        origin: What its files call the leftmost pixel, 0 or 1.
        aliases: Further names that a sequence has in files of results (both as `key` gives them).
    """

    videos: tuple[SotSequence, ...]
    origin: int
    aliases: tuple[tuple[str, str], ...] = ()

    def sequences(self) -> list[Sequence]:
        """The sequences, in the benchmark's order."""
        return list(self.videos)

    def write(self, result: SequenceResult, folder: Path) -> None:
        """``left,top,width,height`` a line; 0,0,0,0 where the tracker gave nothing."""
        write_atomic(folder / f"{result.name}.txt", box_lines(result, self.origin))

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        """Also files with tabs or spaces, of other spellings, and OTB's JSON."""
        path = find_result(folder, sequence.name, self.aliases)
        rows = _json_rows(path) if path.suffix == ".json" else read_rows(path, 4, _FORM)
        late = any(v.numbers and v.numbers[0] > 1 for v in self.videos if v.name == sequence.name)
        check_length(path, len(rows.values), sequence, may_start_elsewhere=late)
        boxes = inside(rows.values[: sequence.length], self.origin)
        return SequenceResult(sequence.name, _frames_of(boxes))


def box_lines(result: SequenceResult, origin: int) -> str:
    """``left,top,width,height`` of every frame, a line each."""
    boxes = np.array(
        [frame[0].observation.box if frame else (0.0,) * 4 for frame in result.frames], np.float64
    ).reshape(-1, 4)
    rows = outside(boxes, origin)
    rows[~has_area(boxes)] = 0
    return "".join(f"{x:.4f},{y:.4f},{w:.4f},{h:.4f}\n" for x, y, w, h in rows.tolist())


def _frames_of(xyxy: Array) -> Objects:
    """Boxes ``(N, 4)`` as what a tracker said; nothing where one has no area."""
    return tuple(
        (TrackedObject(TARGET, BoxObservation((x1, y1, x2, y2))),) if there else ()
        for (x1, y1, x2, y2), there in zip(xyxy.tolist(), has_area(xyxy).tolist(), strict=True)
    )


def find_result(folder: Path, name: str, aliases: Series[tuple[str, str]] = ()) -> Path:
    """The result file of a sequence, in any tool's spelling of its name.

    ``<name>.txt`` and ``<name>.json`` in the folder, or the first repetition in a folder of its
    own, ``<name>/<name>_001.txt`` (GOT-10k, VOT).

    Raises:
        UniTrackError: If there is none, or more than one could be meant.
    """
    own = folder / f"{name}.txt"
    if own.is_file():
        return own
    wanted = {key(name), *(one for one, other in aliases if other == key(name))}
    found = [
        path
        for path in sorted(folder.iterdir() if folder.is_dir() else ())
        if path.suffix in _ENDS and key(path.stem) in wanted and not path.name.startswith(".")
    ]
    repeated = folder / name / f"{name}_001.txt"
    found += [repeated] if repeated.is_file() else []
    if not found:
        raise UniTrackError(
            own, "is missing", "Give the folder that holds a result file for every sequence."
        )
    if len(found) > 1:
        names = " and ".join(path.name for path in found[:2])
        raise UniTrackError(folder, f"holds {names} for {name}", "Remove one of them.")
    return found[0]


def check_length(
    path: Path, count: int, sequence: Sequence, *, may_start_elsewhere: bool = False
) -> None:
    """Say what becomes of a result that is not as long as the video: a longer one is cut.

    Args:
        path: The file.
        count: Frames that it speaks of.
        sequence: The video.
        may_start_elsewhere: Whether the first of too many may be of a frame that is not run.

    Raises:
        UniTrackError: If there are fewer (a tracker that was stopped is no tracker that failed), or
            if it cannot be told which of more belong to the video.
    """
    length = sequence.length
    if count < length or (count > length and may_start_elsewhere):
        raise UniTrackError(
            path,
            f"holds {count} frames, but {sequence.name} has {length}",
            "Write a line for every frame that is run, 0,0,0,0 where the tracker has no box.",
        )
    if count > length:
        _LOG.warning(
            "%s: the last %d lines are behind the end of %s and not scored",
            path, count - length, sequence.name,
        )  # fmt: skip


def _json_rows(path: Path) -> Rows:
    """OTB's own results: a list with one run, whose ``res`` is a list of boxes."""
    mend = 'It needs [{"resType": "rect", "res": [[left, top, width, height], ...]}].'
    try:
        runs = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UniTrackError(path, f"cannot be read ({error})", mend) from error
    run = runs[0] if isinstance(runs, list) and len(runs) == 1 else None
    if not isinstance(run, dict) or run.get("resType") != "rect":
        raise UniTrackError(path, "is not one run of upright boxes", mend)
    try:
        values = np.array(run["res"], np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise UniTrackError(path, "holds no table of boxes", mend) from error
    if values.ndim != 2 or values.shape[1] != 4:  # noqa: PLR2004 - left, top, width, height
        raise UniTrackError(path, "holds no table of boxes", mend)
    strange = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(strange):
        raise UniTrackError(
            path, f"box {strange[0] + 1} holds a value that is not finite", "Correct it."
        )
    return Rows(path, range(1, len(values) + 1), values)
