from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference import kalman as reference
from unitrack.association import kalman
from unitrack.association.kalman import Array, Aspect


def _boxes(count: int, seed: int = 0) -> Array:
    rng = np.random.default_rng(seed)
    corner, side = rng.uniform(-20, 500, (count, 2)), rng.uniform(5, 200, (count, 2))
    return np.hstack([corner, corner + side])


@pytest.mark.parametrize("aspect", ["w/h", "h/w"])
def test_boxes_come_back_from_measurements(aspect: Aspect) -> None:
    boxes = _boxes(7)
    found = kalman.to_boxes(kalman.measure(boxes, aspect), aspect)
    np.testing.assert_allclose(found, boxes, atol=1e-3)


def test_the_state_holds_centre_aspect_and_height() -> None:
    measured = kalman.measure(np.array([[10.0, 20.0, 30.0, 60.0]]))
    np.testing.assert_allclose(measured, [[20.0, 40.0, 20 / (40 + 1e-6), 40.0]])


@pytest.mark.parametrize("scale", [1.0, 3.5])
def test_several_frames_equal_the_filter_of_one_tracklet(scale: float) -> None:
    begun, seen = kalman.measure(_boxes(5)), kalman.measure(_boxes(5, seed=1))
    means, covariances = kalman.initiate(begun, scale)
    for _ in range(3):
        means, covariances = kalman.predict(means, covariances, scale)
        means, covariances = kalman.update(means, covariances, seen)
    for row in range(5):
        mean, covariance = reference.start(begun[row], scale)
        for _ in range(3):
            mean, covariance = reference.predict(mean, covariance, scale)
            mean, covariance = reference.update(mean, covariance, seen[row])
        np.testing.assert_allclose(means[row], mean, rtol=1e-9)
        np.testing.assert_allclose(covariances[row], covariance, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("only_position", [False, True])
def test_gating_distances_equal_the_formula(only_position: bool) -> None:
    means, covariances = kalman.predict(*kalman.initiate(kalman.measure(_boxes(4))))
    seen = kalman.measure(_boxes(6, seed=1))
    found = kalman.gating_distance(means, covariances, seen, only_position=only_position)
    size = 2 if only_position else 4
    expected = [
        [reference.distance(means[i], covariances[i], z, size) for z in seen] for i in range(4)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


sides = st.floats(1, 300)
sightings = st.lists(st.tuples(st.floats(-99, 999), st.floats(-99, 999), sides, sides), max_size=8)


@settings(max_examples=50, deadline=None)
@given(sightings)
def test_covariances_stay_symmetric_and_positive(
    seen: list[tuple[float, float, float, float]],
) -> None:
    means, covariances = kalman.initiate(kalman.measure(_boxes(1)))
    for x, y, w, h in seen:
        means, covariances = kalman.predict(means, covariances)
        box = np.array([[x, y, x + w, y + h]])
        means, covariances = kalman.update(means, covariances, kalman.measure(box))
        scale = np.sqrt(np.einsum("nii->ni", covariances))
        correlation = covariances / (scale[:, :, None] * scale[:, None, :])
        np.testing.assert_allclose(correlation, correlation.transpose(0, 2, 1), atol=1e-9)
        assert np.linalg.eigvalsh(correlation[0]).min() > 0


def test_no_tracklets_are_ordinary() -> None:
    means, covariances = kalman.predict(*kalman.initiate(np.zeros((0, 4))))
    assert kalman.gating_distance(means, covariances, np.zeros((3, 4))).shape == (0, 3)
    assert kalman.update(means, covariances, np.zeros((0, 4)))[0].shape == (0, 8)


def test_a_height_of_zero_does_not_stop_the_filter() -> None:
    means, covariances = kalman.initiate(np.array([[5.0, 5.0, 0.5, 0.0]]))
    assert np.isfinite(
        kalman.gating_distance(means, covariances, np.array([[5, 5, 0.5, 1.0]]))
    ).all()
