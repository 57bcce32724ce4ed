"""TLP, Track Long and Prosper: ``<Sequence>/{img/00001.jpg, groundtruth_rect.txt}``.

Lines are ``frame,left,top,width,height,isLost``, 1-based; where the object is lost the box means
nothing, and the frame is never a hit. Videos have up to 27 153 frames; nothing is held of them.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from unitrack.data.base import Dataset
from unitrack_sot.data.boxes import has_area, inside
from unitrack_sot.data.layout import check_split, find_files, in_order, none_found
from unitrack_sot.data.results import BoxFiles
from unitrack_sot.data.rows import read_rows
from unitrack_sot.data.sequence import Annotation, SotSequence

__all__ = ["tlp"]

_ORIGIN = 1
_COLUMNS = 6
_TINY, _TINY_FRAMES = "tiny", 600
_FORM = "Write frame,left,top,width,height,isLost in every line."
_NAMES = (
    "MotorcycleChase Boxing3 BreakfastClub Hideaway Boxing2 Mohiniyattam Drone2 Alladin "
    "Puppies1 Badminton2 ZebraFish PolarBear2 KinBall1 Dashcam Jet4 IceSkating Rope ISS "
    "Elephants CarChase1 Jet2 KinBall3 Drone1 Aquarium1 Jet1 Violinist KinBall2 Billiards2 "
    "Puppies2 DriftCar2 Lion Billiards1 Jet3 Bike Helicopter Parakeet Badminton1 PolarBear1 "
    "CarChase2 Basketball Aquarium2 Boxing1 Sam CarChase3 Boat DriftCar1 Drone3 Jet5 "
    "PolarBear3 Bharatanatyam"
)


def tlp(root: Path, split: str | None, settings: object) -> Dataset:
    """TLP: 50 sequences.

    Args:
        root: Folder of the sequences, or one above it.
        split: ``tiny``: TinyTLP, the first 600 frames of each; or None for all of them.
        settings: None exist.

    Raises:
        UniTrackError: If there is no sequence, or no such split.
    """
    del settings
    check_split("tlp", split, (_TINY,))
    last = _TINY_FRAMES if split == _TINY else None
    files = find_files(root, "groundtruth_rect.txt")
    if not files:
        raise none_found("tlp", root, "<Sequence>/groundtruth_rect.txt")
    videos = [
        SotSequence(
            file.parent.name,
            file.parent / "img",
            partial(_annotate, file, last),
            numbers=None if last is None else (1, last),
        )
        for file in files
    ]
    ordered = in_order(videos, _NAMES.split(), lambda video: video.name)
    return BoxFiles(tuple(ordered), _ORIGIN)


def _annotate(file: Path, last: int | None, video: SotSequence) -> Annotation:
    del video
    rows = read_rows(file, _COLUMNS, _FORM)
    numbers = rows.values[:, 0]
    shifted = np.flatnonzero(numbers != np.arange(1, len(numbers) + 1))
    if len(shifted):
        wrong = int(shifted[0])
        raise rows.fault(
            wrong,
            f"is of frame {numbers[wrong]:g}, not {wrong + 1}",
            "Give a line for every frame, in their order from 1.",
        )
    values = rows.values[:last]
    xyxy = inside(values[:, 1:5], _ORIGIN)
    return Annotation(file, xyxy, has_area(xyxy) & (values[:, 5] == 0))
