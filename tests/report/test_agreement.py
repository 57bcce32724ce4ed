from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.reference import agreement as reference
from unitrack.data.base import Truth
from unitrack.report.agreement import agreement
from unitrack.types import (
    XYXY,
    BoxObservation,
    MaskObservation,
    Observation,
    PoseObservation,
    SequenceResult,
    TrackedObject,
    TruthObject,
)

Pairs = Sequence[Sequence[tuple[int, Observation]]]


def made(true: Pairs, found: Pairs) -> tuple[Truth, SequenceResult]:
    truth = tuple(tuple(TruthObject(i, o) for i, o in frame) for frame in true)
    frames = tuple(tuple(TrackedObject(i, o) for i, o in frame) for frame in found)
    return truth, SequenceResult("s", frames)


def box(left: float) -> BoxObservation:
    return BoxObservation((left, 0.0, left + 10.0, 10.0))


def test_a_swap_of_identities_costs_the_frames_of_the_shorter_side() -> None:
    """Identity 7 follows 1 in two frames of three, so the third is lost for both."""
    true = [[(1, box(0)), (2, box(50))]] * 3
    found = [[(7, box(0)), (8, box(50))]] * 2 + [[(8, box(0)), (7, box(50))]]
    got = agreement(*made(true, found))
    assert got.frames.tolist() == [1.0, 1.0, 0.0]
    assert got.names == {7: 1, 8: 2}


def test_overlap_of_a_box_that_is_half_off() -> None:
    got = agreement(*made([[(1, box(0))]], [[(3, box(5))]]))
    assert got.frames.tolist() == [pytest.approx(1 / 3)]


def test_frames_where_nothing_counts_have_no_value() -> None:
    truth: Truth = ((), (TruthObject(1, box(0), counted=False),), (TruthObject(1, box(0)),))
    got = agreement(truth, SequenceResult("s", ((TrackedObject(1, box(0)),),) * 2 + ((),)))
    assert np.isnan(got.frames[:2]).all()
    assert got.frames[2] == 0
    assert got.names == {}


def _mask(rng: np.random.Generator) -> MaskObservation:
    values: NDArray[np.bool_] = rng.random((6, 7)) < 0.5
    return MaskObservation.of(values)


def _pose(rng: np.random.Generator) -> PoseObservation:
    xy = tuple((float(x), float(y)) for x, y in rng.uniform(0, 6, (15, 2)))
    return PoseObservation(xy, tuple(bool(seen) for seen in rng.random(15) < 0.8))


def _box(rng: np.random.Generator) -> BoxObservation:
    left, top = rng.uniform(0, 8, 2).tolist()
    corners: XYXY = (left, top, left + float(rng.uniform(0, 9)), top + float(rng.uniform(0, 9)))
    return BoxObservation(corners)


@pytest.mark.parametrize("kind", [_box, _mask, _pose])
@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_trying_every_assignment_gives(kind: object, seed: int) -> None:
    assert callable(kind)
    rng = np.random.default_rng(seed)

    def frame(most: int) -> list[tuple[int, Observation]]:
        ids = rng.permutation(most)[: rng.integers(0, most + 1)].tolist()
        return [(identity + 1, kind(rng)) for identity in ids]

    truth, result = made([frame(3) for _ in range(5)], [frame(4) for _ in range(5)])
    got = agreement(truth, result).frames
    assert np.allclose(got, reference.frames(truth, result), atol=1e-12, equal_nan=True)
