"""The kit on the heads of the plugin."""

from __future__ import annotations

import pytest

from unitrack.registry.records import HeadRecord, Record
from unitrack.testing import Check, cases, label

_HEADS = [case for case in cases("unitrack-vos") if isinstance(case[0], HeadRecord)]


@pytest.mark.parametrize(("record", "check"), _HEADS, ids=label)
def test_conforms(record: Record, check: Check) -> None:
    check(record)


def test_there_is_a_head() -> None:
    assert {record.name for record, _ in _HEADS} == {"vos"}
