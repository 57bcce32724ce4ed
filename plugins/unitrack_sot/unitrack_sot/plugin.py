"""Hooks of the wheel unitrack-sot: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import HeadRecord, hookimpl

__all__: list[str] = []


@hookimpl
def unitrack_heads() -> Iterator[HeadRecord]:
    """Single-object tracking."""
    yield HeadRecord(
        name="sot",
        factory="unitrack_sot.heads.sot:sot",
        settings="unitrack_sot.heads.settings:SotSettings",
        protocols="unitrack_sot.heads.settings:PROTOCOLS",
        stage="propagation",
        shape="box",
        summary="single-object tracking: the box of the first frame in, its box in every frame out",
        paper="Wang et al., NeurIPS 2021",
    )
