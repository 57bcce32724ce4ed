"""The rendered set is of use only if looks decide it: pretrained ones find more."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn.functional import conv2d, normalize

import unitrack
from unitrack.data.base import Sequence
from unitrack.types import BoxObservation, SequenceResult, TrackedObject
from unitrack_sot.data.synthetic import synthesise
from unitrack_sot.data.synthetic_settings import SyntheticSotSettings
from unitrack_sot.metrics.one_pass import sot

REACH = 4  # cells to every side in which the object is looked for


def _by_looks_alone(video: Sequence, weights: str) -> SequenceResult:
    """The cells of the first box, found again where the next frame is most like them.

    Neither head nor scale, so that the test is quick and says something of the set.
    """
    embed = unitrack.backbone("imagenet_r18", weights=weights, device="cpu")
    start = np.array(video.observations("benchmark")[0][0].box)
    template, corner, place = None, np.zeros(2, int), np.zeros(2, int)
    frames = []
    for frame in video.frames():
        (features,) = embed.embed([embed.prepare(frame.image)])
        cells = normalize(features.data, dim=0)
        if template is None:
            left, top, right, bottom = features.grid.to_cells(start[None])[0].round().astype(int)
            template = cells[None, :, top : bottom + 1, left : right + 1]
            corner = place = np.array((left, top))
        likeness = conv2d(cells[None], template)[0, 0].numpy()
        y, x = np.mgrid[: likeness.shape[0], : likeness.shape[1]]
        far = (abs(x - place[0]) > REACH) | (abs(y - place[1]) > REACH)
        best = np.where(far, -np.inf, likeness).argmax()
        place = np.array([best % likeness.shape[1], best // likeness.shape[1]])
        x1, y1, x2, y2 = (start + np.tile(place - corner, 2) * features.grid.stride).tolist()
        frames.append((TrackedObject(1, BoxObservation((x1, y1, x2, y2))),))
    return SequenceResult(video.name, tuple(frames))


@pytest.mark.data
@pytest.mark.slow
def test_pretrained_looks_follow_better_than_random_ones_and_none_perfectly(
    tmp_path: Path, data_root: Path
) -> None:
    synthesise(tmp_path / "set", SyntheticSotSettings())
    videos = unitrack.dataset("synthetic_sot", root=tmp_path / "set").sequences()
    pretrained = str(data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors")
    metric = sot()
    with torch.inference_mode():
        trained, random = (
            metric.combine([metric.evaluate(v, _by_looks_alone(v, weights)) for v in videos])["AUC"]
            for weights in (pretrained, "random:0")
        )
    assert random + 0.1 < trained < 0.9
