"""Make very many objects at once without the garbage collector getting in the way."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["no_collection"]


@contextmanager
def no_collection() -> Iterator[None]:
    """Put cyclic garbage collection off; a context or a decorator.

    The boxes of a file are 100 000 objects that all live and hold no cycle. Making them sets off
    collections that walk over everything alive, free nothing, and take longer than the making.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
