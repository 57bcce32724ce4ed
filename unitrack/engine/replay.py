"""Repeat a run from its ``run.json`` and compare the bytes."""

from __future__ import annotations

import dataclasses
import tempfile
from dataclasses import dataclass
from pathlib import Path

from unitrack.engine.executors import Executor
from unitrack.engine.progress import Progress
from unitrack.engine.run import execute
from unitrack.engine.spec import RunSpec
from unitrack.engine.store import Store
from unitrack.errors import UniTrackError

__all__ = ["ReplayReport", "replay"]


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """Whether a repeated run gave the same bytes.

    Attributes:
        same: Result files that agree, relative to ``results/``.
        differing: Result files that differ or are in one of the runs only.
        causes: Inputs that are not what they were: weights, data, versions.
    """

    same: tuple[str, ...]
    differing: tuple[str, ...]
    causes: tuple[str, ...]


def replay(
    folder: Path,
    *,
    root: Path | None,
    weights: Path | None,
    executor: Executor,
    parallel: bool,
    progress: Progress,
) -> ReplayReport:
    """Run again what ``folder/run.json`` asks for, beside it, and compare the results.

    Args:
        folder: A run folder; it is not changed.
        root: Where the data set is now, if it has moved.
        weights: Where the checkpoint file is now, if it has moved.
        executor: Where sequences are tracked.
        parallel: Whether the executor leaves this process.
        progress: Told what goes on.

    Raises:
        UniTrackError: If ``folder`` is no run folder, or an input is gone.
    """
    before = Store(folder)
    asked = before.asked()
    if asked is None:
        raise UniTrackError(folder, "holds no run.json", "Give a folder that unitrack run wrote.")
    spec = RunSpec.from_json(asked["spec"], before.run_json)
    if root is not None:
        spec = dataclasses.replace(spec, root=str(root.resolve()))
    if weights is not None:
        spec = dataclasses.replace(spec, weights=str(weights.resolve()))
    with tempfile.TemporaryDirectory(prefix="unitrack-replay-") as temporary:
        after = Store(Path(temporary) / "run")
        _, report = execute(
            spec, after.out, names=asked["sequences"], executor=executor, parallel=parallel,
            overwrite=False, progress=progress, command=asked["command"],
        )  # fmt: skip
        if report.fault is not None:
            raise report.fault
        repeated = after.asked()
        assert repeated is not None
        changed = [
            key
            for key in ("weights_sha256", "fingerprints", "versions")
            if repeated[key] != asked[key]
        ]
        same, differing = _compare(before.results, after.results)
    return ReplayReport(same, differing, tuple(changed))


def _compare(before: Path, after: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = sorted(_files(before) | _files(after))
    same = tuple(name for name in names if _equal(before / name, after / name))
    return same, tuple(name for name in names if name not in same)


def _files(top: Path) -> set[str]:
    return {path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()}


def _equal(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()
