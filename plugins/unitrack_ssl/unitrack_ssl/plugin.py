"""Hooks of the wheel unitrack-ssl: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import BackboneRecord, hookimpl

__all__: list[str] = []


@hookimpl
def unitrack_backbones() -> Iterator[BackboneRecord]:
    """What this wheel adds."""
    yield from ()
