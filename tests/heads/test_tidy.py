from __future__ import annotations

from unitrack.heads.tidy import without_brief, without_unsure
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


def _scored(tracks: dict[int, list[float]]) -> SequenceResult:
    box = (0.0, 0.0, 20.0, 40.0)
    length = max(map(len, tracks.values()))
    return SequenceResult(
        "clip",
        tuple(
            tuple(
                TrackedObject(number, BoxObservation(box, scores[index]))
                for number, scores in tracks.items()
                if index < len(scores)
            )
            for index in range(length)
        ),
    )


def _ids(result: SequenceResult) -> set[int]:
    return {one.id for frame in result.frames for one in frame}


def test_a_long_track_that_the_detector_was_hardly_ever_sure_of_is_taken_out() -> None:
    # The lowest quarter of the 38 scores is below 0.7, and 7 of 8 of the third track's are.
    tracks = {1: [0.7] * 10, 2: [0.9] * 20, 3: [0.1] * 7 + [0.9]}
    assert _ids(without_unsure(_scored(tracks), 8)) == {1, 2}
    assert _ids(without_unsure(_scored(tracks), 9)) == {1, 2, 3}, "too brief to be judged"


def test_a_track_that_is_often_seen_well_stays() -> None:
    tracks = {1: [0.7] * 10, 2: [0.9] * 20, 3: [0.1] * 5 + [0.9] * 3}
    assert _ids(without_unsure(_scored(tracks), 2)) == {1, 2, 3}


def test_where_all_scores_are_equal_nothing_is_unsure() -> None:
    same = _scored({1: [1.0] * 5, 2: [1.0] * 5})
    assert without_unsure(same, 2) == same
    nothing = SequenceResult("clip", ((), ()))
    assert without_unsure(nothing, 2) == nothing
