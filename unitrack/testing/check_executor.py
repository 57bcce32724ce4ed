"""Promises of an executor: every job is answered, and computes what it would compute here."""

from __future__ import annotations

from typing import cast

from unitrack.engine.executors import Executor
from unitrack.errors import UniTrackError
from unitrack.registry.records import ExecutorRecord
from unitrack.testing.subject import Subject

__all__ = ["CHECKS"]

_WORKERS = 2


def check_answers_every_name_once(subject: Subject[ExecutorRecord]) -> None:
    """Every name comes back once, with what the job gave or the exception it raised."""
    names = [f"{index:02}" for index in range(6)]
    outcomes = list(_executor(subject).run(_job, [*names, "fault", "bug"]))
    given = dict(outcomes)
    assert sorted(name for name, _ in outcomes) == sorted([*names, "fault", "bug"]), f"{subject}"
    assert {name: given[name] for name in names} == {name: _job(name) for name in names}, (
        f"{subject}: {given}"
    )
    fault, bug = given["fault"], given["bug"]
    assert isinstance(fault, UniTrackError), f"{subject}: {fault!r}"
    assert str(fault) == "there: is wrong\n  Mend it.", f"{subject}: {fault}"
    assert isinstance(bug, ZeroDivisionError), f"{subject}: {bug!r}"


def check_workers_compute_as_this_process(subject: Subject[ExecutorRecord]) -> None:
    """A job computes with as many threads as this process, which decides its last bits."""
    names = ["one", "two", "three", "four"]
    found = dict(_executor(subject).run(_threads, names))
    here = _threads("here")
    assert found == dict.fromkeys(names, here), f"{subject}: {found}, and {here} here"


def check_no_names_are_ordinary(subject: Subject[ExecutorRecord]) -> None:
    """Nothing to do is no fault."""
    assert list(_executor(subject).run(_job, [])) == [], f"{subject}"


def _executor(subject: Subject[ExecutorRecord]) -> Executor:
    return cast("Executor", subject.build(_WORKERS, ""))


def _job(name: str) -> str:
    if name == "fault":
        raise UniTrackError("there", "is wrong", "Mend it.")
    if name == "bug":
        raise ZeroDivisionError
    return name[::-1]


def _threads(_: str) -> int:
    import torch

    return torch.get_num_threads()


CHECKS = (
    check_answers_every_name_once,
    check_workers_compute_as_this_process,
    check_no_names_are_ordinary,
)
