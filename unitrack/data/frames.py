"""Frames from a folder of images, decoded one at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from unitrack.errors import UniTrackError
from unitrack.types import Frame

__all__ = [
    "check_numbers",
    "decode",
    "decode_frames",
    "fingerprint_images",
    "image_size",
    "list_images",
]

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})

# What Pillow raises for files that are no images, broken ones, and headers of absurd size.
_UNREADABLE = (OSError, UnidentifiedImageError, SyntaxError, Image.DecompressionBombError)


def list_images(folder: Path) -> list[Path]:
    """JPEG and PNG files of a folder in numeric order of their names; empty without a folder."""
    if not folder.is_dir():
        return []
    images = [path for path in folder.iterdir() if _is_image(path.name)]
    return sorted(images, key=lambda path: (int(path.stem) if path.stem.isdecimal() else -1, path))


def _is_image(name: str) -> bool:
    # Archives made on a Mac carry ._000001.jpg beside 000001.jpg: no image, but of its name.
    return Path(name).suffix.lower() in _SUFFIXES and not name.startswith(".")


def check_numbers(images: Sequence[Path], step: int = 1) -> None:
    """Refuse images whose numbers have a gap, or occur twice: all frames after it would be shifted.

    Names that are no numbers are taken in the order they come.

    Args:
        images: As `list_images` gives them.
        step: By how much their numbers rise.

    Raises:
        UniTrackError: Naming the first image that is missing or there twice.
    """
    if not all(path.stem.isdecimal() for path in images):
        return
    for before, after in pairwise(images):
        wanted = int(before.stem) + step
        if int(after.stem) == int(before.stem):
            raise UniTrackError(after, f"has the number of {before.name}", "Remove one of them.")
        if int(after.stem) != wanted:
            name = f"{wanted:0{len(before.stem)}d}{before.suffix}"
            raise UniTrackError(before.parent / name, "is missing", "Restore the image.")


def image_size(path: Path) -> tuple[int, int]:
    """Height and width, from the header alone.

    Raises:
        UniTrackError: If it is no image.
    """
    try:
        with Image.open(path) as image:
            return image.height, image.width
    except _UNREADABLE as error:
        raise _unreadable(path, error) from error


def decode(path: Path) -> NDArray[np.uint8]:
    """RGB, uint8, ``(H, W, 3)``; orientation marks in the file are not applied.

    Raises:
        UniTrackError: If the file is absent, truncated or no image.
    """
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except _UNREADABLE as error:
        raise _unreadable(path, error) from error


def decode_frames(paths: Sequence[Path], size: tuple[int, int]) -> Iterator[Frame]:
    """Decode images in order; memory holds one at a time.

    Args:
        paths: The images.
        size: Height and width that each must have.

    Raises:
        UniTrackError: If an image cannot be decoded or has another size.
    """
    for index, path in enumerate(paths):
        image = decode(path)
        if image.shape[:2] != size:
            found, stated = (f"{width}x{height}" for height, width in (image.shape[:2], size))
            raise UniTrackError(
                path,
                f"is {found}, but the sequence is {stated}",
                "Restore the original image, or correct the size where the data set states it.",
            )
        yield Frame(index, path.stem, image)


def fingerprint_images(paths: Sequence[Path]) -> str:
    """Digest of names, sizes and times of modification; the images are not read."""
    digest = hashlib.sha256()
    for path in paths:
        status = path.stat()
        digest.update(f"{path.name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _unreadable(path: Path, error: Exception) -> UniTrackError:
    if isinstance(error, FileNotFoundError):
        return UniTrackError(path, "is missing", "Restore the image.")
    reason = " ".join(str(error).split()) or type(error).__name__
    return UniTrackError(
        path, f"cannot be decoded ({reason})", "Restore the image from the original archive."
    )
