from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn.functional import cosine_similarity

from unitrack.association.base import Similarity, SimilaritySettings
from unitrack.association.descriptors import Descriptors
from unitrack.association.features import roi_points
from unitrack.association.similarity import centre, concatenated, cosine, pooled, rsm
from unitrack.types import BoxObservation, FeatureMap, Frame, Grid

FACTORIES = (rsm, centre, concatenated, pooled)
GRID = Grid(8, 0.5, 0.5, 4.0, 2.0, 0.5, 0.5, (16, 20))
BOXES = [(10.0, 20.0, 70.0, 140.0), (100.0, 30.0, 180.0, 200.0), (-20.0, 0.0, 30.0, 60.0)]


def _describe(
    similarity: Similarity, boxes: list[tuple[float, float, float, float]]
) -> Descriptors:
    data = torch.rand(6, 16, 20, generator=torch.Generator().manual_seed(0))
    frame = Frame(0, "1", np.zeros((4, 4, 3), np.uint8))
    return similarity.describe(frame, FeatureMap(data, GRID), [BoxObservation(b) for b in boxes])


def _points(boxes: list[tuple[float, float, float, float]]) -> torch.Tensor:
    data = torch.rand(6, 16, 20, generator=torch.Generator().manual_seed(0))
    return roi_points(data, torch.from_numpy(GRID.to_cells(np.array(boxes))), 4, 10)


def test_rsm_describes_a_box_by_its_grid_points() -> None:
    found = _describe(rsm(SimilaritySettings()), BOXES)
    assert found.counts == (40, 40, 40)
    torch.testing.assert_close(found.points, _points(BOXES).flatten(0, 1))


def test_the_centre_feature_is_the_middle_point_of_the_grid() -> None:
    found = _describe(centre(SimilaritySettings()), BOXES)
    torch.testing.assert_close(found.points, _points(BOXES).view(3, 4, 10, 6)[:, 2, 5])


def test_pooling_averages_raw_points_or_unit_vectors() -> None:
    raw = _describe(pooled(SimilaritySettings()), BOXES)
    torch.testing.assert_close(raw.points, _points(BOXES).mean(1))
    unit = _describe(pooled(SimilaritySettings(pool_prenorm=True)), BOXES)
    points = _points(BOXES)
    torch.testing.assert_close(unit.points, (points / points.norm(dim=2, keepdim=True)).mean(1))


def test_concatenation_keeps_every_point() -> None:
    found = _describe(concatenated(SimilaritySettings(roi_grid=(2, 3))), BOXES)
    assert found.points.shape == (3, 6 * 6)
    assert found.counts == (1, 1, 1)


@pytest.mark.parametrize("factory", FACTORIES)
def test_an_object_is_most_like_itself(
    factory: Callable[[SimilaritySettings], Similarity],
) -> None:
    similarity = factory(SimilaritySettings())
    found = _describe(similarity, BOXES)
    alike = similarity.compare(found, found)
    assert alike.argmax(1).tolist() == [0, 1, 2]
    torch.testing.assert_close(alike.diagonal(), torch.ones(3), atol=0.1, rtol=0)


@pytest.mark.parametrize("factory", FACTORIES)
def test_no_objects_are_ordinary(factory: Callable[[SimilaritySettings], Similarity]) -> None:
    similarity = factory(SimilaritySettings())
    nothing, some = _describe(similarity, []), _describe(similarity, BOXES)
    assert len(nothing) == 0
    assert similarity.compare(nothing, some).shape == (0, 3)
    assert similarity.compare(some, nothing).shape == (3, 0)


def test_the_cosine_takes_the_mean_of_several_vectors() -> None:
    points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.2]])
    found = cosine(Descriptors(points, (2, 1)), Descriptors(points[:1], (1,)))
    expected = cosine_similarity(torch.tensor([[0.5, 0.5], [1.0, 0.2]]), points[:1])
    torch.testing.assert_close(found[:, 0], expected)
