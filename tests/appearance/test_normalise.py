"""Colour order, range and statistics of the input."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from unitrack.appearance.normalise import normalise
from unitrack.registry.records import BackboneRecord

RECORD = BackboneRecord(name="a", factory="a:b", taps={"t": 1}, default_tap="t")
PICTURES = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3), np.uint8))


def test_rgb_is_scaled_to_its_range_and_then_by_mean_and_std() -> None:
    expected = (PICTURES.double() / 255 - torch.tensor(RECORD.mean)) / torch.tensor(RECORD.std)
    found = normalise(PICTURES, RECORD)
    assert found.dtype == torch.float32
    assert torch.allclose(found, expected.permute(0, 3, 1, 2).float(), atol=1e-5)


@pytest.mark.parametrize("colour", ["rgb", "bgr", "lab_l"])
def test_the_result_lies_channels_last(colour: str) -> None:
    found = normalise(PICTURES, dataclasses.replace(RECORD, colour=colour))
    assert found.shape == (2, 3, 5, 7)
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_bgr_with_a_range_of_255_subtracts_its_means_in_that_order() -> None:
    means = (103.939, 116.779, 123.68)
    record = dataclasses.replace(
        RECORD, colour="bgr", input_range=(0.0, 255.0), mean=means, std=(1.0, 1.0, 1.0)
    )
    expected = PICTURES.double()[..., [2, 1, 0]] - torch.tensor(means)
    assert torch.allclose(
        normalise(PICTURES, record), expected.permute(0, 3, 1, 2).float(), atol=1e-4
    )


def test_lightness_is_normalised_once_and_tripled() -> None:
    record = dataclasses.replace(RECORD, colour="lab_l", mean=(0.5, 0.1, 0.9), std=(0.25, 1.0, 2.0))
    found = normalise(PICTURES, record)
    assert torch.equal(found[:, 0], found[:, 1])
    assert torch.equal(found[:, 0], found[:, 2])
    white = normalise(torch.full((1, 1, 1, 3), 255, dtype=torch.uint8), record)
    assert white[0, 0, 0, 0].item() == pytest.approx((1 - 0.5) / 0.25)


def test_lightness_agrees_with_opencv_to_one_level() -> None:
    cv2 = pytest.importorskip("cv2")
    record = dataclasses.replace(
        RECORD, colour="lab_l", input_range=(0.0, 255.0), mean=(0.0,) * 3, std=(1.0,) * 3
    )
    picture = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    expected = cv2.cvtColor(picture, cv2.COLOR_RGB2Lab)[..., 0].astype(int)
    found = normalise(torch.from_numpy(picture[None]), record)[0, 0].numpy()
    assert np.abs(found - expected).max() <= 1


def test_the_pictures_themselves_are_left_alone() -> None:
    before = PICTURES.clone()
    normalise(PICTURES, RECORD)
    assert torch.equal(PICTURES, before)
