"""Tiny sequences on disk, in MOTChallenge layout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = (48, 64)


def sequence_folder(
    parent: Path,
    name: str = "MOT17-02-FRCNN",
    *,
    images: int = 0,
    length: int | None = 3,
    truth: Sequence[str] | None = None,
    detections: Sequence[str] | None = None,
) -> Path:
    """A folder with ``images`` pictures, and ``seqinfo.ini`` unless ``length`` is None."""
    folder = parent / name
    folder.mkdir(parents=True)
    if length is not None:
        height, width = SIZE
        (folder / "seqinfo.ini").write_text(
            f"[Sequence]\nname={name}\nimDir=img1\nframeRate=25\nseqLength={length}\n"
            f"imWidth={width}\nimHeight={height}\nimExt=.jpg\n"
        )
    for number in range(1, images + 1):
        (folder / "img1").mkdir(exist_ok=True)
        pixels = np.full((*SIZE, 3), 10 * number, np.uint8)
        Image.fromarray(pixels).save(folder / "img1" / f"{number:06d}.png")
    for part, lines in (("gt/gt.txt", truth), ("det/det.txt", detections)):
        if lines is not None:
            (folder / part).parent.mkdir()
            (folder / part).write_text("".join(f"{line}\n" for line in lines))
    return folder
