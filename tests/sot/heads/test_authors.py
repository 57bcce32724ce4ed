"""The authors' scores of single-object tracking (design: baselines.md), from pictures to AUC."""

from __future__ import annotations

from pathlib import Path

import pytest

import unitrack

pytestmark = [pytest.mark.data, pytest.mark.slow]

# ResNet-18 layer3, OTB clip Crossing: AUC of the authors' program, and with its reading repaired.
AUC = {
    ("authors", "dcf"): 0.731,
    ("authors", "xcorr"): 0.730,
    ("default", "xcorr"): 0.780,
}


@pytest.mark.parametrize(("protocol", "propagator"), AUC)
def test_a_protocol_gives_the_scores_of_its_program(
    protocol: str, propagator: str, data_root: Path, tmp_path: Path
) -> None:
    report = unitrack.run(
        "sot",
        "otb100",
        root=data_root / "clips" / "otb100",
        sequences=["Crossing"],
        backbone="imagenet_r18",
        weights=data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors",
        protocol=protocol,
        settings={"propagator": propagator},
        device="cpu",
        out=tmp_path / "run",
    )
    found = report.scores["Crossing"]
    assert found["AUC"] == pytest.approx(AUC[protocol, propagator], abs=0.005)
    assert found["P@20"] == 1
