"""The self-supervised ResNet-50 that a pip package carries: real weights, where it is installed."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.ssl.conftest import records
from unitrack.appearance.build import build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.appearance.quality import correspondence

RECORD = records()["augnet_r50"]


def _installed() -> bool:
    try:
        importlib.metadata.distribution("imgsim")
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _installed(), reason="imgsim is not installed (pip --no-deps imgsim)"),
]


@pytest.mark.parametrize("tap", ["layer3", "layer4"])
def test_the_file_loads_strictly_and_the_package_is_not_imported(tap: str) -> None:
    backbone = build_backbone(RECORD, tap=tap, device="cpu")
    assert backbone.weights_id == RECORD.weights[0].sha256
    assert "imgsim" not in sys.modules


@pytest.mark.data
def test_it_finds_places_again_better_than_a_random_network(
    data_root: Path,
) -> None:
    path = next((data_root / "clips" / "davis").rglob("scooter-black/00000.jpg"))
    picture = np.array(Image.open(path).resize((320, 192)))
    for tap in ("layer3", "layer4"):
        trained, random = (
            correspondence(
                Embedder(build_backbone(RECORD, tap=tap, weights=weights, device="cpu")), picture
            )
            for weights in (None, "random")
        )
        assert trained > 0.2
        assert trained > 2 * random
