from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tests.propagation.box_field import FieldLook
from unitrack.errors import UniTrackError
from unitrack.propagation.box import BoxConfig, BoxPropagator
from unitrack.propagation.correlation import BoxFilter, Peak, Response, target_cells
from unitrack.propagation.crop import cut
from unitrack.propagation.dcf import Dcf, DcfConfig
from unitrack.propagation.xcorr import XCorr, XCorrConfig
from unitrack.testing.memory import reachable_bytes
from unitrack.testing.scenes import embed
from unitrack.types import XYXY, BoxObservation, CropFeatures, FeatureMap

BOX: XYXY = (250.0, 150.0, 310.0, 190.0)
SIDE = 520
FILTERS = ("dcf", "xcorr")


def _propagator(kind: str, side: int = SIDE, **values: Any) -> BoxPropagator:
    def make() -> BoxFilter:
        return Dcf(DcfConfig(side=side)) if kind == "dcf" else XCorr(XCorrConfig(side=side))

    return BoxPropagator("clip", make, BoxConfig(side=side, **values))


def _cell(side: int = SIDE, stride: int = 8) -> np.ndarray:
    """Width and height of a cell in image pixels, for BOX at its own size."""
    size: np.ndarray = np.array([BOX[2] - BOX[0], BOX[3] - BOX[1]])
    return stride * 4.5 * size / (side - 1)


def _look(**values: Any) -> FieldLook:
    # Waves of two cells' length and more: features change from cell to cell.
    return FieldLook(wavelength=4 * float(_cell()[1]), **values)


class _Picture:
    """A `Look` at a real picture through the stand-in for a backbone."""

    def __init__(self, image: np.ndarray) -> None:
        self._image = embed.normalise(image)

    @property
    def size(self) -> tuple[int, int]:
        return self._image.shape[1], self._image.shape[2]

    @property
    def image(self) -> np.ndarray:
        raise AssertionError("boxes are followed by their features")

    def whole(self) -> FeatureMap:
        raise AssertionError("boxes are found in crops")

    def crops(self, windows: np.ndarray, side: int) -> CropFeatures:
        return embed(cut(self._image, windows, side))


def _texture(height: int = 90, width: int = 130) -> np.ndarray:
    rng = np.random.default_rng(3)
    blocks = rng.integers(0, 256, (height // 5, width // 5, 3), dtype=np.uint8)
    image: np.ndarray = blocks.repeat(5, 0).repeat(5, 1)
    return image


@pytest.mark.parametrize("kind", FILTERS)
def test_a_still_target_stays_where_it_is(kind: str) -> None:
    look, given = _Picture(_texture()), (41.3, 30.2, 66.9, 58.8)
    propagator = _propagator(kind, 264)
    propagator.step(look, {1: BoxObservation(given)})
    for _ in range(30):
        found = propagator.step(look, {})[1]
        np.testing.assert_allclose(found.box, given, atol=1e-3)
        assert found.score == pytest.approx(1.0, abs=0.05)


# Network geometries: ResNet, EfficientNet-Lite0, SqueezeNet (a smaller map), a stride of 16.
@pytest.mark.parametrize(
    ("side", "stride", "anchor", "cells"),
    [(520, 8, 0.5, 65), (520, 8, 7.5, 65), (520, 8, 7.5, 64), (512, 8, 0.5, 64), (1040, 16, 8, 65)],
)
@pytest.mark.parametrize("kind", FILTERS)
def test_a_target_that_moves_by_whole_cells_is_followed_exactly(
    kind: str, side: int, stride: int, anchor: float, cells: int
) -> None:
    look = _look(stride=stride, anchor=anchor, cells=cells)
    propagator = _propagator(kind, side)
    propagator.step(look, {1: BoxObservation(BOX)})
    way = np.zeros(2)
    for move in [(1, 0), (0, -2), (3, 1), (-4, 3), (0, 0), (-1, -1)]:
        way = way + np.array(move) * _cell(side, stride)
        found = propagator.step(replace(look, shift=tuple(way)), {})[1]
        np.testing.assert_allclose(found.box, np.array(BOX) + np.tile(way, 2), atol=1e-9)


@pytest.mark.parametrize("kind", FILTERS)
@pytest.mark.parametrize("zoom", [1.0275, 1 / 1.0275])
def test_a_target_that_grows_or_shrinks_by_a_step_is_followed(kind: str, zoom: float) -> None:
    middle = (280.0, 170.0)
    propagator = _propagator(kind)
    size = np.array([60.0, 40.0])
    for index in range(5):
        factor = zoom**index
        shift = tuple(m * (1 - factor) for m in middle)  # zoomed about the box's middle
        look = _look(zoom=factor, shift=shift)
        given = {1: BoxObservation(BOX)} if index == 0 else {}
        found = np.array(propagator.step(look, given)[1].box)
        np.testing.assert_allclose(found[2:] - found[:2], size * factor, atol=1e-9)


def test_the_parabola_finds_parts_of_a_cell() -> None:
    part = 0.3 * _cell()
    off = {}
    for subcell in (False, True):
        propagator = _propagator("dcf", subcell=subcell)
        propagator.step(_look(), {1: BoxObservation(BOX)})
        found = np.array(propagator.step(_look(shift=tuple(part)), {})[1].box[:2])
        off[subcell] = np.abs(found - np.array(BOX[:2]) - part) / _cell()
    np.testing.assert_allclose(off[False], 0.3, atol=1e-9)
    assert (off[True] < 0.1).all()


@pytest.mark.parametrize("kind", FILTERS)
def test_a_step_looks_at_three_sizes_at_once(kind: str) -> None:
    looks = _look()
    propagator = _propagator(kind)
    propagator.step(looks, {1: BoxObservation(BOX)})
    assert [len(windows) for windows in looks.looks] == [1]
    moved = _look(shift=tuple(2 * _cell()))
    propagator.step(moved, {})
    # A filter that adapts looks once more, at the new place.
    assert [len(windows) for windows in moved.looks] == ([3, 1] if kind == "dcf" else [3])
    sizes = np.array([[60.0, 40.0]]) * 1.0275 ** np.array([[-1], [0], [1]]) * 4.5
    np.testing.assert_allclose(moved.looks[0][:, 2:] - moved.looks[0][:, :2], sizes)
    np.testing.assert_allclose(moved.looks[0][:, 2:] + moved.looks[0][:, :2], [[560, 340]] * 3)


def test_a_window_that_was_looked_at_is_not_looked_at_again() -> None:
    still = _look()
    propagator = _propagator("dcf")
    propagator.step(still, {1: BoxObservation(BOX)})
    propagator.step(still, {})
    larger = _look(zoom=1.0275, shift=(280 * -0.0275, 170 * -0.0275))
    propagator.step(larger, {})
    assert [len(windows) for windows in still.looks] == [1, 3]
    assert [len(windows) for windows in larger.looks] == [3]


def test_learning_from_a_crop_at_hand_equals_looking_again() -> None:
    class Twice(BoxPropagator):
        def _adapt(self, look: Any, moved: Any, window: Any, crop: Any) -> None:
            super()._adapt(look, moved, window + math.nan, crop)

    filters: list[Dcf] = []

    def make() -> Dcf:
        filters.append(Dcf(DcfConfig()))
        return filters[-1]

    looks = [_look(gain=gain) for gain in (1.0, 0.8, 1.3)]
    boxes = []
    for kind in (BoxPropagator, Twice):
        propagator = kind("clip", make, BoxConfig())
        propagator.step(looks[0], {1: BoxObservation(BOX)})
        boxes.append([propagator.step(look, {})[1] for look in looks[1:]])
    assert boxes[0] == boxes[1]
    first, second = (each._template for each in filters)
    assert first is not None
    assert second is not None
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    assert [len(look.looks) for look in looks] == [2, 3, 3]


def _authors(kind: str) -> BoxPropagator:
    def make() -> BoxFilter:
        if kind == "dcf":
            return Dcf(DcfConfig(readout="authors"))
        return XCorr(XCorrConfig(readout="authors"))

    return BoxPropagator("clip", make, BoxConfig())


@pytest.mark.parametrize("move", [(0, 0), (1, -1), (3, -3)])
def test_the_authors_reading_of_xcorr_is_one_cell_off_and_stretched(move: tuple[int, int]) -> None:
    way = np.array(move) * _cell()
    propagator = _authors("xcorr")
    propagator.step(_look(), {1: BoxObservation(BOX)})
    found = np.array(propagator.step(_look(shift=tuple(way)), {})[1].box[:2])
    expected = (np.array(move) - 1) * np.array([60.0, 40.0]) * 4.5 / 52
    np.testing.assert_allclose(found - np.array(BOX[:2]), expected, atol=1e-9)


def test_the_authors_offset_does_not_grow() -> None:
    propagator = _authors("xcorr")
    propagator.step(_look(), {1: BoxObservation(BOX)})
    for _ in range(5):
        found = propagator.step(_look(), {})[1].box
    off = (np.array(found[:2]) - BOX[:2]) / _cell()
    np.testing.assert_allclose(off, -1.25 * 519 / 520, atol=1e-9)


def test_the_authors_reading_of_dcf_is_two_thousandths_short() -> None:
    way = np.array((3, -3)) * _cell()
    propagator = _authors("dcf")
    propagator.step(_look(), {1: BoxObservation(BOX)})
    found = np.array(propagator.step(_look(shift=tuple(way)), {})[1].box[:2])
    np.testing.assert_allclose(found - np.array(BOX[:2]), way * 519 / 520, atol=1e-9)


@pytest.mark.parametrize(("origin", "off"), [("centre", 0.0), ("authors", 0.5)])
def test_the_authors_crop_half_a_pixel_off_and_report_it_back(origin: str, off: float) -> None:
    look = _look()
    propagator = _propagator("dcf", origin=origin)
    propagator.step(look, {1: BoxObservation(BOX)})
    found = propagator.step(look, {})[1]
    middle = (look.looks[0][0, :2] + look.looks[0][0, 2:]) / 2
    np.testing.assert_allclose(middle, [280 - off, 170 - off])
    np.testing.assert_allclose(found.box, BOX)


@pytest.mark.parametrize(("cap", "limit"), [("image", (75, 50)), ("authors", (50, 75))])
def test_a_box_grows_no_further_than_the_picture(cap: str, limit: tuple[int, int]) -> None:
    propagator = _propagator("dcf", size_cap=cap)
    look = _look(size=(50, 75))
    propagator.step(look, {1: BoxObservation((1.0, 1.0, 81.0, 81.0))})
    found = propagator.step(look, {})[1].box
    assert (found[2] - found[0], found[3] - found[1]) == pytest.approx(limit)


def test_a_box_stays_between_a_fifth_and_five_times_its_first_size_and_four_pixels() -> None:
    propagator = _propagator("dcf")
    propagator.step(_look(), {1: BoxObservation((100.0, 100.0, 110.0, 150.0))})
    box = propagator._followed[1]
    assert (box.least.tolist(), box.most.tolist()) == ([4, 10], [50, 250])


def test_the_score_falls_as_the_target_fades() -> None:
    for kind in FILTERS:
        propagator = _propagator(kind)
        given = {1: BoxObservation(BOX, 0.7, 3)}
        assert propagator.step(_look(), given)[1] is given[1]
        scores = [propagator.step(_look(gain=gain), {})[1].score for gain in (1.0, 0.5, 0.1)]
        assert scores[0] == pytest.approx(1.0, abs=0.02)
        np.testing.assert_allclose(
            np.array(scores) / scores[0], [1, 0.5, 0.1], rtol=0.05
        )  # it adapts
        assert propagator.step(_look(), {})[1].label == 3


def test_a_target_given_again_starts_anew() -> None:
    elsewhere: XYXY = (100.0, 60.0, 140.0, 100.0)
    fresh, restarted = _propagator("dcf"), _propagator("dcf")
    restarted.step(_look(), {1: BoxObservation(BOX)})
    restarted.step(_look(shift=(9.0, 4.0)), {})
    for propagator in (fresh, restarted):
        seen = BoxObservation(elsewhere)
        assert propagator.step(_look(), {1: seen}) == {1: seen}
    look = _look(shift=(3.0, 2.0))
    assert fresh.step(look, {}) == restarted.step(look, {})


def test_several_targets_are_followed_each_as_if_alone() -> None:
    other: XYXY = (100.0, 60.0, 160.0, 100.0)
    both = _propagator("dcf")
    alone = {identity: _propagator("dcf") for identity in (1, 2)}
    both.step(_look(), {2: BoxObservation(BOX)})
    alone[2].step(_look(), {2: BoxObservation(BOX)})
    later = _look(shift=tuple(_cell()))
    found = both.step(later, {1: BoxObservation(other)})
    assert list(found) == [1, 2]
    assert found[2] == alone[2].step(later, {})[2]
    alone[1].step(later, {1: BoxObservation(other)})
    last = _look(shift=tuple(2 * _cell()))
    assert both.step(last, {}) == {i: alone[i].step(last, {})[i] for i in (1, 2)}


def test_nothing_is_followed_before_anything_is_given() -> None:
    look = _look()
    assert _propagator("dcf").step(look, {}) == {}
    assert look.looks == []


@pytest.mark.parametrize("kind", FILTERS)
@pytest.mark.parametrize(
    "given",
    [(-8.0, -6.0, 12.0, 20.0), (120.0, 80.0, 150.0, 110.0), (-50.0, -50.0, 400.0, 300.0)],
    ids=["upper left", "lower right", "larger than the picture"],
)
def test_a_target_at_the_border_is_followed(kind: str, given: XYXY) -> None:
    propagator = _propagator(kind)
    look = _Picture(_texture())
    propagator.step(look, {1: BoxObservation(given)})
    for _ in range(3):
        found = propagator.step(look, {})[1]
        assert np.isfinite([*found.box, found.score]).all()
    if given[2] < 400:
        np.testing.assert_allclose(found.box, given, atol=1e-9)


@pytest.mark.parametrize("kind", FILTERS)
def test_a_target_that_has_left_the_picture_stays_there_with_score_0(kind: str) -> None:
    propagator = _propagator(kind)
    look = _look(size=(400, 600))
    propagator.step(look, {1: BoxObservation(BOX)})
    propagator.step(look, {})
    # The picture has become so small that no window shows any of it.
    small = _look(size=(40, 60))
    found = propagator.step(small, {})[1]
    assert small.looks == []
    assert (found.box, found.score) == (BOX, 0.0)
    assert propagator.step(look, {})[1].box == pytest.approx(BOX)


@pytest.mark.parametrize("kind", FILTERS)
def test_a_blank_picture_moves_nothing_out_of_reach(kind: str) -> None:
    propagator = _propagator(kind, 264)
    propagator.step(_Picture(_texture()), {1: BoxObservation((100.0, 60.0, 125.0, 85.0))})
    blank = _Picture(np.zeros((90, 130, 3), np.uint8))
    for _ in range(30):
        found = propagator.step(blank, {})[1]
    assert np.isfinite([*found.box, found.score]).all()
    x1, y1, x2, y2 = found.box
    reach = 2.25 * 1.0275 * max(x2 - x1, y2 - y1)
    assert -reach < x1 + x2 < 2 * (130 + reach)
    assert -reach < y1 + y2 < 2 * (90 + reach)


def test_features_that_are_all_zero_give_score_0() -> None:
    for kind in FILTERS:
        propagator = _propagator(kind)
        propagator.step(_look(gain=0.0), {1: BoxObservation(BOX)})
        found = propagator.step(_look(), {})[1]
        assert found.score == 0
        assert np.isfinite(found.box).all()


BAD: dict[str, tuple[XYXY, str]] = {
    "not a number": ((math.nan, 1.0, 5.0, 5.0), "is not finite"),
    "infinite": ((1.0, 1.0, math.inf, 5.0), "is not finite"),
    "no width": ((5.0, 5.0, 5.0, 9.0), "has no area"),
    "turned round": ((9.0, 5.0, 5.0, 9.0), "has no area"),
    "left of the picture": ((-9.0, 5.0, 0.0, 9.0), "lies outside the picture of 600x400"),
    "below the picture": ((9.0, 400.0, 20.0, 450.0), "lies outside the picture of 600x400"),
}


@pytest.mark.parametrize(("box", "fault"), BAD.values(), ids=BAD.keys())
def test_a_box_that_cannot_be_followed_is_refused(box: XYXY, fault: str) -> None:
    propagator, look = _propagator("dcf"), _look()
    propagator.step(look, {2: BoxObservation(BOX)})
    with pytest.raises(UniTrackError) as caught:
        propagator.step(look, {1: BoxObservation(BOX), 7: BoxObservation(box)})
    first, second = str(caught.value).splitlines()
    assert first.startswith("clip: target 7: the box given (")
    assert first.endswith(fault)
    assert second.strip() == "Correct the annotation of the frame in which it is given."
    assert len(look.looks) == 1  # nothing was begun


def test_features_that_are_not_finite_are_refused() -> None:
    propagator = _propagator("dcf")
    with pytest.raises(UniTrackError, match="clip: features: are not finite") as caught:
        propagator.step(_look(gain=math.inf), {1: BoxObservation(BOX)})
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("kind", FILTERS)
def test_memory_does_not_grow_with_the_video(kind: str) -> None:
    propagator = _propagator(kind, 130)
    looks = [FieldLook(wavelength=30, shift=(float(index % 7), 0.0)) for index in range(60)]
    propagator.step(looks[0], {1: BoxObservation(BOX)})
    held = []
    for look in looks[1:]:
        propagator.step(look, {})
        held.append(reachable_bytes(propagator))
    assert max(held[40:]) <= max(held[:20]) + 256


@pytest.mark.parametrize("kind", FILTERS)
def test_the_same_frames_give_the_same_boxes(kind: str) -> None:
    def run() -> list[object]:
        propagator = _propagator(kind)
        propagator.step(_look(), {1: BoxObservation(BOX)})
        return [propagator.step(_look(shift=(2.7 * i, -1.9 * i)), {}) for i in range(6)]

    assert run() == run()


def _response(values: np.ndarray, *, circular: bool = False) -> Response:
    offsets = np.arange(values.shape[-1], dtype=np.float64)
    return Response(values.astype(np.float32), offsets, 1.0, circular=circular)


def test_of_equal_peaks_the_first_counts() -> None:
    values = np.zeros((3, 4, 4))
    values[1, 2, 3] = values[1, 3, 0] = values[2, 0, 0] = 5
    peak = Peak.of(_response(values), np.ones(3))
    assert (peak.crop, peak.value, peak.shift.tolist()) == (1, 5.0, [3, 2])


def test_weights_decide_between_crops_but_not_within_and_the_value_is_unweighted() -> None:
    values = np.zeros((3, 4, 4))
    values[0, 1, 1], values[1, 2, 2] = 1.01, 1.0
    peak = Peak.of(_response(values), np.array([0.985, 1, 0.985]))
    assert (peak.crop, peak.value) == (1, 1.0)


@pytest.mark.parametrize(("circular", "expected"), [(True, 0.25), (False, 0.0)])
def test_the_parabola_goes_round_a_circular_map_only(circular: bool, expected: float) -> None:
    # 1 - (x - 0.25)^2 at x = -1, 0, 1; the neighbour below 0 is the last.
    values = np.zeros((1, 5, 5))
    line = {index: 1 - (index - 0.25) ** 2 for index in (-1, 0, 1)}
    for index, value in line.items():
        values[0, index, 0] = values[0, 0, index] = value
    peak = Peak.of(_response(values, circular=circular), np.ones(1), subcell=True)
    np.testing.assert_allclose(peak.shift, expected, atol=1e-6)


BLOCKS: dict[str, tuple[tuple[int, int, int, float, Any], tuple[int, int]]] = {
    "ResNet": ((65, 520, 8, 0.5, "authors"), (25, 39)),
    "ResNet, 512": ((64, 512, 8, 0.5, "authors"), (25, 39)),
    "ResNet, centred": ((65, 520, 8, 0.5, "centred"), (26, 40)),
    "ResNet, 512, centred": ((64, 512, 8, 0.5, "centred"), (25, 39)),
    "EfficientNet-Lite0, centred": ((65, 520, 8, 7.5, "centred"), (25, 39)),
    "SqueezeNet, centred": ((64, 520, 8, 7.5, "centred"), (25, 39)),
    "a map too small for the formula": ((8, 64, 8, 0.5, "authors"), (3, 5)),
}


@pytest.mark.parametrize(("arguments", "expected"), BLOCKS.values(), ids=BLOCKS.keys())
def test_the_cells_of_the_target(
    arguments: tuple[int, int, int, float, Any], expected: tuple[int, int]
) -> None:
    cells = target_cells(*arguments)
    assert (cells.start, cells.stop) == expected
