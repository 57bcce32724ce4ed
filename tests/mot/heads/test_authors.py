"""The authors' own scores (design: baselines.md), from pictures to HOTA."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import unitrack

pytestmark = [pytest.mark.data, pytest.mark.slow]

# Faster R-CNN boxes, ResNet-18 layer3: HOTA, MOTA, IDF1, ID switches.
ROWS: dict[str, tuple[dict[str, Any], dict[str, tuple[float, float, float, int]]]] = {
    "motion": (
        {},
        {"TUD-Stadtmitte": (65.8, 77.3, 87.4, 0), "KITTI-17": (56.4, 52.6, 73.4, 0)},
    ),
    "no Kalman": (
        {"use_kalman": "off"},
        {"TUD-Stadtmitte": (63.6, 76.0, 87.0, 0), "KITTI-17": (54.9, 46.1, 71.1, 1)},
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_the_authors_protocol_gives_the_authors_scores(
    row: str, data_root: Path, tmp_path: Path
) -> None:
    settings, expected = ROWS[row]
    report = unitrack.run(
        "mot",
        "mot15",
        root=data_root / "clips" / "mot15",
        sequences=list(expected),
        observations="det_frcnn_sort",
        backbone="imagenet_r18",
        weights=data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors",
        protocol="authors",
        settings=settings,
        device="cpu",
        out=tmp_path / "run",
    )
    for sequence, (hota, mota, idf1, switches) in expected.items():
        found = report.scores[sequence]
        assert found["HOTA"] * 100 == pytest.approx(hota, abs=0.11)
        assert found["MOTA"] * 100 == pytest.approx(mota, abs=0.11)
        assert found["IDF1"] * 100 == pytest.approx(idf1, abs=0.11)
        assert found["IDSW"] == switches
