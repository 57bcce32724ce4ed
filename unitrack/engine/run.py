"""A run: track what is not there yet, score, report."""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from unitrack.data.select import expand, whole
from unitrack.engine.clock import peak_memory_bytes
from unitrack.engine.content import content_key
from unitrack.engine.executors import Executor
from unitrack.engine.inputs import open_metric
from unitrack.engine.plan import Plan
from unitrack.engine.progress import Progress
from unitrack.engine.score import Scores, score, write_plots
from unitrack.engine.spec import RunSpec
from unitrack.engine.store import Store, write_json
from unitrack.engine.track import track
from unitrack.errors import UniTrackError
from unitrack.files import writing
from unitrack.registry.manager import registry
from unitrack.types import SequenceResult

__all__ = [
    "RunReport",
    "Tracked",
    "execute",
    "one_line",
    "other_inputs",
    "track_planned",
    "versions",
]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run gave.

    Attributes:
        out: The run folder.
        scores: Sequence (and ``COMBINED``) to score to value; empty without truth.
        breakdown: Further tables by what their rows are, e.g. ``attribute``.
        frames: Frames tracked, resumed ones included.
        timings_s: Seconds per stage over all sequences.
        peak_memory_bytes: Largest resident size of any process that tracked.
        failed: Sequence to one line.
        resumed: Sequences whose results were there already.
        fault: The first fault that a person can mend, if any sequence has one.
        weights_layout: Whose published file the weights were read like; empty for plain names.
    """

    out: Path
    scores: Scores
    frames: int
    timings_s: Mapping[str, float]
    peak_memory_bytes: int
    breakdown: Mapping[str, Scores] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    resumed: tuple[str, ...] = ()
    fault: UniTrackError | None = None
    weights_layout: str = ""


@dataclass(frozen=True, slots=True)
class Tracked:
    """One sequence, tracked.

    Attributes:
        result: What the tracker said.
        facts: ``frames``, ``timings_s``, ``peak_memory_bytes``: plain JSON values.
        key: Content key of all that it depends on, as seen where it was tracked.
    """

    result: SequenceResult
    facts: Mapping[str, Any]
    key: str


@dataclass(frozen=True, slots=True)
class _Job:
    """Track one sequence: a pure function of (settings, sequence), wherever it runs."""

    spec: RunSpec

    @property
    def device(self) -> str:
        """Where it computes, for executors that hand out devices."""
        return self.spec.device

    def __call__(self, name: str) -> Tracked:
        return track_planned(Plan.of(self.spec, [name]), name, lambda: None)


def execute(
    spec: RunSpec,
    out: Path,
    *,
    names: Sequence[str] | None,
    executor: Executor,
    parallel: bool,
    overwrite: bool,
    progress: Progress,
    command: Sequence[str],
) -> tuple[Plan, RunReport]:
    """Run ``spec`` in the folder ``out``: resume what is there, track the rest, score all.

    Args:
        spec: What to run.
        out: The run folder.
        names: Sequences, or None for all.
        executor: Where sequences are tracked.
        parallel: Whether the executor leaves this process.
        overwrite: Start again, whatever the folder holds.
        progress: Told what goes on.
        command: Kept in ``run.json``.

    Raises:
        UniTrackError: Before anything is written, if an input is not as it must be; later, if
            the folder cannot be used.
    """
    plan = Plan.of(spec, names)
    store = Store(out)
    _check_folder(store, spec, overwrite)
    with store.locked():
        if overwrite:
            _clear(store)
        write_json(store.run_json, _asked(plan, command))
        report = _track_and_score(plan, store, executor, parallel, progress)
        write_json(store.results_json, _report_json(plan, report))
    return plan, report


def _track_and_score(
    plan: Plan, store: Store, executor: Executor, parallel: bool, progress: Progress
) -> RunReport:
    keys = {name: _key(plan, name) for name in plan.videos}
    found = {name: store.finished(name, key) for name, key in keys.items()}
    facts: dict[str, Mapping[str, Any]] = {n: entry for n, entry in found.items() if entry}
    resumed = tuple(facts)
    waiting = [name for name in plan.videos if name not in facts]
    progress.begin(sum(plan.videos[name].length for name in waiting), len(waiting))
    failed: dict[str, str] = {}
    fault: UniTrackError | None = None
    for name, given in _outcomes(plan, waiting, executor, parallel, progress):
        outcome = _checked(name, keys[name], given)
        if isinstance(outcome, Exception):
            failed[name] = one_line(outcome)
            if isinstance(outcome, UniTrackError):
                fault = fault or outcome
        else:
            facts[name] = _keep(plan, store, name, keys[name], outcome)
        progress.finish(name, failed.get(name))
    return _report(plan, store, facts, failed, resumed, fault)


def _outcomes(
    plan: Plan, names: Sequence[str], executor: Executor, parallel: bool, progress: Progress
) -> Iterator[tuple[str, Tracked | Exception]]:
    if parallel and names:
        # The longest first: the last one to end is then a short one.
        longest = sorted(names, key=lambda name: -plan.videos[name].length)
        for name, outcome in executor.run(_Job(plan.spec), longest):
            progress.advance(name, plan.videos[name].length)
            yield name, outcome
        return

    def here(name: str) -> Tracked:
        return track_planned(plan, name, lambda: progress.advance(name, 1))

    yield from executor.run(here, names)


def track_planned(plan: Plan, name: str, on_frame: Callable[[], None]) -> Tracked:
    """Track one sequence of a plan.

    Args:
        plan: The run.
        name: One of its sequences.
        on_frame: Called after every frame.
    """
    start = time.perf_counter()
    result = track(
        plan.videos[name],
        plan.observations[name],
        plan.head,
        plan.embedder,
        stage=plan.stage,
        on_frame=on_frame,
    )
    timings = {**result.timings, "total": time.perf_counter() - start}
    facts = {
        "frames": len(result.frames),
        "timings_s": timings,
        "peak_memory_bytes": peak_memory_bytes(),
    }
    return Tracked(result, facts, _key(plan, name))


def _key(plan: Plan, name: str) -> str:
    fingerprint = plan.videos[name].fingerprint(plan.spec.observations)
    return content_key(plan.spec, plan.weights_id, fingerprint)


def _checked(name: str, key: str, outcome: Tracked | Exception) -> Tracked | Exception:
    """A result that was made from something else than the run's inputs is a fault."""
    if isinstance(outcome, Exception) or outcome.key == key:
        return outcome
    return other_inputs(name)


def other_inputs(name: str) -> UniTrackError:
    """What is said of a sequence whose content key differs where it was tracked."""
    return UniTrackError(
        name,
        "was tracked with other data, weights or code than this process sees",
        "Let all workers read the same files; if they changed meanwhile, type the command again.",
    )


def _keep(plan: Plan, store: Store, name: str, key: str, tracked: Tracked) -> dict[str, Any]:
    """Write one result atomically; what is written is never half of it."""
    start = time.perf_counter()
    length = whole(plan.videos[name]).length
    result = expand(tracked.result, stride=plan.spec.stride, length=length)
    plan.dataset.write(result, store.results)
    timings = {**tracked.facts["timings_s"], "write": time.perf_counter() - start}
    facts = {**tracked.facts, "timings_s": timings}
    store.finish(name, key, facts)
    return facts


def _check_folder(store: Store, spec: RunSpec, overwrite: bool) -> None:
    """Refuse to mix two runs, or to write into a folder that is something else."""
    asked = store.asked()
    if asked is None:
        if store.out.exists() and not store.out.is_dir():
            raise UniTrackError(store.out, "is no folder", "Choose another --out.")
        if store.out.is_dir() and any(p.name != ".lock" for p in store.out.iterdir()):
            raise UniTrackError(
                store.out, "is not empty and no run folder", "Choose another --out."
            )
        return
    if overwrite:
        return
    before, now = asked.get("spec", {}), spec.to_json()
    differs = [key for key in now if before.get(key) != now[key]]
    if differs:
        raise UniTrackError(
            store.out,
            f"holds another run (differs in: {', '.join(differs)})",
            "Choose another --out, or replace it with --overwrite.",
        )


def _clear(store: Store) -> None:
    with writing(store.out):
        for name in ("results", "cache", "video", "frames", "plots"):
            shutil.rmtree(store.out / name, ignore_errors=True)
        store.results_json.unlink(missing_ok=True)
        store.results.mkdir()


def _asked(plan: Plan, command: Sequence[str]) -> dict[str, Any]:
    return {
        "schema": 1,
        "command": list(command),
        "spec": plan.spec.to_json(),
        "sequences": list(plan.videos),
        "weights_sha256": plan.weights_id,
        "weights_layout": plan.weights_layout,
        "fingerprints": {
            name: video.fingerprint(plan.spec.observations) for name, video in plan.videos.items()
        },
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Of all that may decide a byte: Python, torch, NumPy, every wheel of UniTrack."""
    return {
        "python": platform.python_version(),
        "torch": version("torch"),
        "numpy": version("numpy"),
        **{f"{plugin.wheel}": plugin.version for plugin in registry().plugins},
    }


def one_line(error: Exception) -> str:
    """An exception as it is kept for a sequence that failed."""
    if isinstance(error, UniTrackError):
        return f"{error.where}: {error.what}"
    return " ".join(f"{type(error).__name__}: {error}".split())


def _report(
    plan: Plan,
    store: Store,
    facts: Mapping[str, Mapping[str, Any]],
    failed: Mapping[str, str],
    resumed: tuple[str, ...],
    fault: UniTrackError | None,
) -> RunReport:
    """Score what is finished and add up the facts of its sequences."""
    start = time.perf_counter()
    finished = {name: video for name, video in plan.videos.items() if name in facts}
    _, metric = open_metric(plan.spec.data)
    scored = score(plan.dataset, metric, finished, store.results, plan.spec.stride)
    write_plots(scored.plots, store.out / "plots")
    timings: dict[str, float] = {}
    for name in finished:
        for stage, seconds in facts[name]["timings_s"].items():
            timings[stage] = timings.get(stage, 0.0) + seconds
    timings["score"] = time.perf_counter() - start
    timings["total"] = timings.pop("total", 0.0) + timings.get("write", 0.0) + timings["score"]
    return RunReport(
        out=store.out,
        scores=scored.scores,
        breakdown=scored.breakdown,
        frames=sum(facts[name]["frames"] for name in finished),
        timings_s=timings,
        peak_memory_bytes=max(
            [peak_memory_bytes(), *(facts[name]["peak_memory_bytes"] for name in finished)]
        ),
        failed=failed,
        resumed=resumed,
        fault=fault,
        weights_layout=plan.weights_layout,
    )


def _report_json(plan: Plan, report: RunReport) -> dict[str, Any]:
    spec = plan.spec
    return {
        "schema": 1,
        "head": spec.head,
        "backbone": spec.backbone,
        "data": spec.data,
        "scores": report.scores,
        "breakdown": report.breakdown,
        "layer": spec.layer,
        "protocol": spec.protocol,
        "observations": spec.observations,
        "frames": report.frames,
        "timings_s": {stage: round(s, 3) for stage, s in report.timings_s.items()},
        "peak_memory_bytes": report.peak_memory_bytes,
        "failed": dict(report.failed),
    }
