"""The kit on everything that the plugin offers."""

from __future__ import annotations

from pathlib import Path

import pytest

from unitrack.registry.records import Record
from unitrack.testing import Check, cases, label

pytestmark = pytest.mark.usefixtures("one_thread")

# Small enough that a whole set is rendered in a moment.
_SMALL = {
    "synthetic_poseprop": {"sequences": 2, "frames": 6, "width": 160, "height": 120},
    "synthetic_posetrack": {"frames": 6, "width": 160, "height": 120, "objects": 3},
}


@pytest.mark.parametrize(
    ("record", "check"), cases("unitrack-posetrack", settings=_SMALL), ids=label
)
def test_conforms(record: Record, check: Check) -> None:
    check(record)


@pytest.mark.data
def test_real_clips_conform(data_root: Path) -> None:
    roots = {
        "jhmdb": data_root / "clips" / "jhmdb",
        "posetrack18": data_root / "clips" / "posetrack18",
        "posetrack_bonn": data_root / "clips" / "posetrack_bonn_multiperson",
    }
    with_data = [case for case in cases("unitrack-posetrack", roots=roots) if case[1].root]
    assert with_data
    for record, check in with_data:
        check(record)
