"""The rendered set is of use only if looks decide it: pretrained ones find more."""

from __future__ import annotations

from pathlib import Path

import pytest

import unitrack


@pytest.mark.data
@pytest.mark.slow
def test_pretrained_looks_follow_better_than_random_ones_and_none_perfectly(
    tmp_path: Path, data_root: Path
) -> None:
    pretrained = data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors"
    auc = {}
    for name, weights in (("pretrained", str(pretrained)), ("random", "random:0")):
        report = unitrack.run(
            "sot",
            "synthetic_sot",
            backbone="imagenet_r18",
            weights=weights,
            device="cpu",
            sequences=["SYNTH-01", "SYNTH-02"],
            data_settings={"sequences": 2},
            out=tmp_path / name,
        )
        auc[name] = report.scores["COMBINED"]["AUC"]
    assert auc["random"] + 0.1 < auc["pretrained"] < 0.9
