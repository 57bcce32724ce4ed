"""Detections as the paper's own code keeps them: a file a frame, in fractions of the image.

``obs/<detector>/<split>/<sequence>/img1/000001.txt`` holds lines of centre x, centre y, width,
height and score, separated by spaces; the first four are MOTChallenge's 1-based pixels divided by
the size of the image. A frame without a file is a frame without detections.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, Observation
from unitrack_mot.data.bulk import no_collection
from unitrack_mot.data.table import Form, check_sides, read_table

__all__ = ["frame_files", "parse_frame_files"]

_FORM = Form(
    5,
    "Write centre-x centre-y width height score, the first four divided by the image's size.",
    most=5,
    separator=None,
)


def frame_files(folder: Path) -> list[Path]:
    """The files of a folder, in the order of their names."""
    return sorted(folder.glob("*.txt"))


@no_collection()
def parse_frame_files(
    folder: Path, length: int, size: tuple[int, int]
) -> tuple[tuple[Observation, ...], ...]:
    """Detections per frame.

    Args:
        folder: ``.../<sequence>/img1``.
        length: Frames of the sequence.
        size: Height and width of its images.

    Raises:
        UniTrackError: Naming the file, if its number is outside the sequence, or the line at fault;
            also for a folder without any detection.
    """
    frames: list[tuple[Observation, ...]] = [()] * length
    for file in frame_files(folder):
        if not file.stem.isdecimal() or not 1 <= int(file.stem) <= length:
            raise UniTrackError(
                file,
                f"is no frame in 1..{length}",
                "Name the files 000001.txt, ...; check that the folder is of this sequence.",
            )
        frames[int(file.stem) - 1] = _parse(file, size)
    if not any(frames):
        raise UniTrackError(
            folder, "holds no detection at all", "Check that the detector ran and wrote here."
        )
    return tuple(frames)


def _parse(file: Path, size: tuple[int, int]) -> tuple[Observation, ...]:
    rows = read_table(file, _FORM)
    check_sides(rows, rows.values[:, 2:4])
    centres, sides = np.hsplit(rows.values[:, :4] * (size[::-1] * 2), 2)
    corners = np.hstack([centres - sides / 2, centres + sides / 2]) - 1
    return tuple(
        BoxObservation((x1, y1, x2, y2), score)
        for (x1, y1, x2, y2), score in zip(
            corners.tolist(), rows.values[:, 4].tolist(), strict=True
        )
    )
