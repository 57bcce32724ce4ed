"""The C library keeps freed memory where it can be told to."""

from __future__ import annotations

import platform
import sys

import pytest

from unitrack.appearance.allocator import keep_freed_memory


def test_it_is_set_once_where_the_library_is_glibc() -> None:
    assert keep_freed_memory() is (platform.libc_ver()[0] == "glibc")
    assert keep_freed_memory() is keep_freed_memory()


def test_other_systems_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert keep_freed_memory.__wrapped__() is False
