"""Hooks of the wheel unitrack-dask: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import ExecutorRecord, hookimpl

__all__: list[str] = []


@hookimpl
def unitrack_executors() -> Iterator[ExecutorRecord]:
    """A Dask cluster, started here or running elsewhere."""
    yield ExecutorRecord(
        name="dask",
        factory="unitrack_dask.executor:dask",
        summary="a Dask cluster: started here, or running (dask:ADDRESS, dask:SCHEDULER_FILE)",
    )
