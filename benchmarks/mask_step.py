"""Claim: the mask step of 100 masks at 1080p costs at most 15 % of one ResNet-18 forward.

The mask step is everything between run-length encoded masks and what the association compares: the
cells of each mask, its box, duplicates, and feature points. 100 ragged silhouettes, as tall as
people from afar to close by, stand in a 1920 x 1080 picture; the larger ones are scaled down to the
limit of points. Each frame is embedded (random weights: speed does not depend on them), then
stepped, so that other load on the machine hits both alike.

    python -m benchmarks.mask_step
"""

from __future__ import annotations

import statistics
import time

import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from benchmarks.association_step import random_resnet18
from unitrack.appearance.embed import Embedder
from unitrack.association.base import SimilaritySettings
from unitrack.association.silhouette import Silhouette
from unitrack.association.similarity import rsm
from unitrack.heads.masks import Masks
from unitrack.types import Frame, MaskObservation, SequenceInfo

OBJECTS, FRAMES, WARM, THREADS = 100, 8, 2, 2
SIZE = (1080, 1920)
LIMIT = 200  # points an object


def main() -> None:
    torch.set_num_threads(THREADS)
    form, similarity = Masks(), rsm(SimilaritySettings(shape="silhouette", max_points=LIMIT))
    info = SequenceInfo("crowd", 25.0, SIZE, FRAMES)
    embedder = Embedder(random_resnet18())
    masks = _crowd()
    forward, placing, describing = [], [], []
    for index in range(FRAMES):
        image = np.random.default_rng(index).integers(0, 255, (*SIZE, 3)).astype(np.uint8)
        frame, ready = Frame(index, str(index + 1), image), [embedder.prepare(image)]
        start = time.perf_counter()
        (features,) = embedder.embed(ready)
        embedded = time.perf_counter()
        taken = form.take(info, frame, features, masks)
        placed = time.perf_counter()
        looks = similarity.describe(frame, features, taken.observations)
        described = time.perf_counter()
        forward.append(embedded - start)
        placing.append(placed - embedded)
        describing.append(described - placed)
    cells, points, network = (
        statistics.median(times[WARM:]) * 1e3 for times in (placing, describing, forward)
    )
    kept = len(looks)
    covered = [one for one in taken.observations if isinstance(one, Silhouette)]
    large = sum(len(one.rows) > LIMIT for one in covered)
    print(
        f"{OBJECTS} masks of {SIZE[1]} x {SIZE[0]}, {kept} after duplicates, {sum(looks.counts)} "
        f"points ({large} masks scaled down), {THREADS} threads, median per frame"
    )
    print(f"  cells, boxes, duplicates {cells:8.2f} ms")
    print(f"  points                   {points:8.2f} ms")
    print(f"  ResNet-18 layer3         {network:8.2f} ms")
    print(f"  step / forward           {(cells + points) / network:8.3f}   (target: at most 0.15)")


def _crowd() -> list[MaskObservation]:
    """People as ragged ellipses, 60 to 500 pixels tall."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float32)
    waves = gaussian_filter(rng.standard_normal(SIZE).astype(np.float32), 3)
    waves *= 0.2 / waves.std()
    masks = []
    for tall in rng.uniform(60, 500, OBJECTS):
        row, column = rng.uniform(0, SIZE[0]), rng.uniform(0, SIZE[1])
        away = ((y - row) / (tall / 2)) ** 2 + ((x - column) / (tall / 5)) ** 2
        masks.append(MaskObservation.of(away + waves < 1))
    return masks


if __name__ == "__main__":
    main()
