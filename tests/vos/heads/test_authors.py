"""The authors' own score (design: baselines.md), from pictures to J."""

from __future__ import annotations

from pathlib import Path

import pytest

import unitrack


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(("protocol", "score"), [("authors", 0.838), ("best", 0.871)])
def test_the_authors_protocol_gives_the_authors_score_and_best_more(
    protocol: str, score: float, data_root: Path, tmp_path: Path
) -> None:
    report = unitrack.run(
        "vos",
        "davis2016",
        root=data_root / "clips" / "davis",
        sequences=["scooter-black"],
        backbone="imagenet_r18",
        weights=data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors",
        protocol=protocol,
        device="cpu",
        out=tmp_path / "run",
    )
    assert report.scores["scooter-black"]["J"] == pytest.approx(score, abs=0.001)
