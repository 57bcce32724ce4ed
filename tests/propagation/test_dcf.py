from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.reference import dcf as reference
from tests.reference.xcorr import hann
from unitrack.propagation.dcf import Dcf, DcfConfig, TemplateWindow, Update
from unitrack.types import CropFeatures


def _crop(data: Tensor) -> CropFeatures:
    return CropFeatures(data, 8, 0.5, 0.5)


def _random(count: int, size: int, seed: int, scale: float = 1.0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return scale * torch.randn(count, 3, size, size, generator=generator)


def _search(crop: Tensor) -> np.ndarray:
    """Windowed, double precision."""
    line = hann(crop.shape[-1])
    windowed: np.ndarray = crop.double().numpy() * np.outer(line, line)
    return windowed


def _template(crop: Tensor, window: TemplateWindow) -> np.ndarray:
    size = crop.shape[-1]
    if window == "hann":
        return _search(crop)
    mask = np.ones((size, size))
    if window == "box":
        mask = np.zeros((size, size))
        middle = slice(size // 2 - 1, size // 2 + 1)  # of 8 or 9 cells, the box covers 2
        mask[middle, middle] = 1
    masked: np.ndarray = crop.double().numpy() * mask
    return masked


# Features so small that the ridge decides, and features as large as a network's.
@pytest.mark.parametrize("scale", [1e-3, 1.0])
@pytest.mark.parametrize("size", [8, 9])
@pytest.mark.parametrize("window", ["box", "hann", "none"])
def test_the_response_equals_ridge_regression_over_all_cyclic_shifts(
    window: TemplateWindow, size: int, scale: float
) -> None:
    template, search = _random(1, size, 0, scale), _random(2, size, 1, scale)
    dcf = Dcf(DcfConfig(side=8 * size, template_window=window))
    dcf.learn(_crop(template))
    found = dcf.respond(_crop(search)).values
    for response, crop in zip(found, search, strict=True):
        expected = reference.ridge_response(_template(template[0], window), _search(crop), 1e-4)
        np.testing.assert_allclose(response, expected, rtol=1e-3, atol=1e-4 * np.ptp(expected))


def test_the_ridge_can_be_added_once_a_channel() -> None:
    template, search = _random(1, 8, 2, 1e-3), _random(1, 8, 3, 1e-3)
    dcf = Dcf(DcfConfig(side=64, template_window="none", ridge_per_channel=True))
    dcf.learn(_crop(template))
    found = dcf.respond(_crop(search)).values[0]
    expected = reference.ridge_response(_template(template[0], "none"), _search(search[0]), 3e-4)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.ptp(expected))


@pytest.mark.parametrize("update", ["separate", "num_den"])
def test_running_means_equal_the_formulae(update: Update) -> None:
    templates = [_random(1, 9, seed) for seed in range(3)]
    search = _random(1, 9, 7)
    dcf = Dcf(DcfConfig(side=72, template_window="none", update=update))
    for template in templates:
        dcf.learn(_crop(template))
    expected = reference.mean_response(
        [_template(template[0], "none") for template in templates],
        _search(search[0]),
        1e-4,
        0.01,
        num_den=update == "num_den",
    )
    found = dcf.respond(_crop(search)).values[0]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.ptp(expected))


def test_the_two_forms_of_the_update_differ() -> None:
    search, found = _random(1, 9, 7), []
    for update in ("separate", "num_den"):
        dcf = Dcf(DcfConfig(side=72, template_window="none", update=update))
        for seed in range(3):
            dcf.learn(_crop(_random(1, 9, seed)))
        found.append(dcf.respond(_crop(search)).values)
    assert not np.allclose(found[0], found[1], rtol=1e-4)


@pytest.mark.parametrize(("size", "last"), [(65, 32), (64, 32)])
def test_displacements_run_to_both_sides_of_half_the_map(size: int, last: int) -> None:
    dcf = Dcf(DcfConfig(side=8 * size))
    dcf.learn(_crop(_random(1, size, 0)))
    response = dcf.respond(_crop(_random(1, size, 1)))
    assert response.values.shape == (1, size, size)
    assert response.offsets.tolist() == [*range(last + 1), *range(last + 1 - size, 0)]
    assert response.step == 8 / (8 * size - 1)


def test_the_authors_take_the_map_for_the_whole_window() -> None:
    dcf = Dcf(DcfConfig(readout="authors"))
    dcf.learn(_crop(_random(1, 65, 0)))
    assert dcf.respond(_crop(_random(1, 65, 1))).step == 1 / 65


@pytest.mark.parametrize("move", [(0, 0), (3, -5)])
def test_a_moved_template_peaks_where_it_went(move: tuple[int, int]) -> None:
    template = _random(1, 33, 5)
    dcf = Dcf(DcfConfig(side=264))
    dcf.learn(_crop(template))
    response = dcf.respond(_crop(template.roll(move, (2, 3))))
    row, column = np.unravel_index(response.values[0].argmax(), (33, 33))
    assert response.offsets[[row, column]].tolist() == list(move)
