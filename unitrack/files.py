"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from unitrack.errors import UniTrackError

__all__ = ["file_atomic", "folder_atomic", "write_atomic", "writing", "zip_atomic"]


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn a failed write into one clear line."""
    try:
        yield
    except OSError as error:
        raise UniTrackError(
            path,
            f"cannot be written ({error.strerror or error})",
            "Free space, or choose another folder with --out; what is finished is kept.",
        ) from error


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write a file: a temporary one beside it, fsync, rename.

    Args:
        path: The file.
        content: Text (UTF-8, lines end as they are) or bytes.

    Raises:
        UniTrackError: If the folder cannot be written or the disk is full; an earlier file of
            that name is then as it was.
    """
    data = content.encode() if isinstance(content, str) else content
    with file_atomic(path) as file:
        file.write(data)


def zip_atomic(path: Path, members: Mapping[str, Path | str | bytes]) -> None:
    """Write a zip archive whose bytes follow from its members alone.

    Args:
        path: The archive.
        members: Name inside the archive to a file to copy, or to the content itself.

    Raises:
        UniTrackError: If the archive cannot be written, or a file cannot be read.
    """
    with file_atomic(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            data = content.read_bytes() if isinstance(content, Path) else content
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


@contextmanager
def file_atomic(path: Path) -> Iterator[IO[bytes]]:
    """A file beside ``path``, open for writing, that takes its place when the block ends well.

    Raises:
        UniTrackError: If it cannot be written or the disk is full; after this or any other
            exception an earlier file of that name is as it was.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)


@contextmanager
def folder_atomic(path: Path) -> Iterator[Path]:
    """Fill a folder beside ``path``; when the block ends it takes the place of what was there.

    Raises:
        UniTrackError: If it cannot be written or the disk is full; after this or any other
            exception an earlier folder of that name is as it was.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        earlier = unfinished.with_name(f"{unfinished.name}.earlier")
        try:
            yield unfinished
            for file in unfinished.rglob("*"):
                if file.is_file():
                    with file.open("rb") as opened:
                        os.fsync(opened.fileno())
            unfinished.chmod(0o755)
            if path.exists():
                path.rename(earlier)
            unfinished.rename(path)
        finally:
            if earlier.exists() and not path.exists():
                earlier.rename(path)
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.rmtree(earlier, ignore_errors=True)
