"""Results: an indexed picture a frame, ``<sequence>/<stem>.png``; also those of others."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from unitrack.errors import UniTrackError
from unitrack.files import folder_atomic, zip_atomic
from unitrack.types import MaskObservation, SequenceResult, TrackedObject
from unitrack_vos.data.labels import LAST_ID, VOID, Drawn, encode, paint, read_drawn, union
from unitrack_vos.data.sequence import MaskSequence

__all__ = ["pack_masks", "read_masks", "write_masks"]


def write_masks(result: SequenceResult, sequence: MaskSequence, folder: Path) -> None:
    """Write ``folder/<sequence>/<stem>.png``, a picture for every frame.

    Raises:
        UniTrackError: If the folder cannot be written, or a mask is not of the frame's size, or an
            identity is larger than an indexed picture can hold; an earlier result stays then.
    """
    with folder_atomic(folder / result.name) as made:
        for stem, objects in zip(sequence.stems, result.frames, strict=True):
            values = paint(objects, sequence.size, f"{result.name}: frame {stem}")
            (made / f"{stem}.png").write_bytes(encode(values))


def read_masks(sequence: MaskSequence, folder: Path) -> SequenceResult:
    """Read the pictures of a sequence; pictures of other frames are left alone.

    Every object is there in every frame from the one in which it is given, empty where it is not
    to be seen.

    Raises:
        UniTrackError: If a picture is absent, broken or of another size, or shows an object that
            the annotation does not give.
    """
    place = folder / sequence.name
    if not place.is_dir():
        raise UniTrackError(
            place,
            "is no folder of results",
            "Give the folder that holds a folder of PNGs for each sequence.",
        )
    paths = [place / f"{stem}.png" for stem in sequence.stems]
    drawn = [read_drawn(path, sequence.size) for path in paths]
    objects = [_merged(one) for one in drawn] if sequence.merged else _named(drawn)
    for path, found in zip(paths, objects, strict=True):
        _check_known(path, found, sequence)
    nothing = MaskObservation.of(np.zeros(sequence.size, np.bool_))
    frames = tuple(
        tuple(
            TrackedObject(identity, found.get(identity, nothing))
            for identity, start in sequence.starts.items()
            if start <= index or identity in found
        )
        for index, found in enumerate(objects)
    )
    return SequenceResult(sequence.name, frames)


def pack_masks(
    sequences: Iterable[MaskSequence],
    results: Path,
    archive: Path,
    *,
    top: str = "",
    listed: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Pack results as a server wants them, each picture checked and written anew.

    Args:
        sequences: All that belong to the split.
        results: Folder of results.
        archive: The zip file to write.
        top: Folder inside the archive, with a slash, or empty.
        listed: The frames that the server asks for, by sequence; all where none are listed.

    Raises:
        UniTrackError: If a result is absent or malformed, or the archive cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="unitrack-submit-") as folder:
        members: dict[str, Path | str | bytes] = {}
        for sequence in sequences:
            write_masks(read_masks(sequence, results), sequence, Path(folder))
            asked = (listed or {}).get(sequence.name) or sequence.stems
            for stem in (stem for stem in sequence.stems if stem in asked):
                name = f"{sequence.name}/{stem}.png"
                members[top + name] = Path(folder) / name
        zip_atomic(archive, members)


def _merged(drawn: Drawn) -> Mapping[int, MaskObservation]:
    """Whatever is not background, as one object."""
    masks = list(drawn.masks.values())
    return {1: union(masks, masks[0].size)} if masks else {}


def _named(drawn: Sequence[Drawn]) -> list[Mapping[int, MaskObservation]]:
    """Objects by number; where all frames are black and white, white is object 1."""
    if all(one.grey and one.masks.keys() <= {VOID} for one in drawn):
        return [{1: one.masks[VOID]} if one.masks else {} for one in drawn]
    return [one.masks for one in drawn]


def _check_known(path: Path, found: Mapping[int, MaskObservation], sequence: MaskSequence) -> None:
    strangers = sorted(found.keys() - sequence.starts.keys())
    if strangers:
        known = ", ".join(map(str, sorted(sequence.starts)))
        mend = "Use the numbers of the annotation"
        if strangers[-1] > LAST_ID:
            mend += "; 255 is an object only where a black and white result has no other number"
        raise UniTrackError(
            path, f"shows the object {strangers[0]}; the annotation gives {known}", f"{mend}."
        )
