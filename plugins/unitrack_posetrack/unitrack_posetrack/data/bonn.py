"""Multi-person clips of Bonn (CVPR 2017), 14 joints: the forerunner of PoseTrack's data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from unitrack.data.base import Dataset
from unitrack.errors import UniTrackError
from unitrack.types import XYXY
from unitrack_posetrack.data.dialect18 import text18
from unitrack_posetrack.data.document import (
    Entry,
    Joint,
    Person,
    field,
    items,
    load_json,
    number,
    pose_of,
)
from unitrack_posetrack.data.matlab import UNREADABLE, read_matlab, unreadable
from unitrack_posetrack.data.pose_sequence import PoseSequence
from unitrack_posetrack.data.posetrack import Poses

__all__ = ["posetrack_bonn", "read_bonn"]

_INNER = "bonn-multiperson-posetrack"
_SPLITS = ("train", "test")
_SKELETON = "bonn14"
# Numbers 6 and 7 of MPII (pelvis, thorax) are not annotated, nor is a nose.
_NAMES = {
    0: "r_ankle", 1: "r_knee", 2: "r_hip", 3: "l_hip", 4: "l_knee", 5: "l_ankle", 8: "neck",
    9: "head_top", 10: "r_wrist", 11: "r_elbow", 12: "r_shoulder", 13: "l_shoulder", 14: "l_elbow",
    15: "l_wrist",
}  # fmt: skip
_MEND = "Restore the file."


def posetrack_bonn(root: Path, split: str | None, settings: object) -> Dataset:
    """The clips of a split, or all; results are written in PoseTrack's dialect of 2018."""
    del settings  # it has none
    if split is not None and split not in _SPLITS:
        raise UniTrackError(
            f"--split {split}", "posetrack_bonn has no such split", f"Splits: {', '.join(_SPLITS)}."
        )
    folder = root / _INNER if (root / _INNER).is_dir() else root
    files = {
        name: file
        for part in ((split,) if split else _SPLITS)
        for name, file in _files(folder / "annolist" / part)
    }
    if not files:
        raise UniTrackError(
            folder / "annolist",
            f"holds no annolist_<sequence>.mat{f' of the split {split}' if split else ''}",
            f"Give --root the folder that holds {_INNER}, or that folder.",
        )
    videos = (
        PoseSequence(name, folder, file, partial(read_bonn, file, name), _SKELETON)
        for name, file in sorted(files.items())
    )
    return Poses(tuple(videos), text18)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Sequences of a folder; the MATLAB file goes before the readable one."""
    for file in sorted(folder.glob("*_readable.json")):
        yield file.name.removesuffix("_readable.json"), file
    for file in sorted(folder.glob("annolist_*.mat")):
        yield file.stem.removeprefix("annolist_"), file


def read_bonn(file: Path, name: str) -> tuple[Entry, ...]:
    """Frames of one clip; a person's number is the identity.

    Args:
        file: ``annolist_<sequence>.mat``, or ``<sequence>_readable.json``.
        name: Of the sequence, whose images are ``videos/<name>/00001.jpg`` and so on.

    Raises:
        UniTrackError: If the file is malformed; where it can be told, frame and person are named.
    """
    if file.suffix == ".json":
        return _readable(file)
    try:
        people = _matlab(file)
    except UNREADABLE as error:
        raise unreadable(file, error) from error
    return tuple(
        Entry(
            f"videos/{name}/{index:05d}.jpg",
            tuple(
                _person(identity, points, head, f"{file}: frame {index}: person {identity}")
                for identity, (points, head) in frame.items()
            ),
        )
        for index, frame in enumerate(people, start=1)
    )


_Raw = tuple[list[tuple[int, float, float]], list[float]]
"""Number, x and y of each joint; four sides of the head box, or none."""


def _matlab(file: Path) -> list[dict[int, _Raw]]:
    """Per frame: number of a person to joints and head."""
    stored = read_matlab(file, "annolist", squeeze=True)
    people, frames = int(stored.num_persons), int(stored.num_frames)
    cells = np.reshape(np.asarray(stored.annopoints, object), (people, frames))
    found: list[dict[int, _Raw]] = [{} for _ in range(frames)]
    for (identity, index), cell in np.ndenumerate(cells):
        if not hasattr(cell, "point"):  # the person is not in the frame
            continue
        points = [(int(one.id), float(one.x), float(one.y)) for one in np.atleast_1d(cell.point)]
        head = np.atleast_1d(getattr(cell, "head_rect", ())).tolist()
        found[index][identity] = (points, head)
    return found


def _readable(file: Path) -> tuple[Entry, ...]:
    entries = []
    frames = items(field(load_json(file), "frames", str(file)), "frames", str(file))
    for index, frame in enumerate(frames):
        name = str(field(frame, "file_name", f"{file}: frame {index}"))
        where = f"{file}: {name}"
        people = []
        for person in items(field(frame, "persons", where), "persons", where):
            identity = int(number(field(person, "person", where), "person", where))
            at = f"{where}: person {identity}"
            points = [
                (field(one, "id", at), field(one, "x", at), field(one, "y", at))
                for one in items(field(person, "points", at), "points", at)
            ]
            head = items(person.get("head_rect") or [], "head_rect", at)
            people.append(_person(identity, points, head, at))
        entries.append(Entry(name, tuple(people)))
    return tuple(entries)


def _person(
    identity: int, points: Sequence[tuple[Any, Any, Any]], head: list[Any], at: str
) -> Person:
    """One person, from numbers that are not yet checked (hence Any)."""
    joints: dict[str, Joint] = {}
    for which, x, y in points:
        name = _NAMES.get(which)
        if name is None or name in joints:
            raise UniTrackError(at, f"has a joint of number {which} that is no new one", _MEND)
        joints[name] = Joint(number(x, f"x of {name}", at), number(y, f"y of {name}", at))
    return Person(identity, pose_of(_SKELETON, joints, None, _head(head, at)))


def _head(sides: list[Any], at: str) -> XYXY | None:
    if not sides:
        return None
    if len(sides) != 4:  # noqa: PLR2004 - left, top, right, bottom
        raise UniTrackError(at, "head_rect is not left, top, right, bottom", _MEND)
    x1, y1, x2, y2 = (number(side, "head_rect", at) for side in sides)
    return x1, y1, x2, y2
