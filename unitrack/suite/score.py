"""A cell from its finished sequences."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from unitrack.data.base import Sequence as Video
from unitrack.engine.inputs import open_metric
from unitrack.engine.score import combine
from unitrack.suite.records import CellRecord
from unitrack.suite.store import Store
from unitrack.suite.survey import Surveyed, cell_key

__all__ = ["score_cell"]

_KEPT = ("frames", "timings_s", "peak_memory_bytes", "versions", "fingerprint")


def score_cell(
    store: Store, surveyed: Surveyed, names: Sequence[str], videos: Mapping[str, Video]
) -> CellRecord:
    """Combine what the metric counted; neither images nor annotations are read.

    Args:
        store: Where the sequences are.
        surveyed: The cell.
        names: Its finished sequences, at least one.
        videos: Its sequences, for the tables that need to know more of them than their counts.

    Raises:
        UniTrackError: If a sequence is damaged.
    """
    keys = {name: surveyed.sequences[name].key for name in names}
    records = {name: store.record(key) for name, key in keys.items()}
    counted = {name: store.partial(key) for name, key in keys.items()}
    partials = {name: partial for name, partial in counted.items() if partial is not None}
    metric_record, metric = open_metric(surveyed.spec.data)
    scored = combine({name: videos[name] for name in partials}, metric, partials)
    return CellRecord(
        key=cell_key(list(keys.values())),
        spec=surveyed.spec.to_json(),
        metric=metric_record.name,
        shown=metric_record.scores,
        weights_id=surveyed.weights_id,
        weights_layout=records[names[0]]["weights_layout"],
        sequences={name: _facts(keys[name], record) for name, record in records.items()},
        scores=scored.scores,
        breakdown=scored.breakdown,
        plots={name: dataclasses.asdict(plot) for name, plot in scored.plots.items()},
    )


def _facts(key: str, record: Mapping[str, Any]) -> dict[str, Any]:
    return {"key": key, **{name: record[name] for name in _KEPT}}
