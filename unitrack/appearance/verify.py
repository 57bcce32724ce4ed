"""Whether a weight file is the published one; where nothing is published, the one first seen."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from unitrack.checkpoint import file_sha256
from unitrack.errors import UniTrackError
from unitrack.files import write_atomic
from unitrack.registry.records import WeightFile

__all__ = ["keep_digest", "kept_digest", "verify"]

_CHUNK = 1 << 20  # bytes


def verify(file: WeightFile, path: Path, kept: str = "") -> str:
    """The sha256 of a file, after comparing what is published about it.

    Args:
        file: What is published: a size, a sha256 or its first digits, another checksum.
        path: The file.
        kept: The sha256 that it had when it was first used; see `keep_digest`.

    Raises:
        UniTrackError: If anything differs, or the file cannot be read.
    """
    digest = file_sha256(path)
    size = path.stat().st_size
    if file.size and size != file.size:
        fault = f"has {size} bytes instead of {file.size}"
    elif not digest.startswith(file.sha256):
        fault = f"has the sha256 {digest[:16]}… instead of {file.sha256[:16]}…"
    elif kept and digest != kept:
        fault = f"has the sha256 {digest[:16]}… instead of the {kept[:16]}… of its first use"
    else:
        fault = "" if kept else _other_checksum(file.checksum, path)
    if fault:
        raise UniTrackError(path, fault, f"Get it again: it is not the published {file.file}.")
    return digest


def _other_checksum(published: str, path: Path) -> str:
    """One clause where a checksum other than sha256 differs; empty when it agrees."""
    kind, _, digits = published.partition(":")
    if not kind:
        return ""
    found = _checksum(path, kind, path.stat().st_mtime_ns)
    if found.startswith(digits):
        return ""
    return f"has the {kind} {found[:16]}… instead of {digits[:16]}…"


@lru_cache(maxsize=16)
def _checksum(path: Path, kind: str, _mtime_ns: int) -> str:
    """``md5`` of a file, or for ``git`` the id that git gives it."""
    # Published digests, compared with; nothing is kept secret by them.
    digest = hashlib.md5(usedforsecurity=False) if kind == "md5" else _git_object(path)
    with path.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _git_object(path: Path) -> hashlib._Hash:
    digest = hashlib.sha1(usedforsecurity=False)
    digest.update(b"blob %d\0" % path.stat().st_size)
    return digest


def kept_digest(target: Path) -> str:
    """The sha256 that a file of the cache had at its first use; empty before that."""
    try:
        return _beside(target).read_text(encoding="utf-8").partition(" ")[0].strip()
    except OSError:
        return ""


def keep_digest(target: Path, digest: str) -> None:
    """Write ``<file>.sha256`` beside a file of the cache, as ``sha256sum`` does.

    Raises:
        UniTrackError: If the folder cannot be written.
    """
    write_atomic(_beside(target), f"{digest}  {target.name}\n")


def _beside(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")
