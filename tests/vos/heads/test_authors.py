"""The authors' own score (design: baselines.md), from pictures to J."""

from __future__ import annotations

from pathlib import Path

import pytest

import unitrack


def _score(data_root: Path, out: Path, protocol: str) -> float:
    report = unitrack.run(
        "vos",
        "davis2016",
        root=data_root / "clips" / "davis",
        sequences=["scooter-black"],
        backbone="imagenet_r18",
        weights=data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors",
        protocol=protocol,
        device="cpu",
        out=out,
    )
    return report.scores["scooter-black"]["J"]


@pytest.mark.data
@pytest.mark.slow
def test_the_authors_protocol_gives_the_authors_score_and_best_more(
    data_root: Path, tmp_path: Path
) -> None:
    authors = 0.838
    assert _score(data_root, tmp_path / "authors", "authors") == pytest.approx(authors, abs=0.001)
    assert _score(data_root, tmp_path / "best", "best") > authors + 0.02
