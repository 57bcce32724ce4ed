"""Every promise of every backbone of this wheel; they share their untrained networks."""

from __future__ import annotations

import pytest

from unitrack.registry.records import Record
from unitrack.testing import Check, cases, label


# In all they take a minute; a single one is quick.
@pytest.mark.slow
@pytest.mark.parametrize(("record", "check"), cases("unitrack-ssl"), ids=label)
def test_the_plugin_ssl_conforms(record: Record, check: Check) -> None:
    check(record)
