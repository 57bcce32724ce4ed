"""The authors' scores of single-object tracking (design: baselines.md), from pictures to AUC."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import unitrack

pytestmark = [pytest.mark.data, pytest.mark.slow]

# ResNet-18 layer3, OTB clip Crossing: AUC of the authors' program, and with its reading repaired
# (there by W / 65 a cell instead of 8 W / 519, hence the larger tolerance).
AUC: dict[str, tuple[dict[str, Any], float, float]] = {
    "dcf": ({"propagator": "dcf"}, 0.731, 0.001),
    "xcorr": ({"propagator": "xcorr"}, 0.730, 0.001),
    "xcorr, reading repaired": ({"propagator": "xcorr", "readout": "centred"}, 0.780, 0.02),
}


@pytest.mark.parametrize(("settings", "auc", "tolerance"), AUC.values(), ids=AUC.keys())
def test_the_authors_protocol_gives_the_authors_scores(
    settings: dict[str, Any], auc: float, tolerance: float, data_root: Path, tmp_path: Path
) -> None:
    report = unitrack.run(
        "sot",
        "otb100",
        root=data_root / "clips" / "otb100",
        sequences=["Crossing"],
        backbone="imagenet_r18",
        weights=data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors",
        protocol="authors",
        settings=settings,
        device="cpu",
        out=tmp_path / "run",
    )
    found = report.scores["Crossing"]
    assert found["AUC"] == pytest.approx(auc, abs=tolerance)
    assert found["P@20"] == 1
