"""Claim: one association step costs at most a tenth of one ResNet-18 forward, at 30 detections.

A crowd of 30 boxes walks over a 1088 x 608 input. Each frame is embedded (random weights: speed
does not depend on them), then tracked, so that other load on the machine hits both alike. A step
is everything a head does with a feature map: describe, compare, filter, assign, life cycle, output.

    python benchmarks/association_step.py
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import torch

from unitrack.appearance.build import build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.association import associator, kalman
from unitrack.association.base import Similarity, SimilaritySettings
from unitrack.association.config import AssociationConfig
from unitrack.association.similarity import rsm
from unitrack.heads.association import AssociationHead
from unitrack.registry import BackboneRecord
from unitrack.registry.manager import registry
from unitrack.testing.scenes import embed
from unitrack.types import BoxObservation, Frame, SequenceInfo

OBJECTS, FRAMES, WARM, THREADS = 30, 15, 3, 2
SIZE = (608, 1088)

# Where each part is looked up at the time of the call.
PARTS: dict[str, list[tuple[Any, str]]] = {
    "Kalman": [(kalman, name) for name in ("predict", "update", "gating_distance", "initiate")],
    "assignment, overlap": [(associator, name) for name in ("assign", "overlaps")],
}


def main() -> None:
    torch.set_num_threads(THREADS)
    similarity = rsm(SimilaritySettings())
    head = AssociationHead(similarity=similarity, config=AssociationConfig(), letterbox=SIZE)
    tracker = head.start(SequenceInfo("crowd", 25.0, SIZE, FRAMES), embed)
    embedder = Embedder(random_resnet18(), SIZE)
    forward, step = [], []
    with _stages(similarity) as spent:
        for index in range(FRAMES):
            if index == WARM:
                for times in spent.values():
                    times.clear()
            image = np.random.default_rng(index).integers(0, 255, (*SIZE, 3)).astype(np.uint8)
            ready = [embedder.prepare(image)]
            start = time.perf_counter()
            (features,) = embedder.embed(ready)
            middle = time.perf_counter()
            found = tracker.step(Frame(index, str(index + 1), image), features, _crowd(index))
            step.append(time.perf_counter() - middle)
            forward.append(middle - start)
    whole, network = (statistics.median(times[WARM:]) * 1e3 for times in (step, forward))
    print(f"{OBJECTS} detections, {len(found)} tracked, {THREADS} threads, median per frame")
    for name, times in spent.items():
        print(f"  {name:20s} {sum(times) / (FRAMES - WARM) * 1e3:8.2f} ms (mean)")
    print(f"  {'step':20s} {whole:8.2f} ms")
    print(f"  {'ResNet-18 layer3':20s} {network:8.2f} ms")
    print(f"  step / forward       {whole / network:8.3f}   (target: at most 0.1)")


def random_resnet18() -> Any:  # the backbone's type belongs to another room
    record = registry().get("backbones", "imagenet_r18")
    assert isinstance(record, BackboneRecord)
    return build_backbone(record, tap="layer3", weights="random:0", device="cpu")


def _crowd(index: int) -> list[BoxObservation]:
    """Pedestrian boxes, 30 to 60 pixels wide, each on its own straight way."""
    rng = np.random.default_rng(1)
    corner = rng.uniform((0, 0), (1000, 450), (OBJECTS, 2)) + index * rng.normal(0, 3, (OBJECTS, 2))
    width = rng.uniform(30, 60, OBJECTS)
    return [
        BoxObservation((x, y, x + w, y + 2.5 * w))
        for (x, y), w in zip(corner.tolist(), width.tolist(), strict=True)
    ]


@contextmanager
def _stages(similarity: Similarity) -> Iterator[dict[str, list[float]]]:
    """Note how long each call of a part takes."""
    spent: dict[str, list[float]] = defaultdict(list)
    parts: dict[str, list[tuple[Any, str]]] = {
        **PARTS,
        "describe": [(type(similarity), "describe")],
        "compare (RSM)": [(type(similarity), "compare")],
    }
    with ExitStack() as stack:
        for name, places in parts.items():
            for owner, attribute in places:
                timed = _timed(getattr(owner, attribute), spent[name])
                stack.enter_context(patch.object(owner, attribute, timed))
        yield spent


def _timed(function: Callable[..., Any], into: list[float]) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:  # hands on what any function takes and gives
        start = time.perf_counter()
        result = function(*args, **kwargs)
        into.append(time.perf_counter() - start)
        return result

    return wrapper


if __name__ == "__main__":
    main()
