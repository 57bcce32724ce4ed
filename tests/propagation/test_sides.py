from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.propagation.box_field import FieldLook
from tests.reference import sides as slow
from unitrack.errors import UniTrackError
from unitrack.propagation.box import BoxConfig, BoxPropagator
from unitrack.propagation.sides import Sides, SidesConfig, fit_box
from unitrack.propagation.xcorr import XCorr, XCorrConfig
from unitrack.testing.memory import reachable_bytes
from unitrack.types import XYXY, BoxObservation, CropFeatures

# A crop of 264 has 33 cells; the window is 4.5 times the box.
SIDE, STRIDE, ANCHOR = 264, 8, 0.5
WINDOW = (SIDE - 1) / STRIDE
BOX_CELLS = WINDOW / 4.5


def _filled(shape: tuple[int, int], box: np.ndarray) -> np.ndarray:
    rows, columns = (np.arange(n) for n in shape)
    down = (np.minimum(rows + 1, box[3]) - np.maximum(rows, box[1])).clip(0, 1)
    across = (np.minimum(columns + 1, box[2]) - np.maximum(columns, box[0])).clip(0, 1)
    return np.outer(down, across)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hold", [0.0, 3.0])
def test_the_fit_is_that_of_the_reference(seed: int, hold: float) -> None:
    rng = np.random.default_rng(seed)
    shape = (8, 9)
    true = np.array([2.3, 1.6, 6.4, 5.2]) + rng.uniform(-1, 1, 4)
    labels = 0.8 * _filled(shape, true) + 0.2 * rng.random(shape)
    start = np.array([1.7, 2.2, 5.1, 6.3])
    box, certain = fit_box(labels, start, hold)
    expected = slow.fit(labels, start, hold)
    # Pairs of edges that are equally good may be chosen differently; they are as good.
    assert slow.value(labels, box.tolist(), start, hold) == pytest.approx(
        slow.value(labels, expected, start, hold), abs=1e-9
    )
    np.testing.assert_allclose(box, expected, atol=0.25)
    assert certain == pytest.approx(slow.certainty(labels, box.tolist()), abs=1e-12)


def test_clean_labels_give_their_box_back_whatever_the_start() -> None:
    true = np.array([5.0, 6.0, 15.0, 11.0])
    labels = _filled((20, 21), true)
    for start in ([4.0, 4.0, 12.0, 12.0], [6.0, 7.0, 18.0, 13.0]):
        box, certain = fit_box(labels, np.array(start), 0.0)
        np.testing.assert_allclose(box, true, atol=1e-9)
        assert certain > 0.9


def test_the_more_it_is_held_the_less_a_box_moves() -> None:
    labels = _filled((20, 20), np.array([8.0, 8.0, 16.0, 12.0]))
    start = np.array([6.0, 6.0, 12.0, 12.0])
    moved = [np.abs(fit_box(labels, start, hold)[0] - start).sum() for hold in (0, 1, 10, 1000)]
    assert moved == sorted(moved, reverse=True)
    assert moved[-1] < 0.1 < moved[0]


@pytest.mark.parametrize("labels", [np.zeros((12, 12)), np.full((12, 12), 1e-12)])
def test_without_labels_a_box_stays(labels: np.ndarray) -> None:
    start = np.array([3.3, 3.1, 8.2, 9.4])
    box, certain = fit_box(labels, start, 3.0)
    np.testing.assert_array_equal(box, start)
    assert certain == 0


def test_labels_that_are_the_same_everywhere_are_not_certain() -> None:
    box, certain = fit_box(np.ones((12, 12)), np.array([3.0, 3.0, 8.0, 8.0]), 3.0)
    assert np.isfinite(box).all()
    assert certain == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (2, 2)])
def test_tiny_maps_give_a_box_of_numbers(shape: tuple[int, int]) -> None:
    box, certain = fit_box(np.ones(shape), np.array([-1.0, -1.0, 3.0, 3.0]), 3.0)
    assert np.isfinite([*box, certain]).all()
    assert (box[2:] > box[:2]).all()


def _crop(box: np.ndarray) -> CropFeatures:
    """Cells that are of the target or of the ground, mixed at its edges; ``box`` in cells."""
    rng = np.random.default_rng(0)
    size = 33
    share = _filled((size, size), box)
    target, ground = np.eye(8)[0], np.eye(8)[1]
    data = share[None] * target[:, None, None] + (1 - share[None]) * ground[:, None, None]
    data = data + 0.02 * rng.random((8, size, size))
    return CropFeatures(torch.from_numpy(data[None].astype(np.float32)), STRIDE, ANCHOR, ANCHOR)


def test_a_target_that_changes_its_sides_is_read() -> None:
    middle = (SIDE / 2 - ANCHOR) / STRIDE + 0.5
    half = BOX_CELLS / 2
    first = np.array([middle - half, middle - half, middle + half, middle + half])
    sides = Sides(SIDE, 0.0, _crop(first))
    same = sides.read(_crop(first), np.zeros(2))
    np.testing.assert_allclose(same.factor, 1, atol=1e-9)
    np.testing.assert_allclose(same.shift, 0, atol=1e-9)
    assert same.certainty > 0.8
    factor, shift = np.array([1.4, 0.7]), np.array([1.5, -1.0])
    later = np.concatenate([middle + shift - factor * half, middle + shift + factor * half])
    read = sides.read(_crop(later), np.array([1.0, -1.0]) / WINDOW)
    # Labels have no parts of cells: each edge is right to half of one.
    np.testing.assert_allclose(read.factor * BOX_CELLS, factor * BOX_CELLS, atol=1.0)
    np.testing.assert_allclose(read.shift * WINDOW, shift, atol=0.5)


def _propagator(gain: float | None) -> BoxPropagator:
    sides = None if gain is None else SidesConfig(gain=gain, hold=3.0)
    return BoxPropagator(
        "clip", lambda: XCorr(XCorrConfig(side=SIDE)), BoxConfig(side=SIDE, sides=sides)
    )


BOX: XYXY = (250.0, 150.0, 310.0, 190.0)


def _followed(propagator: BoxPropagator, looks: list[FieldLook]) -> np.ndarray:
    boxes = []
    for index, look in enumerate(looks):
        given = {1: BoxObservation(BOX)} if index == 0 else {}
        boxes.append(propagator.step(look, given)[1].box)
    return np.array(boxes)


def test_a_gain_of_0_changes_nothing() -> None:
    looks = [FieldLook(wavelength=60, shift=(3.0 * k, -2.0 * k)) for k in range(5)]
    np.testing.assert_array_equal(
        _followed(_propagator(0.0), looks), _followed(_propagator(None), looks)
    )


def test_a_still_target_keeps_its_box() -> None:
    boxes = _followed(_propagator(0.5), [FieldLook(wavelength=60)] * 6)
    np.testing.assert_allclose(boxes, np.tile(BOX, (6, 1)), atol=1e-3)


def test_features_that_vanish_leave_the_box_where_it_was() -> None:
    looks = [FieldLook(wavelength=60), *[FieldLook(wavelength=60, gain=0.0)] * 3]
    boxes = _followed(_propagator(0.5), looks)
    assert np.isfinite(boxes).all()
    sides = boxes[:, 2:] - boxes[:, :2]
    assert (sides > 0.8 * sides[0]).all()


def test_features_that_are_not_finite_are_said() -> None:
    propagator = _propagator(0.5)
    propagator.step(FieldLook(), {1: BoxObservation(BOX)})
    with pytest.raises(UniTrackError, match="not finite"):
        propagator.step(FieldLook(gain=float("nan")), {})


def test_memory_does_not_grow_with_the_video() -> None:
    sides = SidesConfig(gain=0.5, hold=3.0)
    taught = XCorrConfig(side=130, update=0.2, keep=0.5)
    config = BoxConfig(side=130, sides=sides)
    propagator = BoxPropagator("clip", lambda: XCorr(taught), config)
    propagator.step(FieldLook(wavelength=30), {1: BoxObservation(BOX)})
    held = []
    for index in range(40):
        propagator.step(FieldLook(wavelength=30, shift=(float(index % 7), 0.0)), {})
        held.append(reachable_bytes(propagator))
    assert max(held[25:]) <= max(held[:15]) + 256
