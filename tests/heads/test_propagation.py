"""The template of propagation heads: targets in, objects with their identities out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from unitrack.errors import UniTrackError
from unitrack.heads.base import Crops
from unitrack.heads.propagation import PropagationHead
from unitrack.propagation.base import Look
from unitrack.testing.scenes import Scene, embed, observed
from unitrack.types import Observation, SequenceInfo, Target


class Still:
    """Objects stay where they were given."""

    def __init__(self, sequence: SequenceInfo) -> None:
        self.name = sequence.name
        self.known: dict[int, Observation] = {}
        self.shapes: list[tuple[int, ...]] = []

    def step(self, look: Look, given: Mapping[int, Observation]) -> Mapping[int, Observation]:
        height, width = look.size
        windows = np.array([[0.0, 0.0, width, height]] * 2)
        self.shapes.append(tuple(look.crops(windows, 32).data.shape))
        self.known |= given
        return self.known


SCENE = Scene(stage="propagation")
HEAD = PropagationHead(needs=Crops(), begin=Still)


def test_targets_are_followed_under_their_identities() -> None:
    tracker = HEAD.start(SCENE.info, embed)
    frames = SCENE.frames()
    target = Target(7, SCENE.truth[0][0].observation)
    (first,) = tracker.step(next(frames), None, [target])
    (second,) = tracker.step(next(frames), None, [])
    assert first.id == second.id == 7
    assert second.observation == target.observation


def test_detections_without_identities_are_refused() -> None:
    tracker = HEAD.start(SCENE.info, embed)
    with pytest.raises(UniTrackError, match="without identities"):
        tracker.step(next(SCENE.frames()), None, observed(SCENE)[0])


class Refusing:
    """Refuses what it is given."""

    def __init__(self, sequence: SequenceInfo) -> None:
        del sequence

    def step(self, look: Look, given: Mapping[int, Observation]) -> Mapping[int, Observation]:
        del look
        if given:
            raise UniTrackError(f"object {min(given)}", "cannot be followed", "Leave it out.")
        return {}


def test_a_refusal_names_the_sequence_and_the_frame() -> None:
    tracker = PropagationHead(needs=Crops(), begin=Refusing).start(SCENE.info, embed)
    frames = SCENE.frames()
    tracker.step(next(frames), None, [])
    with pytest.raises(UniTrackError) as caught:
        tracker.step(next(frames), None, [Target(7, SCENE.truth[0][0].observation)])
    assert caught.value.where == "made-up: frame 000002: object 7"
    assert (caught.value.what, caught.value.mend) == ("cannot be followed", "Leave it out.")
