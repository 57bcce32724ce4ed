from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference import rsm as reference
from unitrack.association import rsm as module
from unitrack.association.descriptors import Descriptors
from unitrack.association.rsm import Padding, reconstruction_similarity

SIZES = {
    "equal": ([6, 6, 6], [6, 6]),
    "equal per side": ([5, 5], [3, 3, 3]),
    "ragged": ([1, 9, 4, 2], [7, 3, 12]),
    "one ragged side": ([4, 4], [2, 5, 1]),
    "one of each": ([3], [8]),
}
PADDINGS: tuple[Padding, ...] = ("authors", "exact")


def _objects(sizes: list[int], seed: int, channels: int = 8) -> list[np.ndarray]:
    """Points of related objects: a common base, so that cosines are high as in real features."""
    rng = np.random.default_rng(seed)
    bases = np.random.default_rng(99).uniform(size=(max(9, len(sizes)), channels))
    return [bases[i] + rng.uniform(0, 0.5, size=(size, channels)) for i, size in enumerate(sizes)]


def _descriptors(objects: list[np.ndarray]) -> Descriptors:
    points = np.concatenate(objects)
    return Descriptors(torch.from_numpy(points).float(), tuple(len(part) for part in objects))


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES.keys())
@pytest.mark.parametrize("scale", [100.0, 1.0])
def test_rsm_equals_the_looped_reference(
    sizes: tuple[list[int], list[int]], padding: Padding, scale: float
) -> None:
    tracklets, detections = _objects(sizes[0], 0), _objects(sizes[1], 1)
    expected = reference.similarity(tracklets, detections, scale, padding)
    found = reconstruction_similarity(
        _descriptors(tracklets), _descriptors(detections), scale=scale, padding=padding
    )
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES.keys())
def test_implicit_padding_equals_stored_zero_rows(sizes: tuple[list[int], list[int]]) -> None:
    tracklets, detections = _objects(sizes[0], 2), _objects(sizes[1], 3)
    expected = reference.zero_padded_similarity(tracklets, detections, 100.0)
    found = reconstruction_similarity(_descriptors(tracklets), _descriptors(detections))
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("padding", PADDINGS)
def test_points_of_opposite_sign_and_zero_points_equal_the_reference(padding: Padding) -> None:
    rng = np.random.default_rng(5)
    tracklets = [rng.normal(size=(n, 6)) for n in (3, 5, 2)]
    detections = [rng.normal(size=(n, 6)) for n in (4, 1)]
    tracklets[1][2] = 0
    expected = reference.similarity(tracklets, detections, 100.0, padding)
    found = reconstruction_similarity(
        _descriptors(tracklets), _descriptors(detections), padding=padding
    )
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-5)


@pytest.mark.parametrize("sizes", [SIZES["equal"], SIZES["ragged"]])
def test_large_sets_are_worked_on_in_parts_with_the_same_result(
    sizes: tuple[list[int], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tracklets, detections = _descriptors(_objects(sizes[0], 0)), _descriptors(_objects(sizes[1], 1))
    expected = reconstruction_similarity(tracklets, detections)
    monkeypatch.setattr(module, "_CHUNK", 40)
    monkeypatch.setattr(module, "_KEPT", 10)
    torch.testing.assert_close(reconstruction_similarity(tracklets, detections), expected)


@pytest.mark.parametrize("padding", PADDINGS)
def test_real_sizes_stay_within_a_hundred_thousandth_of_double_precision(padding: Padding) -> None:
    sizes = [40] * 12 if padding == "exact" else [40, 10, 80, 25]
    first = _descriptors(_objects(sizes, 0, channels=64))
    second = _descriptors(_objects(sizes, 1, channels=64))
    precise = reconstruction_similarity(
        Descriptors(first.points.double(), first.counts),
        Descriptors(second.points.double(), second.counts),
        padding=padding,
    )
    found = reconstruction_similarity(first, second, padding=padding)
    torch.testing.assert_close(found.double(), precise, atol=1e-5, rtol=0)


counts = st.lists(st.integers(1, 5), min_size=1, max_size=4)


@settings(max_examples=40, deadline=None)
@given(counts, counts, st.sampled_from(PADDINGS), st.integers(0, 9))
def test_values_are_cosines_and_the_two_sides_are_alike(
    first: list[int], second: list[int], padding: Padding, seed: int
) -> None:
    tracklets = _descriptors(_objects(first, seed))
    detections = _descriptors(_objects(second, seed + 1))
    forth = reconstruction_similarity(tracklets, detections, padding=padding)
    back = reconstruction_similarity(detections, tracklets, padding=padding)
    assert forth.abs().max() <= 1 + 1e-5
    torch.testing.assert_close(forth, back.T)


def test_the_same_object_is_more_alike_than_another() -> None:
    tracklets, detections = _objects([10] * 5, 0), _objects([10] * 5, 1)
    found = reconstruction_similarity(_descriptors(tracklets), _descriptors(detections))
    assert found.argmax(1).tolist() == list(range(5))


def test_an_empty_side_gives_an_empty_matrix() -> None:
    nothing = Descriptors(torch.zeros(0, 8), ())
    some = _descriptors(_objects([3, 4], 0))
    assert reconstruction_similarity(nothing, some).shape == (0, 2)
    assert reconstruction_similarity(some, nothing).shape == (2, 0)
