"""The published rows to their last digit.

The evaluator that wrote them held boxes and overlaps in single precision; trackeval 1.3.0 and we
do not, which shows from the 7th digit on in the columns that add up overlaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.mot.metrics.conftest import columns, detailed, score
from unitrack.metrics import trackeval
from unitrack.metrics.trackeval import Matched, _data
from unitrack_mot.data.motchallenge import mot17
from unitrack_mot.data.settings import MotDataSettings
from unitrack_mot.metrics import mot as metric
from unitrack_mot.metrics.overlap import iou

Array = NDArray[np.float64]


def single_iou(first: Array, second: Array) -> Array:
    return iou(_single(first), _single(second))


def single_data(frames: Sequence[Matched]) -> dict[str, Any]:
    data = _data(frames)
    return data | {"similarity_scores": [frame.similarity for frame in frames]}


def _single(corners: Array) -> Array:
    # Files have fewer than nine decimals: rounding undoes what the way to corners and back costs.
    as_written = np.round(np.hstack([corners[:, :2] + 1, corners[:, 2:] - corners[:, :2]]), 9)
    ltwh = as_written.astype(np.float32)
    return np.hstack([ltwh[:, :2], ltwh[:, :2] + ltwh[:, 2:]])


@pytest.mark.data
@pytest.mark.parametrize("name", ["MOT17-02-FRCNN", "MOT17-09-FRCNN"])
@pytest.mark.parametrize("tracker", ["YOLO_KF", "DiffMOT"])
def test_boxes_in_single_precision_give_the_published_rows_to_the_last_digit(
    mot17_reference: Path, monkeypatch: pytest.MonkeyPatch, tracker: str, name: str
) -> None:
    monkeypatch.setattr(metric, "iou", single_iou)
    monkeypatch.setattr(trackeval, "_data", single_data)
    root = mot17_reference / "gt/mot_challenge"
    dataset = mot17(root, None, MotDataSettings(columns="motchallenge"))
    folder = mot17_reference / "trackers/mot_challenge/MOT17-train" / tracker
    ours = columns(score(dataset, metric.mot(), name, folder / "data"))
    expected = detailed(folder / "pedestrian_detailed.csv", name)
    expected["MOTP_sum"] = float(np.float32(expected["MOTP_sum"]))  # printed as such: 3092.2852
    assert {key: ours[key] for key in expected} == expected
