from __future__ import annotations

from unitrack.heads.tidy import without_brief
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
