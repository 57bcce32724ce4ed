"""Rows of the reference evaluator, and ours with every threshold laid out as there."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from unitrack.data.base import Dataset
from unitrack.data.base import Sequence as Video
from unitrack.metrics.base import Metric, Partial

__all__ = ["columns", "detailed", "score", "sequence"]


def detailed(path: Path, name: str) -> dict[str, float]:
    """One sequence's row of an evaluator's ``*_detailed.csv``."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row.pop("seq"): row for row in csv.DictReader(file)}
    return {column: float(value) for column, value in rows[name].items()}


def columns(partial: Partial) -> dict[str, float]:
    """All that was counted, under the evaluator's column names: ``HOTA___5`` ... ``HOTA___AUC``."""
    flat: dict[str, float] = {}
    for part in partial.values():
        for name, value in cast("Mapping[str, Any]", part).items():
            if np.ndim(value):
                flat |= {f"{name}___{5 * k}": float(one) for k, one in enumerate(value, 1)}
                flat[f"{name}___AUC"] = float(np.mean(value))
            else:
                flat[name] = float(value)
    return flat


def sequence(dataset: Dataset, name: str) -> Video:
    """One sequence of a data set."""
    (found,) = (one for one in dataset.sequences() if one.name == name)
    return found


def score(dataset: Dataset, metric: Metric, name: str, results: Path) -> Partial:
    """Count on one sequence, results read from a folder."""
    video = sequence(dataset, name)
    return metric.evaluate(video, dataset.read(video, results))


@pytest.fixture
def kitti_reference(data_root: Path) -> Path:
    """KITTI labels, results of one tracker, and their scores."""
    return data_root / "reference" / "kitti_2d_box"


@pytest.fixture
def mot17_reference(data_root: Path) -> Path:
    """MOT17 labels, results of two trackers, and their scores."""
    return data_root / "reference" / "mot17_trackeval"
