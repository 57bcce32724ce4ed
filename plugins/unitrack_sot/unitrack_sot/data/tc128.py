"""Temple-Color 128: ``<Sequence>/{img/0001.jpg, <Name>_gt.txt, <Name>_frames.txt}``.

Boxes are ``left,top,width,height``, 1-based; ``<Name>_frames.txt`` says which images they belong
to. Folder and file may be spelled differently (``Yo_yos_ce3``, ``Yo-yos_ce3_gt.txt``).
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from unitrack.data.base import Dataset
from unitrack.errors import UniTrackError
from unitrack_sot.data.layout import check_split, find_files, in_order, key, none_found
from unitrack_sot.data.otb import annotate
from unitrack_sot.data.results import BoxFiles
from unitrack_sot.data.rows import read_rows
from unitrack_sot.data.sequence import Annotation, SotSequence

__all__ = ["tc128"]

_ORIGIN = 1
_BOXES, _FRAMES = "_gt.txt", "_frames.txt"
_NEW = "without_otb"

# What was taken from OTB, in the spelling of this set.
_OF_OTB = (
    "Skating2 Lemming Board Soccer Liquor Couple Walking David Tiger2 Bird Crossing MountainBike "
    "Diving CarDark Shaking Ironman FaceOcc1 Tiger1 Skiing Walking2 Girl Girlmov Subway David3 "
    "Woman Gym Matrix Doll Singer2 Basketball MotorRolling CarScale Football1 Singer1 Skating1 "
    "Biker Boy Jogging1 Deer Panda Coke Trellis Jogging2 Bolt"
)


def tc128(root: Path, split: str | None, settings: object) -> Dataset:
    """Temple-Color 128: 129 sequences.

    Args:
        root: Folder of the sequences, or one above it.
        split: ``without_otb`` for the 85 sequences that OTB does not have, or None for all.
        settings: None exist.

    Raises:
        UniTrackError: If there is no sequence, or no such split.
    """
    del settings
    check_split("tc128", split, (_NEW,))
    files = find_files(root, f"*{_BOXES}")
    if not files:
        raise none_found("tc128", root, "<Sequence>/<Name>_gt.txt")
    videos = in_order(map(_video, files), (), lambda video: video.name)
    if split == _NEW:
        known = {key(name) for name in _OF_OTB.split()}
        videos = [video for video in videos if key(video.name) not in known]
        if not videos:
            raise UniTrackError(
                root,
                "holds no sequence that OTB does not have",
                "Leave --split out to take every sequence.",
            )
    return BoxFiles(tuple(videos), _ORIGIN)


def _video(file: Path) -> SotSequence:
    several = len(list(file.parent.glob(f"*{_BOXES}"))) > 1
    name = file.name.removesuffix(_BOXES) if several else file.parent.name
    numbers = file.with_name(file.name.removesuffix(_BOXES) + _FRAMES)
    return SotSequence(
        name, file.parent / "img", partial(_annotate, file), numbers=_numbers(numbers)
    )


def _annotate(file: Path, video: SotSequence) -> Annotation:
    del video
    return annotate(file, _ORIGIN)


def _numbers(file: Path) -> tuple[int, int] | None:
    if not file.is_file():
        return None
    values = read_rows(file, 2, "Write the numbers of the first and the last image: 1,71").values
    first, last = values[0]
    if len(values) != 1 or first % 1 or last % 1 or not 0 <= first <= last:
        raise UniTrackError(
            file,
            "does not hold the numbers of a first and a last image",
            "Write both in one line: 1,71",
        )
    return int(first), int(last)
