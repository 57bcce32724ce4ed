"""PoseTrack's JSON of 2017, descended from MPII's: 15 joints by number, every scalar in a list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from unitrack.errors import UniTrackError
from unitrack.skeleton import SKELETONS
from unitrack.types import XYXY
from unitrack_posetrack.data.document import (
    Entry,
    Joint,
    Person,
    Polygon,
    field,
    items,
    number,
    pose_of,
)

__all__ = ["parse17", "text17"]

_NAMES = SKELETONS["posetrack15"].joints
_DECIMALS = 3  # of a pixel
_MEND = "Correct the file, or restore it."


def parse17(document: Any, file: str, skeleton: str) -> tuple[Entry, ...]:
    """Frames of a file, in its order.

    Args:
        document: What JSON holds (hence Any).
        file: For messages.
        skeleton: That the poses are to have.

    Raises:
        UniTrackError: Naming file, frame and person, if anything is malformed.
    """
    entries = []
    for index, frame in enumerate(items(field(document, "annolist", file), "annolist", file)):
        image = items(field(frame, "image", f"{file}: frame {index}"), "image", file)
        name = str(field(image[0] if image else None, "name", f"{file}: frame {index}"))
        where = f"{file}: {name}"
        rects = items(frame.get("annorect") or [], "annorect", where)
        people = tuple(
            _person(rect, skeleton, f"{where}: person {place}") for place, rect in enumerate(rects)
        )
        labelled = bool(number(frame.get("is_labeled", 1), "is_labeled", where))
        entries.append(Entry(name, people, labelled, _regions(frame, where)))
    return tuple(entries)


def _person(rect: Any, skeleton: str, where: str) -> Person:
    """One entry of ``annorect``, whatever JSON holds there (hence Any)."""
    if not isinstance(rect, dict):
        raise UniTrackError(where, "is no person", _MEND)
    joints: dict[str, Joint] = {}
    annopoints = items(rect.get("annopoints") or [], "annopoints", where)
    points = annopoints[0].get("point") if annopoints and isinstance(annopoints[0], dict) else []
    for point in items(points or [], "point", where):
        identity = number(field(point, "id", where), "id", where)
        if identity not in range(len(_NAMES)):
            raise UniTrackError(
                where, f"has a joint of number {identity:g}", "Number joints from 0 to 14."
            )
        name = _NAMES[int(identity)]
        if name in joints:
            raise UniTrackError(where, f"has the joint {identity:g} ({name}) twice", _MEND)
        x, y = (number(field(point, axis, where), f"{axis} of {name}", where) for axis in "xy")
        joints[name] = Joint(x, y, _maybe(point.get("score"), f"score of {name}", where))
    track_id = _maybe(rect.get("track_id"), "track_id", where)
    if track_id is not None and not track_id.is_integer():
        raise UniTrackError(where, f"track_id is {track_id:g}, no whole number", _MEND)
    score = _maybe(rect.get("score"), "score", where)
    pose = pose_of(skeleton, joints, score, _head(rect, where))
    return Person(None if track_id is None else int(track_id), pose)


def _maybe(value: Any, what: str, where: str) -> float | None:
    """A number, or None where the file (any JSON, hence Any) has none or an empty list."""
    return None if value is None or value == [] else number(value, what, where)


def _head(rect: Any, where: str) -> XYXY | None:
    sides = [_maybe(rect.get(side), side, where) for side in ("x1", "y1", "x2", "y2")]
    known = [side for side in sides if side is not None]
    if len(known) < len(sides):
        return None
    x1, y1, x2, y2 = known
    return x1, y1, x2, y2


def _regions(frame: Any, where: str) -> tuple[Polygon, ...]:
    regions = items(frame.get("ignore_regions") or [], "ignore_regions", where)
    corners = [items(field(region, "point", where), "point", where) for region in regions]
    return tuple(tuple(_corner(corner, where) for corner in polygon) for polygon in corners)


def _corner(corner: Any, where: str) -> tuple[float, float]:
    x, y = (number(field(corner, axis, where), "a corner", where) for axis in "xy")
    return x, y


def text17(sequence: str, entries: Sequence[Entry]) -> str:
    """The file of one sequence; its name is in those of the images."""
    del sequence
    frames = ",\n".join(json.dumps(_frame(entry)) for entry in entries)
    return f'{{"annolist": [\n{frames}\n]}}\n'


def _frame(entry: Entry) -> dict[str, Any]:
    """A frame as JSON has it (hence Any)."""
    stem = PurePosixPath(entry.name).stem
    frame: dict[str, Any] = {
        "image": [{"name": entry.name}],
        "imgnum": [int(stem) + 1 if stem.isdecimal() else 0],
        "is_labeled": [int(entry.labelled)],
        "annorect": [_rect(person) for person in entry.people],
    }
    if entry.regions:
        frame["ignore_regions"] = [
            {"point": [{"x": [x], "y": [y]} for x, y in polygon]} for polygon in entry.regions
        ]
    return frame


def _rect(person: Person) -> dict[str, Any]:
    """A person as JSON has it (hence Any)."""
    pose = person.pose
    places = {name: place for place, name in enumerate(SKELETONS[pose.skeleton].joints)}
    points = [
        {
            "id": [identity],
            "x": [round(pose.xy[place][0], _DECIMALS)],
            "y": [round(pose.xy[place][1], _DECIMALS)],
            "is_visible": [1],
            "score": [pose.joint_scores[place] if pose.joint_scores else pose.score],
        }
        for identity, name in enumerate(_NAMES)
        if (place := places.get(name)) is not None and pose.visible[place]
    ]
    rect: dict[str, Any] = {"track_id": [person.id], "score": [pose.score]}
    if pose.head:
        sides = zip(("x1", "y1", "x2", "y2"), pose.head, strict=True)
        rect |= {name: [round(side, _DECIMALS)] for name, side in sides}
    return {**rect, "annopoints": [{"point": points}]}
