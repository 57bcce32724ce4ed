"""MOTChallenge's text files: comma-separated, 1-based, left, top, width, height."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unitrack.errors import UniTrackError
from unitrack.types import (
    BoxObservation,
    Observation,
    SequenceResult,
    TrackedObject,
    TruthObject,
)
from unitrack_mot.data.bulk import no_collection
from unitrack_mot.data.table import (
    Array,
    Form,
    Rows,
    check_frames,
    check_identities,
    check_sides,
    group_by_frame,
    read_table,
)

__all__ = [
    "parse_observations",
    "parse_private_observations",
    "parse_result",
    "parse_truth",
    "result_text",
]

_RESULT = Form(7, "Write frame,id,left,top,width,height,score, separated by commas.")
_OBSERVED = Form(
    7,
    "Write frame,-1,left,top,width,height,score; for frame,left,top,width,height,score "
    "add --set data.columns=private.",
)
_PRIVATE = Form(
    6,
    "Write frame,left,top,width,height,score, or leave out --set data.columns=private.",
    most=6,
)
_TRUTH = Form(7, "Write frame,id,left,top,width,height,flag.")
_TRUTH_OF_CLASSES = Form(
    9, "Write frame,id,left,top,width,height,flag,class,visible; without classes use --data mot15."
)

_CLASS = 7  # 0-based column
_WORLD = 10  # files of so many columns may hold world coordinates in the last three
_CLASSES = range(1, 14)
_PEDESTRIAN = 1

Objects = tuple[tuple[TrackedObject, ...], ...]


@no_collection()
def parse_truth(file: Path, length: int, *, classes: bool) -> tuple[tuple[TruthObject, ...], ...]:
    """Annotation per frame; ``observation.score`` is the visible fraction where one is given.

    Args:
        file: ``gt.txt``.
        length: Frames of the sequence.
        classes: Whether the columns ``class,visible`` are there.

    Raises:
        UniTrackError: Naming the line at fault.
    """
    rows = _checked(file, _TRUTH_OF_CLASSES if classes else _TRUTH, length, 2)
    check_identities(rows)
    values = rows.values
    labels = values[:, _CLASS] if classes else np.ones(len(values))
    strange = np.flatnonzero(~np.isin(labels, _CLASSES))
    if len(strange):
        what = f"class {labels[strange[0]]:g} is not in 1..13"
        raise rows.fault(int(strange[0]), what, "Correct the class; a pedestrian is 1.")
    visible = values[:, _CLASS + 1] if classes else np.ones(len(values))
    observed = _boxes(values[:, 2:6], visible, labels.astype(np.int64))
    objects = [
        TruthObject(int(identity), observation, flag != 0)
        for identity, observation, flag in zip(
            values[:, 1].tolist(), observed, values[:, 6].tolist(), strict=True
        )
    ]
    return tuple(
        tuple(objects[row] for row in chosen)
        for chosen in group_by_frame(values[:, 0], _numbers(length))
    )


@no_collection()
def parse_observations(file: Path, length: int) -> tuple[tuple[Observation, ...], ...]:
    """Detections per frame, ``frame,-1,left,top,width,height,score[,class]``.

    Raises:
        UniTrackError: Naming the line at fault; also for a file without any detection.
    """
    rows = _checked(file, _OBSERVED, length, 2)
    return _observations(rows, 2, _labels(rows), length)


@no_collection()
def parse_private_observations(file: Path, length: int) -> tuple[tuple[Observation, ...], ...]:
    """Detections per frame, ``frame,left,top,width,height,score``.

    Raises:
        UniTrackError: Naming the line at fault; also for a file without any detection.
    """
    rows = _checked(file, _PRIVATE, length, 1)
    return _observations(rows, 1, np.full(len(rows.values), _PEDESTRIAN), length)


@no_collection()
def parse_result(file: Path, length: int) -> Objects:
    """Tracked objects per frame; rows with a negative identity are dropped.

    Raises:
        UniTrackError: Naming the line at fault.
    """
    read = _checked(file, _RESULT, length, 2)
    rows = read.only(read.values[:, 1] >= 0)
    check_identities(rows)
    observed = _boxes(rows.values[:, 2:6], rows.values[:, 6], _labels(rows))
    objects = [
        TrackedObject(int(identity), observation)
        for identity, observation in zip(rows.values[:, 1].tolist(), observed, strict=True)
    ]
    return tuple(
        tuple(objects[row] for row in chosen)
        for chosen in group_by_frame(rows.values[:, 0], _numbers(length))
    )


def result_text(result: SequenceResult) -> str:
    """One line a box, in the form that MOTChallenge's server takes."""
    return "".join(
        _line(number, tracked)
        for number, objects in enumerate(result.frames, 1)
        for tracked in objects
    )


def _line(number: int, tracked: TrackedObject) -> str:
    x1, y1, x2, y2 = tracked.observation.box
    label = tracked.observation.label
    # The class column stays -1 for pedestrians: MOTChallenge's server takes nothing else.
    named = label if label != _PEDESTRIAN else -1
    return (
        f"{number},{tracked.id},{x1 + 1:.6f},{y1 + 1:.6f},{x2 - x1:.6f},{y2 - y1:.6f},"
        f"1,{named},-1,-1\n"
    )


def _checked(file: Path, form: Form, length: int, left: int) -> Rows:
    rows = read_table(file, form)
    check_frames(rows, _numbers(length))
    check_sides(rows, rows.values[:, left + 2 : left + 4])
    return rows


def _observations(
    rows: Rows, left: int, labels: NDArray[np.int64], length: int
) -> tuple[tuple[Observation, ...], ...]:
    values = rows.values
    if not len(values):
        raise UniTrackError(
            rows.path,
            "holds no detection at all",
            "Check that the detector ran and wrote this file.",
        )
    observed = _boxes(values[:, left : left + 4], values[:, left + 4], labels)
    return tuple(
        tuple(observed[row] for row in chosen)
        for chosen in group_by_frame(values[:, 0], _numbers(length))
    )


def _labels(rows: Rows) -> NDArray[np.int64]:
    """The class column where it holds one, else pedestrian.

    World coordinates stand in the same place; they fill three columns, a class only one.
    """
    values = rows.values
    columns = values.shape[1]
    if columns <= _CLASS or (columns >= _WORLD and (values[:, _CLASS + 1 :] != -1).any()):
        return np.full(len(values), _PEDESTRIAN)
    named = values[:, _CLASS]
    broken = np.flatnonzero(named != np.floor(named))
    if len(broken):
        what = f"class {named[broken[0]]:g} is no whole number"
        raise rows.fault(int(broken[0]), what, "Write the class in the 8th column, or -1.")
    return np.where(named >= 1, named, _PEDESTRIAN).astype(np.int64)


def _boxes(ltwh: Array, scores: Array, labels: NDArray[np.int64]) -> list[BoxObservation]:
    """1-based left, top, width, height ``(N, 4)`` to 0-based corners in continuous pixels."""
    left_top = ltwh[:, :2] - 1
    corners = np.concatenate([left_top, left_top + ltwh[:, 2:]], axis=1)
    return [
        BoxObservation((x1, y1, x2, y2), score, label)
        for (x1, y1, x2, y2), score, label in zip(
            corners.tolist(), scores.tolist(), labels.tolist(), strict=True
        )
    ]


def _numbers(length: int) -> range:
    return range(1, length + 1)
