from __future__ import annotations

import torch

from unitrack.association.memory import Memory, recall, remember


def _look(value: float, points: int = 2) -> torch.Tensor:
    return torch.full((points, 3), value)


def test_last_keeps_the_newest_look() -> None:
    memory = remember((_look(1.0),), _look(5.0), "last", 3)
    torch.testing.assert_close(memory, (_look(5.0),))


def test_smooth_keeps_nine_tenths_of_the_past() -> None:
    memory = remember((_look(1.0),), _look(2.0), "smooth", 3)
    torch.testing.assert_close(memory, (_look(1.1),))


def test_smooth_keeps_the_past_when_the_number_of_points_changes() -> None:
    memory = remember((_look(1.0),), _look(2.0, points=4), "smooth", 3)
    torch.testing.assert_close(memory, (_look(1.0),))


def test_both_keeps_the_average_and_the_newest_look() -> None:
    memory = remember((), _look(1.0), "both", 3)
    torch.testing.assert_close(memory, (_look(1.0), _look(1.0)))
    memory = remember(memory, _look(2.0), "both", 3)
    torch.testing.assert_close(memory, (_look(1.1), _look(2.0)))
    memory = remember(memory, _look(3.0, points=4), "both", 3)
    torch.testing.assert_close(memory, (_look(1.1), _look(3.0, points=4)))


def test_pool_keeps_the_last_few_looks() -> None:
    memory: Memory = ()
    for value in range(5):
        memory = remember(memory, _look(float(value)), "pool", 3)
    assert [part[0, 0].item() for part in memory] == [2.0, 3.0, 4.0]


def test_a_look_does_not_keep_the_whole_frame_alive() -> None:
    frame = torch.zeros(100, 3)
    (kept,) = remember((), frame[4:6], "last", 1)
    assert kept.untyped_storage().nbytes() == 2 * 3 * 4


def test_memories_are_recalled_as_ragged_objects() -> None:
    objects = recall([(_look(1.0), _look(2.0, 3)), (_look(3.0),)])
    assert objects.counts == (5, 2)
    assert objects.points[:, 0].tolist() == [1, 1, 2, 2, 2, 3, 3]
