"""A tiny suite, and what its sequences give: tracked once, replayed by the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from unitrack.engine.progress import Silent
from unitrack.suite.job import Job
from unitrack.suite.read import read
from unitrack.suite.run import Filled, fill
from unitrack.suite.store import Store
from unitrack.suite.table import Table, expand

TINY = """
about: Two networks on one task.
backbones:
  - {backbone: imagenet_squeezenet, label: first, weights: "random:0"}
  - {backbone: imagenet_squeezenet, label: second, weights: "random:1"}
entries:
  - head: poseprop
    data: synthetic_poseprop
    label: poses
    data_settings: {sequences: 3, frames: 3, width: 96, height: 64}
    scores: ["PCK@0.1"]
"""

Outcome = Any  # what the job gave: Finished, or the exception that stands for it


@dataclass
class Replay:
    """An executor that gives what was computed before; ``before`` may interfere."""

    known: dict[str, Outcome]
    before: Callable[[str], None] = lambda _: None
    asked: list[str] = field(default_factory=list)

    def run(
        self, job: Callable[[str], Any], names: Sequence[str]
    ) -> Iterator[tuple[str, Any | Exception]]:
        assert isinstance(job, Job)
        for name in names:
            number, _, sequence = name.partition("/")
            known = f"{job.specs[number].weights}/{sequence}"
            self.asked.append(known)
            self.before(known)
            yield name, self.known[known]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the tiny suite; the data are rendered into a cache of the tests' own."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    return folder / "tiny.yaml"


@pytest.fixture(scope="session")
def table(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Table:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNITRACK_CACHE", str(tmp_path_factory.mktemp("cache")))
        return expand(read(str(tiny)).content, tiny.parent, "cpu")


@pytest.fixture(scope="session")
def outcomes(table: Table) -> dict[str, Outcome]:
    """What each sequence of each cell gives, computed once: ``WEIGHTS/SEQUENCE``."""
    specs = {str(n): cell.spec for n, cell in enumerate(table.cells) if cell.spec is not None}
    job = Job(specs)
    return {
        f"{spec.weights}/{sequence}": job(f"{number}/{sequence}")
        for number, spec in specs.items()
        for sequence in SEQUENCES
    }


SEQUENCES = ("SYNTH-01", "SYNTH-02", "SYNTH-03")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store(tmp_path / "store")
    opened.open()
    return opened


@dataclass
class Session:
    """One run of the tiny suite after another on one store."""

    table: Table
    store: Store
    out: Path
    executor: Replay
    said: list[str] = field(default_factory=list)

    def fill(self, *, retry_failed: bool = False) -> Filled:
        return fill(
            "tiny", "", self.table, self.store, self.out, executor=self.executor, parallel=False,
            retry_failed=retry_failed, progress=Silent(), say=self.said.append, command=["test"],
        )  # fmt: skip


@pytest.fixture
def session(table: Table, store: Store, outcomes: dict[str, Outcome], tmp_path: Path) -> Session:
    return Session(table, store, tmp_path / "out", Replay(dict(outcomes)))
