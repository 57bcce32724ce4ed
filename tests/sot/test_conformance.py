"""The kit on every data set and metric of this wheel, each set in a miniature of its layout."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.sot.data import made
from unitrack.registry.records import DatasetRecord, MetricRecord, Record
from unitrack.testing import Check, cases, label

# The cases are named before any test runs; the sets are made when the first of them does.
_ROOT = Path(tempfile.gettempdir()) / f"unitrack-sot-{os.getpid()}"
_MINIATURES: dict[str, Callable[[Path], object]] = {
    "otb100": made.otb,
    "tc128": made.tc128,
    "tlp": made.tlp,
    "lasot": made.lasot,
    "trackingnet": made.trackingnet,
    "oxuva": made.oxuva,
    "vot2016": made.vot,
    "vot2019": made.vot,
}
_SMALL = {"synthetic_sot": {"sequences": 1, "frames": 6, "width": 128, "height": 96, "objects": 4}}


def _ours(record: Record) -> bool:
    """The head has tests of its own."""
    return isinstance(record, DatasetRecord | MetricRecord)


_CASES = [
    case
    for case in cases(
        "unitrack-sot", settings=_SMALL, roots={name: _ROOT / name for name in _MINIATURES}
    )
    if _ours(case[0])
]


@pytest.fixture(scope="module", autouse=True)
def _miniatures() -> Iterator[None]:
    for name, make in _MINIATURES.items():
        make(_ROOT / name)
    yield
    shutil.rmtree(_ROOT)


@pytest.mark.parametrize(("record", "check"), _CASES, ids=label)
def test_conforms(record: Record, check: Check) -> None:
    check(record)


def test_one_pass_of_vot_conforms() -> None:
    settings = {name: {"protocol": "one_pass"} for name in ("vot2016", "vot2019")}
    roots = {name: _ROOT / name for name in settings}
    with_data = [c for c in cases("unitrack-sot", settings=settings, roots=roots) if c[1].root]
    assert {record.name for record, _ in with_data} == set(settings)
    for record, check in with_data:
        check(record)


@pytest.mark.data
def test_real_clips_conform(data_root: Path) -> None:
    clips = data_root / "clips"
    roots = {"otb100": clips / "otb100", "lasot": clips / "lasot", "vot2016": clips / "vot"}
    with_data = [case for case in cases("unitrack-sot", roots=roots) if case[1].root]
    assert {record.name for record, _ in with_data} == set(roots)
    for record, check in with_data:
        check(record)
