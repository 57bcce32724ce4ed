"""VOT's files of results: a region a line, or what happened there.

``1``: the tracker was started; ``2``: it had lost the object; ``0``: nothing is said, it paused;
else ``left,top,width,height`` or the corners ``x1,y1,x2,y2,…``.
"""

from __future__ import annotations

from collections.abc import Sequence as Series
from pathlib import Path

import numpy as np

from unitrack.data.base import Sequence
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, Observation, SequenceResult, Target, TrackedObject
from unitrack_sot.data.polygon import PolygonObservation
from unitrack_sot.data.restart import Failure
from unitrack_sot.data.results import check_length
from unitrack_sot.data.rows import read_lines
from unitrack_sot.data.sequence import TARGET

__all__ = ["parse_region", "read_trajectory", "trajectory_text"]

_NOTHING, _STARTED, _LOST = "0", "1", "2"
_FEWEST_CORNERS = 3
_FORM = "Write left,top,width,height, or x1,y1,x2,y2,... of three corners or more."


def trajectory_text(result: SequenceResult) -> str:
    """One line a frame."""
    return "".join(f"{_line(frame)}\n" for frame in result.frames)


def _line(frame: Series[TrackedObject]) -> str:
    seen = frame[0].observation if frame else None
    if seen is None:
        return _NOTHING
    if isinstance(seen, Target):
        return _STARTED
    if isinstance(seen, Failure):
        return _LOST
    if isinstance(seen, PolygonObservation):
        return ",".join(f"{x:.4f},{y:.4f}" for x, y in seen.polygon)
    x1, y1, x2, y2 = seen.box
    return f"{x1:.4f},{y1:.4f},{x2 - x1:.4f},{y2 - y1:.4f}"


def read_trajectory(
    path: Path, sequence: Sequence, given: Series[Observation], *, boxes: bool
) -> tuple[tuple[TrackedObject, ...], ...]:
    """What a tracker said per frame.

    Args:
        path: The file.
        sequence: Which it is of.
        given: What is given where the tracker is started, per frame.
        boxes: Whether regions with corners are taken as their min/max boxes.

    Raises:
        UniTrackError: If it is absent or malformed, or shorter than the sequence.
    """
    lines = read_lines(path)
    check_length(path, len(lines), sequence)
    last = BoxObservation((0.0, 0.0, 0.0, 0.0)).box
    frames: list[tuple[TrackedObject, ...]] = []
    for start, (number, cells) in zip(given, lines.items(), strict=False):
        seen = _seen(f"{path}:{number}", cells, start)
        if isinstance(seen, PolygonObservation) and boxes:
            seen = BoxObservation(seen.box)
        if isinstance(seen, Failure):
            seen = Failure(last)
        last = seen.box if seen else last
        frames.append((TrackedObject(TARGET, seen),) if seen else ())
    return tuple(frames)


def _seen(where: str, cells: list[str], start: Observation) -> Observation | None:
    if len(cells) > 1:
        return parse_region(where, cells)
    code = cells[0].removesuffix(".0000").removesuffix(".0")
    if code == _NOTHING:
        return None
    if code == _STARTED:
        return Target(TARGET, start)
    if code == _LOST:
        return Failure()
    raise UniTrackError(where, f"{cells[0]!r} says nothing", "Write 0, 1, 2 or a region.")


def parse_region(where: str, cells: list[str]) -> BoxObservation | PolygonObservation:
    """A region of a file.

    Args:
        where: File and line, for what is wrong.
        cells: Its numbers.

    Raises:
        UniTrackError: If they are none, or not as many as a region has.
    """
    try:
        values = np.array(cells, np.float64)
    except ValueError:
        raise UniTrackError(where, "holds what is no number", _FORM) from None
    if not np.isfinite(values).all():
        raise UniTrackError(where, "holds a value that is not finite", _FORM)
    if len(values) == 4:  # noqa: PLR2004 - left, top, width, height
        left, top, width, height = values.tolist()
        return BoxObservation((left, top, left + max(width, 0.0), top + max(height, 0.0)))
    if len(values) % 2 or len(values) < 2 * _FEWEST_CORNERS:
        raise UniTrackError(where, f"has {len(values)} numbers", _FORM)
    corners = values.reshape(-1, 2).tolist()
    return PolygonObservation(tuple((x, y) for x, y in corners))
