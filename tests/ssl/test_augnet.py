"""The self-supervised ResNet-50 that a pip package carries: real weights, where it is installed."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tests.ssl.conftest import records
from unitrack.appearance.build import build_backbone
from unitrack.appearance.embed import Embedder

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
def test_it_finds_the_same_place_in_the_next_frame_better_than_a_random_network(
    data_root: Path,
) -> None:
    clip = data_root / "clips" / "davis"
    path = next(clip.rglob("scooter-black/00000.jpg"))
    picture = np.array(Image.open(path).resize((320, 192)))
    shift = 16
    share = {}
    for weights in (None, "random"):
        embedder = Embedder(build_backbone(RECORD, weights=weights, device="cpu"))
        one, other = embedder.embed(
            [
                embedder.prepare(picture[:, :-shift].copy()),
                embedder.prepare(np.roll(picture, shift, 1)[:, :-shift].copy() // 2 + 40),
            ]
        )
        first, second = (torch.nn.functional.normalize(f.data, dim=0) for f in (one, other))
        likeness = first.flatten(1).T @ second.flatten(1)
        rows, columns = first.shape[1:]
        inside = [r * columns + c for r in range(rows) for c in range(columns - shift // 8)]
        found = likeness[inside].argmax(1)
        wanted = torch.tensor(inside) + shift // 8
        near = (found // columns - wanted // columns).abs() <= 1
        near &= (found % columns - wanted % columns).abs() <= 1
        share[weights] = float(near.float().mean())
    assert share[None] > share["random"] + 0.1
