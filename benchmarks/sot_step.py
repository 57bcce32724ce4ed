"""Claim: following a box costs a twentieth of its backbone's forward pass at most.

A picture moves by 12 pixels a frame; the head follows a box in it, with a ResNet-18 (random
weights: speed does not depend on them) on crops of 520 pixels: three to search in, and, for the
correlation filter, one more to learn from. A step is everything but the network: normalise, cut,
correlate, read, learn. Times are seconds of the processor in one thread, which other load on the
machine hardly changes.

    python -m benchmarks.sot_step
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
from numpy.typing import NDArray
from torch import Tensor

from unitrack.appearance.build import Backbone, build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.heads import propagation
from unitrack.heads.base import Crops
from unitrack.heads.propagation import PropagationHead
from unitrack.propagation.box import BoxConfig, BoxPropagator
from unitrack.propagation.correlation import BoxFilter
from unitrack.propagation.dcf import Dcf, DcfConfig
from unitrack.propagation.xcorr import XCorr, XCorrConfig
from unitrack.registry import BackboneRecord
from unitrack.registry.manager import registry
from unitrack.types import BoxObservation, CropFeatures, Frame, SequenceInfo, Target

FRAMES, WARM = 8, 1
SIZE = (480, 640)
BOX = (100.0, 200.0, 160.0, 280.0)
FILTERS: dict[str, Callable[[], BoxFilter]] = {
    "dcf": lambda: Dcf(DcfConfig()),
    "xcorr": lambda: XCorr(XCorrConfig()),
}


class TimedEmbed:
    """An `Embed` that notes how long the network itself takes, and on how many crops."""

    def __init__(self, backbone: Backbone) -> None:
        self.embedder = Embedder(backbone)
        self.seconds = 0.0
        self.crops = 0

    def normalise(self, image: NDArray[np.uint8]) -> Tensor:
        """As the backbone wants it."""
        return self.embedder.normalise(image)

    def __call__(self, crops: Tensor) -> CropFeatures:
        """One batch, timed."""
        start = time.process_time()
        data = self.embedder.backbone(crops)
        self.seconds += time.process_time() - start
        self.crops += len(crops)
        return CropFeatures(data, 8, 0.5, 0.5)


def main() -> None:
    torch.set_num_threads(1)
    record = registry().get("backbones", "imagenet_r18")
    assert isinstance(record, BackboneRecord)
    backbone = build_backbone(record, weights="random:0", device="cpu")
    print(f"crops of 520, one thread, median of {FRAMES - WARM} frames")
    for name, make in FILTERS.items():
        report(name, make, backbone)


def report(name: str, make: Callable[[], BoxFilter], backbone: Backbone) -> None:
    embed = TimedEmbed(backbone)

    def begin(sequence: SequenceInfo) -> BoxPropagator:
        return BoxPropagator(sequence.name, make, BoxConfig())

    head = PropagationHead(needs=Crops(), begin=begin)
    tracker = head.start(SequenceInfo("moving", 25.0, SIZE, FRAMES), embed)
    steps, networks, crops = [], [], []
    with parts(make) as spent:
        for index in range(FRAMES):
            given = [Target(1, BoxObservation(BOX))] if index == 0 else []
            frame = Frame(index, str(index + 1), picture(12 * index))
            embed.seconds, embed.crops = 0.0, 0
            for times in spent.values():
                times.append(0.0)
            start = time.process_time()
            tracker.step(frame, None, given)
            steps.append(time.process_time() - start - embed.seconds)
            networks.append(embed.seconds)
            crops.append(embed.crops)
    step, network = (statistics.median(times[WARM:]) * 1e3 for times in (steps, networks))
    print(f"{name}, {statistics.mean(crops[WARM:]):.2f} crops a frame")
    for part, times in spent.items():
        print(f"  {part:20s} {statistics.median(times[WARM:]) * 1e3:8.2f} ms")
    print(f"  {'step':20s} {step:8.2f} ms")
    print(f"  {'ResNet-18 layer3':20s} {network:8.2f} ms")
    print(f"  step / forward       {step / network:8.3f}   (target: at most 0.05)")


def picture(shift: int) -> NDArray[np.uint8]:
    rng = np.random.default_rng(0)
    blocks = rng.integers(0, 256, (SIZE[0] // 8, SIZE[1] // 8, 3)).astype(np.uint8)
    return np.roll(blocks.repeat(8, 0).repeat(8, 1), shift, axis=1)


@contextmanager
def parts(make: Callable[[], BoxFilter]) -> Iterator[dict[str, list[float]]]:
    """Sum up, frame by frame, how long each part takes."""
    spent: dict[str, list[float]] = defaultdict(list)
    places: dict[str, tuple[Any, str]] = {
        "normalise": (Embedder, "normalise"),
        "cut": (propagation, "cut"),
        "respond": (type(make()), "respond"),
        "learn": (type(make()), "learn"),
    }
    with ExitStack() as stack:
        for name, (owner, attribute) in places.items():
            timed = _timed(getattr(owner, attribute), spent[name])
            stack.enter_context(patch.object(owner, attribute, timed))
        yield spent


def _timed(function: Callable[..., Any], into: list[float]) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:  # hands on what any function takes and gives
        start = time.process_time()
        result = function(*args, **kwargs)
        into[-1] += time.process_time() - start
        return result

    return wrapper


if __name__ == "__main__":
    main()
