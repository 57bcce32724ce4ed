from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.reference.crop import crop as reference
from unitrack.propagation.crop import cut

IMAGE = np.random.default_rng(0).uniform(size=(3, 24, 31))
# Centre and sides in pixel indices: inside, at whole pixels, over each border, far outside.
WINDOWS = {
    "inside": ((12.3, 9.7), 10.5, 7.25),
    "larger than the picture": ((15.0, 12.0), 60.0, 45.0),
    "upper left": ((0.4, -1.2), 9.0, 12.0),
    "lower right": ((30.0, 23.5), 14.0, 6.0),
    "nothing of the picture": ((-40.0, 12.0), 9.0, 9.0),
    "a part of a pixel": ((7.2, 8.1), 0.5, 0.3),
}


@pytest.mark.parametrize(("centre", "width", "height"), WINDOWS.values(), ids=WINDOWS.keys())
@pytest.mark.parametrize("side", [9, 16])
def test_a_crop_equals_the_looped_reference(
    centre: tuple[float, float], width: float, height: float, side: int
) -> None:
    # Continuous pixels are half a pixel further than indices.
    x, y = centre[0] + 0.5, centre[1] + 0.5
    window = np.array([[x - width / 2, y - height / 2, x + width / 2, y + height / 2]])
    found = cut(torch.from_numpy(IMAGE), window, side)[0].numpy()
    np.testing.assert_allclose(found, reference(IMAGE, centre, width, height, side), atol=1e-12)


def test_several_windows_are_one_batch_and_each_as_if_alone() -> None:
    windows = np.array([[2.0, 3.0, 12.0, 9.0], [-4.0, -4.0, 8.0, 20.0]])
    image = torch.from_numpy(IMAGE).float()
    both = cut(image, windows, 12)
    assert both.shape == (2, 3, 12, 12)
    for crop, window in zip(both, windows, strict=True):
        torch.testing.assert_close(crop, cut(image, window[None], 12)[0], rtol=0, atol=0)


def test_single_precision_is_off_by_a_ten_thousandth_of_a_pixel_at_most() -> None:
    ramp = torch.arange(1920.0)[None, None].expand(3, 1080, -1)
    window = np.array([[1500.25, 700.0, 1700.75, 800.0]])
    found = cut(ramp, window, 520)[0, 0, 0]
    expected = torch.linspace(1500.25, 1700.75, 520, dtype=torch.float64) - 0.5
    torch.testing.assert_close(found.double(), expected, rtol=0, atol=3e-4)


def test_the_whole_picture_at_its_own_size_comes_back() -> None:
    square = torch.from_numpy(IMAGE[:, :20, :20])
    # The first and the last index are half a pixel inside the picture.
    window = np.array([[0.5, 0.5, 19.5, 19.5]])
    torch.testing.assert_close(cut(square, window, 20)[0], square, rtol=0, atol=1e-12)


def test_channels_last_pictures_are_cut_alike() -> None:
    image = torch.from_numpy(IMAGE).float()[None]
    windows = np.array([[2.5, 3.0, 29.0, 23.0]])
    last = image.contiguous(memory_format=torch.channels_last)[0]
    torch.testing.assert_close(cut(last, windows, 16), cut(image[0], windows, 16))


def test_crops_are_cut_where_the_picture_is() -> None:
    """On the meta device, which every machine has, and from which nothing can be fetched."""
    image = torch.zeros(3, 24, 31, device="meta")
    found = cut(image, np.array([[2.0, 3.0, 12.0, 9.0]] * 3), 12)
    assert (found.device.type, tuple(found.shape)) == ("meta", (3, 3, 12, 12))
