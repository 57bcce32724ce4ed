"""Targets: imported on first use, with a fault that says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from unitrack.errors import UniTrackError
from unitrack.registry.records import load


def test_a_target_is_imported() -> None:
    assert load("unitrack.registry.records:load") is load


def test_an_absent_module_is_named() -> None:
    with pytest.raises(UniTrackError, match=r"^no_such.module:x: cannot be imported"):
        load("no_such.module:x")


def test_an_absent_attribute_is_named() -> None:
    with pytest.raises(UniTrackError, match=r"unitrack.errors has no absent"):
        load("unitrack.errors:absent")


def test_a_fault_inside_the_module_is_not_called_absent(site: Path) -> None:
    (site / "faulty_module.py").write_text("None.absent\n")
    with pytest.raises(AttributeError):
        load("faulty_module:x")
