"""The real weights within reach run a head on a real clip, each through the usual door."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

import pytest

from unitrack.cli.main import main

LAYER3 = "resnet18_imagenet1k_layer3.safetensors"
# Backbone, its layer or the usual one, and a file beside the clips, or what else gives weights.
ZOO = (
    ("imagenet_r18", "", LAYER3),
    ("imagenet_mobilenet_v2", "", "mobilenet_v2_imagenet_features.safetensors"),
    ("imagenet_squeezenet", "", "squeezenet1_1_imagenet_caffe_bgr.safetensors"),
    ("efficientnet_lite0", "", ""),
    ("augnet_r50", "layer3", ""),
    ("augnet_r50", "layer4", ""),
    ("imagenet_r18", "", "random:0"),
)


def _has(distribution: str) -> bool:
    try:
        importlib.metadata.distribution(distribution)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(("backbone", "layer", "weights"), ZOO)
def test_real_weights_run_on_a_real_clip(
    backbone: str, layer: str, weights: str, data_root: Path, tmp_path: Path
) -> None:
    if backbone == "augnet_r50" and not _has("imgsim"):
        pytest.skip("imgsim is not installed; make setup")
    clips = data_root / "clips" / "otb100"
    words = ["--head", "sot", "--data", "otb100", "--root", str(clips), "--sequences", "Dog"]
    words += ["--backbone", backbone, "--limit", "2", "--out", str(tmp_path / "run")]
    words += ["--layer", layer] if layer else []
    file = data_root / "weights" / weights
    if weights:
        words += ["--weights", str(file) if file.is_file() else weights]
    assert main(["run", *words]) == 0
    scores = json.loads((tmp_path / "run" / "results.json").read_text())["scores"]
    assert scores["Dog"]["AUC"] > 0.5
