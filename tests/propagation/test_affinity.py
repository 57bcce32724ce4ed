from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from tests.propagation.made import drifting
from tests.reference import propagation as reference
from unitrack.propagation import affinity, strips
from unitrack.propagation.affinity import Source, propagate
from unitrack.propagation.config import PropagationConfig
from unitrack.propagation.memory import Memory

pytestmark = pytest.mark.usefixtures("one_thread")

SIZES = [(7, 11), (13, 5), (9, 24), (4, 8), (3, 3), (1, 1), (1, 30), (26, 2)]


def _walk(
    size: tuple[int, int], config: PropagationConfig, frames: int = 9, seed: int = 0
) -> float:
    """The largest difference from the reference over the frames of a video.

    In double precision: in single precision two sources that are equal to the last bit but one may
    change places at the end of the chosen ones. Both carry the reference's labels, so that
    differences do not add up.
    """
    video = [reference.unit(points) for points in drifting(size, frames, seed=seed)]
    labels = np.random.default_rng(seed).uniform(size=(size[0] * size[1], 4))
    known, memory = [(video[0], labels)], Memory(config)
    memory.start(_tensor(video[0]), _tensor(labels), [1])
    worst = 0.0
    for time, points in enumerate(video[1:], 1):
        copies = reference.memory_at(known, time, config.recent_frames, dedup=config.memory_dedup)
        expected = reference.propagate(
            points,
            copies,
            temperature=config.temperature,
            top_k=config.top_k,
            radius=config.radius_cells,
            radius_long_term=config.radius_long_term,
            norm=config.affinity_norm,
        )
        found = propagate(_tensor(points), memory.recall(), config)
        worst = max(worst, float(np.abs(found.numpy() - expected).max()))
        known.append((points, expected))
        memory.add(_tensor(points), _tensor(expected), [])
    return worst


def _tensor(values: np.ndarray, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.from_numpy(values).to(dtype)


def _scene(size: tuple[int, int], channels: int = 16, seed: int = 0) -> tuple[Tensor, list[Source]]:
    """A target and a full memory."""
    video = [_tensor(reference.unit(p), torch.float32) for p in drifting(size, 7, channels, seed)]
    labels = torch.rand(6, size[0] * size[1], 3, generator=torch.Generator().manual_seed(seed))
    return video[-1], [
        Source(points, known, int(n == 0), int(n > 0))
        for n, (points, known) in enumerate(zip(video, labels, strict=False))
    ]


@pytest.mark.parametrize("size", SIZES)
def test_propagation_equals_the_plain_reference(size: tuple[int, int]) -> None:
    assert _walk(size, PropagationConfig(radius_cells=4.0)) < 1e-5


CHOICES = list(itertools.product(["sources", "targets"], [False, True], [False, True]))


@pytest.mark.parametrize(("norm", "radius_long_term", "dedup"), CHOICES)
@pytest.mark.parametrize("size", [(6, 9), (2, 2)])
def test_every_combination_of_settings_equals_the_plain_reference(
    size: tuple[int, int], norm: Any, radius_long_term: bool, dedup: bool
) -> None:
    config = PropagationConfig(
        radius_cells=3.0,
        radius_long_term=radius_long_term,
        memory_dedup=dedup,
        affinity_norm=norm,
        # Not to give the weights of "targets", which are no mean, a scale that hides differences.
        temperature=0.2,
    )
    assert _walk(size, config) < 1e-9


@pytest.mark.parametrize(
    "values",
    [
        {"top_k": 1},
        {"top_k": 3},
        {"top_k": 500},
        {"recent_frames": 0},
        {"recent_frames": 1},
        {"recent_frames": 12},
        {"radius_cells": 0.5},
        {"radius_cells": 1.0},
        {"radius_cells": 2.5},
        {"radius_cells": 5.0},
        {"radius_cells": 1000.0},
        {"temperature": 1.0},
        {"temperature": 0.2},
    ],
)
@pytest.mark.parametrize("radius_long_term", [False, True])
def test_every_value_equals_the_plain_reference(
    values: dict[str, Any], radius_long_term: bool
) -> None:
    config = PropagationConfig(
        **{"radius_cells": 4.0, "radius_long_term": radius_long_term, **values}
    )
    assert _walk((5, 8), config) < 1e-9


@settings(max_examples=20, deadline=None)
@given(
    height=st.integers(1, 6),
    width=st.integers(1, 10),
    radius=st.floats(0.1, 8),
    top_k=st.integers(1, 15),
    recent=st.integers(0, 6),
    norm=st.sampled_from(["sources", "targets"]),
    seed=st.integers(0, 9),
)
def test_any_map_and_radius_equal_the_plain_reference(
    height: int, width: int, radius: float, top_k: int, recent: int, norm: Any, seed: int
) -> None:
    # A source that a single target may look at has the share 1, whatever it looks like: which of
    # several such are chosen is not defined.
    assume(norm == "sources" or (radius > 1 and height * width > 1))
    config = PropagationConfig(
        radius_cells=radius,
        top_k=top_k,
        recent_frames=recent,
        affinity_norm=norm,
        temperature=0.2,
    )
    assert _walk((height, width), config, frames=4, seed=seed) < 1e-9


def test_annotated_frames_equal_the_reference_with_two_long_term_sources() -> None:
    config = PropagationConfig(radius_cells=3.0)
    video = [reference.unit(points) for points in drifting((6, 8), 9)]
    rng = np.random.default_rng(1)
    known = [(points, rng.uniform(size=(48, 3))) for points in video]
    memory = Memory(config)
    memory.start(_tensor(known[0][0]), _tensor(known[0][1]), [1])
    for time in range(1, 9):
        copies = reference.memory_at(known, time, 5, annotated=(0, 3))
        expected = reference.propagate(video[time], copies, radius=3.0)
        found = propagate(_tensor(video[time]), memory.recall(), config)
        np.testing.assert_allclose(found.numpy(), expected, atol=1e-9)
        points, labels = (_tensor(part) for part in known[time])
        memory.add(points, labels, [2] if time == 3 else [])


@pytest.mark.parametrize("width", [1, 3, 64])
@pytest.mark.parametrize("norm", ["sources", "targets"])
def test_the_shape_of_strips_and_chunks_changes_nothing(
    width: int, norm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = PropagationConfig(radius_cells=5.0, affinity_norm=norm)
    query, sources = _scene((11, 19))
    expected = propagate(query, sources, config)
    monkeypatch.setattr(strips, "_WIDTH", width)
    monkeypatch.setattr(affinity, "_CHUNK", 700)
    torch.testing.assert_close(propagate(query, sources, config), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("norm", ["sources", "targets"])
def test_single_precision_is_within_a_hundred_thousandth_of_double(norm: Any) -> None:
    config = PropagationConfig(affinity_norm=norm)
    query, sources = _scene((24, 30), channels=64)
    precise = propagate(
        query.double(),
        [Source(s.points.double(), s.labels.double(), s.everywhere, s.nearby) for s in sources],
        config,
    )
    found = propagate(query, sources, config)
    torch.testing.assert_close(found.double(), precise, atol=1e-5, rtol=1e-5)


def test_at_the_second_frame_only_two_points_contribute() -> None:
    """Six copies of the first frame: the best point fills six of ten places, the next four."""
    query, sources = _scene((9, 9))
    everything = torch.eye(81)
    config = PropagationConfig()
    labels = propagate(query, [Source(sources[0].points, everything, 1, 5)], config)
    assert set((labels > 0).sum(1).tolist()) == {2}
    labels = propagate(query, [Source(sources[0].points, everything, 1, 0)], config)
    assert set((labels > 0).sum(1).tolist()) == {10}


def test_labels_are_means_of_labels_in_memory() -> None:
    query, sources = _scene((12, 16))
    shares = [Source(s.points, s.labels.softmax(1), s.everywhere, s.nearby) for s in sources]
    found = propagate(query, shares, PropagationConfig())
    torch.testing.assert_close(found.sum(1), torch.ones(12 * 16))
    assert found.min() >= 0


def test_a_frame_under_the_radius_cannot_be_seen_from_afar() -> None:
    points = torch.zeros(1, 30, 2)
    points[..., 0] = 1
    points[0, 0], points[0, 29] = torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0])
    labels = torch.arange(30.0)[:, None]
    config = PropagationConfig(top_k=1)
    near = propagate(points, [Source(points, labels, 0, 1)], config)
    assert (float(near[0]), float(near[29])) == (0, 29)
    # Cell 15 now looks like the cells 0 and 29, both of them farther away than the radius.
    moved = points.roll(15, dims=1)
    assert propagate(moved, [Source(points, labels, 1, 0)], config)[15] in (0, 29)
    assert propagate(moved, [Source(points, labels, 0, 1)], config)[15] not in (0, 29)
    edge = propagate(points, [Source(points.roll(12, dims=1), labels, 0, 1)], config)
    assert edge[0] != 12  # the radius is strict
    inside = propagate(points, [Source(points.roll(11, dims=1), labels, 0, 1)], config)
    assert inside[0] == 11


def test_the_same_input_gives_the_same_bytes() -> None:
    query, sources = _scene((20, 30))
    first = propagate(query, sources, PropagationConfig())
    for _ in range(3):
        assert torch.equal(propagate(query, sources, PropagationConfig()), first)


def test_what_is_remembered_is_not_changed() -> None:
    query, sources = _scene((10, 12))
    before = [(s.points.clone(), s.labels.clone()) for s in sources]
    kept = query.clone()
    propagate(query, sources, PropagationConfig(affinity_norm="targets"))
    assert torch.equal(query, kept)
    for source, (points, labels) in zip(sources, before, strict=True):
        assert torch.equal(source.points, points)
        assert torch.equal(source.labels, labels)


class _Largest(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes how many numbers the largest tensor has that any operation gives."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.numbers = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # hands on what any operation takes and gives
        del types
        result = func(*args, **(kwargs or {}))
        for one in result if isinstance(result, tuple | list) else [result]:
            if isinstance(one, Tensor):
                self.numbers = max(self.numbers, one.untyped_storage().nbytes() // 4)
        return result


@pytest.mark.parametrize("norm", ["sources", "targets"])
def test_no_affinity_of_all_targets_and_sources_is_ever_held(
    norm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, sources = _scene((40, 60), channels=4)
    cells = 40 * 60
    monkeypatch.setattr(affinity, "_CHUNK", 500_000)
    with _Largest() as largest:
        propagate(query, sources, PropagationConfig(affinity_norm=norm))
    assert largest.numbers < cells**2 / 2  # a twelfth of six such affinities
