"""Fill a table: track what the store does not hold, score what is finished."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from unitrack.engine.executors import Executor
from unitrack.engine.progress import Progress
from unitrack.engine.run import one_line, other_inputs
from unitrack.errors import UniTrackError
from unitrack.suite.features import FeatureCache
from unitrack.suite.job import Job
from unitrack.suite.records import (
    DONE,
    FAILED,
    MISSING,
    PARTIAL,
    WAITING,
    CellState,
    SuiteRecord,
    write_suite,
)
from unitrack.suite.score import score_cell
from unitrack.suite.store import Finished, Store
from unitrack.suite.survey import Surveyed, Surveyor, cell_key
from unitrack.suite.table import Table

__all__ = ["Filled", "fill", "state"]

# Cells held at once; each is an open file.
_MOST_CLAIMS = 400
_POLL_S = 1.0
_DAMAGED_TRIES = 2


@dataclass(frozen=True, slots=True)
class Filled:
    """What a run of a suite gave.

    Attributes:
        out: Folder of ``suite.json``.
        record: Where every cell stands.
        tracked: Sequences that were computed now.
    """

    out: Path
    record: SuiteRecord
    tracked: int


def state(store: Store, surveyed: Surveyed) -> CellState:
    """Where a cell stands, as the store has it."""
    cell = surveyed.cell
    place = (cell.row, cell.column, cell.layer)
    if surveyed.fault is not None or not surveyed.sequences:
        none = f"{cell.spec.root}: holds no sequence" if cell.spec else ""
        fault = surveyed.fault
        reason = none if fault is None else f"{one_line(fault)}. {fault.mend}"
        return CellState(*place, MISSING, reason)
    if store.has_cell(surveyed.key):
        return CellState(*place, DONE, key=surveyed.key)
    finished = [asked.key for asked in surveyed.sequences.values() if store.has(asked.key)]
    failed = _failed(store, surveyed)
    if len(finished) + len(failed) < len(surveyed.sequences):
        return CellState(*place, WAITING, failed=failed)
    if not finished:
        return CellState(*place, FAILED, failed=failed)
    key = cell_key(finished)
    if not store.has_cell(key):
        return CellState(*place, WAITING, failed=failed)
    return CellState(*place, PARTIAL, failed=failed, key=key)


def _failed(store: Store, surveyed: Surveyed) -> dict[str, str]:
    lines = {
        name: store.failure(asked.key)
        for name, asked in surveyed.sequences.items()
        if not store.has(asked.key)
    }
    return {name: line for name, line in lines.items() if line is not None}


def fill(
    name: str,
    about: str,
    table: Table,
    store: Store,
    out: Path,
    *,
    executor: Executor,
    parallel: bool,
    retry_failed: bool,
    progress: Progress,
    say: Callable[[str], None],
    command: Sequence[str],
    features: FeatureCache | None = None,
) -> Filled:
    """Compute what is not in the store, and write ``out/suite.json``.

    Args:
        name: Of the suite.
        about: One line on it.
        table: Its cells.
        store: Where results are kept; opened.
        out: The suite's own folder.
        executor: Where sequences are tracked.
        parallel: Whether the executor leaves this process.
        retry_failed: Whether sequences that failed before are tried again.
        progress: Told what goes on.
        say: Told, in one line each, what a person should know.
        command: Kept in ``suite.json``.
        features: Where features are kept for the next cell that needs them, if anywhere.

    Raises:
        UniTrackError: If the store or ``out`` cannot be written; what is finished is kept.
    """
    surveyor = Surveyor(fetch=True)
    surveyed = [surveyor.survey(cell) for cell in table.cells]
    if retry_failed:
        for one in surveyed:
            for asked in one.sequences.values():
                store.forgive(asked.key)

    def record() -> SuiteRecord:
        return SuiteRecord(
            suite=name,
            about=about,
            store=str(store.folder.resolve()),
            command=tuple(command),
            rows=table.rows,
            columns=table.columns,
            cells=tuple(filling.state(one) for one in surveyed),
        )

    filling = _Filling(
        store, surveyor, executor, progress, say, parallel=parallel, features=features
    )
    write_suite(out, record())
    try:
        filling.fill([one for one in surveyed if filling.state(one).state == WAITING])
        _check_cells(store, surveyed, filling, say)
    finally:
        with suppress(UniTrackError):  # a full disk is said already
            write_suite(out, record())
    return Filled(out, record(), filling.tracked)


def _check_cells(
    store: Store, surveyed: Sequence[Surveyed], filling: _Filling, say: Callable[[str], None]
) -> None:
    """Score again what cannot be read."""
    spoilt = []
    for one in surveyed:
        key = state(store, one).key
        if key is None:
            continue
        try:
            store.cell(key)
        except UniTrackError as error:
            say(f"{one_line(error)}; scored again")
            store.discard_cell(key)
            spoilt.append(one)
    filling.fill(spoilt)


@dataclass
class _Filling:
    """The state of one run."""

    store: Store
    surveyor: Surveyor
    executor: Executor
    progress: Progress
    say: Callable[[str], None]
    parallel: bool
    features: FeatureCache | None
    tracked: int = 0
    damaged: dict[str, int] = field(default_factory=dict)
    unscored: dict[str, str] = field(default_factory=dict)

    def state(self, one: Surveyed) -> CellState:
        """Where a cell stands; one that could not be scored in this run has failed."""
        found = state(self.store, one)
        line = self.unscored.get(one.key)
        if line is None or found.state != WAITING:
            return found
        return replace(found, state=FAILED, reason=line)

    def fill(self, waiting: Sequence[Surveyed]) -> None:
        """Until none of these cells is waiting; those of other processes are waited for."""
        tasks = self._tasks(waiting).values()
        self.progress.begin(sum(task.length for task in tasks), len(tasks))
        told = False
        while waiting:
            with ExitStack() as claims:
                mine = self._claimed(waiting, claims)
                self._track_and_score(mine)
            waiting = [one for one in waiting if self.state(one).state == WAITING]
            if waiting and not mine:
                if not told:
                    self.say(f"another suite fills {len(waiting)} of these cells; waiting for it")
                told = True
                time.sleep(_POLL_S)

    def _claimed(self, waiting: Sequence[Surveyed], claims: ExitStack) -> list[Surveyed]:
        """Cells that nobody else fills, held until ``claims`` is closed.

        One process alone takes those of one network at a time, so that any number of them share a
        suite; an executor with workers of its own takes all, to begin with the longest.
        """
        mine: list[Surveyed] = []
        for one in waiting:
            other = bool(mine) and _network(one) != _network(mine[0])
            if len(mine) == _MOST_CLAIMS or (other and not self.parallel):
                continue
            if claims.enter_context(self.store.claim(one.key)):
                mine.append(one)
        return mine

    def _track_and_score(self, cells: Sequence[Surveyed]) -> None:
        """Cells are scored as soon as their last sequence is there."""
        specs = {str(number): one.spec for number, one in enumerate(cells)}
        tasks = self._tasks(cells)
        left = {
            number: {key for key in _keys(one) if key in tasks} for number, one in enumerate(cells)
        }
        for number, keys in left.items():
            if not keys:
                self._score(cells[number])
        names = {task.name: key for key, task in tasks.items()}
        ordered = _ordered(list(tasks.values()), parallel=self.parallel)
        for name, outcome in (
            self.executor.run(Job(specs, self.features), ordered) if ordered else ()
        ):
            key = names[name]
            self._keep(tasks[key], key, outcome)
            for number, keys in left.items():
                if key in keys:
                    keys.remove(key)
                    if not keys:
                        self._score(cells[number])

    def _tasks(self, cells: Sequence[Surveyed]) -> dict[str, _Task]:
        """What is neither finished nor failed, each key once."""
        tasks: dict[str, _Task] = {}
        for number, one in enumerate(cells):
            for sequence, asked in one.sequences.items():
                known = asked.key in tasks or self.store.has(asked.key)
                if not known and self.store.failure(asked.key) is None:
                    name = f"{number}/{sequence}"
                    label = f"{one.spec.head} {one.spec.backbone} {one.spec.layer} {sequence}"
                    tasks[asked.key] = _Task(
                        name,
                        label,
                        sequence,
                        asked.length,
                        asked.fingerprint,
                        asked.content_key,
                        _network(one),
                    )
        return tasks

    def _keep(self, task: _Task, key: str, outcome: Finished | Exception) -> None:
        self.progress.advance(task.label, task.length)
        if not isinstance(outcome, Exception) and outcome.content_key != task.content_key:
            # Kept under this key it would be the result of something else.
            outcome = other_inputs(task.sequence)
        if isinstance(outcome, Exception):
            line = one_line(outcome)
            self.store.fail(key, line)
            self.progress.finish(task.label, line)
            return
        facts = {**outcome.record, "key": key, "fingerprint": task.fingerprint}
        self.store.finish(key, replace(outcome, record=facts))
        self.tracked += 1
        self.progress.finish(task.label, None)

    def _score(self, one: Surveyed) -> None:
        finished = [name for name, a in one.sequences.items() if self.store.has(a.key)]
        scored = self.store.has_cell(cell_key([one.sequences[name].key for name in finished]))
        if not finished or scored or not self._whole(one, finished):
            return
        try:
            cell = score_cell(self.store, one, finished, self.surveyor.videos(one.cell))
        except Exception as error:  # noqa: BLE001 - kept as this cell's line; the others go on
            self.unscored[one.key] = f"cannot be scored ({one_line(error)})"
            return
        self.store.keep_cell(cell)

    def _whole(self, one: Surveyed, names: Iterable[str]) -> bool:
        """Take damaged sequences away, to be computed again; a store that damages all, fails."""
        whole = True
        for name in names:
            key = one.sequences[name].key
            try:
                self.store.check(key)
            except UniTrackError as error:
                self.damaged[key] = self.damaged.get(key, 0) + 1
                if self.damaged[key] >= _DAMAGED_TRIES:
                    raise
                self.say(f"{one_line(error)}; computed again")
                self.store.discard(key)
                whole = False
        return whole


@dataclass(frozen=True, slots=True)
class _Task:
    """One sequence to track: its names for the executor and for people; what the order needs."""

    name: str
    label: str
    sequence: str
    length: int
    fingerprint: str
    content_key: str
    network: str


def _network(one: Surveyed) -> str:
    return f"{one.spec.backbone} {one.spec.layer} {one.weights_id}"


def _keys(one: Surveyed) -> Mapping[str, None]:
    return dict.fromkeys(asked.key for asked in one.sequences.values())


def _ordered(tasks: Sequence[_Task], *, parallel: bool) -> list[str]:
    """Longest first, so that no worker is left with a long one at the end.

    A process keeps one network, so among sequences of about one length (the same power of two)
    those of one network follow each other; one process alone goes network by network. Cells that
    share a sequence follow each other as well, so that features can be shared.
    """

    def urgency(task: _Task) -> tuple[int, str, int, str]:
        bucket = -task.length.bit_length() if parallel else 0
        return bucket, task.network, -task.length, task.sequence

    return [task.name for task in sorted(tasks, key=urgency)]
