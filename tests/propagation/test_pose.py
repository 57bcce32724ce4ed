from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from tests.propagation.made import drifting, grid, look
from tests.reference import labels as plain
from tests.reference import propagation as reference
from unitrack.errors import UniTrackError
from unitrack.propagation.config import Belief, PropagationConfig
from unitrack.propagation.pose import PosePropagator, beliefs, joints
from unitrack.types import BoxObservation, Observation, PoseObservation

pytestmark = pytest.mark.usefixtures("one_thread")

SIZE, CELLS = (48, 80), (8, 12)  # stretched to 64 x 96
CONFIG = PropagationConfig(radius_cells=4.0)
GRID = grid(SIZE, CELLS)


def _pose(seed: int = 0, count: int = 6, **values: Any) -> PoseObservation:
    rng = np.random.default_rng(seed)
    xy = tuple((x, y) for x, y in rng.uniform((0, 0), (SIZE[1], SIZE[0]), (count, 2)).tolist())
    return PoseObservation(xy, (True,) * count, skeleton="jhmdb15", **values)


def _at(*places: tuple[float, float]) -> PoseObservation:
    """Joints by their cell coordinates."""
    xy = GRID.cells_to_indices(np.array(places, float))
    return PoseObservation(tuple((x, y) for x, y in xy.tolist()), (True,) * len(places))


def _places(pose: Observation) -> np.ndarray:
    assert isinstance(pose, PoseObservation)
    return np.array(pose.xy)


def _peak(belief: np.ndarray) -> tuple[int, int]:
    """Row and column of the strongest cell."""
    row, column = divmod(int(belief.argmax()), CELLS[1])
    return row, column


@pytest.mark.parametrize("style", ["exact", "authors"])
def test_poses_equal_the_plain_reference_with_its_background_label(style: Belief) -> None:
    draw = plain.exact_belief if style == "exact" else plain.authors_belief
    video = [reference.unit(points) for points in drifting(CELLS, 9)]
    pose = _pose()
    places = np.array(pose.xy) * (CELLS[1] / SIZE[1], CELLS[0] / SIZE[0])
    drawn = np.stack([draw(x, y, CELLS, 0.5).ravel() for x, y in places], 1)
    background = (drawn.sum(1, keepdims=True) == 0).astype(float)
    known = [(video[0], np.hstack([background, drawn]))]
    propagator = PosePropagator(CONFIG, belief=style)
    assert propagator.step(look(SIZE, video[0]), {1: pose}) == {1: pose}
    for time, points in enumerate(video[1:], 1):
        labels = reference.propagate(
            points, reference.memory_at(known, time, 5), radius=CONFIG.radius_cells
        )
        known.append((points, labels))
        expected = np.array([plain.top_three(one.reshape(CELLS)) for one in labels.T[1:]])
        found = _places(propagator.step(look(SIZE, points), {})[1])
        np.testing.assert_allclose(found, expected * (SIZE[1] / CELLS[1], SIZE[0] / CELLS[0]))


@pytest.mark.parametrize("sigma", [0.5, 0.8, 1.7])
@pytest.mark.parametrize("style", ["exact", "authors"])
def test_beliefs_equal_the_reference_also_at_the_edges_and_outside(
    style: Belief, sigma: float
) -> None:
    draw = plain.exact_belief if style == "exact" else plain.authors_belief
    rng = np.random.default_rng(0)
    places = [*rng.uniform(-8, 20, (60, 2)).tolist(), [0.0, 0.0], [11.5, 7.5], [1.5, 0.5], [90, 3]]
    pose = _at(*((x, y) for x, y in places))
    found = beliefs(pose, GRID, sigma / np.ptp(places, axis=0).max(), style)
    for column, (x, y) in enumerate(places):
        expected = draw(x, y, CELLS, sigma)
        np.testing.assert_allclose(found[:, column].reshape(CELLS), expected, atol=1e-9)


def test_the_size_of_the_body_counts_above_half_a_cell() -> None:
    pose = _at((0.0, 2.0), (10.0, 6.0))
    assert np.count_nonzero(beliefs(pose, GRID, 0.01, "exact")[:, 1]) == 9
    wide = beliefs(pose, GRID, 0.1, "exact")[:, 1].reshape(CELLS)
    assert wide[6, 10] == 1
    assert wide[6, 9] == pytest.approx(np.exp(-0.5))


def test_the_authors_patch_is_lop_sided_and_off_at_the_left_edge() -> None:
    inside = beliefs(_at((5.0, 4.0)), GRID, 0.015, "authors").reshape(CELLS)
    assert np.nonzero(inside.any(0))[0].tolist() == [3, 4, 5, 6]
    assert _peak(inside) == (4, 5)
    edge = beliefs(_at((1.0, 4.0)), GRID, 0.015, "authors").reshape(CELLS)
    assert _peak(edge) == (4, 2)
    mended = beliefs(_at((1.0, 4.0)), GRID, 0.015, "exact").reshape(CELLS)
    assert _peak(mended) == (4, 1)


def test_a_joint_is_drawn_at_the_cell_that_sees_it_whatever_the_backbone() -> None:
    other = grid(SIZE, CELLS, anchor=7.5)
    (x, y) = other.cells_to_indices(np.array([[5.0, 4.0]]))[0]
    belief = beliefs(PoseObservation(((x, y),), (True,)), other, 0.01, "exact").reshape(CELLS)
    assert _peak(belief) == (4, 5)
    # As an index of the stretched picture: the middle of pixel 8 * 5 + 7.
    np.testing.assert_allclose((x * GRID.scale_x, y * GRID.scale_y), (47, 39))


def test_of_a_resnet_a_cell_lies_on_every_eighth_pixel() -> None:
    xy = np.array([[20.0, 30.0]])
    np.testing.assert_allclose(
        GRID.indices_to_cells(xy), xy * (CELLS[1] / SIZE[1], CELLS[0] / SIZE[0])
    )
    np.testing.assert_allclose(GRID.cells_to_indices(GRID.indices_to_cells(xy)), xy)


def test_readouts() -> None:
    belief = torch.zeros(96, 2)
    for cell, value in {13: 0.5, 14: 0.3, 25: 0.2, 80: 0.1}.items():
        belief[cell, 0] = value
    unit = grid((8, 12), CELLS)
    scale = 1 / np.array([unit.scale_x, unit.scale_y]) * 8
    for readout, cells, values in [
        ("argmax", [13], [0.5]),
        ("top3", [13, 14, 25], [0.5, 0.3, 0.2]),
        ("softargmax", [13, 14, 25, 80], [0.5, 0.3, 0.2, 0.1]),
    ]:
        xy, visible = joints(belief, unit, readout)  # type: ignore[arg-type]
        x = np.average([cell % 12 for cell in cells], weights=values)
        y = np.average([cell // 12 for cell in cells], weights=values)
        np.testing.assert_allclose(xy, [scale * (x, y), (-1, -1)])
        assert visible.tolist() == [True, False]


def test_equal_beliefs_are_read_in_the_order_of_the_cells() -> None:
    unit = grid((8, 12), CELLS)
    xy, _ = joints(torch.ones(96, 1), unit, "argmax")
    np.testing.assert_allclose(unit.indices_to_cells(xy), [[0, 0]], atol=1e-12)


def test_a_joint_that_is_not_visible_stays_so() -> None:
    pose = PoseObservation(((10.0, 10.0), (40.0, 20.0)), (False, True))
    propagator = PosePropagator(CONFIG)
    video = drifting(CELLS, 3)
    propagator.step(look(SIZE, video[0]), {1: pose})
    found = propagator.step(look(SIZE, video[1]), {})[1]
    assert isinstance(found, PoseObservation)
    assert found.visible == (False, True)
    assert found.xy[0] == (-1.0, -1.0)


def test_a_pose_without_any_visible_joint_is_never_seen() -> None:
    pose = PoseObservation(((10.0, 10.0), (40.0, 20.0)), (False, False))
    propagator = PosePropagator(CONFIG)
    video = drifting(CELLS, 3)
    assert propagator.step(look(SIZE, video[0]), {1: pose}) == {1: pose}
    for points in video[1:]:
        found = propagator.step(look(SIZE, points), {})[1]
        assert isinstance(found, PoseObservation)
        assert (found.xy, found.visible) == (((-1.0, -1.0),) * 2, (False, False))


def test_a_joint_far_outside_the_picture_is_not_visible_and_does_not_disturb() -> None:
    pose = PoseObservation(((-500.0, 10.0), (40.0, 20.0)), (True, True))
    propagator = PosePropagator(CONFIG)
    video = drifting(CELLS, 2)
    propagator.step(look(SIZE, video[0]), {1: pose})
    found = propagator.step(look(SIZE, video[1]), {})[1]
    assert isinstance(found, PoseObservation)
    assert found.visible == (False, True)


def test_several_poses_are_what_each_is_alone() -> None:
    video = drifting(CELLS, 6)
    poses = {2: _pose(1, label=3), 5: _pose(2, count=4)}
    together = PosePropagator(CONFIG)
    alone = {number: PosePropagator(CONFIG) for number in poses}
    for time, points in enumerate(video):
        given: dict[int, Observation] = dict(poses) if time == 0 else {}
        found = together.step(look(SIZE, points), given)
        assert list(found) == [2, 5]
        for number, propagator in alone.items():
            own = {number: poses[number]} if time == 0 else {}
            expected = propagator.step(look(SIZE, points), own)[number]
            np.testing.assert_allclose(_places(found[number]), _places(expected))
            assert (expected.label, found[number].label) == (poses[number].label,) * 2


def test_a_pose_that_is_given_later_joins_and_one_given_again_restarts() -> None:
    video = drifting(CELLS, 9, channels=32)
    propagator = PosePropagator(CONFIG)
    first, later, again = _pose(0), _pose(1), _pose(2)
    steps: dict[int, dict[int, Observation]] = {0: {4: first}, 2: {1: later}, 5: {4: again}}
    for time, points in enumerate(video):
        found = propagator.step(look(SIZE, points), steps.get(time, {}))
        assert list(found) == ([4] if time < 2 else [1, 4])
        assert steps.get(time, {}).items() <= found.items()
    moved = _places(found[4]) - np.array(again.xy)
    # Three frames on: three cells to the right, but for noise and the edge.
    inside = np.array(again.xy)[:, 0] < SIZE[1] - 4 * SIZE[1] / CELLS[1]
    np.testing.assert_allclose(
        np.median(moved[inside], 0), (3 * SIZE[1] / CELLS[1], 0), atol=SIZE[1] / CELLS[1]
    )


def test_when_all_poses_are_given_again_the_past_is_forgotten() -> None:
    video = drifting(CELLS, 6)
    propagator, fresh = PosePropagator(CONFIG), PosePropagator(CONFIG)
    for time, points in enumerate(video):
        given: dict[int, Observation] = {0: {1: _pose(0)}, 3: {1: _pose(1)}}.get(time, {})  # type: ignore[assignment]
        found = propagator.step(look(SIZE, points), given)
        if time >= 3:
            assert found == fresh.step(look(SIZE, points), given)


def test_nothing_is_followed_before_the_first_is_given() -> None:
    assert PosePropagator(CONFIG).step(look(SIZE, drifting(CELLS, 1)[0]), {}) == {}


def test_what_is_no_pose_or_has_other_joints_is_refused() -> None:
    propagator = PosePropagator(CONFIG)
    frame = look(SIZE, drifting(CELLS, 1)[0])
    with pytest.raises(UniTrackError, match="object 1: is given without a pose"):
        propagator.step(frame, {1: BoxObservation((0, 0, 5, 5))})
    propagator.step(frame, {1: _pose(count=6)})
    with pytest.raises(UniTrackError, match="has 5 joints, and had 6 before"):
        propagator.step(frame, {1: _pose(count=5)})
