"""Executors: a sound one, and flawed ones; all of them in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

Job = Callable[[str], Any]


class Sound:
    def run(self, job: Job, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        for name in names:
            try:
                yield name, job(name)
            except Exception as error:  # noqa: BLE001 - as an executor must
                yield name, error


class Forgetful(Sound):
    """Loses the last name."""

    def run(self, job: Job, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        return super().run(job, names[:-1])


class Eager(Sound):
    """Answers the first name twice."""

    def run(self, job: Job, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        return super().run(job, [*names[:1], *names])


class Silent(Sound):
    """Keeps exceptions to itself."""

    def run(self, job: Job, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        for name, outcome in super().run(job, names):
            yield name, None if isinstance(outcome, Exception) else outcome


class Lonely(Sound):
    """Computes with other threads than this process."""

    def run(self, job: Job, names: Sequence[str]) -> Iterator[tuple[str, Any]]:
        before = torch.get_num_threads()
        torch.set_num_threads(before + 1)
        try:
            yield from list(super().run(job, names))
        finally:
            torch.set_num_threads(before)


def executor_sound(workers: int, address: str) -> Sound:
    del workers, address
    return Sound()


def executor_forgetful(workers: int, address: str) -> Sound:
    del workers, address
    return Forgetful()


def executor_eager(workers: int, address: str) -> Sound:
    del workers, address
    return Eager()


def executor_silent(workers: int, address: str) -> Sound:
    del workers, address
    return Silent()


def executor_lonely(workers: int, address: str) -> Sound:
    del workers, address
    return Lonely()
