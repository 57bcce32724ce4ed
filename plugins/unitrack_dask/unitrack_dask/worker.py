"""What happens on a worker: it says what it is, and computes as the client's machine would."""

from __future__ import annotations

import pickle
import platform
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Generic, TypeVar

from distributed import Worker, get_worker

from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry

__all__ = [
    "Task",
    "WorkerRefusedError",
    "dask_setup",
    "describe",
    "refuse_other_versions",
    "refuse_stranger",
    "versions",
]

Outcome = TypeVar("Outcome")


class WorkerRefusedError(UniTrackError):
    """A worker on which nothing may run: its results would not be the client's."""


@lru_cache
def versions() -> dict[str, str]:
    """Whatever decides the bytes of a result and is installed, by name."""
    python = ".".join(platform.python_version_tuple()[:2])
    libraries = {"python": python, "torch": version("torch"), "numpy": version("numpy")}
    loaded = {p.wheel: p.version for p in registry().plugins if p.status == "loaded"}
    return libraries | loaded


def describe(dask_worker: Worker) -> tuple[int, dict[str, str]]:
    """Threads and versions of a worker; Dask gives the worker by the argument's name."""
    return dask_worker.state.nthreads, versions()


def refuse_other_versions(where: str, there: Mapping[str, str], here: Mapping[str, str]) -> None:
    """Refuse a process that would not compute, or not even read, what the client does.

    Args:
        where: Of the process: its role and its address.
        there: Its `versions`.
        here: The client's.

    Raises:
        WorkerRefusedError: If it has another version of anything that the client has.
    """
    differing = [
        f"{name} {there.get(name, 'not at all')}, this process has {mine}"
        for name, mine in here.items()
        if there.get(name) != mine
    ]
    if differing:
        raise WorkerRefusedError(
            where, f"has {'; '.join(differing)}", "Install the same wheels on both."
        )


def refuse_stranger(
    address: str, threads: int, there: Mapping[str, str], here: Mapping[str, str]
) -> None:
    """Refuse a worker that would compute something else than the client.

    Args:
        address: Of the worker.
        threads: Tasks that it runs at once.
        there: Its `versions`.
        here: The client's.

    Raises:
        WorkerRefusedError: If it has another version of anything that the client has, or runs
            several sequences at once.
    """
    refuse_other_versions(f"worker {address}", there, here)
    if threads != 1:
        raise WorkerRefusedError(
            f"worker {address}",
            f"runs {threads} tasks at once",
            "Start it with: dask worker ADDRESS --nthreads 1 --nworkers N",
        )


@dataclass(frozen=True, slots=True)
class Task(Generic[Outcome]):
    """One sequence on a worker.

    Attributes:
        job: The engine's, from a sequence's name to its outcome, pickled: the scheduler, through
            which it goes, has no need to import what it is made of.
        threads: Threads that a single process of the client computes with. The last bits of some
            layers depend on their number.
        versions: The client's.
    """

    job: bytes
    threads: int
    versions: Mapping[str, str]

    def __call__(self, name: str) -> Outcome:
        """Run the job.

        Raises:
            WorkerRefusedError: If the worker is not one of ours; it may have come after the start.
        """
        import torch

        worker = get_worker()
        refuse_stranger(worker.address, *describe(worker), self.versions)
        torch.set_num_threads(self.threads)
        job: Callable[[str], Outcome] = pickle.loads(self.job)  # noqa: S301 - the client's own
        return job(name)


def dask_setup(_: Worker) -> None:
    """Leave Ctrl-C to the client, which ends the workers that it started (a Dask preload)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
