from __future__ import annotations

import numpy as np
import pytest

from unitrack.heads.tidy import fill_gaps, without_brief
from unitrack.types import BoxObservation, SequenceResult, TrackedObject

Frames = list[dict[int, float]]  # identity to left edge


def _result(frames: Frames) -> SequenceResult:
    return SequenceResult(
        "clip",
        tuple(
            tuple(
                TrackedObject(number, BoxObservation((x, 10.0, x + 20, 50.0), 0.5 + x / 1000))
                for number, x in frame.items()
            )
            for frame in frames
        ),
    )


def _edges(result: SequenceResult) -> Frames:
    return [{one.id: one.observation.box[0] for one in frame} for frame in result.frames]


def test_brief_tracks_are_taken_out_and_the_others_left_alone() -> None:
    frames: Frames = [{1: 0, 2: 50}, {1: 1}, {1: 2, 3: 90}, {3: 91}]
    assert _edges(without_brief(_result(frames), 2)) == [{1: 0}, {1: 1}, {1: 2, 3: 90}, {3: 91}]
    assert without_brief(_result(frames), 1) == _result(frames)
    assert _edges(without_brief(_result(frames), 9)) == [{}] * 4
    assert without_brief(_result([]), 2) == _result([])


def test_boxes_between_two_sightings_lie_on_the_straight_way() -> None:
    frames: Frames = [{1: 0}, {2: 7}, {2: 8}, {1: 30}]
    filled = fill_gaps(_result(frames), 2)
    assert _edges(filled) == [{1: 0}, {1: 10, 2: 7}, {1: 20, 2: 8}, {1: 30}]
    assert [one.id for one in filled.frames[1]] == [1, 2]
    assert filled.frames[1][0].observation.score == 0.5, "the lower of the two"


@pytest.mark.parametrize(("longest", "filled"), [(1, False), (2, True)])
def test_only_gaps_of_the_given_length_are_filled(longest: int, *, filled: bool) -> None:
    edges = _edges(fill_gaps(_result([{1: 0}, {}, {}, {1: 30}]), longest))
    assert (edges[1] == {1: 10}) == filled


def test_tracks_without_gaps_stay_as_they_are() -> None:
    rng = np.random.default_rng(0)
    frames = [{number: float(rng.uniform(0, 99)) for number in (1, 2)} for _ in range(5)]
    assert fill_gaps(_result(frames), 10) == _result(frames)
