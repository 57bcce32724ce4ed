"""Hooks of the wheel unitrack-vos: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import HeadRecord, hookimpl

__all__: list[str] = []


@hookimpl
def unitrack_heads() -> Iterator[HeadRecord]:
    """Video object segmentation."""
    yield HeadRecord(
        name="vos",
        factory="unitrack_vos.heads.vos:vos",
        settings="unitrack_vos.heads.settings:VosSettings",
        protocols="unitrack_vos.heads.settings:PROTOCOLS",
        stage="propagation",
        shape="mask",
        summary="video object segmentation: masks of the first frame in, masks of all out",
        paper="Wang et al., NeurIPS 2021",
    )
