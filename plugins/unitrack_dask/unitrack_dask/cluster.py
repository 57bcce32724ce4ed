"""A client of a cluster, of our own or of somebody else's."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import dask
from distributed import Client, Nanny, Scheduler, SpecCluster
from tornado.ioloop import IOLoop

from unitrack.errors import UniTrackError

__all__ = ["GPU", "own_cluster", "running_cluster"]

GPU = "GPU"
"""Name of the Dask resource of which a sequence on CUDA takes one."""

_ANSWER_S = 10  # within which a scheduler must answer

# What Dask would set for its workers, one thread for all of NumPy among it, is left out: they are
# to compute as this process does. But a sequence is not computed in a worker's main thread, and
# glibc gives the large blocks of any other back to the system at once: 13 % of the time goes into
# getting them again. A worker is given its next sequence when it is free, no sooner. Nobody
# asks for the samples of what workers are doing that Dask takes every 10 ms, nor needs to know 50
# times a second that an event loop still turns.
_CONFIG = {
    "distributed.nanny.pre-spawn-environ": {"MALLOC_ARENA_MAX": "1"},
    "distributed.scheduler.worker-saturation": 1.0,
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
}


@contextmanager
def own_cluster(workers: int, *, gpu: bool) -> Iterator[Client]:
    """Start a scheduler and worker processes on this machine, and end them with the block.

    Args:
        workers: Processes.
        gpu: Whether each has a GPU of its own.

    Raises:
        UniTrackError: If there are fewer GPUs than workers.
    """
    loopback = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}  # nobody else's business
    options = {
        **loopback,
        "nthreads": 1,
        "memory_limit": 0,  # a long sequence is no fault; the system's own limit holds
        "preload": ["unitrack_dask.worker"],
        "silence_logs": logging.CRITICAL,
        "resources": {GPU: 1} if gpu else {},
    }
    devices = _gpus(workers) if gpu else [{}] * workers
    spec = {i: {"cls": Nanny, "options": {**options, "env": env}} for i, env in enumerate(devices)}
    scheduler = {
        "cls": Scheduler,
        "options": {**loopback, "port": 0, "dashboard": False, "allowed_failures": 1},
    }
    with (
        _quiet(),
        dask.config.set(_CONFIG),
        _event_loop() as loop,
        SpecCluster(workers=spec, scheduler=scheduler, loop=loop, silence_logs=False) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def running_cluster(address: str) -> Iterator[Client]:
    """Use a scheduler that is running; leaving the block takes back what is not finished.

    Args:
        address: ``HOST:PORT``, ``tcp://HOST:PORT``, ``tls://HOST:PORT``, or the file that
            ``dask scheduler --scheduler-file`` writes.

    Raises:
        UniTrackError: If no scheduler answers there.
    """
    where = f"--executor dask:{address}"
    if address.endswith(".json") and not Path(address).is_file():
        raise UniTrackError(
            where, "is no file", "Start one with: dask scheduler --scheduler-file FILE"
        )
    named = {"scheduler_file": address} if Path(address).is_file() else {"address": address}
    with _quiet():
        try:
            client = Client(**named, timeout=_ANSWER_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UniTrackError(
                where, "no scheduler answers there", "Start one with: dask scheduler"
            ) from error
        with client:
            yield client


def _gpus(workers: int) -> list[dict[str, str]]:
    """For each worker the environment in which it sees one GPU, as ``cuda:0``."""
    import torch

    count = torch.cuda.device_count()
    if workers > count:
        raise UniTrackError(
            f"--workers {workers}", f"there are {count} GPUs", f"Write --workers {count}."
        )
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    seen = given.split(",") if given else [str(number) for number in range(count)]
    return [{"CUDA_VISIBLE_DEVICES": device} for device in seen[:workers]]


@contextmanager
def _event_loop() -> Iterator[IOLoop]:
    """Run an event loop in a thread of its own until the block ends.

    Dask would start one itself, but fails an assertion where the thread is not up after 10 s, as
    on a machine with more to do than processors; this one is waited for.
    """
    started: Future[tuple[IOLoop, asyncio.Event]] = Future()
    runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
    runner.get_loop()  # makes it: where that fails, it is to fail here

    async def serve() -> None:
        ended = asyncio.Event()
        started.set_result((IOLoop.current(), ended))
        await ended.wait()

    def run() -> None:
        with runner:
            runner.run(serve())

    thread = Thread(target=run, name="Dask event loop", daemon=True)
    thread.start()
    loop, ended = started.result()
    try:
        yield loop
    finally:
        loop.add_callback(ended.set)
        thread.join()


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's own log off the terminal; what a person must know is said by us, in one line."""
    # Dask gives some of its loggers levels of their own, so that one for all would not do.
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict
               if name.partition(".")[0] == "distributed"]  # fmt: skip
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
