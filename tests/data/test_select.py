from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unitrack.data.select import expand, select, subsample, whole
from unitrack.types import (
    BoxObservation,
    Frame,
    Observation,
    SequenceResult,
    TrackedObject,
    TruthObject,
)


def box(number: int) -> BoxObservation:
    return BoxObservation((number, 0, number + 1, 1))


@dataclass
class Made:
    """A sequence whose frames, truth and observations say where they come from."""

    length: int = 10
    annotated: bool = True
    name: str = "made"
    fps: float = 30.0
    size: tuple[int, int] = (1, 1)

    @property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...] | None:
        known = tuple((TruthObject(1, box(index)),) for index in range(self.length))
        return known if self.annotated else None

    def frames(self) -> Iterator[Frame]:
        for index in range(self.length):
            yield Frame(index, str(index + 1), np.zeros((1, 1, 3), np.uint8))

    def observations(self, source: str) -> tuple[tuple[Observation, ...], ...]:
        assert source == "benchmark"
        return tuple((box(index),) for index in range(self.length))

    def fingerprint(self, source: str) -> str:
        return source


def result_of(length: int) -> SequenceResult:
    frames = tuple((TrackedObject(1, box(index)),) for index in range(length))
    return SequenceResult("made", frames, {"decode": 1.0})


def test_every_nth_frame_is_kept_and_then_the_first_of_them() -> None:
    cut = select(Made(), stride=3, limit=2)
    assert [(frame.index, frame.name) for frame in cut.frames()] == [(0, "1"), (1, "4")]
    assert cut.length == 2


def test_truth_and_observations_are_cut_as_frames_are() -> None:
    cut = select(Made(), stride=3, limit=None)
    kept = [0, 3, 6, 9]
    assert cut.truth is not None
    assert [known.observation.box[0] for (known,) in cut.truth] == kept
    assert [seen.box[0] for (seen,) in cut.observations("benchmark")] == kept


def test_the_rate_is_divided_and_the_rest_is_kept() -> None:
    cut = select(Made(), stride=3, limit=2)
    assert (cut.name, cut.fps, cut.size) == ("made", 10.0, (1, 1))


def test_absent_truth_stays_absent() -> None:
    assert select(Made(annotated=False), stride=2).truth is None


def test_a_limit_beyond_the_end_changes_nothing() -> None:
    assert select(Made(), limit=99).length == 10


def test_frames_can_be_asked_for_again() -> None:
    cut = select(Made(), stride=2)
    first, second = cut.frames(), cut.frames()
    assert next(first).name == next(second).name == "1"


def test_nothing_is_wrapped_when_nothing_is_cut() -> None:
    made = Made()
    assert select(made) is made
    assert whole(made) is made


def test_the_whole_sequence_is_behind_the_cut_one() -> None:
    made = Made()
    assert whole(select(made, stride=2)) is made


def test_the_fingerprint_holds_stride_and_limit() -> None:
    cuts = [(1, 5), (2, None), (2, 5), (25, None)]
    prints = {select(Made(), stride=n, limit=limit).fingerprint("benchmark") for n, limit in cuts}
    assert len(prints) == len(cuts)
    assert all(len(bytes.fromhex(digest)) == 32 for digest in prints)


@given(
    length=st.integers(1, 20),
    stride=st.integers(1, 7),
    limit=st.none() | st.integers(1, 25),
)
def test_expanding_and_cutting_again_is_the_identity(
    length: int, stride: int, limit: int | None
) -> None:
    cut = select(Made(length), stride=stride, limit=limit)
    result = result_of(cut.length)
    grown = expand(result, stride=stride, length=length)
    assert len(grown.frames) == length
    assert subsample(grown, stride=stride, length=cut.length) == result


def test_frames_between_are_empty() -> None:
    grown = expand(result_of(2), stride=2, length=5)
    assert [len(objects) for objects in grown.frames] == [1, 0, 1, 0, 0]


@pytest.mark.parametrize(("stride", "limit"), [(1, 3), (4, None), (4, 1)])
def test_the_length_is_that_of_the_frames(stride: int, limit: int | None) -> None:
    cut = select(Made(), stride=stride, limit=limit)
    truth = cut.truth
    assert truth is not None
    assert cut.length == len(list(cut.frames())) == len(truth)
