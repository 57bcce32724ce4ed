from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from unitrack.association.base import Similarity, SimilaritySettings
from unitrack.association.reid import _network, reid
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, FeatureMap, Frame, Grid

pytestmark = pytest.mark.slow  # builds ResNet-50s


@pytest.fixture(scope="module")
def tensors() -> dict[str, Tensor]:
    """Random weights in torchvision's names."""
    from unitrack.torchvision_compat import declare_missing_operators

    declare_missing_operators()
    from torchvision import models

    torch.manual_seed(0)
    state: dict[str, Tensor] = models.resnet50(weights=None).state_dict()
    return {key: value for key, value in state.items() if not key.startswith("fc.")}


@pytest.fixture
def released(tensors: dict[str, Tensor], tmp_path: Path) -> Path:
    """The same in fast-reid's layout."""
    model = {f"backbone.{key}": value for key, value in tensors.items()}
    model["heads.bottleneck.0.weight"] = torch.ones(2048)
    model["pixel_mean"] = torch.zeros(1, 3, 1, 1)
    path = tmp_path / "market_bot_R50.pth"
    torch.save({"model": model, "iteration": 3}, path)
    return path


def _describe(similarity: Similarity, boxes: list[tuple[float, float, float, float]]) -> Tensor:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 255, (120, 160, 3)).astype(np.uint8)
    features = FeatureMap(torch.zeros(1, 2, 2), Grid(8, 1, 1, 0, 0, 0.5, 0.5, (2, 2)))
    observations = [BoxObservation(box) for box in boxes]
    return similarity.describe(Frame(0, "1", image), features, observations).points


def test_the_released_layout_is_read_and_gives_one_vector_a_box(released: Path) -> None:
    similarity = reid(SimilaritySettings(reid_weights=released))
    inside = (10.0, 10.0, 50.0, 90.0)
    vectors = _describe(similarity, [inside, (300.0, 300.0, 340.0, 400.0), inside])
    assert vectors.shape == (3, 2048)
    assert torch.isfinite(vectors).all()
    torch.testing.assert_close(vectors[0], vectors[2])
    assert _describe(similarity, []).shape == (0, 2048)


def test_the_last_stage_keeps_the_size_and_pooling_has_no_padding(released: Path) -> None:
    network = _network(released)
    shapes: list[tuple[int, ...]] = []
    for name in ("maxpool", "layer3", "layer4"):
        network.get_submodule(name).register_forward_hook(
            lambda _module, _given, out: shapes.append(tuple(out.shape[2:]))
        )
    network(torch.zeros(1, 3, 256, 128))
    assert shapes == [(64, 32), (16, 8), (16, 8)]


def test_a_flat_file_gives_the_same_network(
    released: Path, tensors: dict[str, Tensor], tmp_path: Path
) -> None:
    flat = tmp_path / "flat.pth"
    torch.save(tensors, flat)
    first, second = _network(released).state_dict(), _network(flat).state_dict()
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_a_missing_key_and_a_strange_key_are_refused(
    tensors: dict[str, Tensor], tmp_path: Path
) -> None:
    path = tmp_path / "cut.pth"
    torch.save({key: value for key, value in tensors.items() if key != "conv1.weight"}, path)
    with pytest.raises(UniTrackError, match=r"conv1\.weight is missing"):
        reid(SimilaritySettings(reid_weights=path))
    torch.save({**tensors, "NL_1.0.g.weight": torch.zeros(1)}, path)
    with pytest.raises(UniTrackError, match=r"NL_1\.0\.g\.weight does not belong"):
        reid(SimilaritySettings(reid_weights=path))


def test_without_weights_the_error_says_where_to_get_them() -> None:
    with pytest.raises(UniTrackError, match=r"market_bot_R50\.pth"):
        reid(SimilaritySettings())
