"""RSM against its straightforward form: time and extra memory, measured in one run.

The straightforward form builds every reconstruction and takes the cosine, as the formula is
written. Memory is the growth of the peak resident size of a fresh process over one call, after
torch has done the same call on a few points: it counts every allocation, torch's own included.

    python benchmarks/rsm.py
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import normalize

from unitrack.association.descriptors import Descriptors
from unitrack.association.rsm import reconstruction_similarity

OBJECTS, POINTS, CHANNELS, THREADS = 60, 40, 256, 2
SCALE, FLOOR = 100.0, 1e-12
ROUNDS = 7


def straightforward(tracklets: Tensor, detections: Tensor) -> Tensor:
    """``(N, s, C)`` and ``(M, s, C)`` to ``(N, M)``: one einsum a direction."""
    first, second = (normalize(side, dim=2, eps=FLOOR) for side in (tracklets, detections))
    logits = SCALE * torch.einsum("isc,jtc->isjt", first, second)
    objects, points, others, other_points = logits.shape
    flat = logits.reshape(objects * points, others * other_points)
    by_row = flat.softmax(1).view(logits.shape)
    by_column = flat.softmax(0).view(logits.shape)
    rebuilt_first = torch.einsum("isjt,jtc->ijsc", by_row, second)
    rebuilt_second = torch.einsum("isjt,isc->ijtc", by_column, first)
    forth, back = _cosine(first[:, None], rebuilt_first), _cosine(second[None], rebuilt_second)
    return (forth + back) / 2


def _cosine(whole: Tensor, rebuilt: Tensor) -> Tensor:
    inner = (whole * rebuilt).sum((2, 3))
    lengths = [side.flatten(2).norm(dim=2).clamp(min=FLOOR) for side in (whole, rebuilt)]
    cosines: Tensor = inner / (lengths[0] * lengths[1])
    return cosines


def ours(tracklets: Tensor, detections: Tensor) -> Tensor:
    first, second = (
        Descriptors(side.flatten(0, 1), (side.shape[1],) * len(side))
        for side in (tracklets, detections)
    )
    return reconstruction_similarity(first, second)


FORMS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "straightforward": straightforward,
    "ours": ours,
}


def crowd(objects: int, seed: int) -> Tensor:
    """Points with the cosines of real features: about 0.4 to 0.8."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(objects, POINTS, CHANNELS, generator=generator).square()


def extra_mebibytes(form: str) -> float:
    """In this process: growth of the peak resident size over one call."""
    FORMS[form](crowd(2, 0), crowd(2, 1))
    inputs = crowd(OBJECTS, 0), crowd(OBJECTS, 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    FORMS[form](*inputs)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def seconds() -> dict[str, float]:
    """The least disturbed of interleaved rounds."""
    inputs = crowd(OBJECTS, 0), crowd(OBJECTS, 1)
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
    memory = {
        name: float(
            subprocess.run([sys.executable, __file__, name], capture_output=True, check=True).stdout
        )
        for name in FORMS
    }
    inputs = crowd(OBJECTS, 0), crowd(OBJECTS, 1)
    apart = (ours(*inputs) - straightforward(*inputs)).abs().max().item()
    times = seconds()
    print(f"RSM, {OBJECTS} x {OBJECTS} objects, {POINTS} points, C = {CHANNELS}, {THREADS} threads")
    for name in FORMS:
        print(f"  {name:16s} {times[name] * 1e3:8.1f} ms {memory[name]:8.1f} MiB extra")
    names = tuple(FORMS)
    print(f"  largest difference   {apart:.1e}")
    print(f"  times faster         {times[names[0]] / times[names[1]]:.1f}   (target: at least 5)")
    print(
        f"  times less memory    {memory[names[0]] / memory[names[1]]:.1f}   (target: at least 5)"
    )


if __name__ == "__main__":
    main()
