"""Decode ahead: a thread prepares the next frames while the network works on these."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

__all__ = ["ahead"]

Item = TypeVar("Item")
Ready = TypeVar("Ready")


def ahead(
    items: Iterable[Item], prepare: Callable[[Item], Ready], depth: int
) -> Iterator[tuple[Item, Ready]]:
    """Iterate ``(item, prepare(item))`` with up to ``depth`` of them prepared in advance.

    Memory is bounded by ``depth``. An exception of ``items`` or ``prepare`` is raised here, in
    its place in the order. Closing the iterator stops the thread.
    """
    ready: queue.Queue[tuple[Item, Ready] | BaseException | None] = queue.Queue(depth)
    stopped = threading.Event()

    def put(value: tuple[Item, Ready] | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                ready.put(value, timeout=0.1)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            for item in items:
                put((item, prepare(item)))
                if stopped.is_set():
                    return
            put(None)
        except BaseException as error:  # noqa: BLE001 - handed to the consumer, who raises it
            put(error)

    thread = threading.Thread(target=work, name="unitrack-decode", daemon=True)
    thread.start()
    try:
        while (value := ready.get()) is not None:
            if isinstance(value, BaseException):
                raise value
            yield value
    finally:
        stopped.set()
        thread.join()
