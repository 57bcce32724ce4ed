"""Fetch a file once into the cache: resumed when broken off, checked, and put in place at once.

Before anything is transferred, source and licence are said on stderr. Of a file for which no full
sha256 is published, the one that arrived first is kept beside it; another is refused from then on.
"""

from __future__ import annotations

import errno
import http.client
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from filelock import FileLock
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from unitrack.appearance.verify import keep_digest, kept_digest, verify
from unitrack.cache import cache_folder
from unitrack.checkpoint import looks_like_html
from unitrack.errors import UniTrackError
from unitrack.registry.records import WeightFile

__all__ = ["cached", "fetch"]

_CHUNK = 1 << 18  # bytes
_TIMEOUT_S = 30.0
_HEAD = 512  # bytes
_SHA256_DIGITS = 64
_NO_SUCH_RANGE = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE


def cached(file: WeightFile) -> Path:
    """Where a file that is fetched, or put there by hand, is kept; it may not be there yet."""
    return cache_folder() / "weights" / file.file


def fetch(file: WeightFile) -> Path:
    """The file of a URL, downloaded on first use.

    A transfer that breaks off leaves ``FILE.part`` and is resumed by the next call. The file gets
    its name only after its digest was checked. Two processes may ask at once: one waits.

    Raises:
        UniTrackError: If there is no network, the transfer breaks off, what arrives is not the
            expected file, or the cache folder cannot be written.
    """
    target = cached(file)
    if target.is_file() and _matches(file, target, kept_digest(target)):
        return target
    with _writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock"):
            kept = kept_digest(target)
            if not (target.is_file() and _matches(file, target, kept)):
                part = target.with_name(f"{target.name}.part")
                whole = (file.sha256 or kept) and part.is_file() and _matches(file, part, kept)
                if not whole:
                    _announce(file)
                    _transfer(file.url, part)
                digest = _check_arrived(file, part, kept)
                if len(file.sha256) < _SHA256_DIGITS:
                    keep_digest(target, digest)
                part.replace(target)
    return target


def _announce(file: WeightFile) -> None:
    size = f"{file.size / 1e6:.0f} MB, " if file.size else ""
    # Not logged: what a licence allows must be read before the file is used.
    print(f"unitrack: fetching {file.url} ({size}licence: {file.licence})", file=sys.stderr)  # noqa: T201


def _matches(file: WeightFile, path: Path, kept: str) -> bool:
    try:
        verify(file, path, kept)
    except UniTrackError:
        return False
    return True


def _check_arrived(file: WeightFile, part: Path, kept: str) -> str:
    """The sha256 of a download, or its removal and a refusal when it is not the expected file."""
    with part.open("rb") as opened:
        page = looks_like_html(opened.read(_HEAD))
    try:
        digest = verify(file, part, kept)
        fault = "gave an HTML page, not a checkpoint" if page else ""
    except UniTrackError as error:
        fault = "gave an HTML page, not a checkpoint" if page else f"what arrived {error.what}"
        digest = ""
    if fault:
        part.unlink()
        raise UniTrackError(
            file.url,
            fault,
            "It was removed. Try again, or fetch it elsewhere and give it with --weights FILE.",
        )
    return digest


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    """Turn the faults of the disk into words."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise UniTrackError(
            target.parent,
            "the disk is full" if full else f"cannot be written ({error.strerror or error})",
            "Free some space there, or set UNITRACK_CACHE to a folder on another disk."
            if full
            else "Set UNITRACK_CACHE to a folder that can be written.",
        ) from error


def _transfer(url: str, part: Path) -> None:
    """Complete ``part``, starting where it ends, or anew where that is not possible."""
    have = part.stat().st_size if part.exists() else 0
    response = _resume(url, have) if have else None
    if response is None:
        have = 0
        response = _open(url)
    with response:
        _receive(response, part, have, url)


def _resume(url: str, have: int) -> http.client.HTTPResponse | None:
    """The rest of the file after ``have`` bytes; None where the server does not give just that."""
    try:
        response = _open(url, {"Range": f"bytes={have}-"})
    except UniTrackError as error:
        cause = error.__cause__
        if isinstance(cause, urllib.error.HTTPError) and cause.code == _NO_SUCH_RANGE:
            return None
        raise
    if response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        return response
    response.close()
    return None


def _open(url: str, headers: Mapping[str, str] | None = None) -> http.client.HTTPResponse:
    """Ask for a file.

    Raises:
        UniTrackError: If it is not given.
    """
    try:
        if not url.startswith(("https://", "http://")):
            raise urllib.error.URLError("not an http address")
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            url, headers={"User-Agent": "unitrack", **(headers or {})}
        )
        opened: http.client.HTTPResponse = urllib.request.urlopen(  # noqa: S310 - likewise
            request, timeout=_TIMEOUT_S
        )
    except urllib.error.HTTPError as error:
        error.close()
        raise _refused(url, f"answers {error.code} {error.reason}") from error
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        raise _refused(url, f"cannot be reached ({reason})") from error
    return opened


def _refused(url: str, fault: str) -> UniTrackError:
    return UniTrackError(
        url, fault, "Check the network, or fetch it elsewhere and give it with --weights FILE."
    )


def _receive(response: http.client.HTTPResponse, part: Path, have: int, url: str) -> None:
    """Write what arrives behind the first ``have`` bytes of ``part``."""
    length = response.headers.get("Content-Length")
    total = have + int(length) if length else None
    broken = False
    with part.open("ab" if have else "wb") as out, _bar(part.stem, total, have) as advance:
        try:
            for chunk in _chunks(response):
                out.write(chunk)
                advance(len(chunk))
        except _BrokenOffError:
            broken = True
        have = out.tell()
    if broken or (total is not None and have != total):
        of = f" of {total}" if total is not None else ""
        raise UniTrackError(
            url,
            f"the transfer broke off after {have}{of} bytes",
            "Give the same command again: it goes on from there.",
        )


class _BrokenOffError(Exception):
    """The network, not the disk, failed in the middle of a transfer."""


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    while True:
        try:
            chunk = response.read(_CHUNK)
        except (http.client.HTTPException, OSError) as error:
            raise _BrokenOffError from error
        if not chunk:
            return
        yield chunk


@contextmanager
def _bar(name: str, total: int | None, have: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr, on a terminal only; gives the function that moves it."""
    columns = (TextColumn(name), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    shown = sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as progress:
        task = progress.add_task(name, total=total, completed=have)
        yield lambda size: progress.advance(task, size)
