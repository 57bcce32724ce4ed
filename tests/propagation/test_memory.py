from __future__ import annotations

import torch

from unitrack.propagation.config import PropagationConfig
from unitrack.propagation.memory import Memory


def _memory(frames: int, annotated: dict[int, set[int]] | None = None, **values: bool) -> Memory:
    """Frame 0 with object 1, and more frames; labels are the frame's number."""
    memory = Memory(PropagationConfig(**values))  # type: ignore[arg-type]
    memory.start(torch.zeros(1, 2, 3), torch.zeros(2, 1), [1])
    for time in range(1, frames):
        memory.add(torch.zeros(1, 2, 3), torch.full((2, 1), time), (annotated or {}).get(time, ()))
    return memory


def _copies(memory: Memory) -> dict[int, tuple[int, int]]:
    """By frame: copies seen from everywhere, and from nearby."""
    return {int(s.labels[0, 0]): (s.everywhere, s.nearby) for s in memory.recall()}


def test_the_first_frame_stands_for_those_that_are_not_there_yet() -> None:
    assert _copies(_memory(1)) == {0: (1, 5)}
    assert _copies(_memory(3)) == {0: (1, 3), 1: (0, 1), 2: (0, 1)}
    assert _copies(_memory(6)) == {0: (1, 0)} | dict.fromkeys(range(1, 6), (0, 1))
    assert _copies(_memory(9)) == {0: (1, 0)} | dict.fromkeys(range(4, 9), (0, 1))


def test_without_copies_each_frame_counts_once() -> None:
    assert _copies(_memory(1, memory_dedup=True)) == {0: (1, 0)}
    assert _copies(_memory(3, memory_dedup=True)) == {0: (1, 0), 1: (0, 1), 2: (0, 1)}


def test_with_the_radius_everywhere_no_frame_is_seen_from_afar() -> None:
    assert _copies(_memory(1, radius_long_term=True)) == {0: (0, 6)}
    assert _copies(_memory(8, radius_long_term=True))[0] == (0, 1)
    assert _copies(_memory(1, radius_long_term=True, memory_dedup=True)) == {0: (0, 1)}


def test_an_annotated_frame_is_kept_until_its_objects_are_annotated_again() -> None:
    assert 3 in _copies(_memory(20, {3: {2}}))
    assert _copies(_memory(6, {3: {2}}))[3] == (1, 1)
    assert set(_copies(_memory(20, {3: {2}, 9: {2}}))) == {0, 9, *range(15, 20)}
    assert set(_copies(_memory(20, {3: {2, 4}, 9: {2}}))) == {0, 3, 9, *range(15, 20)}


def test_the_number_of_frames_does_not_grow_with_annotations() -> None:
    often = _memory(200, {time: {1 + time % 3} for time in range(1, 200)})
    assert len(often.recall()) <= 3 + 5


def test_what_was_unknown_is_zero_in_older_frames() -> None:
    memory = _memory(2)
    memory.add(torch.zeros(1, 2, 3), torch.ones(2, 4), [7])
    for source in memory.recall():
        assert source.labels.shape == (2, 4)
        assert source.labels[:, 1:].any() == bool(source.labels[:, 1:].all())
    assert sum(bool(source.labels[:, 1:].any()) for source in memory.recall()) == 1


def test_a_new_start_forgets_everything() -> None:
    memory = _memory(9, {4: {2}})
    memory.start(torch.zeros(1, 2, 3), torch.full((2, 1), 77), [1, 2])
    assert _copies(memory) == {77: (1, 5)}
