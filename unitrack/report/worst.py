"""The frames in which two runs differ most, and pictures of them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unitrack.data.base import Sequence as Video
from unitrack.engine.score import read_result
from unitrack.errors import UniTrackError
from unitrack.render.draw import draw
from unitrack.report.agreement import Agreement, agreement
from unitrack.report.record import Record, open_run
from unitrack.types import SequenceResult, TrackedObject

__all__ = ["Frame", "Worst", "under_true_names", "worst_frames"]

_APART = 10  # frames between two that are shown: neighbours look the same
_WIDEST = 420  # pixels of each of the three pictures
_QUALITY = 85
_NOBODY = 900  # identities that follow nobody are drawn with numbers from here on
_GAP = 6  # white pixels between pictures


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, and how well each of two runs agrees with the truth in it, 0..1.

    Attributes:
        sequence: Name of the sequence.
        index: 0-based.
        one: Of the first run.
        other: Of the second.
    """

    sequence: str
    index: int
    one: float
    other: float


@dataclass(frozen=True, slots=True)
class Worst:
    """The frames that differ most, first the one that differs most of all.

    Attributes:
        frames: In this order.
        pictures: JPEG of a frame: the truth, the first and the second run side by side; fewer
            where images are missing.
        note: Why frames or pictures are missing; else empty.
    """

    frames: tuple[Frame, ...] = ()
    pictures: Mapping[Frame, bytes] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    video: Video
    results: tuple[SequenceResult, SequenceResult]
    agreements: tuple[Agreement, Agreement]


def worst_frames(one: Record, other: Record, names: Sequence[str], most: int) -> Worst:
    """Look for them in the sequences ``names``, which both runs have.

    Annotations and images are read from where the first run found them; identities are drawn under
    the number of the true object that they follow.
    """
    try:
        seen = _seen(one, other, names)
    except UniTrackError as error:
        return Worst(note=f"no frames: {error.where}: {error.what}")
    frames = _chosen(seen, most)
    try:
        return Worst(frames, _pictures(seen, frames))
    except UniTrackError as error:
        return Worst(frames, note=f"no pictures: {error.where}: {error.what}")


def _seen(one: Record, other: Record, names: Sequence[str]) -> dict[str, _Seen]:
    found = {}
    with open_run(one) as mine, open_run(other) as theirs:
        for name in names:
            video = mine.videos[name]
            if video.truth is None:
                continue
            results = (
                read_result(mine.dataset, video, mine.results, one.spec.stride),
                read_result(theirs.dataset, theirs.videos[name], theirs.results, other.spec.stride),
            )
            agreements = (agreement(video.truth, results[0]), agreement(video.truth, results[1]))
            found[name] = _Seen(video, results, agreements)
    return found


def _chosen(seen: Mapping[str, _Seen], most: int) -> tuple[Frame, ...]:
    """Frames of different moments, the largest difference first."""
    rows = [
        Frame(name, index, float(mine), float(theirs))
        for name, one in seen.items()
        for index, (mine, theirs) in enumerate(
            zip(one.agreements[0].frames, one.agreements[1].frames, strict=True)
        )
        if np.isfinite(mine) and np.isfinite(theirs) and mine != theirs
    ]
    taken: list[Frame] = []
    for frame in sorted(rows, key=lambda row: -abs(row.other - row.one)):
        if len(taken) == most:
            break
        if all(
            frame.sequence != other.sequence or abs(frame.index - other.index) >= _APART
            for other in taken
        ):
            taken.append(frame)
    return tuple(taken)


def _pictures(seen: Mapping[str, _Seen], frames: Iterable[Frame]) -> dict[Frame, bytes]:
    wanted: dict[str, dict[int, Frame]] = {}
    for frame in frames:
        wanted.setdefault(frame.sequence, {})[frame.index] = frame
    found = {}
    for name, by_index in wanted.items():
        for decoded in seen[name].video.frames():
            if decoded.index in by_index:
                frame = by_index[decoded.index]
                found[frame] = _side_by_side(seen[name], decoded.index, decoded.image)
            if decoded.index >= max(by_index):
                break
    return found


def _side_by_side(seen: _Seen, index: int, image: NDArray[np.uint8]) -> bytes:
    assert seen.video.truth is not None, "frames are chosen by their truth"
    true = [
        TrackedObject(one.id, one.observation) for one in seen.video.truth[index] if one.counted
    ]
    found = (
        under_true_names(known, result.frames[index])
        for known, result in zip(seen.agreements, seen.results, strict=True)
    )
    panels = [_small(draw(image, objects)) for objects in (true, *found)]
    gap = np.full((len(panels[0]), _GAP, 3), 255, np.uint8)
    row = np.hstack([panels[0], gap, panels[1], gap, panels[2]])
    data = io.BytesIO()
    Image.fromarray(row).save(data, "JPEG", quality=_QUALITY)
    return data.getvalue()


def under_true_names(found: Agreement, objects: Iterable[TrackedObject]) -> list[TrackedObject]:
    """Objects of a result under the numbers of the true objects that they follow.

    Those that follow nobody have their own and 900 on top.
    """
    return [
        TrackedObject(found.names.get(one.id, _NOBODY + one.id), one.observation) for one in objects
    ]


def _small(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    if width <= _WIDEST:
        return image
    size = (_WIDEST, round(height * _WIDEST / width))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.LANCZOS))
