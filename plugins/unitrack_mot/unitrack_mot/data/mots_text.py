"""The text files of MOTS20 and KITTI-MOTS: a mask a line.

``frame id class height width rle``, separated by spaces; ``id`` is ``class * 1000 + instance``, and
``rle`` are COCO's compressed run lengths. A file of detections may have the score as a seventh.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unitrack.errors import UniTrackError
from unitrack.rle import first_fault
from unitrack.types import (
    MaskObservation,
    Observation,
    SequenceResult,
    TrackedObject,
    TruthObject,
)
from unitrack_mot.data.bulk import no_collection
from unitrack_mot.data.mots_classes import IGNORED, PER_CLASS, file_ids, own_ids
from unitrack_mot.data.mots_disjoint import disjoint, first_overlap
from unitrack_mot.data.table import read_text

__all__ = [
    "MaskFile",
    "Row",
    "check_frame",
    "parse_observations",
    "parse_result",
    "parse_truth",
    "result_text",
    "stated_size",
    "truth_objects",
]

_FORM = "Write: frame id class height width rle, separated by spaces."
_NUMBERS = 5  # whole numbers at the start of a line
_LEAST, _SCORED = 6, 7  # fields of a line


@dataclass(frozen=True, slots=True)
class MaskFile:
    """What the lines of a file must fit.

    Attributes:
        path: The file.
        frames: Numbers of the sequence's frames.
        size: Height and width of its pictures.
        classes: Label to name of the classes that there are.
    """

    path: Path
    frames: range
    size: tuple[int, int]
    classes: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One mask of a file.

    Attributes:
        where: File and line, or file alone.
        frame: Number of the frame, as in the file.
        id: Identity, as in the file.
        mask: The mask; its label is the class.
    """

    where: str
    frame: int
    id: int
    mask: MaskObservation

    def fault(self, what: str, mend: str) -> UniTrackError:
        """A fault of this mask."""
        return UniTrackError(self.where, f"frame {self.frame}, object {self.id}: {what}", mend)


@no_collection()
def parse_truth(file: MaskFile) -> tuple[tuple[TruthObject, ...], ...]:
    """Annotation per frame; the region to be ignored is an object that does not count.

    Raises:
        UniTrackError: Naming line, frame and object at fault.
    """
    rows = _rows(file, {**file.classes, IGNORED: "ignored"}, most=_LEAST)
    for row in rows:
        if row.id // PER_CLASS != row.mask.label:
            raise row.fault(
                f"the identity does not begin with class {row.mask.label}",
                "Number the objects class * 1000 + instance.",
            )
    return truth_objects(rows, file.frames)


def truth_objects(rows: Sequence[Row], frames: range) -> tuple[tuple[TruthObject, ...], ...]:
    """Checked rows of an annotation as objects per frame."""
    ids = own_ids((row.id, row.mask.label) for row in rows if row.mask.label != IGNORED)
    return tuple(
        tuple(
            TruthObject(
                ids.get((row.id, row.mask.label), row.id), row.mask, row.mask.label != IGNORED
            )
            for row in frame
        )
        for frame in _by_frame(rows, frames)
    )


@no_collection()
def parse_observations(file: MaskFile) -> tuple[tuple[Observation, ...], ...]:
    """Detections per frame; identities are not looked at, regions to be ignored are left out.

    Raises:
        UniTrackError: Naming line, frame and object at fault; also for a file without detections.
    """
    rows = _rows(file, {**file.classes, IGNORED: "ignored"}, most=_SCORED, unique=False)
    seen = [row for row in rows if row.mask.label != IGNORED]
    if not seen:
        raise UniTrackError(
            file.path, "holds no detection at all", "Check that the detector wrote this file."
        )
    return tuple(tuple(row.mask for row in frame) for frame in _by_frame(seen, file.frames))


@no_collection()
def parse_result(file: MaskFile) -> tuple[tuple[TrackedObject, ...], ...]:
    """Tracked objects per frame.

    Raises:
        UniTrackError: Naming line, frame and object at fault.
    """
    rows = _rows(file, file.classes, most=_LEAST)
    ids = own_ids((row.id, row.mask.label) for row in rows)
    return tuple(
        tuple(TrackedObject(ids[row.id, row.mask.label], row.mask) for row in frame)
        for frame in _by_frame(rows, file.frames)
    )


def result_text(result: SequenceResult, first: int) -> str:
    """One line a mask, in the form that the benchmarks' servers take.

    Where masks of a frame overlap, the one with the higher score keeps the pixels, see `disjoint`.

    Args:
        result: Tracked masks.
        first: Number of the first frame.
    """
    ids = file_ids((one.id, one.observation.label) for frame in result.frames for one in frame)
    lines = []
    for number, objects in enumerate(result.frames, first):
        masks = disjoint([_mask(one) for one in objects])
        for tracked, mask in zip(objects, masks, strict=True):
            if mask is not None:
                height, width = mask.size
                identity = ids[tracked.id, mask.label]
                coded = mask.counts.decode("ascii")
                lines.append(f"{number} {identity} {mask.label} {height} {width} {coded}\n")
    return "".join(lines)


def stated_size(path: Path) -> tuple[int, int] | None:
    """Height and width that the first line of a file states; None for an empty file.

    Raises:
        UniTrackError: If the first line is malformed.
    """
    for number, line in enumerate(read_text(path).splitlines(), 1):
        if cells := line.split():
            _, _, _, height, width = _whole_numbers(f"{path}:{number}", cells)
            return height, width
    return None


def _mask(tracked: TrackedObject) -> MaskObservation:
    seen = tracked.observation
    assert isinstance(seen, MaskObservation), "the data sets of masks name heads of masks"
    return seen


def _rows(
    file: MaskFile, classes: Mapping[int, str], *, most: int, unique: bool = True
) -> list[Row]:
    """All masks of a file, in its order.

    Args:
        file: What they must fit.
        classes: Labels that may occur.
        most: Most fields of a line.
        unique: Identities of a frame must differ, and its masks share no pixel.
    """
    rows = []
    for number, line in enumerate(read_text(file.path).splitlines(), 1):
        if cells := line.split():
            rows.append(_row(f"{file.path}:{number}", cells, most))
            _check(rows[-1], file, classes)
    if found := first_fault([row.mask for row in rows]):
        raise rows[found[0]].fault(found[1], "Encode the mask with pycocotools, column by column.")
    if unique:
        for frame in _by_frame(rows, file.frames):
            check_frame(frame)
    return rows


def _row(where: str, cells: Sequence[str], most: int) -> Row:
    frame, identity, label, height, width = _whole_numbers(where, cells)
    if len(cells) > most:
        raise UniTrackError(where, f"has {len(cells)} fields, not {most}", _FORM)
    try:
        coded = cells[_NUMBERS].encode("ascii")
        score = float(cells[_LEAST]) if len(cells) == _SCORED else 1.0
    except ValueError:
        raise UniTrackError(where, "holds a mask or score that is none", _FORM) from None
    return Row(where, frame, identity, MaskObservation((height, width), coded, score, label))


def _whole_numbers(where: str, cells: Sequence[str]) -> list[int]:
    """Frame, identity, class, height, width."""
    if len(cells) < _LEAST:
        raise UniTrackError(where, f"has {len(cells)} fields, not {_LEAST}", _FORM)
    try:
        return [int(cell) for cell in cells[:_NUMBERS]]
    except ValueError:
        strange = next(cell for cell in cells[:_NUMBERS] if not cell.lstrip("-").isdecimal())
        raise UniTrackError(where, f"{strange!r} is no whole number", _FORM) from None


def _check(row: Row, file: MaskFile, classes: Mapping[int, str]) -> None:
    if row.frame not in file.frames:
        raise row.fault(
            f"the frame is outside {file.frames.start}..{file.frames.stop - 1}",
            f"Number the frames from {file.frames.start}; check that the file is of this sequence.",
        )
    if row.mask.label not in classes:
        known = ", ".join(f"{label} {name}" for label, name in classes.items())
        raise row.fault(f"class {row.mask.label} is unknown", f"Classes: {known}.")
    if row.mask.size != file.size:
        found, stated = (f"{width}x{height}" for height, width in (row.mask.size, file.size))
        raise row.fault(
            f"the mask is {found}, but the sequence is {stated}",
            "Height goes before width; check that the file is of this sequence.",
        )
    if not -float("inf") < row.mask.score < float("inf"):
        raise row.fault("the score is not finite", "Remove or correct the line.")


def check_frame(rows: Sequence[Row]) -> None:
    """Refuse an identity that occurs twice in a frame, and masks of it that share a pixel.

    Raises:
        UniTrackError: Naming the object at fault.
    """
    known: set[int] = set()
    for row in rows:
        if row.id in known and row.mask.label != IGNORED:
            raise row.fault("the identity occurs twice", "Give each mask its own identity.")
        known.add(row.id)
    if found := first_overlap([row.mask for row in rows]):
        later, earlier = found
        raise rows[later].fault(
            f"the mask overlaps object {rows[earlier].id}",
            "Give each pixel to one object; a run of unitrack does so when it writes.",
        )


def _by_frame(rows: Sequence[Row], frames: range) -> list[list[Row]]:
    """Rows of each frame, in the order of the file."""
    grouped: list[list[Row]] = [[] for _ in frames]
    for row in rows:
        grouped[row.frame - frames.start].append(row)
    return grouped
