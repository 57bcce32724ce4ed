"""Contour accuracy F against its definition on whole frames, measured in one run.

The definition dilates both contours with a disk over the whole frame. Ours asks for the distance
to the nearest point of the other contour, inside a window. Masks are made up: a wobbling outline
at 480p, and one that is a few pixels off. J is measured with it, and so is the decoding of the
masks.

    python benchmarks/davis_metric.py
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from unitrack.types import MaskObservation
from unitrack_vos.metrics.contour import boundary, region_and_contour, tolerance

HEIGHT, WIDTH = 480, 854
OBJECTS, ROUNDS = 8, 5

Mask = NDArray[np.bool_]
Pair = tuple[MaskObservation, MaskObservation]


def straightforward(true: MaskObservation, found: MaskObservation) -> tuple[float, float]:
    """J and F as they are defined, on whole frames."""
    first, second = true.mask, found.mask
    region = np.count_nonzero(first & second) / np.count_nonzero(first | second)
    radius = tolerance(true.size)
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    disk = x**2 + y**2 <= radius**2
    edges = [boundary(first), boundary(second)]
    near = [binary_dilation(edge, disk) for edge in edges]
    recall = np.count_nonzero(edges[0] & near[1]) / np.count_nonzero(edges[0])
    precision = np.count_nonzero(edges[1] & near[0]) / np.count_nonzero(edges[1])
    both = precision + recall
    return region, 2 * precision * recall / both if both else 0.0


def pairs() -> list[Pair]:
    """The truth and what was found of it, for each object."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    made = []
    for _ in range(OBJECTS):
        centre, size = rng.uniform((120, 200), (360, 650)), rng.uniform(40, 130)
        waves = rng.normal(0, 0.05, 6)
        masks = []
        for shift in (np.zeros(2), rng.normal(0, 4, 2)):
            dy, dx = y - centre[0] - shift[0], x - centre[1] - shift[1]
            angle = np.arctan2(dy, dx)
            wobble = sum(wave * np.sin((n + 2) * angle) for n, wave in enumerate(waves))
            masks.append(MaskObservation.of(np.hypot(dy, dx) < size * (1 + wobble)))
        made.append((masks[0], masks[1]))
    return made


FORMS: dict[str, Callable[[MaskObservation, MaskObservation], tuple[float, float]]] = {
    "straightforward": straightforward,
    "ours": region_and_contour,
}


def main() -> None:
    made = pairs()
    apart = max(
        abs(a - b)
        for pair in made
        for a, b in zip(straightforward(*pair), region_and_contour(*pair), strict=True)
    )
    taken: dict[str, list[float]] = {name: [] for name in FORMS}
    for _ in range(ROUNDS):
        for name, form in FORMS.items():
            start = time.perf_counter()
            for pair in made:
                form(*pair)
            taken[name].append((time.perf_counter() - start) / OBJECTS)
    times = {name: min(values) for name, values in taken.items()}
    print(f"J and F of one object in one frame, {WIDTH}x{HEIGHT}, mean of {OBJECTS}")
    for name in FORMS:
        print(f"  {name:16s} {times[name] * 1e3:8.2f} ms")
    print(f"  largest difference   {apart:.1e}")
    print(f"  times faster         {times['straightforward'] / times['ours']:.0f}")


if __name__ == "__main__":
    main()
