from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.functional import conv2d

from tests.reference import xcorr as reference
from unitrack.propagation.correlation import hann
from unitrack.propagation.xcorr import XCorr, XCorrConfig, correlate
from unitrack.types import CropFeatures


def _crop(data: Tensor, anchor: float = 0.5) -> CropFeatures:
    return CropFeatures(data, 8, anchor, anchor)


def _random(count: int, size: int, seed: int, channels: int = 3) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(count, channels, size, size, generator=generator)


@pytest.mark.parametrize(("size", "start", "stop"), [(18, 7, 11), (19, 7, 11)])
def test_the_response_equals_the_looped_reference(size: int, start: int, stop: int) -> None:
    template, search = _random(1, size, 0), _random(3, size, 1)
    xcorr = XCorr(XCorrConfig(side=8 * size))
    xcorr.learn(_crop(template))
    found = xcorr.respond(_crop(search)).values
    for response, crop in zip(found, search, strict=True):
        expected = reference.response(
            template[0].double().numpy(), crop.double().numpy(), start, stop
        )
        np.testing.assert_allclose(response, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("last", [False, True], ids=["channels first", "channels last"])
def test_correlation_equals_a_convolution(*, last: bool) -> None:
    search, template = _random(3, 33, 2, 16), _random(1, 7, 3, 16)
    expected = conv2d(search, template)[:, 0]
    layout = torch.channels_last if last else torch.contiguous_format
    found = correlate(search.contiguous(memory_format=layout), template[0])
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


def test_the_hann_window_is_symmetric_and_zero_at_the_edges() -> None:
    window = hann(9, torch.device("cpu"))
    line = reference.hann(9)
    np.testing.assert_allclose(window.numpy(), np.outer(line, line), atol=1e-7)


@pytest.mark.parametrize(("size", "response"), [(65, 52), (64, 51)])
def test_the_response_of_the_paper_has_the_documented_size(size: int, response: int) -> None:
    xcorr = XCorr(XCorrConfig(side=8 * size))
    xcorr.learn(_crop(_random(1, size, 4)))
    found = xcorr.respond(_crop(_random(2, size, 5)))
    assert found.values.shape == (2, response, response)
    assert found.offsets[25] == 0  # where the template was cut


@pytest.mark.parametrize(("size", "zero"), [(65, 26.0), (64, 25.5)])
def test_the_authors_read_out_is_off_by_one_cell_and_stretched(size: int, zero: float) -> None:
    side = 8 * size
    xcorr, plain = (XCorr(XCorrConfig(side=side, readout=how)) for how in ("authors", "centred"))
    for each in (xcorr, plain):
        each.learn(_crop(_random(1, size, 4)))
    authors, ours = (each.respond(_crop(_random(1, size, 5))) for each in (xcorr, plain))
    np.testing.assert_array_equal(authors.values, ours.values)
    np.testing.assert_array_equal(authors.offsets, ours.offsets + 25 - zero)
    assert authors.step == 1 / len(authors.offsets)
    assert ours.step == 8 / (side - 1)


def test_a_running_mean_moves_the_template() -> None:
    first, second, search = (_random(1, 18, seed) for seed in (6, 7, 8))
    xcorr = XCorr(XCorrConfig(side=144, update=0.25))
    assert xcorr.adapts
    xcorr.learn(_crop(first))
    xcorr.learn(_crop(second))
    mean = XCorr(XCorrConfig(side=144))
    assert not mean.adapts
    mean.learn(_crop(0.75 * first + 0.25 * second))
    found, expected = (each.respond(_crop(search)).values for each in (xcorr, mean))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_the_template_does_not_hold_on_to_the_whole_map() -> None:
    xcorr = XCorr(XCorrConfig())
    xcorr.learn(_crop(_random(1, 65, 9)))
    assert xcorr._template is not None
    assert xcorr._template.untyped_storage().nbytes() == 4 * 3 * 14 * 14


@pytest.mark.parametrize("keep", [0.0, 0.4, 1.0])
def test_the_template_is_the_first_frame_and_a_running_mean(keep: float) -> None:
    size, update = 18, 0.25
    frames = [_random(1, size, seed)[0].double().numpy() for seed in range(4)]
    xcorr = XCorr(XCorrConfig(side=8 * size, update=update, keep=keep))
    mean = frames[0]
    for number, frame in enumerate(frames):
        xcorr.learn(_crop(torch.from_numpy(frame[None].astype(np.float32))))
        mean = frame if number == 0 else (1 - update) * mean + update * frame
    template = keep * frames[0] + (1 - keep) * mean
    search = _random(1, size, 9)
    found = xcorr.respond(_crop(search)).values[0]
    expected = reference.response(template, search[0].double().numpy(), 7, 11)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
