"""Hooks of the wheel unitrack-vos: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import HeadRecord, hookimpl

__all__: list[str] = []


@hookimpl
def unitrack_heads() -> Iterator[HeadRecord]:
    """What this wheel adds."""
    yield from ()
