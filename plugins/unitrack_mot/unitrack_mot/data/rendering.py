"""What the rendered sets in MOTChallenge layout share: identities, files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unitrack_mot.data.synthetic_settings import SyntheticMotSettings

__all__ = ["number_visits", "write_lines", "write_seqinfo"]


def number_visits(present: Sequence[NDArray[np.float64]], patience: int) -> list[list[int]]:
    """Number the visits: as in MOTChallenge, who left the picture comes back as somebody else.

    Args:
        present: Who is in the picture, per frame.
        patience: Frames that somebody may be gone without becoming somebody else.

    Returns:
        Ids counted from 1, per frame, in the order of ``present``.
    """
    last: dict[float, tuple[int, int]] = {}
    issued = 0
    visits: list[list[int]] = []
    for index, numbers in enumerate(present):
        for number in numbers:
            seen, identity = last.get(number, (-1, 0))
            if not identity or index - seen > patience:
                issued += 1
                identity = issued
            last[number] = index, identity
        visits.append([last[number][1] for number in numbers])
    return visits


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a text file."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")


def write_seqinfo(folder: Path, settings: SyntheticMotSettings) -> None:
    """Write ``seqinfo.ini`` of the sequence in a folder."""
    text = (
        f"[Sequence]\nname={folder.name}\nimDir=img1\nframeRate={settings.fps:g}\n"
        f"seqLength={settings.frames}\nimWidth={settings.width}\nimHeight={settings.height}\n"
        "imExt=.jpg\n"
    )
    (folder / "seqinfo.ini").write_text(text, encoding="utf-8")
