"""The kit on everything that the plugin offers."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vos.made import davis, labels, two_objects, youtube
from unitrack.registry.records import Record
from unitrack.testing import Check, cases, label

pytestmark = pytest.mark.usefixtures("one_thread")

# Small enough that a whole set is rendered in a moment.
_SMALL = {
    "synthetic_vos": {
        "sequences": 2, "frames": 6, "width": 160, "height": 120, "objects": 2, "bystanders": 1,
    }
}  # fmt: skip

# The cases are named before any test runs; the files are made when the first of them does.
_MADE = Path(tempfile.gettempdir()) / f"unitrack-vos-{os.getpid()}"
_ROOTS = {name: _MADE / name for name in ("davis2016", "davis2017", "youtube_vos")}


@pytest.fixture(scope="module")
def _trees() -> Iterator[None]:
    for name in ("davis2016", "davis2017"):
        davis(_ROOTS[name], [two_objects(index) for index in range(6)])
        davis(_ROOTS[name], [two_objects(index) for index in range(8)], name="soapbox")
    frames = {n: labels(o4=(2, 9, n // 2, 9 + n // 2)) for n in range(10, 40, 5)}
    youtube(_ROOTS["youtube_vos"], {"a": frames}, numbers=range(0, 40, 5))
    yield
    shutil.rmtree(_MADE)


@pytest.mark.usefixtures("_trees")
@pytest.mark.parametrize(
    ("record", "check"), cases("unitrack-vos", settings=_SMALL, roots=_ROOTS), ids=label
)
def test_conforms(record: Record, check: Check) -> None:
    check(record)


@pytest.mark.data
def test_real_clips_conform(data_root: Path) -> None:
    clips = data_root / "clips" / "davis"
    roots = {"davis2016": clips, "davis2017": clips}
    with_data = [case for case in cases("unitrack-vos", roots=roots) if case[1].root]
    assert with_data
    for record, check in with_data:
        check(record)
