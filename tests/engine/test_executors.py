from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from unitrack.engine.executors import local
from unitrack.errors import UniTrackError


def length(name: str) -> int:
    if name == "bad":
        raise UniTrackError("bad", "is bad", "Do not.")
    return len(name)


class Killer:
    """Kills its own worker the first time; the mark on disk outlives the process."""

    def __init__(self, mark: Path, *, always: bool) -> None:
        self.mark = mark
        self.always = always

    def __call__(self, name: str) -> str:
        if name == "victim" and (self.always or not self.mark.exists()):
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return name


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_fault_stays_with_its_sequence(workers: int) -> None:
    outcomes = dict(local(workers, "").run(length, ["ab", "bad", "abc"]))
    assert outcomes["ab"] == 2
    assert outcomes["abc"] == 3
    assert isinstance(outcomes["bad"], UniTrackError)
    assert str(outcomes["bad"]) == "bad: is bad\n  Do not."


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    job = Killer(tmp_path / "mark", always=False)
    assert dict(local(2, "").run(job, ["a", "victim", "b"])) == {
        "a": "a", "victim": "victim", "b": "b"
    }  # fmt: skip


@pytest.mark.slow
def test_a_worker_that_is_killed_again_is_given_up(tmp_path: Path) -> None:
    job = Killer(tmp_path / "mark", always=True)
    outcomes = dict(local(2, "").run(job, ["victim"]))
    assert isinstance(outcomes["victim"], Exception)


def test_no_worker_and_an_address_are_refused() -> None:
    with pytest.raises(UniTrackError, match="--workers 0"):
        local(0, "")
    with pytest.raises(UniTrackError, match="no address"):
        local(1, "tcp://there")
