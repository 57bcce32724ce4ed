"""Suites from Python: what ``unitrack bench suite`` does, in a line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from unitrack.cache import cache_folder
from unitrack.engine.executors import open_executor
from unitrack.engine.progress import Progress, Silent
from unitrack.suite.estimate import Outlook, look_ahead
from unitrack.suite.features import feature_cache as opened_cache
from unitrack.suite.read import Suite, read
from unitrack.suite.run import Filled, fill
from unitrack.suite.store import Store
from unitrack.suite.table import Table, expand

__all__ = ["bench_suite", "preview_suite"]


def bench_suite(
    suite: str | Path,
    *,
    root: str | Path | None = None,
    store: str | Path | None = None,
    out: str | Path | None = None,
    retry_failed: bool = False,
    workers: int = 1,
    executor: str = "local",
    device: str = "auto",
    feature_cache: float | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
    command: Sequence[str] | None = None,
) -> Filled:
    """Fill a table of backbones and tasks; what the store holds is not computed again.

    Args:
        suite: Name of a built-in suite, or a YAML file (``docs/suites.md``).
        root: Folder that relative paths start from; ``$UNITRACK_DATA`` when left out, else the
            suite's own folder.
        store: Folder of results, shared by all suites; in the cache when left out.
        out: Where ``suite.json`` is written; ``runs/<suite>`` when left out.
        retry_failed: Try again what failed before.
        workers: Processes; the results are the same bytes at any number.
        executor: ``NAME[:ADDRESS]`` of the executor.
        device: ``auto``, ``cpu``, ``cuda[:N]`` or ``mps``.
        feature_cache: Gigabytes of features to keep on disk for other cells; none when left out.
        progress: Told what goes on; nobody when left out.
        say: Told, in one line each, what a person should know; nobody when left out.
        command: The words to keep in ``suite.json``; ``sys.argv`` when left out.

    Returns:
        Where every cell stands; one that fails or misses an input stops no other.

    Raises:
        UniTrackError: Before anything is computed, if the suite is not as it must be (with its
            line); later, if a folder cannot be written. What is finished is kept.
    """
    asked = read(str(suite))
    features = opened_cache(feature_cache)
    chosen, parallel = open_executor(executor, workers)
    table = _table(asked, root, device)
    kept = _store(store)
    kept.open()
    return fill(
        asked.name,
        asked.content.about,
        table,
        kept,
        Path(out) if out else Path("runs") / asked.name,
        executor=chosen,
        parallel=parallel,
        retry_failed=retry_failed,
        progress=progress or Silent(),
        say=say or _nobody,
        command=command if command is not None else sys.argv,
        features=features,
    )


def preview_suite(
    suite: str | Path,
    *,
    root: str | Path | None = None,
    store: str | Path | None = None,
    device: str = "auto",
) -> tuple[Table, list[Outlook]]:
    """What `bench_suite` would do; nothing is tracked, fetched or kept.

    Synthetic data are rendered into the cache, where a run would look for them as well.

    Args:
        suite: As for `bench_suite`, like all that follow.
        root: Folder that relative paths start from.
        store: Folder of results; it need not exist.
        device: ``auto``, ``cpu``, ``cuda[:N]`` or ``mps``.

    Returns:
        The table, and of each of its cells what is there, what is missing, and the time left.

    Raises:
        UniTrackError: If the suite is not as it must be, or the store is of another version.
    """
    table = _table(read(str(suite)), root, device)
    kept = _store(store)
    if kept.folder.exists():
        kept.open()
    return table, look_ahead(table, kept)


def _table(asked: Suite, root: str | Path | None, device: str) -> Table:
    data_root = Path(root or os.environ.get("UNITRACK_DATA") or asked.folder)
    return expand(asked.content, data_root.resolve(), device)


def _store(folder: str | Path | None) -> Store:
    return Store(Path(folder) if folder else cache_folder() / "suites")


def _nobody(_: str) -> None:
    pass
