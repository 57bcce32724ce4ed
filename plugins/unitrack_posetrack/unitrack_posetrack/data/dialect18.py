"""PoseTrack's JSON of 2018, laid out as COCO's: 17 key points, two of them (the ears) unused."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
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

__all__ = ["image_number", "parse18", "text18"]

_KEYPOINTS = (
    "nose", "head_bottom", "head_top", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
    "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
# COCO's, between numbers counted from 1, as in the files of the benchmark.
_LIMBS = (
    (16, 14), (14, 12), (17, 15), (15, 13), (12, 13), (6, 12), (7, 13), (6, 7), (6, 8), (7, 9),
    (8, 10), (9, 11), (2, 3), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7),
)  # fmt: skip
_UNUSED = ("left_ear", "right_ear", "left_eye", "right_eye")
_PERSON = 1
_SOURCES = {"mpii": 1, "bonn": 2, "mpiinew": 3}
_DECIMALS = 3  # of a pixel
_MEND = "Correct the file, or restore it."


def parse18(document: Any, file: str, skeleton: str) -> tuple[Entry, ...]:
    """Frames of a file, in its order.

    Args:
        document: What JSON holds (hence Any).
        file: For messages.
        skeleton: That the poses are to have.

    Raises:
        UniTrackError: Naming file, frame and person, if anything is malformed.
    """
    orders = _orders(items(field(document, "categories", file), "categories", file), file)
    found: dict[int | str, list[Any]] = defaultdict(list)
    for annotation in items(field(document, "annotations", file), "annotations", file):
        where = f"{file}: an annotation"
        found[_key(field(annotation, "image_id", where), "image_id", where)].append(annotation)
    entries = []
    for image in items(field(document, "images", file), "images", file):
        name = str(field(image, "file_name", f"{file}: an image"))
        where = f"{file}: {name}"
        identity = _key(field(image, "id", where), "id", where)
        people = tuple(
            _person(annotation, orders, skeleton, f"{where}: person {place}")
            for place, annotation in enumerate(found.pop(identity, ()))
        )
        labelled = bool(image.get("is_labeled", True))
        number_ = identity if isinstance(identity, int) else None
        entries.append(Entry(name, people, labelled, _regions(image, where), number_))
    if found:
        raise UniTrackError(
            file, f"an annotation is of image {next(iter(found))!r}, which is not listed", _MEND
        )
    return tuple(entries)


def _orders(categories: list[Any], file: str) -> dict[int | str, list[str | None]]:
    """Category to the joint (our name) at each place of its key points; None for unused ones."""
    orders: dict[int | str, list[str | None]] = {}
    for category in categories:
        names = category.get("keypoints", _KEYPOINTS) if isinstance(category, dict) else ()
        known = set(_KEYPOINTS) | set(_UNUSED)
        strange = [name for name in names if name not in known]
        if strange:
            raise UniTrackError(
                f"{file}: categories",
                f"{strange[0]!r} is no key point of PoseTrack",
                f"Name them {', '.join(_KEYPOINTS)}.",
            )
        where = f"{file}: categories"
        orders[_key(field(category, "id", where), "id", where)] = [_joint(name) for name in names]
    return orders


def _key(value: Any, what: str, where: str) -> int | str:
    """Something (whatever JSON holds, hence Any) that others are referred to by."""
    if not isinstance(value, int | str):
        raise UniTrackError(where, f"{what} is {value!r}, no number", _MEND)
    return value


def _joint(name: str) -> str | None:
    if name in _UNUSED:
        return None
    side, _, part = name.partition("_")
    if name == "head_bottom":
        return "neck"
    return f"{side[0]}_{part}" if side in ("left", "right") else name


def _person(
    annotation: Any, orders: Mapping[int | str, list[str | None]], skeleton: str, where: str
) -> Person:
    """One annotation, whatever JSON holds there (hence Any)."""
    category = _key(annotation.get("category_id", _PERSON), "category_id", where)
    if category not in orders:
        raise UniTrackError(where, f"is of category {category!r}, which is not listed", _MEND)
    order = orders[category]
    values = items(annotation.get("keypoints", []), "keypoints", where)
    if len(values) not in (0, 3 * len(order)):
        what = f"has {len(values)} numbers of key points, not 3 for each of {len(order)}"
        raise UniTrackError(where, what, _MEND)
    scores = items(annotation.get("scores") or [], "scores", where)
    if len(scores) not in (0, len(order)):
        raise UniTrackError(where, f"has {len(scores)} scores, not {len(order)}", _MEND)
    joints = {}
    for place, name in enumerate(order if values else ()):
        what = f"key point {place}"
        x, y, seen = (number(value, what, where) for value in values[3 * place : 3 * place + 3])
        if name is None or (x == 0 and y == 0 and seen == 0):  # not annotated
            continue
        score = number(scores[place], f"score {place}", where) if scores else None
        joints[name] = Joint(x, y, score)
    score = annotation.get("score")
    return Person(
        _identity(annotation.get("track_id"), where),
        pose_of(
            skeleton,
            joints,
            None if score is None else number(score, "score", where),
            _head(annotation.get("bbox_head"), where),
        ),
    )


def _identity(value: object, where: str) -> int | None:
    if value is not None and type(value) is not int:
        raise UniTrackError(where, f"track_id is {value!r}, no whole number", _MEND)
    return value if isinstance(value, int) else None


def _head(value: Any, where: str) -> XYXY | None:
    if not value:
        return None
    if len(items(value, "bbox_head", where)) != 4:  # noqa: PLR2004 - x, y, width, height
        raise UniTrackError(where, "bbox_head is not x, y, width, height", _MEND)
    x, y, width, height = (number(part, "bbox_head", where) for part in value)
    return x, y, x + width, y + height


def _regions(image: Any, where: str) -> tuple[Polygon, ...]:
    xs, ys = (
        items(image.get(f"ignore_regions_{axis}") or [], f"ignore_regions_{axis}", where)
        for axis in "xy"
    )
    if [len(items(x, "ignore_regions_x", where)) for x in xs] != [
        len(items(y, "ignore_regions_y", where)) for y in ys
    ]:
        raise UniTrackError(where, "ignore_regions_x and _y do not fit each other", _MEND)
    return tuple(
        tuple(
            (number(x, "a corner", where), number(y, "a corner", where))
            for x, y in zip(polygon_x, polygon_y, strict=True)
        )
        for polygon_x, polygon_y in zip(xs, ys, strict=True)
    )


def image_number(sequence: str, index: int) -> int:
    """Number of an image as the benchmark makes them: source, number of the sequence, frame.

    Sequences that are not called ``<number>_<source>...`` count from 0.
    """
    matched = re.match(r"(\d+)_(mpiinew|mpii|bonn)", sequence)
    if not matched:
        return index
    return _SOURCES[matched[2]] * 10**10 + int(matched[1]) * 10**4 + index


def text18(sequence: str, entries: Sequence[Entry]) -> str:
    """The file of one sequence."""
    images, annotations = [], []
    for index, entry in enumerate(entries):
        identity = image_number(sequence, index) if entry.image_id is None else entry.image_id
        images.append(_image(sequence, entry, identity, len(entries)))
        annotations += [
            {
                "image_id": identity,
                "id": identity * 100 + place,
                "category_id": _PERSON,
                **_annotation(person),
            }
            for place, person in enumerate(entry.people)
        ]
    category = {
        "supercategory": "person", "id": _PERSON, "name": "person", "keypoints": _KEYPOINTS,
        "skeleton": _LIMBS,
    }  # fmt: skip
    parts = {"images": images, "annotations": annotations, "categories": [category]}
    lines = (
        f'"{name}": [\n' + ",\n".join(json.dumps(one) for one in part) + "\n]"
        for name, part in parts.items()
    )
    return "{" + ",\n".join(lines) + "}\n"


def _image(sequence: str, entry: Entry, identity: int, count: int) -> dict[str, Any]:
    """An image as JSON has it (hence Any)."""
    image: dict[str, Any] = {
        "file_name": entry.name,
        "id": identity,
        "frame_id": identity,
        "vid_id": PurePosixPath(sequence).name.partition("_")[0],
        "nframes": count,
        "is_labeled": entry.labelled,
        "has_no_densepose": True,
    }
    if entry.regions:
        for axis, name in enumerate("xy"):
            image[f"ignore_regions_{name}"] = [
                [c[axis] for c in polygon] for polygon in entry.regions
            ]
    return image


def _annotation(person: Person) -> dict[str, Any]:
    """A person as JSON has it (hence Any)."""
    pose = person.pose
    places = {name: place for place, name in enumerate(SKELETONS[pose.skeleton].joints)}
    keypoints: list[float] = []
    scores: list[float] = []
    for name in _KEYPOINTS:
        place = places.get(_joint(name) or "")
        if place is None or not pose.visible[place]:
            keypoints += [0, 0, 0]
            scores.append(0)
            continue
        x, y = pose.xy[place]
        keypoints += [round(x, _DECIMALS), round(y, _DECIMALS), 1]
        scores.append(pose.joint_scores[place] if pose.joint_scores else pose.score)
    x1, y1, x2, y2 = (round(side, _DECIMALS) for side in pose.box)
    found: dict[str, Any] = {
        "track_id": person.id, "keypoints": keypoints, "scores": scores, "score": pose.score,
        "bbox": [x1, y1, round(x2 - x1, _DECIMALS), round(y2 - y1, _DECIMALS)],
    }  # fmt: skip
    if pose.head:
        x1, y1, x2, y2 = pose.head
        sides = (x1, y1, x2 - x1, y2 - y1)
        found["bbox_head"] = [round(side, _DECIMALS) for side in sides]
    return found
