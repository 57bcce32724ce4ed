"""The plugin contract: seven hooks, each yielding frozen records.

Every hook is called for every listing, so it must be cheap: no torch, no file, no network.
"""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from unitrack.registry.records import (
    BackboneFamilyRecord,
    BackboneRecord,
    DatasetRecord,
    ExecutorRecord,
    HeadRecord,
    MetricRecord,
    SimilarityRecord,
)

__all__ = ["PROJECT", "hookimpl", "hookspec"]

PROJECT = "unitrack"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def unitrack_backbones() -> Iterable[BackboneRecord]:
    """Yield the appearance models this plugin offers."""


@hookspec
def unitrack_backbone_families() -> Iterable[BackboneFamilyRecord]:
    """Yield the families of appearance models that are resolved by name, when one is asked for."""


@hookspec
def unitrack_heads() -> Iterable[HeadRecord]:
    """Yield the tasks this plugin solves."""


@hookspec
def unitrack_datasets() -> Iterable[DatasetRecord]:
    """Yield the benchmarks this plugin reads and writes."""


@hookspec
def unitrack_metrics() -> Iterable[MetricRecord]:
    """Yield the scores this plugin computes."""


@hookspec
def unitrack_similarities() -> Iterable[SimilarityRecord]:
    """Yield the similarities between tracklets and detections this plugin offers."""


@hookspec
def unitrack_executors() -> Iterable[ExecutorRecord]:
    """Yield the ways this plugin spreads sequences over processes or machines."""
