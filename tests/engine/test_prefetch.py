from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from unitrack.engine.prefetch import ahead


def test_items_come_in_order_with_what_was_prepared() -> None:
    assert list(ahead(range(50), lambda n: n * n, 4)) == [(n, n * n) for n in range(50)]


def test_an_exception_comes_in_its_place() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("torn")

    found = []
    with pytest.raises(ValueError, match="torn"):
        for item, _ in ahead(items(), lambda n: n, 3):
            found.append(item)
    assert found == [1]


def test_an_exception_while_preparing_comes_in_its_place() -> None:
    with pytest.raises(ZeroDivisionError):
        list(ahead([1, 0], lambda n: 1 // n, 3))


def test_never_more_than_depth_items_wait() -> None:
    asked = []
    turn = threading.Event()

    def items() -> Iterator[int]:
        for n in range(100):
            asked.append(n)
            if n >= 4:
                turn.set()
            yield n

    iterator = ahead(items(), lambda n: n, 3)
    next(iterator)
    turn.wait(5)
    assert len(asked) <= 1 + 3 + 2  # taken, waiting, and the one the thread holds
    iterator.close()  # type: ignore[attr-defined]


def test_giving_up_early_ends_the_thread() -> None:
    iterator = ahead(range(1000), lambda n: n, 2)
    next(iterator)
    iterator.close()  # type: ignore[attr-defined]
    assert not any(thread.name == "unitrack-decode" for thread in threading.enumerate())
