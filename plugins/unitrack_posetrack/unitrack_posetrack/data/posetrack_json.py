"""Files of either dialect, checked for what they are to be: truth, results or observations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Literal

from unitrack.errors import UniTrackError
from unitrack_posetrack.data.dialect17 import parse17
from unitrack_posetrack.data.dialect18 import parse18
from unitrack_posetrack.data.document import Entry, Person, load_json

__all__ = ["Kind", "aligned", "read_entries"]

Kind = Literal["truth", "results", "observations"]
"""Truth and results have identities; in the truth a person may be without joints."""


def read_entries(file: Path, kind: Kind, skeleton: str = "posetrack15") -> tuple[Entry, ...]:
    """Frames of a file in its order; the dialect is told by the key ``annolist``.

    Args:
        file: One sequence.
        kind: What it must hold.
        skeleton: That the poses are to have.

    Raises:
        UniTrackError: If the file is absent or malformed; file, frame and person are named.
    """
    document = load_json(file)
    if not isinstance(document, dict) or not {"annolist", "images"} & document.keys():
        raise UniTrackError(
            file,
            "is no file of PoseTrack: it has neither annolist (2017) nor images (2018)",
            "Give a file of one of the two dialects.",
        )
    parse = parse17 if "annolist" in document else parse18
    entries = parse(document, str(file), skeleton)
    names: set[str] = set()
    for entry in entries:
        if _key(entry) in names:
            raise UniTrackError(f"{file}: {entry.name}", "is listed twice", "Remove one of them.")
        names.add(_key(entry))
        _check(entry.people, kind, f"{file}: {entry.name}")
    return entries


def aligned(
    entries: Sequence[Entry], frames: Sequence[Entry], file: Path, kind: Kind
) -> list[tuple[Person, ...]]:
    """People of a file per frame of the sequence it is about, matched by the images' names.

    Args:
        entries: What the file holds.
        frames: The frames of the sequence.
        file: For messages.
        kind: Results must name every frame; a frame that observations leave out has none.

    Raises:
        UniTrackError: If the file is about a frame that the sequence does not have, or if results
            lack one.
    """
    found = {_key(entry): entry for entry in entries}
    wanted = [_key(frame) for frame in frames]
    mend = "Check that the file belongs to this sequence."
    for strange in found.keys() - set(wanted):
        raise UniTrackError(f"{file}: {found[strange].name}", "is no frame of the sequence", mend)
    lacking = [frame.name for frame, key in zip(frames, wanted, strict=True) if key not in found]
    if kind == "results" and lacking:
        raise UniTrackError(file, f"lacks {len(lacking)} frames, first {lacking[0]}", mend)
    return [found[key].people if key in found else () for key in wanted]


def _key(entry: Entry) -> str:
    """The file's name without folders and ending: these differ between releases."""
    return PurePosixPath(entry.name).stem


def _check(people: Sequence[Person], kind: Kind, where: str) -> None:
    known: set[int] = set()
    for place, person in enumerate(people):
        if kind != "truth" and not any(person.pose.visible):
            raise UniTrackError(
                f"{where}: person {place}", "has no joint at all", "Leave such persons out."
            )
        if kind == "observations":
            continue
        if person.id is None:
            raise UniTrackError(
                f"{where}: person {place}", "has no track_id", "Give every person one."
            )
        if person.id in known:
            raise UniTrackError(
                f"{where}: person {place}",
                f"has the track_id {person.id} of another one in the frame",
                "Give everybody in a frame a track_id of their own.",
            )
        known.add(person.id)
