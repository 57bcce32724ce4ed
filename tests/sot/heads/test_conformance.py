"""The head keeps the promises of every head, with either propagator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from unitrack.registry.records import HeadRecord, Record
from unitrack.testing import Check, cases, label

# Smaller crops than the default, so that 200 frames pass in a moment.
_SMALL: Mapping[str, Mapping[str, Any]] = {  # values as a person would type them
    "dcf": {"crop_size": 128},
    "xcorr": {"crop_size": 128, "propagator": "xcorr"},
}


def _cases(propagator: str) -> list[tuple[Record, Check]]:
    found = cases("unitrack-sot", settings={"sot": _SMALL[propagator]})
    return [(record, check) for record, check in found if isinstance(record, HeadRecord)]


@pytest.mark.parametrize(("record", "check"), _cases("dcf"), ids=label)
def test_the_correlation_filter_conforms(record: Record, check: Check) -> None:
    check(record)


@pytest.mark.parametrize(("record", "check"), _cases("xcorr"), ids=label)
def test_cross_correlation_conforms(record: Record, check: Check) -> None:
    check(record)
