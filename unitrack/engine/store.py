"""The run folder: atomic files, content keys, one run at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from unitrack.errors import UniTrackError
from unitrack.files import write_atomic, writing

__all__ = ["Store", "digest_files", "write_json"]


def write_json(path: Path, value: object) -> None:
    """Write JSON atomically.

    Raises:
        UniTrackError: If the folder cannot be written or the disk is full.
    """
    write_atomic(path, json.dumps(value, indent=2) + "\n")


def digest_files(root: Path, paths: list[Path]) -> str:
    """One digest over names and bytes of files below ``root``, in sorted order."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


class Store:
    """One run folder (layout: architecture.md, "Public file layouts")."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.results = out / "results"
        self.run_json = out / "run.json"
        self.results_json = out / "results.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for one run.

        Raises:
            UniTrackError: If it cannot be created, or another run holds it.
        """
        with writing(self.out):
            self.results.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.out / ".lock", timeout=0)
            try:
                lock.acquire()
            except Timeout as error:
                raise UniTrackError(
                    self.out,
                    "another run is using this folder",
                    "Wait for it, or choose another --out.",
                ) from error
        try:
            yield
        finally:
            lock.release()

    def asked(self) -> dict[str, Any] | None:
        """The content of ``run.json``, or None where there is none.

        Raises:
            UniTrackError: If it is there and cannot be read.
        """
        if not self.run_json.exists():
            return None
        try:
            content: dict[str, Any] = json.loads(self.run_json.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UniTrackError(
                self.run_json,
                f"cannot be read ({error})",
                "Remove the folder or choose another --out.",
            ) from error
        return content

    def finished(self, name: str, key: str) -> dict[str, Any] | None:
        """What is known of a sequence whose result with this content key is there, whole."""
        try:
            entry: dict[str, Any] = json.loads(self._entry(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        whole = entry.get("key") == key and entry.get("sha256") == self.digest(name)
        return entry if whole else None

    def finish(self, name: str, key: str, facts: Mapping[str, Any]) -> None:
        """Note that a sequence's result is written; from now on it is resumed, not repeated."""
        write_json(self._entry(name), {"key": key, "sha256": self.digest(name), **facts})

    def digest(self, name: str) -> str | None:
        """Digest over the result of a sequence, one file or a folder; None where it is absent."""
        files = [
            file
            for path in self.results.iterdir()
            if name in (path.name, path.stem)
            for file in (path.rglob("*") if path.is_dir() else [path])
            if file.is_file()
        ]
        return digest_files(self.results, files) if files else None

    def _entry(self, name: str) -> Path:
        return self.out / "cache" / f"{name}.json"
