"""Tiny trees in the layouts of DAVIS and YouTube-VOS."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unitrack.types import MaskObservation, TrackedObject
from unitrack_vos.data.labels import encode

SIZE = (24, 32)

Labels = NDArray[np.uint8]


def labels(**blocks: tuple[int, int, int, int]) -> Labels:
    """Rectangles ``o<number>=(top, bottom, left, right)`` painted one after the other."""
    values = np.zeros(SIZE, np.uint8)
    for name, (top, bottom, left, right) in blocks.items():
        values[top:bottom, left:right] = int(name[1:])
    return values


def two_objects(index: int) -> Labels:
    """Object 1 walks to the right, object 3 stands below."""
    return labels(o1=(2, 10, 2 + index, 10 + index), o3=(14, 22, 5, 15))


def save(path: Path, values: NDArray[np.generic], *, grey: bool = False) -> Path:
    """An indexed picture, or a grey one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if grey:
        Image.fromarray(values).save(path)
    else:
        path.write_bytes(encode(values.astype(np.uint8)))
    return path


def save_image(path: Path, index: int, size: tuple[int, int] = SIZE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((*size, 3), (10 * index + 20) % 256, np.uint8)).save(path)


def davis(
    root: Path,
    frames: Sequence[Labels],
    *,
    name: str = "blackswan",
    images: int | None = None,
    grey: bool = False,
    resolution: str = "480p",
) -> Path:
    """``root`` with one sequence: an annotation for each of ``frames``, and as many images."""
    for index in range(len(frames) if images is None else images):
        size = (frames[0].shape[0], frames[0].shape[1])
        save_image(root / "JPEGImages" / resolution / name / f"{index:05d}.jpg", index, size)
    for index, values in enumerate(frames):
        save(annotation(root, index, name, resolution), values, grey=grey)
    return root


def annotation(root: Path, index: int, name: str = "blackswan", resolution: str = "480p") -> Path:
    return root / "Annotations" / resolution / name / f"{index:05d}.png"


def youtube(
    root: Path,
    videos: Mapping[str, Mapping[int, Labels]],
    *,
    split: str = "train",
    numbers: Sequence[int] = range(0, 30, 5),
    objects: Mapping[str, Mapping[int, str]] | None = None,
) -> Path:
    """``root/split`` with videos of the frames ``numbers``, annotated where labels are given.

    Args:
        root: The folder of the splits.
        videos: Name to frame number to labels.
        split: Name of the split.
        numbers: Of the frames.
        objects: Name to object to category, for ``meta.json``; none is written without.
    """
    for name, frames in videos.items():
        for number in numbers:
            save_image(root / split / "JPEGImages" / name / f"{number:05d}.jpg", number)
        for number, values in frames.items():
            save(root / split / "Annotations" / name / f"{number:05d}.png", values)
    if objects is not None:
        content = {
            name: {
                "objects": {
                    str(identity): {"category": kind, "frames": [f"{n:05d}" for n in numbers]}
                    for identity, kind in known.items()
                }
            }
            for name, known in objects.items()
        }
        meta = root / split / "meta.json"
        meta.write_text(json.dumps({"videos": content}), encoding="utf-8")
    return root


def tracked(values: Labels) -> tuple[TrackedObject, ...]:
    """The objects of an indexed picture as a tracker's answer."""
    return tuple(
        TrackedObject(int(n), MaskObservation.of(values == n)) for n in np.unique(values) if n
    )
