"""Our own result files of poses, for benchmarks that have no form: JSON, one line a frame.

``frames`` holds a list per frame; each pose has ``id``, ``score`` and ``joints``, in the order of
``skeleton``: ``[x, y]`` in 0-based image pixels, or null for a joint that is not seen.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unitrack.errors import UniTrackError
from unitrack.skeleton import SKELETONS
from unitrack.types import PoseObservation, SequenceResult, TrackedObject
from unitrack_posetrack.data.document import is_number, load_json

__all__ = ["parse_poses", "poses_text"]

_FORMAT = "unitrack-poses-1"
_MEND = "Write it anew with: unitrack run --overwrite"
_DECIMALS = 3  # of a pixel

Joint = tuple[float, float] | None


def poses_text(result: SequenceResult, skeleton: str) -> str:
    """The file of one sequence."""
    head = json.dumps({"format": _FORMAT, "name": result.name, "skeleton": skeleton})
    frames = ",\n".join(json.dumps([_stored(one) for one in frame]) for frame in result.frames)
    return f'{head[:-1]}, "frames": [\n{frames}\n]}}\n'


def _stored(thing: TrackedObject) -> dict[str, Any]:
    """A pose as JSON has it (hence Any)."""
    seen = thing.observation
    assert isinstance(seen, PoseObservation)
    joints = [
        [round(x, _DECIMALS), round(y, _DECIMALS)] if there else None
        for (x, y), there in zip(seen.xy, seen.visible, strict=True)
    ]
    return {"id": thing.id, "score": seen.score, "joints": joints}


def parse_poses(file: Path, length: int, skeleton: str) -> tuple[tuple[TrackedObject, ...], ...]:
    """Poses per frame.

    Args:
        file: As `poses_text` writes it.
        length: Frames of the sequence.
        skeleton: That the poses must have.

    Raises:
        UniTrackError: If the file is absent or malformed; the frame and the pose are named.
    """
    read = load_json(file)
    if not isinstance(read, dict) or read.get("format") != _FORMAT:
        raise UniTrackError(file, f"does not say that its format is {_FORMAT}", _MEND)
    if read.get("skeleton") != skeleton:
        raise UniTrackError(file, f"holds poses of {read.get('skeleton')!r}, not {skeleton}", _MEND)
    frames = read.get("frames")
    if not isinstance(frames, list) or len(frames) != length:
        count = len(frames) if isinstance(frames, list) else "no"
        what = f"holds {count} frames, but the sequence has {length}"
        raise UniTrackError(file, what, "Check that the file belongs to this sequence.")
    return tuple(tuple(_frame(file, index, frame, skeleton)) for index, frame in enumerate(frames))


def _frame(file: Path, index: int, frame: Any, skeleton: str) -> Iterator[TrackedObject]:
    """Poses of one frame, from whatever JSON holds there (hence Any)."""
    if not isinstance(frame, list):
        raise UniTrackError(f"{file}: frame {index}", "is no list of poses", _MEND)
    known: set[int] = set()
    for number, pose in enumerate(frame):
        where = f"{file}: frame {index}: pose {number}"
        if not isinstance(pose, dict):
            raise UniTrackError(where, "is no pose", _MEND)
        identity, score = pose.get("id"), pose.get("score")
        if not isinstance(identity, int) or not is_number(score):
            raise UniTrackError(where, "has no id or no score", _MEND)
        if identity in known:
            raise UniTrackError(where, f"has the id {identity} of another one in the frame", _MEND)
        known.add(identity)
        joints = _joints(where, pose.get("joints"), len(SKELETONS[skeleton].joints))
        yield TrackedObject(
            identity,
            PoseObservation(
                tuple(joint or (0.0, 0.0) for joint in joints),
                tuple(joint is not None for joint in joints),
                float(score),
                skeleton=skeleton,
            ),
        )


def _joints(where: str, joints: Any, count: int) -> list[Joint]:
    """Joints from whatever JSON holds there (hence Any)."""
    if not isinstance(joints, list) or len(joints) != count:
        raise UniTrackError(where, f"has not {count} joints", _MEND)
    for number, joint in enumerate(joints):
        pair = isinstance(joint, list) and len(joint) == 2  # noqa: PLR2004 - x and y
        if joint is not None and not (pair and all(is_number(part) for part in joint)):
            raise UniTrackError(where, f"joint {number} is neither [x, y] nor null", _MEND)
    return [None if joint is None else (float(joint[0]), float(joint[1])) for joint in joints]
