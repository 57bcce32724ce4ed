"""Claim: one step of the head vos costs at most one and a half ResNet-18 forwards.

Two objects in a 480 x 640 frame, the memory full. Each frame is embedded (random weights: speed
does not depend on them), then propagated, so that other load on the machine hits both alike. The
bound is the time of nothing but the inner products that the radius allows, at the rate at which
this machine multiplies one large matrix.

    python -m benchmarks.propagation_step
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
from unitrack.heads.base import FrameFeatures
from unitrack.heads.propagation import PropagationHead
from unitrack.propagation import affinity, mask
from unitrack.propagation.config import PropagationConfig
from unitrack.propagation.mask import MaskPropagator
from unitrack.registry import BackboneRecord
from unitrack.registry.manager import registry
from unitrack.testing.scenes import embed
from unitrack.types import Frame, MaskObservation, SequenceInfo, Target

SIZE, FRAMES, WARM, THREADS, CHANNELS = (480, 640), 16, 6, 2, 256
CONFIG = PropagationConfig()

# Where each part is looked up at the time of the call.
PARTS: dict[str, tuple[Any, str]] = {
    "unit length": (mask, "unit_points"),
    "first frame, everywhere": (affinity, "_everywhere"),
    "recent frames, nearby": (affinity, "_nearby"),
    "propagation in all": (mask, "propagate"),
    "to pixels": (MaskPropagator, "_pixels"),
    "run lengths": (MaskPropagator, "_report"),
}


def main() -> None:
    torch.set_num_threads(THREADS)
    torch.set_grad_enabled(mode=False)
    head = PropagationHead(needs=FrameFeatures(), begin=lambda _: MaskPropagator(CONFIG))
    tracker = head.start(SequenceInfo("two", 25.0, SIZE, FRAMES), embed)
    embedder = Embedder(_backbone())
    forward, step = [], []
    with _stages() as spent:
        for index in range(FRAMES):
            if index == WARM:
                for times in spent.values():
                    times.clear()
            image = np.random.default_rng(index).integers(0, 255, (*SIZE, 3)).astype(np.uint8)
            ready = [embedder.prepare(image)]
            start = time.perf_counter()
            (features,) = embedder.embed(ready)
            middle = time.perf_counter()
            tracker.step(Frame(index, str(index), image), features, [] if index else _targets())
            step.append(time.perf_counter() - middle)
            forward.append(middle - start)
    whole, network = (statistics.median(times[WARM:]) * 1e3 for times in (step, forward))
    bound = _bound() * 1e3
    print(f"480 x 640, two objects, memory full, {THREADS} threads, median per frame")
    for name, times in spent.items():
        print(f"  {name:24s} {statistics.median(times) * 1e3:8.1f} ms")
    print(f"  {'step':24s} {whole:8.1f} ms")
    print(f"  {'products alone, bound':24s} {bound:8.1f} ms")
    print(f"  {'ResNet-18 layer3':24s} {network:8.1f} ms")
    print(f"  bound / forward          {bound / network:8.2f}")
    print(f"  step / forward           {whole / network:8.2f}   (target: at most 1.5)")


def _bound() -> float:
    """Seconds of the products that are needed, at the rate of one large product."""
    rows, columns = SIZE[0] // 8, SIZE[1] // 8
    y, x = torch.arange(rows), torch.arange(columns)
    down, across = (y[:, None] - y) ** 2, (x[:, None] - x) ** 2
    near = sum(
        int((across + squared < CONFIG.radius_cells**2).sum())
        for squared in down.flatten().tolist()
    )
    needed = (rows * columns) ** 2 + CONFIG.recent_frames * near
    points = torch.rand(rows * columns, CHANNELS)
    product = torch.empty(rows * columns, rows * columns)
    taken = []
    for _ in range(7):
        start = time.perf_counter()
        torch.mm(points, points.T, out=product)
        taken.append(time.perf_counter() - start)
    return min(taken) * needed / product.numel()


def _backbone() -> Any:  # the backbone's type belongs to another room
    record = registry().get("backbones", "imagenet_r18")
    assert isinstance(record, BackboneRecord)
    return build_backbone(record, tap="layer3", weights="random:0", device="cpu")


def _targets() -> list[Target]:
    masks = np.zeros((2, *SIZE), bool)
    masks[0, 100:300, 80:260] = True
    masks[1, 200:420, 330:560] = True
    return [Target(number, MaskObservation.of(one)) for number, one in enumerate(masks, 1)]


@contextmanager
def _stages() -> Iterator[dict[str, list[float]]]:
    """Note how long each call of a part takes."""
    spent: dict[str, list[float]] = defaultdict(list)
    with ExitStack() as stack:
        for name, (owner, attribute) in PARTS.items():
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
