"""The promise of the synthetic crowd: looks tell people apart, but only to a trained network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import unitrack
from unitrack.association.base import SimilaritySettings
from unitrack.association.similarity import rsm
from unitrack.types import BoxObservation, Frame
from unitrack_mot.data.synthetic import synthesise
from unitrack_mot.data.synthetic_settings import SyntheticMotSettings

GAP = 6


def _found_again(folder: Path, weights: str) -> list[bool]:
    """For who is well seen in the first frame and GAP frames later: is the likest one the same?"""
    similarity, embed = (
        rsm(SimilaritySettings()),
        unitrack.backbone("imagenet_r18", weights=weights),
    )
    rows = np.loadtxt(folder / "gt" / "gt.txt", delimiter=",")
    looks, ids = [], []
    for number in (1, 1 + GAP):
        image = np.asarray(Image.open(folder / "img1" / f"{number:06d}.jpg"))
        seen = rows[(rows[:, 0] == number) & (rows[:, 8] > 0.5)]
        boxes = [
            BoxObservation((x - 1, y - 1, x - 1 + w, y - 1 + h)) for x, y, w, h in seen[:, 2:6]
        ]
        features = embed.embed([embed.prepare(image)])[0]
        looks.append(similarity.describe(Frame(number, "", image), features, boxes))
        ids.append(seen[:, 1])
    likest = similarity.compare(looks[0], looks[1]).argmax(dim=1).numpy()
    return [ids[1][likest[n]] == who for n, who in enumerate(ids[0]) if who in ids[1]]


@pytest.mark.data
@pytest.mark.slow
def test_a_pretrained_network_tells_people_apart_and_a_random_one_does_not(
    tmp_path: Path, data_root: Path
) -> None:
    synthesise(tmp_path / "set", SyntheticMotSettings(frames=1 + GAP))
    pretrained = str(data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors")
    folders = sorted((tmp_path / "set" / "train").iterdir())
    with torch.inference_mode():
        trained, random = (
            np.mean([hit for folder in folders for hit in _found_again(folder, weights)])
            for weights in (pretrained, "random:0")
        )
    assert trained > 0.65
    assert random < trained - 0.2
