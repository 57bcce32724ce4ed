from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate, one_hot

from tests.propagation.made import MadeLook, drifting, look
from tests.reference import edges as edges_reference
from tests.reference import labels as plain
from tests.reference import propagation as reference
from unitrack.errors import UniTrackError
from unitrack.propagation.config import PropagationConfig
from unitrack.propagation.edges import STEP
from unitrack.propagation.mask import MaskPropagator, _to_cells
from unitrack.types import BoxObservation, MaskObservation, Observation, PoseObservation

pytestmark = pytest.mark.usefixtures("one_thread")

SIZE, CELLS = (40, 62), (5, 8)  # pixels, and cells that do not divide them
CONFIG = PropagationConfig(radius_cells=3.0)


def _picture(size: tuple[int, int] = SIZE) -> NDArray[np.int64]:
    """Two objects, ids 3 and 7, on a background."""
    painted = np.zeros(size, np.int64)
    painted[6:22, 10:30] = 3
    painted[18:36, 25:50] = 7
    return painted


def _given(painted: NDArray[np.int64], **values: Any) -> dict[int, Observation]:
    return {int(n): MaskObservation.of(painted == n, **values) for n in np.unique(painted) if n}


def _painted(found: Mapping[int, Observation], size: tuple[int, int] = SIZE) -> NDArray[np.int64]:
    painted = np.zeros(size, np.int64)
    for number, seen in found.items():
        assert isinstance(seen, MaskObservation)
        assert not painted[seen.mask].any()
        painted[seen.mask] = number
    return painted


def _reference(
    video: list[NDArray[np.float64]],
    painted: NDArray[np.int64],
    later: dict[int, NDArray[np.int64]],
    config: PropagationConfig,
) -> list[NDArray[np.int64]]:
    """Ids of the pixels of every frame, with dense affinities and masks as matrices.

    ``later`` gives pixels of new objects in later frames; these have larger ids.
    """
    ids = [0, *(int(n) for n in np.unique(painted) if n)]
    labels = _soft(painted, ids)
    known, found = [(video[0], labels)], [painted]
    annotated: tuple[int, ...] = (0,)
    for time, points in enumerate(video[1:], 1):
        copies = reference.memory_at(
            known, time, config.recent_frames, annotated, dedup=config.memory_dedup
        )
        labels = reference.propagate(
            points,
            copies,
            top_k=config.top_k,
            radius=config.radius_cells,
            radius_long_term=config.radius_long_term,
            norm=config.affinity_norm,
        )
        pixels = np.array(ids)[plain.masks(labels, CELLS, SIZE)]
        if time in later:
            ids += [int(n) for n in np.unique(later[time]) if n]
            shares = _soft(later[time], ids)
            known = [(p, np.pad(z, ((0, 0), (0, len(ids) - z.shape[1])))) for p, z in known]
            labels = np.pad(labels, ((0, 0), (0, len(ids) - labels.shape[1]))) * shares[:, :1]
            labels[:, 1:] += shares[:, 1:]
            pixels = np.where(later[time] > 0, later[time], pixels)
            annotated = (*annotated, time)
        known.append((points, labels))
        found.append(pixels)
    return found


def _soft(painted: NDArray[np.int64], ids: list[int]) -> NDArray[np.float64]:
    """Labels of the cells, ``(h * w, K)``: each mask by itself, resampled pixel by pixel."""
    maps = [plain.bilinear((painted == n).astype(float), CELLS).ravel() for n in ids]
    return np.stack(maps, 1)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"radius_long_term": True},
        {"memory_dedup": True},
        {"affinity_norm": "targets"},
        {"top_k": 2, "recent_frames": 2},
    ],
)
def test_masks_equal_the_plain_reference_pixel_by_pixel(values: dict[str, Any]) -> None:
    config = PropagationConfig(**{"radius_cells": 3.0, **values})
    video = drifting(CELLS, 9)
    painted = _picture()
    expected = _reference([reference.unit(p) for p in video], painted, {}, config)
    propagator = MaskPropagator(config)
    for time, points in enumerate(video):
        found = propagator.step(look(SIZE, points), _given(painted) if time == 0 else {})
        np.testing.assert_array_equal(_painted(found), expected[time], err_msg=str(time))


def test_an_object_that_is_given_later_joins_the_others() -> None:
    video = drifting(CELLS, 9)
    new = np.zeros(SIZE, np.int64)
    new[4:30, 40:58] = 9
    expected = _reference([reference.unit(p) for p in video], _picture(), {3: new}, CONFIG)
    propagator = MaskPropagator(CONFIG)
    for time, points in enumerate(video):
        given = {0: _given(_picture()), 3: _given(new)}.get(time, {})
        found = propagator.step(look(SIZE, points), given)
        np.testing.assert_array_equal(_painted(found), expected[time], err_msg=str(time))
        assert list(found) == ([3, 7] if time < 3 else [3, 7, 9])


def test_an_object_of_a_smaller_id_can_come_later() -> None:
    video = drifting(CELLS, 5)
    propagator = MaskPropagator(CONFIG)
    propagator.step(look(SIZE, video[0]), _given(_picture()))
    new = np.zeros(SIZE, np.int64)
    new[0:12, 44:60] = 1
    assert list(propagator.step(look(SIZE, video[1]), _given(new))) == [1, 3, 7]
    assert list(propagator.step(look(SIZE, video[2]), {})) == [1, 3, 7]


def test_when_all_objects_are_given_again_the_past_is_forgotten() -> None:
    video = drifting(CELLS, 8)
    propagator, fresh = MaskPropagator(CONFIG), MaskPropagator(CONFIG)
    moved = np.roll(_picture(), 8, axis=1)
    for time, points in enumerate(video):
        given = {0: _given(_picture()), 4: _given(moved)}.get(time, {})
        found = propagator.step(look(SIZE, points), given)
        if time >= 4:
            assert found == fresh.step(look(SIZE, points), given)


def test_an_object_that_is_given_again_loses_its_old_place() -> None:
    video = drifting(CELLS, 3)
    propagator = MaskPropagator(CONFIG)
    propagator.step(look(SIZE, video[0]), _given(_picture()))
    elsewhere = np.zeros(SIZE, np.int64)
    elsewhere[30:38, 2:10] = 3
    given = _given(elsewhere)
    found = propagator.step(look(SIZE, video[1]), given)
    assert found[3] == given[3]
    assert np.array_equal(_painted(found) == 3, elsewhere == 3)


def test_what_is_given_is_returned_as_it_is() -> None:
    given = _given(_picture(), score=0.25, label=4)
    propagator = MaskPropagator(CONFIG)
    assert propagator.step(look(SIZE, drifting(CELLS, 1)[0]), given) == given
    after = propagator.step(look(SIZE, drifting(CELLS, 1)[0]), {})
    assert [seen.label for seen in after.values()] == [4, 4]


def test_in_a_still_video_a_mask_only_loses_its_corners() -> None:
    size, cells = (64, 96), (8, 12)
    painted = np.zeros(size, np.int64)
    painted[16:48, 24:72] = 5
    points = drifting(cells, 1, channels=64)[0]
    propagator = MaskPropagator(PropagationConfig(top_k=1))
    propagator.step(look(size, points), _given(painted))
    for _ in range(7):
        found = propagator.step(look(size, points), {})
    lost = np.argwhere(_painted(found, size) != painted)
    corners = np.array([(16, 24), (16, 71), (47, 24), (47, 71)])
    assert np.abs(lost[:, None] - corners).max(2).min(1).max() <= 2


def test_labels_of_the_cells_are_the_frameworks_bilinear_resampling() -> None:
    painted = np.random.default_rng(0).integers(0, 4, (37, 61))
    for cells in [(5, 8), (37, 61), (1, 1), (50, 70), (4, 61)]:
        full = one_hot(torch.from_numpy(painted), 4).permute(2, 0, 1)[None].double()
        expected = interpolate(full, cells, mode="bilinear", align_corners=False)
        found = _to_cells(painted, cells, 4)
        torch.testing.assert_close(found, expected[0].flatten(1).T)


def test_at_stride_8_a_cell_is_the_mean_of_the_four_pixels_in_its_middle() -> None:
    painted = np.random.default_rng(0).integers(0, 2, (24, 40))
    middle = painted.reshape(3, 8, 5, 8)[:, 3:5, :, 3:5].mean((1, 3))
    np.testing.assert_array_equal(_to_cells(painted, (3, 5), 2)[:, 1].reshape(3, 5), middle)


def test_norm_mask_stretches_each_cell_before_the_output_only() -> None:
    video = drifting(CELLS, 4)
    ordinary, stretched = MaskPropagator(CONFIG), MaskPropagator(CONFIG, norm_mask=True)
    known = [(reference.unit(video[0]), _soft(_picture(), [0, 3, 7]))]
    for time, points in enumerate(video):
        given = _given(_picture()) if time == 0 else {}
        first, second = (one.step(look(SIZE, points), given) for one in (ordinary, stretched))
        if time == 0:
            continue
        labels = reference.propagate(
            reference.unit(points), reference.memory_at(known, time, 5), radius=3.0
        )
        known.append((reference.unit(points), labels))
        wide = labels - labels.min(1, keepdims=True)
        wide /= wide.max(1, keepdims=True)
        np.testing.assert_array_equal(
            _painted(second), np.array([0, 3, 7])[plain.masks(wide, CELLS, SIZE)]
        )
    assert first != second


def test_edges_of_the_picture_shape_the_output_and_not_the_memory() -> None:
    video = [reference.unit(points) for points in drifting(CELLS, 3)]
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (3, *SIZE, 3), np.uint8)
    painted = _picture()
    propagator = MaskPropagator(CONFIG, edge_radius=8, edge_epsilon=1e-2)
    propagator.step(look(SIZE, video[0]), _given(painted))
    known = [(video[0], _soft(painted, [0, 3, 7]))]
    for time in (1, 2):
        seen = MadeLook(SIZE, look(SIZE, video[time]).features, pictures[time])
        found = _painted(propagator.step(seen, {}))
        labels = reference.propagate(
            video[time], reference.memory_at(known, time, 5), radius=CONFIG.radius_cells
        )
        known.append((video[time], labels))
        maps = labels.T.reshape(-1, *CELLS)
        fine = edges_reference.follow_edges(maps, pictures[time], 8, 1e-2, STEP)
        np.testing.assert_array_equal(found, np.array([0, 3, 7])[fine.argmax(0)])


def test_two_objects_that_look_alike_keep_apart_after_a_cut() -> None:
    """Every cell of the new shot looks the same, as everything in a black picture does."""
    propagator = MaskPropagator(CONFIG, edge_radius=8)
    propagator.step(look(SIZE, drifting(CELLS, 1)[0]), _given(_picture()))
    for value in (0.0, 1.0, 1.0):
        flat = look(SIZE, np.full((*CELLS, 8), value)).features
        found = propagator.step(MadeLook(SIZE, flat, np.zeros((*SIZE, 3), np.uint8)), {})
        assert list(found) == [3, 7]
        _painted(found)  # no pixel is in two masks


def test_compact_ids_are_ranks() -> None:
    propagator = MaskPropagator(CONFIG, compact_ids=True)
    given = _given(_picture())
    found = propagator.step(look(SIZE, drifting(CELLS, 1)[0]), given)
    assert list(found.items()) == [(1, given[3]), (2, given[7])]
    assert list(propagator.step(look(SIZE, drifting(CELLS, 1)[0]), {})) == [1, 2]


def test_nothing_is_followed_before_the_first_is_given() -> None:
    propagator = MaskPropagator(CONFIG)
    video = drifting(CELLS, 3)
    assert propagator.step(look(SIZE, video[0]), {}) == {}
    given = _given(_picture())
    assert propagator.step(look(SIZE, video[1]), given) == given
    assert list(propagator.step(look(SIZE, video[2]), {})) == [3, 7]


def test_an_object_without_pixels_stays_with_an_empty_mask() -> None:
    painted = np.zeros(SIZE, np.int64)
    painted[0, 0] = 2  # no cell's label takes notice of it
    painted[10:30, 10:30] = 1
    propagator = MaskPropagator(CONFIG)
    propagator.step(look(SIZE, drifting(CELLS, 1)[0]), _given(painted))
    found = propagator.step(look(SIZE, drifting(CELLS, 1)[0]), {})
    assert list(found) == [1, 2]
    assert isinstance(found[2], MaskObservation)
    assert found[2].area == 0


BAD: dict[str, tuple[int, Observation, str]] = {
    "an id above 254": (255, MaskObservation.of(np.ones(SIZE, bool)), "object 255: has an id"),
    "an id below 1": (0, MaskObservation.of(np.ones(SIZE, bool)), "object 0: has an id"),
    "an empty mask": (4, MaskObservation.of(np.zeros(SIZE, bool)), "object 4: .* empty mask"),
    "another size": (4, MaskObservation.of(np.ones((20, 30), bool)), "30 x 20 .* 62 x 40"),
    "a box": (4, BoxObservation((0, 0, 5, 5)), "object 4: is given without a mask"),
    "a pose": (4, PoseObservation(((1.0, 1.0),), (True,)), "without a mask"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_followed_is_refused(case: str) -> None:
    number, seen, message = BAD[case]
    propagator = MaskPropagator(CONFIG)
    with pytest.raises(UniTrackError, match=message):
        propagator.step(look(SIZE, drifting(CELLS, 1)[0]), {number: seen})
    # Refused means: not taken in part.
    assert propagator.step(look(SIZE, drifting(CELLS, 1)[0]), {}) == {}
