"""The authors' own scores (design: baselines.md), from pictures to PCK."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

import unitrack
from unitrack.appearance.build import Backbone, build_backbone
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord
from unitrack.testing.scenes import embed
from unitrack.types import (
    FeatureMap,
    Frame,
    Grid,
    SequenceInfo,
    SequenceResult,
)
from unitrack_posetrack.heads.poseprop import poseprop
from unitrack_posetrack.heads.poseprop_settings import PROTOCOLS, PosePropSettings
from unitrack_posetrack.metrics.pck import pck

pytestmark = [pytest.mark.data, pytest.mark.slow]

_SIDE = 320


def test_a_run_comes_near_the_authors_scores(data_root: Path, tmp_path: Path) -> None:
    """The picture is enlarged as for boxes, which is not the filter of the authors' loader."""
    report = unitrack.run(
        "poseprop",
        "jhmdb",
        root=data_root / "clips" / "jhmdb",
        backbone="imagenet_r18",
        weights=_weights(data_root),
        protocol="authors",
        device="cpu",
        out=tmp_path / "run",
    )
    assert report.scores["COMBINED"]["PCK@0.1"] == pytest.approx(0.637, abs=0.02)
    assert report.scores["COMBINED"]["PCK@0.2"] == pytest.approx(0.850, abs=0.02)


def test_the_best_protocol_beats_optical_flow(data_root: Path, tmp_path: Path) -> None:
    """Dense flow at the joints has 0.694 and 0.880 on this clip."""
    report = unitrack.run(
        "poseprop",
        "jhmdb",
        root=data_root / "clips" / "jhmdb",
        backbone="imagenet_r18",
        weights=_weights(data_root),
        protocol="best",
        device="cpu",
        out=tmp_path / "run",
    )
    assert report.scores["COMBINED"]["PCK@0.1"] > 0.694
    assert report.scores["COMBINED"]["PCK@0.2"] > 0.880


def test_with_the_authors_filter_the_scores_are_theirs(data_root: Path) -> None:
    record = registry().get("backbones", "imagenet_r18")
    assert isinstance(record, BackboneRecord)
    backbone = build_backbone(record, weights=str(_weights(data_root)), device="cpu")
    (video,) = unitrack.dataset("jhmdb", root=data_root / "clips" / "jhmdb").sequences()
    info = SequenceInfo(video.name, video.fps, video.size, video.length)
    head = poseprop(PosePropSettings(**PROTOCOLS["authors"]), registry().get)
    tracker, given = head.start(info, embed), video.observations("benchmark")
    frames = tuple(
        tuple(tracker.step(frame, _stretched(frame, backbone), given[frame.index]))
        for frame in video.frames()
    )
    metric = pck()
    partial = metric.evaluate(video, SequenceResult(video.name, frames))
    scores = metric.combine([partial])
    assert scores["PCK@0.1"] == pytest.approx(0.637, abs=0.0005)
    assert scores["PCK@0.2"] == pytest.approx(0.850, abs=0.0005)


def _weights(data_root: Path) -> Path:
    return data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors"


def _stretched(frame: Frame, backbone: Backbone) -> FeatureMap:
    """Plain bilinear, in floating point."""
    height, width = frame.image.shape[:2]
    pixels = torch.from_numpy(frame.image.astype(np.float32)).permute(2, 0, 1)[None]
    large = interpolate(pixels, (_SIDE, _SIDE), mode="bilinear", align_corners=False) / 255
    mean, std = (
        torch.tensor(v)[:, None, None] for v in (backbone.record.mean, backbone.record.std)
    )
    data = backbone((large - mean) / std)[0]
    scale = _SIDE / width, _SIDE / height
    return FeatureMap(data, Grid(8, *scale, 0.0, 0.0, 0.5, 0.5, (data.shape[1], data.shape[2])))
