"""What a file of poses says about one sequence, whatever its dialect."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard, cast

from unitrack.errors import UniTrackError
from unitrack.skeleton import SKELETONS
from unitrack.types import XYXY, PoseObservation

__all__ = [
    "Entry",
    "Joint",
    "Person",
    "Polygon",
    "field",
    "is_number",
    "items",
    "load_json",
    "number",
    "pose_of",
]

Polygon = tuple[tuple[float, float], ...]
"""Corners in image pixels, in order."""

_MEND = "Correct the file, or restore it."


@dataclass(frozen=True, slots=True)
class Person:
    """One person in one frame; without an identity where the file gives none."""

    id: int | None
    pose: PoseObservation


@dataclass(frozen=True, slots=True)
class Entry:
    """One frame.

    Attributes:
        name: File of the image, relative to the data set's folder.
        people: In the order of the file.
        labelled: Whether somebody looked for people in it.
        regions: Where people are not annotated.
        image_id: Number of the image in the dialect of 2018.
    """

    name: str
    people: tuple[Person, ...] = ()
    labelled: bool = True
    regions: tuple[Polygon, ...] = ()
    image_id: int | None = None


@dataclass(frozen=True, slots=True)
class Joint:
    """One joint as a file has it: place in image pixels, and confidence where one is given."""

    x: float
    y: float
    score: float | None = None


def pose_of(
    skeleton: str, joints: dict[str, Joint], score: float | None, head: XYXY | None
) -> PoseObservation:
    """A pose in the order of its skeleton; joints that the skeleton lacks are left out.

    Without a score of its own a pose has the mean of those of its joints, or 1.
    """
    names = SKELETONS[skeleton].joints
    found = [joints.get(name) for name in names]
    scores = [one.score for one in found if one is not None and one.score is not None]
    overall = sum(scores) / len(scores) if scores else 1.0
    score = overall if score is None else score
    return PoseObservation(
        xy=tuple((one.x, one.y) if one else (0.0, 0.0) for one in found),
        visible=tuple(one is not None for one in found),
        score=score,
        skeleton=skeleton,
        head=head,
        joint_scores=_joint_scores(found, score) if scores else None,
    )


def _joint_scores(found: Sequence[Joint | None], score: float) -> tuple[float, ...]:
    """A joint without a score has that of the pose; one that is not there has 0."""
    return tuple(0.0 if one is None else score if one.score is None else one.score for one in found)


def load_json(file: Path) -> Any:
    """Whatever a JSON file holds (hence Any).

    Raises:
        UniTrackError: If it is absent or no JSON.
    """
    if not file.is_file():
        raise UniTrackError(file, "is missing", "Restore the file, or give its folder.")
    try:
        return json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UniTrackError(file, f"is no JSON ({error})", _MEND) from error


def field(node: Any, key: str, where: str) -> Any:
    """A value of a JSON object; nodes are whatever JSON holds (hence Any).

    Raises:
        UniTrackError: If ``node`` is no object or has no such key.
    """
    if not isinstance(node, dict) or key not in node:
        raise UniTrackError(where, f"has no {key}", _MEND)
    return node[key]


def items(value: Any, what: str, where: str) -> list[Any]:
    """A JSON list.

    Raises:
        UniTrackError: If ``value`` (whatever JSON holds, hence Any) is none.
    """
    if not isinstance(value, list):
        raise UniTrackError(where, f"{what} is no list", _MEND)
    return value


def number(value: Any, what: str, where: str) -> float:
    """A finite number, also where it is wrapped in a list.

    Raises:
        UniTrackError: If ``value`` (whatever JSON holds, hence Any) is none.
    """
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not is_number(value):
        raise UniTrackError(where, f"{what} is {value!r}, no number", _MEND)
    return float(value)


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a finite number; true and false are none."""
    return type(value) in (int, float) and math.isfinite(cast("float", value))
