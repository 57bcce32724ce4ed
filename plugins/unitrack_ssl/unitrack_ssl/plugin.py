"""Hooks of the wheel unitrack-ssl: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import BackboneRecord, hookimpl
from unitrack_ssl.later import later
from unitrack_ssl.pictures import of_table_1
from unitrack_ssl.videos import from_videos

__all__: list[str] = []


@hookimpl
def unitrack_backbones() -> Iterator[BackboneRecord]:
    """The representations of the paper's Tables 1 and 2, and later ones."""
    yield from of_table_1()
    yield from from_videos()
    yield from later()
