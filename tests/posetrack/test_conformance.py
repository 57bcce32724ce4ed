"""The kit on everything that the plugin offers."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.posetrack.data.made import clip
from unitrack.registry.records import Record
from unitrack.testing import Check, cases, label

pytestmark = pytest.mark.usefixtures("one_thread")

# Small enough that a whole set is rendered in a moment.
_SMALL = {
    "synthetic_poseprop": {"sequences": 2, "frames": 6, "width": 160, "height": 120},
    "synthetic_posetrack": {"frames": 6, "width": 160, "height": 120, "objects": 3},
}

# The cases are named before any test runs; the files are made when the first of them does.
_MADE = Path(tempfile.gettempdir()) / f"unitrack-posetrack-{os.getpid()}"
_ROOTS = {"jhmdb": _MADE / "jhmdb"}


@pytest.fixture(scope="module")
def _trees() -> Iterator[None]:
    for name in ("first", "second"):
        clip(_ROOTS["jhmdb"], name, images=4, frames=4)
    yield
    shutil.rmtree(_MADE)


@pytest.mark.usefixtures("_trees")
@pytest.mark.parametrize(
    ("record", "check"), cases("unitrack-posetrack", settings=_SMALL, roots=_ROOTS), ids=label
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
