"""The authors' score of single-object tracking (design: baselines.md), from pictures to AUC.

One clip and one propagator, because a frame costs four crops; the others are rows of
``python -m benchmarks.propagation_clips``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import unitrack


@pytest.mark.data
@pytest.mark.slow
def test_the_authors_protocol_gives_the_authors_score(data_root: Path, tmp_path: Path) -> None:
    report = unitrack.run(
        "sot",
        "otb100",
        root=data_root / "clips" / "otb100",
        sequences=["Crossing"],
        backbone="imagenet_r18",
        weights=data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors",
        protocol="authors",
        settings={"propagator": "dcf"},
        device="cpu",
        out=tmp_path / "run",
    )
    found = report.scores["Crossing"]
    assert found["AUC"] == pytest.approx(0.731, abs=0.001)
    assert found["P@20"] == 1
