from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.propagation.made import drifting, grid, look
from tests.reference import patches as plain
from tests.reference.propagation import unit
from unitrack.errors import UniTrackError
from unitrack.propagation.patches import PatchConfig, PatchPropagator, find, patches
from unitrack.testing.memory import reachable_bytes
from unitrack.types import BoxObservation, PoseObservation

pytestmark = pytest.mark.usefixtures("one_thread")

SIZE, CELLS = (48, 80), (8, 12)  # stretched to 64 x 96
GRID = grid(SIZE, CELLS)
CONFIG = PatchConfig(radius=2, sigma=1.3, first=0.7, reach=5.0)


def _at(places: Sequence[Sequence[float]], seen: Sequence[bool] | None = None) -> PoseObservation:
    """Joints by their cell coordinates."""
    xy = GRID.cells_to_indices(np.array(places, float))
    visible = (True,) * len(places) if seen is None else tuple(seen)
    return PoseObservation(tuple((x, y) for x, y in xy.tolist()), visible, skeleton="jhmdb15")


def _cells(pose: object) -> np.ndarray:
    assert isinstance(pose, PoseObservation)
    return GRID.indices_to_cells(np.array(pose.xy))


def _map(seed: int, cells: tuple[int, int] = CELLS) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(*cells, 6)))


@pytest.mark.parametrize("cells", [CELLS, (1, 1), (2, 5)])
def test_patches_equal_those_taken_place_by_place(cells: tuple[int, int]) -> None:
    features = _map(0, cells)
    places = np.random.default_rng(1).uniform(-3, 14, (9, 2))
    data = torch.from_numpy(features).permute(2, 0, 1)
    found = patches(data, torch.from_numpy(places), CONFIG)
    for one, (x, y) in zip(found, places, strict=True):
        expected = plain.patch(features, x, y, CONFIG.radius, CONFIG.sigma)
        np.testing.assert_allclose(one.permute(1, 2, 0).numpy(), expected, atol=1e-9)


@pytest.mark.parametrize("cells", [CELLS, (1, 1), (2, 5)])
def test_places_equal_those_of_a_search_place_by_place(cells: tuple[int, int]) -> None:
    features, rng = _map(0, cells), np.random.default_rng(2)
    wanted = rng.normal(size=(9, 5, 5, 6)) / 25
    before = rng.uniform(-1, 13, (9, 2))
    found = find(
        torch.from_numpy(wanted).permute(0, 3, 1, 2),
        torch.from_numpy(features).permute(2, 0, 1),
        torch.from_numpy(before),
        CONFIG,
    )
    for place, patch, (x, y) in zip(found.numpy(), wanted, before, strict=True):
        np.testing.assert_allclose(place, plain.find(patch, features, (x, y), CONFIG.reach))


def test_a_video_equals_the_plain_reference() -> None:
    video = [unit(points) for points in drifting(CELLS, 6)]
    places = [[2.2, 3.4], [5.0, 6.1], [9.7, 0.3]]
    propagator = PatchPropagator(CONFIG)
    propagator.step(look(SIZE, video[0]), {1: _at(places)})
    mean = video[0].reshape(-1, video[0].shape[2]).mean(0)
    centred = [unit(points - mean) for points in video]
    shape = CONFIG.radius, CONFIG.sigma
    first = [plain.patch(centred[0], x, y, *shape) for x, y in places]
    last, now = list(first), [np.array(place) for place in places]
    for points, seen in zip(video[1:], centred[1:], strict=True):
        for joint, one in enumerate(first):
            wanted = CONFIG.first * one + (1 - CONFIG.first) * last[joint]
            now[joint] = plain.find(wanted, seen, (now[joint][0], now[joint][1]), CONFIG.reach)
            last[joint] = plain.patch(seen, now[joint][0], now[joint][1], *shape)
        found = _cells(propagator.step(look(SIZE, points), {})[1])
        np.testing.assert_allclose(found, now, atol=1e-6)


def test_joints_move_with_the_scene_between_the_cells() -> None:
    rng = np.random.default_rng(0)
    coarse = torch.from_numpy(rng.normal(size=(1, 16, 6, 10)))
    fine = torch.nn.functional.interpolate(coarse, scale_factor=16, mode="bicubic")[0]
    propagator = PatchPropagator(PatchConfig())
    place = np.array([[6.0, 4.0], [4.0, 3.0]])
    for time in range(5):  # a quarter of a cell a frame
        shift = 40 - time
        view = fine[:, 8:40:4, shift : shift + 48 : 4].permute(1, 2, 0).numpy()
        given = {1: _at(place.tolist())} if time == 0 else {}
        found = _cells(propagator.step(look(SIZE, view), given)[1])
        np.testing.assert_allclose(found, place + np.array([time / 4, 0]), atol=0.15)


def test_a_joint_given_as_not_visible_stays_so() -> None:
    propagator = PatchPropagator(CONFIG)
    pose = _at([[2, 3], [5, 6]], [True, False])
    assert propagator.step(look(SIZE, _map(0)), {4: pose}) == {4: pose}
    found = propagator.step(look(SIZE, _map(0)), {})[4]
    assert isinstance(found, PoseObservation)
    assert list(found.visible) == [True, False]
    assert np.array(found.xy)[1].tolist() == [-1, -1]
    assert found.skeleton == "jhmdb15"


def test_nothing_is_followed_before_something_is_given() -> None:
    assert PatchPropagator(CONFIG).step(look(SIZE, _map(0)), {}) == {}


def test_people_are_followed_one_by_one_and_one_may_be_given_again() -> None:
    video = drifting(CELLS, 4, noise=0.1)
    one, other = _at([[1, 2], [3, 4]]), _at([[5, 2], [6, 5], [7, 6]])
    alone, both = PatchPropagator(CONFIG), PatchPropagator(CONFIG)
    alone.step(look(SIZE, video[0]), {2: one})
    both.step(look(SIZE, video[0]), {7: other, 2: one})
    for points in video[1:3]:
        found = both.step(look(SIZE, points), {})
        assert list(found) == [2, 7]
        assert found[2] == alone.step(look(SIZE, points), {})[2]
    again = _at([[2, 2], [2, 5], [3, 3]])
    found = both.step(look(SIZE, video[3]), {7: again})
    assert found[7] == again
    assert found[2] == alone.step(look(SIZE, video[3]), {})[2]


def test_all_given_again_is_a_fresh_start() -> None:
    video = drifting(CELLS, 4)
    used, fresh = PatchPropagator(CONFIG), PatchPropagator(CONFIG)
    used.step(look(SIZE, video[0]), {1: _at([[1, 2], [3, 4]])})
    pose = _at([[5, 2], [6, 5]])
    for propagator in (used, fresh):
        propagator.step(look(SIZE, video[1]), {1: pose})
    assert used.step(look(SIZE, video[2]), {}) == fresh.step(look(SIZE, video[2]), {})


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_cut_to_a_picture_without_features_has_defined_places(value: float) -> None:
    propagator = PatchPropagator(CONFIG)
    pose = _at([[2, 3], [5, 6]])
    propagator.step(look(SIZE, _map(0)), {1: pose})
    for _ in range(3):
        found = propagator.step(look(SIZE, np.full((*CELLS, 6), value)), {})[1]
        assert isinstance(found, PoseObservation)
        assert np.isfinite(found.xy).all()
        assert found.visible == (True, True)


def test_two_people_at_the_same_place_stay_together() -> None:
    propagator = PatchPropagator(CONFIG)
    pose = _at([[2, 3], [5, 6]])
    video = drifting(CELLS, 3)
    propagator.step(look(SIZE, video[0]), {1: pose, 2: pose})
    for points in video[1:]:
        found = propagator.step(look(SIZE, points), {})
        assert found[1] == found[2]


def test_joints_outside_the_picture_are_found_inside() -> None:
    propagator = PatchPropagator(CONFIG)
    propagator.step(look(SIZE, _map(0)), {1: _at([[-4, 30], [40, -9]])})
    found = _cells(propagator.step(look(SIZE, _map(0)), {})[1])
    assert (found >= -1e-9).all()
    assert (found <= (CELLS[1] - 1 + 1e-9, CELLS[0] - 1 + 1e-9)).all()


def test_memory_does_not_grow() -> None:
    propagator, sizes = PatchPropagator(CONFIG), []
    for time in range(12):
        propagator.step(look(SIZE, _map(time)), {} if time else {1: _at([[2, 3], [5, 6]])})
        sizes.append(reachable_bytes(propagator))
    assert max(sizes[2:]) == min(sizes[2:])


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (BoxObservation((0, 0, 1, 1)), "is given without a pose"),
        (_at([[1, 2]]), "has 1 joints, and had 2 before"),
    ],
)
def test_what_cannot_be_followed_is_refused(given: PoseObservation, what: str) -> None:
    propagator = PatchPropagator(replace(CONFIG))
    propagator.step(look(SIZE, _map(0)), {3: _at([[1, 2], [3, 4]])})
    with pytest.raises(UniTrackError, match=f"^object 3: {what}"):
        propagator.step(look(SIZE, _map(0)), {3: given})
