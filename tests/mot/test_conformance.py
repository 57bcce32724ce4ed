"""The kit on everything that the plugin offers."""

from __future__ import annotations

from pathlib import Path

import pytest

from unitrack.registry.records import Record
from unitrack.testing import Check, cases, label

# Small enough that a whole set is rendered in a moment.
_CROWD = {"frames": 8, "width": 160, "height": 120, "objects": 3, "occluders": 1}
_SMALL = {"synthetic_mot": _CROWD, "synthetic_mots": _CROWD, "synthetic_vis": _CROWD}


@pytest.mark.parametrize(("record", "check"), cases("unitrack-mot", settings=_SMALL), ids=label)
def test_conforms(record: Record, check: Check) -> None:
    check(record)


@pytest.mark.data
def test_real_clips_conform(data_root: Path) -> None:
    roots = {name: data_root / "clips" / name for name in ("mot15", "kitti_mots")}
    with_data = [case for case in cases("unitrack-mot", roots=roots) if case[1].root]
    assert {record.name for record, _ in with_data} == set(roots)
    for record, check in with_data:
        check(record)
