"""What each cell consists of, and under which keys: said without building a network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from unitrack.appearance.weights import weights_id
from unitrack.data.base import Sequence as Video
from unitrack.engine.content import code_version, content_key
from unitrack.engine.inputs import check_source, choose, open_dataset
from unitrack.engine.settings import restore_settings
from unitrack.engine.spec import RunSpec
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord, DatasetRecord
from unitrack.suite.table import Cell

__all__ = ["Asked", "Surveyed", "Surveyor", "cell_key"]

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Asked:
    """One sequence of a cell.

    Attributes:
        key: Its place in the store: what decides its result, and the code that counts on it.
        content_key: What decides its result, as `unitrack.engine.content.content_key` says.
        fingerprint: Digest of its frames and observations.
        length: Its number of frames.
    """

    key: str
    content_key: str
    fingerprint: str
    length: int


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One cell whose inputs were looked at.

    Attributes:
        cell: The cell.
        weights_id: Digest of its weights; empty where an input is missing.
        sequences: Name to what is asked, in the data set's order.
        fault: What is missing, if anything.
    """

    cell: Cell
    weights_id: str = ""
    sequences: Mapping[str, Asked] = field(default_factory=dict)
    fault: UniTrackError | None = None

    @property
    def spec(self) -> RunSpec:
        """What to run; only of a cell that misses nothing."""
        assert self.cell.spec is not None
        return self.cell.spec

    @property
    def key(self) -> str:
        """Of the whole cell, all of its sequences finished."""
        return cell_key([asked.key for asked in self.sequences.values()])


def cell_key(keys: Sequence[str]) -> str:
    """Digest of the keys of sequences, in their order."""
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


class Surveyor:
    """Looks at the inputs of cells; what several of them share is opened once.

    Args:
        fetch: Whether weights that are not on this machine may be downloaded.
    """

    def __init__(self, *, fetch: bool) -> None:
        self._fetch = fetch
        self._weights: dict[str, str | UniTrackError] = {}
        self._data: dict[str, dict[str, Video] | UniTrackError] = {}
        self._seen: dict[str, dict[str, str]] = {}

    def survey(self, cell: Cell) -> Surveyed:
        """Weights, sequences and keys of a cell; a missing input is noted, never raised."""
        if cell.spec is None:
            return Surveyed(cell, fault=cell.fault)
        try:
            weights = self._weights_id(cell.spec)
            fingerprints = self._fingerprints(cell)
            videos = self.videos(cell)
            contents = [content_key(cell.spec, weights, seen) for seen in fingerprints.values()]
        except UniTrackError as error:
            return Surveyed(cell, fault=error)
        record = registry().get("datasets", cell.spec.data)
        assert isinstance(record, DatasetRecord)
        metric = code_version(registry().get("metrics", record.metric).factory)
        asked = {
            name: Asked(_key(content, metric), content, seen, video.length)
            for (name, video), seen, content in zip(
                videos.items(), fingerprints.values(), contents, strict=True
            )
        }
        return Surveyed(cell, weights, asked)

    def videos(self, cell: Cell) -> dict[str, Video]:
        """The sequences of a cell.

        Raises:
            UniTrackError: If the data set is not there or not as it must be.
        """
        spec = cell.spec
        assert spec is not None
        key = _data_key(cell, spec)
        if key not in self._data:
            try:
                self._data[key] = _open(spec, cell.names)
            except UniTrackError as error:
                self._data[key] = error
        return _given(self._data[key])

    def _fingerprints(self, cell: Cell) -> dict[str, str]:
        assert cell.spec is not None
        source = cell.spec.observations
        key = f"{_data_key(cell, cell.spec)} {source}"
        if key not in self._seen:
            videos = self.videos(cell)
            record = registry().get("datasets", cell.spec.data)
            assert isinstance(record, DatasetRecord)
            if not record.one_file:
                check_source(source, len(videos))
            self._seen[key] = {n: video.fingerprint(source) for n, video in videos.items()}
        return self._seen[key]

    def _weights_id(self, spec: RunSpec) -> str:
        key = f"{spec.backbone} {spec.weights}"
        if key not in self._weights:
            record = registry().get("backbones", spec.backbone)
            assert isinstance(record, BackboneRecord)
            try:
                self._weights[key] = weights_id(record, spec.weights or None, fetch=self._fetch)
            except UniTrackError as error:
                self._weights[key] = error
        return _given(self._weights[key])


def _given(found: Value | UniTrackError) -> Value:
    if isinstance(found, UniTrackError):
        raise found
    return found


def _open(spec: RunSpec, names: Sequence[str] | None) -> dict[str, Video]:
    record = registry().get("datasets", spec.data)
    assert isinstance(record, DatasetRecord)
    settings = restore_settings(record, spec.data_settings)
    dataset = open_dataset(record, Path(spec.root), spec.split, settings)
    return choose(dataset, names, spec.stride, spec.limit)


def _data_key(cell: Cell, spec: RunSpec) -> str:
    return json.dumps(
        [
            spec.data,
            spec.root,
            spec.split,
            dict(spec.data_settings),
            spec.stride,
            spec.limit,
            list(cell.names) if cell.names is not None else None,
        ]
    )


def _key(content: str, metric: str) -> str:
    return hashlib.sha256(f"{content}\n{metric}".encode()).hexdigest()
