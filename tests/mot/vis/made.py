"""Small videos and files in YouTube-VIS form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unitrack.types import MaskObservation, SequenceResult, TrackedObject, TruthObject

SIZE = (40, 60)
LENGTH = 4

Box = tuple[int, int, int, int]
Entry = dict[str, Any]  # any JSON


def filled(box: Box) -> NDArray[np.bool_]:
    """A mask of ``left, top, width, height``."""
    left, top, width, height = box
    mask = np.zeros(SIZE, np.bool_)
    mask[top : top + height, left : left + width] = True
    return mask


def rle(box: Box) -> Entry:
    seen = MaskObservation.of(filled(box))
    return {"size": list(SIZE), "counts": seen.counts.decode()}


def tube(
    video: int, label: int, box: Box, score: float = 0.9, frames: Iterable[int] = range(LENGTH)
) -> Entry:
    """An entry of a result: a box that stands still, in some frames."""
    there = set(frames)
    return {
        "video_id": video,
        "category_id": label,
        "segmentations": [rle(box) if index in there else None for index in range(LENGTH)],
        "score": score,
    }


def annotated(entries: Sequence[Entry]) -> list[Entry]:
    """Entries of an annotation: no score, but an id and a flag."""
    return [
        {
            **{key: value for key, value in entry.items() if key != "score"},
            "id": number,
            "iscrowd": 0,
        }
        for number, entry in enumerate(entries, 1)
    ]


def annotation(
    names: Sequence[str] = ("first", "second"), entries: Sequence[Entry] | None = ()
) -> dict[str, Any]:
    """The content of ``instances.json``; no list of annotations at all for None."""
    content: dict[str, Any] = {
        "info": {},
        "videos": [
            {
                "id": number,
                "width": SIZE[1],
                "height": SIZE[0],
                "length": LENGTH,
                "file_names": [f"{name}/{5 * index:05d}.jpg" for index in range(LENGTH)],
            }
            for number, name in enumerate(names, 1)
        ],
        "categories": [{"id": 1, "name": "duck"}, {"id": 2, "name": "parrot"}],
    }
    if entries is not None:
        content["annotations"] = list(entries)
    return content


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))
    return path


def write_images(folder: Path, names: Sequence[str] = ("first", "second")) -> None:
    """``folder/<name>/00000.jpg`` and so on, the frames of different brightness."""
    for name in names:
        (folder / name).mkdir(parents=True)
        for index in range(LENGTH):
            pixels = np.full((*SIZE, 3), 40 * index + 20, np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{5 * index:05d}.jpg")


@dataclass(frozen=True)
class Clip:
    """As much of a sequence as a metric looks at."""

    name: str
    truth: tuple[tuple[TruthObject, ...], ...] | None


Known = Mapping[int, Sequence[MaskObservation | None]]


def result(name: str, tubes: Known) -> SequenceResult:
    """Masks per frame by identity, as a tracker's result."""
    frames = zip(*tubes.values(), strict=True) if tubes else [()] * LENGTH
    return SequenceResult(
        name,
        tuple(
            tuple(
                TrackedObject(number, mask)
                for number, mask in zip(tubes, frame, strict=True)
                if mask is not None
            )
            for frame in frames
        ),
    )


def truth(tubes: Known, crowds: Sequence[int] = ()) -> tuple[tuple[TruthObject, ...], ...]:
    """Masks per frame by identity, as an annotation."""
    return tuple(
        tuple(TruthObject(one.id, one.observation, one.id not in crowds) for one in frame)
        for frame in result("", tubes).frames
    )
