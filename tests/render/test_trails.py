from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from unitrack.render.trails import Trails
from unitrack.types import BoxObservation, TrackedObject


def _at(identity: int, x: float, y: float = 0.0) -> TrackedObject:
    return TrackedObject(identity, BoxObservation((x - 1, y - 1, x + 1, y + 1)))


def test_a_trail_holds_the_centres_in_order() -> None:
    trails = Trails().after([_at(1, 5)]).after([_at(1, 6), _at(2, 0, 3)])
    assert trails.points == {1: ((5, 0), (6, 0)), 2: ((0, 3),)}


def test_extending_a_trail_leaves_the_earlier_one_as_it_was() -> None:
    before = Trails().after([_at(1, 5)])
    before.after([_at(1, 6)])
    assert before.points == {1: ((5, 0),)}


def test_an_identity_that_stays_away_for_long_is_forgotten() -> None:
    trails = Trails(patience=2).after([_at(1, 5)])
    assert 1 in trails.after([]).after([]).points
    assert 1 not in trails.after([]).after([]).after([]).points


@given(st.lists(st.lists(st.integers(1, 5), unique=True), max_size=40))
def test_trails_never_outgrow_their_bounds(present: list[list[int]]) -> None:
    trails = Trails(length=4, patience=3)
    for index, identities in enumerate(present):
        trails = trails.after([_at(identity, index) for identity in identities])
        recent = {i for frame in present[max(0, index - 3) : index + 1] for i in frame}
        assert set(trails.points) == recent
        assert all(len(points) <= 4 for points in trails.points.values())
