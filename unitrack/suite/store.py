"""The store: every result of every suite under its content key, written once, shared by all."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from unitrack.errors import UniTrackError
from unitrack.files import write_atomic, writing
from unitrack.metrics.base import Partial
from unitrack.registry.manager import registry
from unitrack.suite.codec import decode
from unitrack.suite.records import SCHEMA, CellRecord

__all__ = ["Finished", "Store"]

Content = TypeVar("Content")

_RESULTS = "results/"
_RECORD, _PARTIAL = "record.json", "partial.json"
_AGAIN = "Run the suite again; what is lost is computed anew."
_DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Finished:
    """One sequence of one cell, tracked and counted: all that the store keeps of it.

    Attributes:
        record: Plain JSON values; see ``docs/suites.md``.
        results: Result files in the benchmark's own form: path below ``results/`` to bytes.
        partial: What the metric counted, as `unitrack.suite.codec.encode` writes it, or None
            without truth.
        content_key: Of what decided the result, as seen where it was tracked; not kept.
    """

    record: Mapping[str, Any]
    results: Mapping[str, bytes]
    partial: str | None
    content_key: str


class Store:
    """One folder of finished sequences and scored cells (layout: ``docs/suites.md``).

    Any number of processes may use it at once: a file is there whole or not at all, and its name
    says what is in it, so that two who write the same one write the same results.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        """Make the folder if need be.

        Raises:
            UniTrackError: If it is of another schema, is no store, or cannot be written.
        """
        marker = self.folder / "store.json"
        if not marker.exists():
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UniTrackError(
                    self.folder,
                    f"cannot be made ({error.strerror or error})",
                    "Choose another --store.",
                ) from error
            if any(p.name != "store.json" and p.name[0] != "." for p in self.folder.iterdir()):
                raise UniTrackError(
                    self.folder, "is not empty and no store", "Choose another --store."
                )
            write_atomic(marker, json.dumps({"schema": SCHEMA}) + "\n")
        found = _json(marker).get("schema")
        if found != SCHEMA:
            raise UniTrackError(
                self.folder,
                f"is a store of schema {found}; this version reads {SCHEMA}",
                "Choose another --store; this one stays as it is.",
            )

    def has(self, key: str) -> bool:
        """Whether a sequence with this key is finished."""
        return self._sequence(key).is_file()

    def finish(self, key: str, finished: Finished) -> None:
        """Keep a sequence; from now on it is never computed again.

        Raises:
            UniTrackError: If the folder cannot be written or the disk is full.
        """
        members: dict[str, bytes] = {_RECORD: json.dumps(finished.record, indent=1).encode()}
        if finished.partial is not None:
            members[_PARTIAL] = finished.partial.encode()
        members |= {_RESULTS + name: finished.results[name] for name in sorted(finished.results)}
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members.items():
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        write_atomic(self._sequence(key), packed.getvalue())
        self.forgive(key)

    def record(self, key: str) -> dict[str, Any]:
        """What is known of a finished sequence.

        Raises:
            UniTrackError: If it is not there, or damaged.
        """
        return self._read(key, lambda archive: self._own(key, json.loads(archive.read(_RECORD))))

    def partial(self, key: str) -> Partial | None:
        """What the metric counted on a finished sequence; None without truth.

        Raises:
            UniTrackError: If it is not there, or damaged.
        """

        def read(archive: zipfile.ZipFile) -> Partial | None:
            if _PARTIAL not in archive.namelist():
                return None
            metric = json.loads(archive.read(_RECORD))["metric"]
            factory = registry().get("metrics", metric).factory
            packages = frozenset({"unitrack", factory.partition(":")[0].partition(".")[0]})
            counted: Partial = decode(archive.read(_PARTIAL).decode(), packages)
            return counted

        return self._read(key, read)

    def results(self, key: str) -> dict[str, bytes]:
        """The result files of a finished sequence: path to bytes.

        Raises:
            UniTrackError: If it is not there, or damaged.
        """
        return self._read(
            key,
            lambda archive: {
                name.removeprefix(_RESULTS): archive.read(name)
                for name in archive.namelist()
                if name.startswith(_RESULTS)
            },
        )

    def check(self, key: str) -> None:
        """Read every byte of a finished sequence.

        Raises:
            UniTrackError: If it is not there, or damaged.
        """
        self.results(key)
        self.record(key)
        self.partial(key)

    def discard(self, key: str) -> None:
        """Take away a damaged sequence."""
        with writing(self.folder):
            self._sequence(key).unlink(missing_ok=True)

    def fail(self, key: str, line: str) -> None:
        """Note why a sequence failed."""
        content = {"schema": SCHEMA, "key": key, "reason": line}
        write_atomic(self._failure(key), json.dumps(content) + "\n")

    def failure(self, key: str) -> str | None:
        """Why a sequence failed, or None where it did not."""
        try:
            return str(_json(self._failure(key))["reason"])
        except (UniTrackError, KeyError):  # none; or one that cannot be read, and is tried again
            return None

    def forgive(self, key: str) -> None:
        """Forget that a sequence failed."""
        with writing(self.folder):
            self._failure(key).unlink(missing_ok=True)

    def keep_cell(self, cell: CellRecord) -> None:
        """Keep a scored cell.

        Raises:
            UniTrackError: If the folder cannot be written or the disk is full.
        """
        content = _numbers(dataclasses.asdict(cell))
        text = json.dumps(content, indent=1, allow_nan=False)
        write_atomic(self._cell(cell.key), text + "\n")

    def cell(self, key: str) -> CellRecord:
        """A scored cell.

        Raises:
            UniTrackError: If it is not there, damaged, or of another version.
        """
        path = self._cell(key)
        return CellRecord.from_json(self._own(key, _json(path)), path)

    def discard_cell(self, key: str) -> None:
        """Take away a damaged cell; its sequences stay."""
        with writing(self.folder):
            self._cell(key).unlink(missing_ok=True)

    def has_cell(self, key: str) -> bool:
        """Whether a cell is scored."""
        return self._cell(key).is_file()

    def cells(self) -> Iterator[CellRecord]:
        """Every scored cell that can be read, in no particular order."""
        for path in (self.folder / "cells").glob("*.json"):
            try:
                yield self.cell(path.stem)
            except UniTrackError:  # of no use to those who look through all of them
                continue

    @contextmanager
    def claim(self, key: str) -> Iterator[bool]:
        """Hold a cell for this process while it is filled; False where another one holds it.

        The claim ends with the process, however it ends.
        """
        path = self.folder / "claims" / f"{key}.lock"
        with writing(self.folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path, timeout=0)
            try:
                lock.acquire()
            except Timeout:
                yield False
                return
        try:
            yield True
        finally:
            lock.release()

    def _read(self, key: str, read: Callable[[zipfile.ZipFile], Content]) -> Content:
        path = self._sequence(key)
        try:
            with zipfile.ZipFile(path) as archive:
                return read(archive)
        except OSError as error:
            raise UniTrackError(path, f"cannot be read ({error.strerror})", _AGAIN) from error
        except _DAMAGED as error:
            reason = " ".join(str(error).split())
            raise UniTrackError(path, f"is damaged ({reason})", _AGAIN) from error

    def _own(self, key: str, content: Mapping[str, Any]) -> dict[str, Any]:
        if content.get("schema") != SCHEMA or content.get("key") != key:
            raise UniTrackError(self.folder, f"holds another thing under {key}", _AGAIN)
        return dict(content)

    def _sequence(self, key: str) -> Path:
        return self.folder / "sequences" / key[:2] / f"{key}.zip"

    def _failure(self, key: str) -> Path:
        return self.folder / "failures" / key[:2] / f"{key}.json"

    def _cell(self, key: str) -> Path:
        return self.folder / "cells" / f"{key}.json"


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UniTrackError(path, f"cannot be read ({error.strerror})", _AGAIN) from error
    except ValueError as error:
        raise UniTrackError(path, f"is damaged ({error})", _AGAIN) from error
    if not isinstance(content, dict):
        raise UniTrackError(path, "is damaged (no mapping)", _AGAIN)
    return content


def _numbers(value: Any) -> Any:
    """JSON knows no NaN and no infinity: a score that is no number becomes null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Mapping):
        return {str(key): _numbers(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_numbers(one) for one in value]
    return value
