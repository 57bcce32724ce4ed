"""Open what a run reads: the data set, its sequences, its metric."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from unitrack.appearance.layouts import Layout
from unitrack.cache import cache_folder
from unitrack.data.base import Dataset
from unitrack.data.base import Sequence as Video
from unitrack.data.select import select
from unitrack.engine.content import code_version
from unitrack.engine.settings import settings_values
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Metric
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord, DatasetRecord, MetricRecord, load

__all__ = [
    "check_fits",
    "check_source",
    "choose",
    "dataset_folder",
    "known_layouts",
    "open_dataset",
    "open_metric",
]


def check_fits(head: str, data: str) -> None:
    """Refuse a head that cannot run on a data set.

    Raises:
        UniTrackError: If the data set does not name the head.
    """
    record = registry().get("datasets", data)
    assert isinstance(record, DatasetRecord)
    if head not in record.heads:
        fitting = [o.record.name for o in registry().offers("datasets") if _fits(o.record, head)]
        raise UniTrackError(
            f"--data {data}",
            f"the head {head} cannot run on it",
            f"Data sets for {head}: {', '.join(fitting) or 'none installed'}.",
        )


def _fits(record: object, head: str) -> bool:
    return isinstance(record, DatasetRecord) and head in record.heads


def open_dataset(
    record: DatasetRecord, folder: Path, split: str | None, settings: object
) -> Dataset:
    """The data set in a folder.

    Raises:
        UniTrackError: If the folder is not there or not laid out as the benchmark is.
    """
    if not folder.is_dir():
        raise UniTrackError(
            folder,
            f"is no folder; {record.name} is looked for there",
            f"Give the folder that holds {record.name} with --root DIR.",
        )
    dataset: Dataset = cast("Any", load(record.factory))(folder, split, settings)
    return dataset


def dataset_folder(record: DatasetRecord, root: str | Path | None, settings: object) -> Path:
    """``root``, else ``$UNITRACK_DATA/<name>``; a synthetic set is rendered into the cache.

    Raises:
        UniTrackError: If nobody said where the data set is.
    """
    if root is not None:
        return Path(root).resolve()
    if record.synthesise:
        return _rendered(record, settings)
    base = os.environ.get("UNITRACK_DATA")
    if not base:
        raise UniTrackError(
            f"--data {record.name}",
            "nobody said where it is",
            f"Give --root DIR, or set UNITRACK_DATA to the folder that holds {record.name}/.",
        )
    return Path(base).resolve() / record.name


def _rendered(record: DatasetRecord, settings: object) -> Path:
    """A synthetic set, rendered once per settings into the cache folder."""
    values = settings_values(settings)
    key = hashlib.sha256(json.dumps([values, code_version(record.synthesise)]).encode())
    folder = cache_folder() / "data" / f"{record.name}-{key.hexdigest()[:12]}"
    if not folder.is_dir():
        cast("Any", load(record.synthesise))(folder, settings)
    return folder


def choose(
    dataset: Dataset, names: Sequence[str] | None, stride: int, limit: int | None
) -> dict[str, Video]:
    """Sequences by name, in the data set's order, each cut to ``stride`` and ``limit``.

    Raises:
        UniTrackError: If a name is not in the data set.
    """
    found = {sequence.name: sequence for sequence in dataset.sequences()}
    for name in names or ():
        if name not in found:
            near = difflib.get_close_matches(name, found, 3, 0.3)
            raise UniTrackError(
                f"--sequences {name}",
                "is not in the data set",
                f"Nearest: {', '.join(near or list(found)[:3])}.",
            )
    wanted = [name for name in found if names is None or name in names]
    return {name: select(found[name], stride=stride, limit=limit) for name in wanted}


def open_metric(data: str, name: str | None = None) -> tuple[MetricRecord, Metric]:
    """The metric that scores a data set, and its record.

    Args:
        data: Name of the data set.
        name: Another metric than the data set's own.

    Raises:
        UniTrackError: If that metric is unknown, or scores something else.
    """
    record = registry().get("datasets", data)
    assert isinstance(record, DatasetRecord)
    chosen = registry().get("metrics", name or record.metric)
    assert isinstance(chosen, MetricRecord)
    if name:
        _check_scores(data, record.metric, chosen)
    metric: Metric = cast("Any", load(chosen.factory))()
    return chosen, metric


def _check_scores(data: str, own: str, chosen: MetricRecord) -> None:
    """Refuse a metric that has other scores than the data set's own one.

    Metrics with the same scores read the same truth; others may want what the truth lacks.
    """
    records = [offer.record for offer in registry().offers("metrics")]
    named = registry().get("metrics", own)
    assert isinstance(named, MetricRecord)
    alike = [
        record.name
        for record in records
        if isinstance(record, MetricRecord)
        and (record.stage, record.shape, record.scores) == (named.stage, named.shape, named.scores)
    ]
    if chosen.name not in alike:
        raise UniTrackError(
            f"--metric {chosen.name}",
            f"does not score {data}",
            f"Metrics for it: {', '.join(alike)}.",
        )


def check_source(source: str, sequences: int) -> None:
    """Refuse one file of observations for several sequences.

    Raises:
        UniTrackError: If ``source`` is a file and there is not exactly one sequence.
    """
    if Path(source).is_file() and sequences != 1:
        raise UniTrackError(
            f"--observations {source}",
            f"is one file, but {sequences} sequences are selected",
            "Choose one with --sequences NAME, or give a folder with a file for each.",
        )


def known_layouts(remap: str, record: BackboneRecord) -> list[Layout] | None:
    """What ``--remap`` says that a file of weights may be laid out like.

    Args:
        remap: Empty for the backbone's own layouts (None is given), ``auto`` for those of every
            installed backbone with the same layers, or the name of a backbone.
        record: The backbone.

    Raises:
        UniTrackError: If no backbone has that name.
    """
    if not remap:
        return None
    if remap != "auto":
        like = registry().get("backbones", remap)
        assert isinstance(like, BackboneRecord)
        return [Layout(remap, file) for file in like.weights]
    same = [
        (registry().spelling(offer), offer.record)
        for offer in registry().offers("backbones")
        if isinstance(offer.record, BackboneRecord) and offer.record.taps == record.taps
    ]
    own_first = sorted(same, key=lambda one: one[1].name != record.name)
    return [Layout(name, file) for name, other in own_first for file in other.weights]
