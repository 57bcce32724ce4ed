"""YouTube-VIS's json files: annotations, tubes, and detections of single frames.

Every entry is named in an error by its position in the file's list, counted from 1; the tubes of a
result have no other identity.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from unitrack.errors import UniTrackError
from unitrack.rle import first_fault
from unitrack.types import MaskObservation
from unitrack_mot.data.bulk import no_collection
from unitrack_mot.data.vis_rle import compressed
from unitrack_mot.data.vis_tubes import Tube

__all__ = [
    "Annotation",
    "Entry",
    "Video",
    "check_videos",
    "entry_fault",
    "parse_detections",
    "parse_tubes",
    "read_annotation",
    "read_entries",
    "tube_text",
]

Entry = tuple[int, Mapping[str, Any]]
"""Position in the file's list, from 1, and what stands there (any JSON, hence Any)."""

_FPS = 6.0  # every fifth frame of videos of 30 frames a second

_TUBE = "Write video_id, category_id, score and segmentations, one per frame or null."
_DETECTION = "Write video_id, frame_id (from 0), category_id, score and segmentation."
_RESTORE = "Restore the file from the benchmark's archive."


@dataclass(frozen=True, slots=True)
class Video:
    """One video as an annotation file describes it.

    Attributes:
        number: ``id`` in the file.
        name: Name of the folder that holds the images.
        size: Height and width in pixels.
        fps: Frames per second; the benchmark's own files do not say, and have 6.
        images: Relative paths of the images; their order is that of the frames.
    """

    number: int
    name: str
    size: tuple[int, int]
    fps: float
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation file.

    Attributes:
        path: The file.
        videos: In the order of the file.
        numbers: Their ``id`` in the file.
        categories: Class to its name.
        entries: Annotated objects by number of the video, or None where none are given at all.
    """

    path: Path
    videos: tuple[Video, ...]
    numbers: frozenset[int]
    categories: Mapping[int, str]
    entries: Mapping[int, Sequence[Entry]] | None = field(repr=False)


def read_annotation(path: Path) -> Annotation:
    """Videos, classes and annotated objects; masks are left as they stand, to be parsed later.

    A file is read once, and again only after it has changed.

    Raises:
        UniTrackError: If it is absent or malformed.
    """
    return _annotation(path, *_state(path))


@lru_cache(maxsize=4)
def _annotation(path: Path, modified: int, size: int) -> Annotation:
    del modified, size  # of the file, so that a changed one is read again
    content = _parsed(path)
    if not isinstance(content, dict) or not isinstance(content.get("videos"), list):
        raise UniTrackError(path, "holds no list of videos", _RESTORE)
    try:
        videos = tuple(_video(path, number, one) for number, one in enumerate(content["videos"], 1))
        categories = {int(one["id"]): str(one["name"]) for one in content.get("categories") or ()}
    except (KeyError, TypeError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise UniTrackError(path, f"has videos or categories without {reason}", _RESTORE) from error
    listed = content.get("annotations")
    entries = _by_video(path, listed) if isinstance(listed, list) and listed else None
    numbers = frozenset(video.number for video in videos)
    check_videos(path, entries or {}, numbers)
    return Annotation(path, videos, numbers, categories, entries)


def _video(path: Path, number: int, given: Mapping[str, Any]) -> Video:
    """One entry of ``videos`` (any JSON, hence Any)."""
    images = tuple(str(name) for name in given["file_names"])
    where = f"{path}: video {number}"
    if len(images) != int(given.get("length", len(images))) or not images:
        what = f"has {len(images)} file names, but a length of {given.get('length')}"
        raise UniTrackError(where, what, _RESTORE)
    size = (int(given["height"]), int(given["width"]))
    if min(size) < 1:
        raise UniTrackError(where, f"is {size[1]} x {size[0]} pixels", _RESTORE)
    fps = float(given.get("fps", _FPS))
    if not 0 < fps < math.inf:
        raise UniTrackError(where, f"has {fps:g} frames a second", _RESTORE)
    folder = PurePosixPath(images[0]).parent.name
    return Video(int(given["id"]), folder or str(given["id"]), size, fps, images)


def read_entries(path: Path) -> Mapping[int, Sequence[Entry]]:
    """The entries of a list by number of the video, in the order of the file.

    A file is read once, and again only after it has changed.

    Raises:
        UniTrackError: If it is absent, no list, or an entry names no video.
    """
    return _entries(path, *_state(path))


@lru_cache(maxsize=4)
def _entries(path: Path, modified: int, size: int) -> Mapping[int, Sequence[Entry]]:
    del modified, size
    content = _parsed(path)
    if not isinstance(content, list):
        raise UniTrackError(path, "is no list", f"{_TUBE} Or: {_DETECTION}")
    return _by_video(path, content)


def _by_video(path: Path, content: Sequence[Any]) -> dict[int, list[Entry]]:
    found: dict[int, list[Entry]] = {}
    for number, entry in enumerate(content, 1):
        if not isinstance(entry, dict) or not isinstance(entry.get("video_id"), int):
            raise UniTrackError(f"{path}: entry {number}", "names no video", _TUBE)
        found.setdefault(entry["video_id"], []).append((number, entry))
    return found


def _state(path: Path) -> tuple[int, int]:
    """What changes when a file does."""
    try:
        status = path.stat()
    except OSError as error:
        raise UniTrackError(
            path, f"cannot be read ({error.strerror})", "Check the path, or restore the file."
        ) from error
    return status.st_mtime_ns, status.st_size


@no_collection()
def _parsed(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise UniTrackError(
            path, f"cannot be read ({error.strerror})", "Check the path, or restore the file."
        ) from error
    except ValueError as error:  # broken JSON, or no text at all
        reason = " ".join(str(error).split())
        raise UniTrackError(path, f"is no JSON ({reason})", "Write the file again.") from error


def check_videos(path: Path, entries: Mapping[int, Sequence[Entry]], known: frozenset[int]) -> None:
    """Refuse entries of videos that are not in the data set.

    Raises:
        UniTrackError: Naming the first entry at fault.
    """
    strange = {entries[video][0][0]: video for video in entries.keys() - known}
    if strange:
        first = min(strange)
        raise UniTrackError(
            f"{path}: entry {first}",
            f"there is no video of id {strange[first]}",
            "Check that the file is of this split; ids are those of `videos` in the annotation.",
        )


def entry_fault(path: Path, video: Video, number: int, what: str, mend: str) -> UniTrackError:
    """A fault in one entry."""
    return UniTrackError(f"{path}: video {video.name}: entry {number}", what, mend)


def parse_tubes(
    path: Path,
    video: Video,
    entries: Sequence[Entry],
    categories: Mapping[int, str],
    *,
    scored: bool,
) -> list[Tube]:
    """Tubes of one video.

    One without any mask still counts, as a miss or as a false alarm; it stands as an empty mask in
    the first frame.

    Args:
        path: The file, for errors.
        video: The video.
        entries: Its entries.
        categories: The known classes.
        scored: Whether a score must be there; in an annotation there is none.

    Raises:
        UniTrackError: Naming file, video and entry at fault.
    """
    tubes = [_tube(path, video, one, categories, scored=scored) for one in entries]
    owners = [
        (number, mask)
        for (number, _), tube in zip(entries, tubes, strict=True)
        for mask in tube.masks
        if mask is not None
    ]
    _check_masks(path, video, owners)
    return tubes


def _tube(
    path: Path, video: Video, entry: Entry, categories: Mapping[int, str], *, scored: bool
) -> Tube:
    number, given = entry
    length = len(video.images)
    listed = given.get("segmentations")
    if not isinstance(listed, list):
        raise entry_fault(path, video, number, "has no list of segmentations", _TUBE)
    if len(listed) != length:
        what = f"has {len(listed)} segmentations, but the video has {length} frames"
        raise entry_fault(path, video, number, what, _TUBE)
    label = _label(path, video, entry, categories)
    score = _score(path, video, entry) if scored else 1.0
    masks = [
        None if one is None else _mask(path, video, number, one, score, label) for one in listed
    ]
    if not any(masks):
        pixels = video.size[0] * video.size[1]
        masks[0] = _mask(path, video, number, _runs(video, [pixels]), score, label)
    return Tube(label, score, tuple(masks), not given.get("iscrowd"))


def parse_detections(
    path: Path, video: Video, entries: Sequence[Entry], categories: Mapping[int, str]
) -> list[list[MaskObservation]]:
    """Detections of single frames of one video: masks per frame, each with a class and a score.

    Raises:
        UniTrackError: Naming file, video and entry at fault.
    """
    frames: list[list[MaskObservation]] = [[] for _ in video.images]
    owners: list[tuple[int, MaskObservation]] = []
    for number, given in entries:
        index = given.get("frame_id")
        if not isinstance(index, int) or not 0 <= index < len(frames):
            what = f"frame_id {index!r} is not in 0..{len(frames) - 1}"
            raise entry_fault(path, video, number, what, _DETECTION)
        if given.get("segmentation") is None:
            raise entry_fault(path, video, number, "has no segmentation", _DETECTION)
        label = _label(path, video, (number, given), categories)
        score = _score(path, video, (number, given))
        mask = _mask(path, video, number, given["segmentation"], score, label)
        frames[index].append(mask)
        owners.append((number, mask))
    _check_masks(path, video, owners)
    return frames


def _check_masks(path: Path, video: Video, owners: Sequence[tuple[int, MaskObservation]]) -> None:
    """Refuse broken run lengths; each mask comes with the position of its entry."""
    if found := first_fault([mask for _, mask in owners]):
        place, what = found
        mend = "Encode the mask again, e.g. with pycocotools.mask.encode."
        raise entry_fault(path, video, owners[place][0], f"the mask is broken: {what}", mend)


def _label(path: Path, video: Video, entry: Entry, categories: Mapping[int, str]) -> int:
    number, given = entry
    label = given.get("category_id")
    if not isinstance(label, int) or label not in categories:
        known = ", ".join(f"{one} {name}" for one, name in list(categories.items())[:3])
        raise entry_fault(
            path,
            video,
            number,
            f"category_id {label!r} is not among the {len(categories)} classes",
            f"Classes are those of `categories` in the annotation ({known}, ...).",
        )
    return label


def _score(path: Path, video: Video, entry: Entry) -> float:
    number, given = entry
    score = given.get("score")
    if not isinstance(score, int | float) or not math.isfinite(score):
        what = f"the score {score!r} is no finite number"
        raise entry_fault(path, video, number, what, "Write one finite score.")
    return float(score)


def _mask(
    path: Path, video: Video, number: int, segmentation: object, score: float, label: int
) -> MaskObservation:
    def fault(what: str, mend: str) -> UniTrackError:
        return entry_fault(path, video, number, what, mend)

    return MaskObservation(video.size, compressed(segmentation, video.size, fault), score, label)


def _runs(video: Video, counts: list[int]) -> dict[str, object]:
    return {"size": list(video.size), "counts": counts}


def tube_text(video: Video, tube: Tube) -> str:
    """One entry of a result, as YouTube-VIS's server takes it."""
    masks = [
        None if mask is None else {"size": list(mask.size), "counts": mask.counts.decode("ascii")}
        for mask in tube.masks
    ]
    return json.dumps(
        {
            "video_id": video.number,
            "category_id": tube.label,
            "segmentations": masks,
            "score": tube.score,
        },
        separators=(",", ":"),
    )
