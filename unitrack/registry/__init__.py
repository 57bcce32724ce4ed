"""Records, hooks and the manager: who offers what, without importing any of it."""

from unitrack.registry.hookspecs import hookimpl
from unitrack.registry.records import (
    BackboneFamilyRecord,
    BackboneRecord,
    DatasetRecord,
    ExecutorRecord,
    HeadRecord,
    MetricRecord,
    SimilarityRecord,
    WeightFile,
)

__all__ = [
    "BackboneFamilyRecord",
    "BackboneRecord",
    "DatasetRecord",
    "ExecutorRecord",
    "HeadRecord",
    "MetricRecord",
    "SimilarityRecord",
    "WeightFile",
    "hookimpl",
]
