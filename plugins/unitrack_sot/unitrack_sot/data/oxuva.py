"""OxUvA: long videos in which the object comes and goes; a tracker must say when it is absent.

``images/<split>/vid0042/%06d.jpeg``, ``tasks/<split>.csv`` and, for the dev split,
``annotations/dev.csv``; no file has a header. Coordinates are fractions of the picture in the order
xmin, xmax, ymin, ymax. Frame numbers count from 0 in the video, not from the first frame that is
run. Labels stand on every 30th frame.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as Series
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from unitrack.data.base import Dataset, Sequence
from unitrack.errors import UniTrackError
from unitrack.files import write_atomic, zip_atomic
from unitrack.types import BoxObservation, SequenceResult, TrackedObject
from unitrack_sot.data.boxes import has_area
from unitrack_sot.data.layout import check_split, none_found
from unitrack_sot.data.rows import Array, commas, read_lines
from unitrack_sot.data.sequence import TARGET, Annotation, SotSequence
from unitrack_sot.data.settings import OxuvaSettings

__all__ = ["OxUvA", "oxuva"]

_SPLITS = ("dev", "test")
_TASK = "Write video,object,init_frame,last_frame,xmin,xmax,ymin,ymax."
_LABEL = (
    "Write video,object,class_id,class_name,contains_cuts,always_visible,frame,presence,xmin,xmax,"
    "ymin,ymax; presence is present or absent."
)
_ANSWER = (
    "Write video,object,frame_num,present,score,xmin,xmax,ymin,ymax; present is present or absent."
)
_HEADER = ["video", "object", "frame_num", "present", "score", "xmin", "xmax", "ymin", "ymax"]
_PRESENCE = {
    "present": True, "true": True, "1": True, "absent": False, "false": False, "0": False,
}  # fmt: skip
_CORNERS = [0, 2, 1, 3]  # xmin, xmax, ymin, ymax and x1, y1, x2, y2: its own inverse

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Task:
    """One object to follow: which frames, and where it is in the first (fractions, corners)."""

    object: _Key
    first: int
    last: int
    start: Array

    @property
    def name(self) -> str:
        return "_".join(self.object)

    @property
    def length(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class _Label:
    frame: int
    present: bool
    corners: Array


def oxuva(root: Path, split: str | None, settings: OxuvaSettings) -> Dataset:
    """OxUvA.

    Args:
        root: Folder of ``tasks``, ``annotations`` and ``images``, or one above it.
        split: ``dev``, ``test``, or None for dev, and test where that is not there.
        settings: How an answer becomes present or absent.

    Raises:
        UniTrackError: If there is no task, or no such split.
    """
    check_split("oxuva", split, _SPLITS)
    for part in [split] if split else _SPLITS:
        for tasks in (root.glob(f"{above}tasks/{part}.csv") for above in ("", "*/", "*/*/")):
            for file in tasks:
                return _open(file, part, settings)
    raise none_found("oxuva", root, f"tasks/{split or 'dev'}.csv")


def _open(file: Path, split: str, settings: OxuvaSettings) -> Dataset:
    base = file.parent.parent
    labels = base / "annotations" / f"{split}.csv"
    known = _labels(labels) if labels.is_file() else None
    tasks = _tasks(file)
    videos = tuple(
        SotSequence(
            task.name,
            base / "images" / split / task.object[0],
            partial(
                _annotate,
                file if known is None else labels,
                task,
                None if known is None else known.get(task.object, []),
            ),
            numbers=(task.first, task.last),
        )
        for task in tasks
    )
    return OxUvA(videos, {task.name: task for task in tasks}, settings.presence)


@dataclass(frozen=True, slots=True)
class OxUvA:
    """OxUvA's files, and the archive for its server."""

    videos: tuple[SotSequence, ...]
    tasks: Mapping[str, _Task]
    presence: float

    def sequences(self) -> list[Sequence]:
        """One for each object to follow, in the order of the tasks."""
        return list(self.videos)

    def write(self, result: SequenceResult, folder: Path) -> None:
        """One line for each frame after the first; fractions of the picture."""
        write_atomic(folder / f"{result.name}.csv", self._lines(result))

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        """What is said of a frame holds until something else is said."""
        path = folder / f"{sequence.name}.csv"
        task, unit = self.tasks[sequence.name], _unit(self._video(sequence.name))
        answers = _answers(path, task)
        frames: list[tuple[TrackedObject, ...]] = [_tracked(task.start * unit, 1.0)]
        for number in range(task.first + 1, task.first + sequence.length):
            said = answers.get(number, frames[-1])
            if isinstance(said, _Answer):
                said = _tracked(said.corners * unit, said.score) if said.present else ()
            frames.append(said)
        return SequenceResult(sequence.name, tuple(frames))

    def submit(self, results: Path, archive: Path) -> None:
        """One ``<video>_<object>.csv`` for each object, in a zip."""
        members = {
            f"{video.name}.csv": self._lines(self.read(video, results)) for video in self.videos
        }
        zip_atomic(archive, members)

    def _video(self, name: str) -> SotSequence:
        return next(video for video in self.videos if video.name == name)

    def _lines(self, result: SequenceResult) -> str:
        task, unit = self.tasks[result.name], _unit(self._video(result.name))
        start = ",".join(task.object)
        lines = []
        for number, frame in enumerate(result.frames[1:], task.first + 1):
            seen = frame[0].observation if frame else BoxObservation((0.0,) * 4, 0.0)
            present = bool(frame) and seen.score >= self.presence
            x = (np.array(seen.box) / unit)[_CORNERS]
            lines.append(
                f"{start},{number},{'present' if present else 'absent'},{seen.score:.6f},"
                f"{x[0]:.8f},{x[1]:.8f},{x[2]:.8f},{x[3]:.8f}\n"
            )
        return "".join(lines)


def _unit(video: SotSequence) -> Array:
    """Width, height, width, height in pixels.

    Without images the unit is the picture itself: no overlap depends on it.
    """
    height, width = video.size if video.images else (1, 1)
    return np.array([width, height] * 2, np.float64)


def _tracked(corners: Array, score: float) -> tuple[TrackedObject, ...]:
    x1, y1, x2, y2 = corners.tolist()
    return (TrackedObject(TARGET, BoxObservation((x1, y1, x2, y2), score)),)


def _tasks(file: Path) -> list[_Task]:
    tasks = []
    for number, cells in read_lines(file, commas).items():
        where = f"{file}:{number}"
        if len(cells) != 8:  # noqa: PLR2004 - columns of a task
            raise UniTrackError(where, f"has {len(cells)} columns, not 8", _TASK)
        first, last = (_whole(where, cell, _TASK) for cell in cells[2:4])
        corners = _corners(where, cells[4:8], _TASK)
        if last <= first:
            raise UniTrackError(where, f"ends in frame {last}, begins in {first}", _TASK)
        tasks.append(_Task((cells[0], cells[1]), first, last, corners))
    if not tasks:
        raise UniTrackError(file, "is empty", _TASK)
    return tasks


def _labels(file: Path) -> dict[_Key, list[_Label]]:
    known: dict[_Key, list[_Label]] = {}
    for number, cells in read_lines(file, commas).items():
        where = f"{file}:{number}"
        if len(cells) < 8 or cells[7].lower() not in ("present", "absent"):  # noqa: PLR2004
            raise UniTrackError(where, "is no label", _LABEL)
        present = _PRESENCE[cells[7].lower()]
        corners = _corners(where, cells[8:12], _LABEL) if present else np.zeros(4)
        label = _Label(_whole(where, cells[6], _LABEL), present, corners)
        known.setdefault((cells[0], cells[1]), []).append(label)
    return known


def _annotate(
    file: Path, task: _Task, labels: Series[_Label] | None, video: SotSequence
) -> Annotation:
    """The first box and the labels after it; without any, all but the first is kept back."""
    corners = np.zeros((task.length, 4))
    present, labelled = np.zeros((2, task.length), np.bool_)
    corners[0], present[0], labelled[0] = task.start, True, True
    for label in labels or ():
        if task.first < label.frame <= task.last:
            index = label.frame - task.first
            corners[index], present[index], labelled[index] = label.corners, label.present, True
    xyxy = corners * _unit(video)
    return Annotation(file, xyxy, present & has_area(xyxy), labelled, only_start=labels is None)


@dataclass(frozen=True, slots=True)
class _Answer:
    present: bool
    score: float
    corners: Array


def _answers(file: Path, task: _Task) -> dict[int, _Answer]:
    """What is said, by frame number."""
    answers: dict[int, _Answer] = {}
    for line, cells in read_lines(file, commas).items():
        where = f"{file}:{line}"
        if cells == _HEADER:
            continue
        if len(cells) != len(_HEADER) or cells[3].lower() not in _PRESENCE:
            raise UniTrackError(where, "is no answer", _ANSWER)
        if (cells[0], cells[1]) != task.object:
            raise UniTrackError(where, f"is of {cells[0]}_{cells[1]}", f"Keep {task.name} only.")
        number = _whole(where, cells[2], _ANSWER)
        if not task.first <= number <= task.last or number in answers:
            raise UniTrackError(
                where,
                f"frame {number} is outside {task.first}..{task.last}, or occurs twice",
                "Number the frames as in the video, each once.",
            )
        present = _PRESENCE[cells[3].lower()]
        corners = _corners(where, cells[5:], _ANSWER) if present else np.zeros(4)
        score = _finite(where, cells[4], _ANSWER) if present else 0.0
        answers[number] = _Answer(present, score, corners)
    return answers


def _corners(where: str, cells: Series[str], mend: str) -> Array:
    """xmin, xmax, ymin, ymax as corners, in fractions."""
    if len(cells) != len(_CORNERS):
        raise UniTrackError(where, f"has {len(cells)} coordinates, not 4", mend)
    corners = np.array([_finite(where, cell, mend) for cell in cells])[_CORNERS]
    if (corners[2:] < corners[:2]).any():
        raise UniTrackError(where, "a box ends before it begins", mend)
    return corners


def _finite(where: str, cell: str, mend: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise UniTrackError(where, f"{cell!r} is no number", mend) from None
    if not np.isfinite(value):
        raise UniTrackError(where, "holds a value that is not finite", mend)
    return value


def _whole(where: str, cell: str, mend: str) -> int:
    if not cell.isdecimal():
        raise UniTrackError(where, f"{cell!r} is no frame number", mend)
    return int(cell)
