"""Propagation against its straightforward form: time and extra memory, measured in one run.

The straightforward form has one affinity per remembered frame, the radius as a matrix, and chooses
among all sources at once, as the formula is written. The map is that of a 480 x 640 frame, and the
memory is full: the first frame and five others. Memory is the growth of the peak resident size of a
fresh process over one call, after torch has done the same call on a small map.

    python -m benchmarks.propagation
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import normalize

from unitrack.propagation.affinity import Source, propagate
from unitrack.propagation.config import PropagationConfig

SIZE, CHANNELS, FRAMES, CLASSES, THREADS = (60, 80), 256, 6, 3, 2
CONFIG = PropagationConfig()
ROUNDS = 7


def straightforward(query: Tensor, sources: Sequence[Source]) -> Tensor:
    """The formula as it is written, all targets at once."""
    height, width = query.shape[:2]
    targets = query.flatten(0, 1)
    place = torch.stack(
        torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij"), -1
    ).flatten(0, 1)
    apart = torch.cdist(place.float(), place.float())
    forbidden = torch.where(apart < CONFIG.radius_cells, 0.0, -1e10)
    affinities = []
    for source in sources:
        affinity = targets @ source.points.flatten(0, 1).T
        affinities.append(affinity if source.everywhere else affinity + forbidden)
    logits, cells = (torch.cat(affinities, 1) / CONFIG.temperature).topk(CONFIG.top_k, dim=1)
    labels = torch.cat([source.labels for source in sources])
    return (labels[cells] * logits.softmax(1)[:, :, None]).sum(1)


def ours(query: Tensor, sources: Sequence[Source]) -> Tensor:
    return propagate(query, sources, CONFIG)


FORMS: dict[str, Callable[[Tensor, Sequence[Source]], Tensor]] = {
    "straightforward": straightforward,
    "ours": ours,
}


def scene(size: tuple[int, int]) -> tuple[Tensor, list[Source]]:
    """A target and a full memory, with cosines about those of real features."""
    generator = torch.Generator().manual_seed(0)

    def frame() -> Tensor:
        looks = torch.rand(*size, CHANNELS, generator=generator)
        return normalize(looks.square_(), dim=-1, out=looks)

    def labels() -> Tensor:
        return torch.rand(size[0] * size[1], CLASSES, generator=generator)

    return frame(), [
        Source(frame(), labels(), everywhere=int(number == 0), nearby=int(number > 0))
        for number in range(FRAMES)
    ]


def extra_mebibytes(form: str) -> float:
    """In this process: growth of the peak resident size over one call."""
    FORMS[form](*scene((12, 12)))
    inputs = scene(SIZE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    FORMS[form](*inputs)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def seconds() -> dict[str, float]:
    """The least disturbed of interleaved rounds."""
    inputs = scene(SIZE)
    taken: dict[str, list[float]] = {name: [] for name in FORMS}
    for turn in range(ROUNDS + 1):
        for name, form in FORMS.items():
            start = time.perf_counter()
            form(*inputs)
            if turn:
                taken[name].append(time.perf_counter() - start)
    return {name: min(values) for name, values in taken.items()}


def main() -> None:
    torch.set_num_threads(THREADS)
    torch.set_grad_enabled(mode=False)
    if len(sys.argv) > 1:
        print(json.dumps(extra_mebibytes(sys.argv[1])))
        return
    # First of all: a child's peak is never less than what its parent held when it began.
    command = [sys.executable, "-m", "benchmarks.propagation"]
    memory = {
        name: float(subprocess.run([*command, name], capture_output=True, check=True).stdout)
        for name in FORMS
    }
    inputs = scene(SIZE)
    apart = (ours(*inputs) - straightforward(*inputs)).abs().max().item()
    times = seconds()
    rows, columns = SIZE
    print(f"{rows} x {columns} cells, M = {FRAMES}, C = {CHANNELS}, {THREADS} threads")
    for name in FORMS:
        print(f"  {name:16s} {times[name] * 1e3:8.1f} ms {memory[name]:8.1f} MiB extra")
    names = tuple(FORMS)
    print(f"  largest difference   {apart:.1e}")
    print(f"  times faster         {times[names[0]] / times[names[1]]:.1f}   (target: at least 4)")
    print(
        f"  times less memory    {memory[names[0]] / memory[names[1]]:.1f}   (target: at least 4)"
    )


if __name__ == "__main__":
    main()
