"""The promise of the rendered set: looks tell objects apart, but only to a trained network."""

from __future__ import annotations

from pathlib import Path

import pytest

import unitrack
from unitrack_vos.data.synthetic import synthesise
from unitrack_vos.data.synthetic_settings import SyntheticVosSettings


def _region(root: Path, out: Path, weights: str) -> float:
    report = unitrack.run(
        "vos", "synthetic_vos", root=root, backbone="imagenet_r18", weights=weights,
        sequences=["synth-03"], limit=24, out=out,
    )  # fmt: skip
    return report.scores["COMBINED"]["J"]


@pytest.mark.data
@pytest.mark.slow
def test_a_pretrained_network_follows_people_and_a_random_one_does_not(
    tmp_path: Path, data_root: Path
) -> None:
    synthesise(tmp_path / "set", SyntheticVosSettings())
    pretrained = str(data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors")
    trained, random = (
        _region(tmp_path / "set", tmp_path / out, weights)
        for out, weights in (("trained", pretrained), ("random", "random:0"))
    )
    assert 0.4 < trained < 0.8
    assert random < trained - 0.2
