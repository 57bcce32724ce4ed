"""One report on a backbone: whether its promises hold, and what it is worth."""

from __future__ import annotations

import time
import weakref
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from unitrack.appearance.build import Backbone
from unitrack.appearance.embed import Embedder
from unitrack.appearance.quality import alignment, correspondence, principal_colours

__all__ = ["Examined", "examine", "side_by_side"]

_ALIGNED_SHARE = 0.15  # of the pixels per cell
_OFF_PIXELS = 5.0
_REPEATS = 3
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found.

    Attributes:
        layer: The layer that was looked at.
        weights: sha256 of the weights, or ``random:SEED``.
        channels: Length of a feature.
        map_size: Cells of the picture, rows and columns.
        pixels_per_cell: By the way of an answer to a patch that moves, of the untrained network.
        off_pixels: How far the answer of the untrained network lies from the patch, by the anchor.
        off_pixels_trained: The same with the weights; trained kernels may lean to one side.
        deterministic: Whether two passes agree to the last bit.
        seconds: Of one pass, the fastest of three.
        picture: Its height and width.
        parameters: Numbers in the network.
        activations_mib: Largest memory of one pass beside the weights; 0 where it is not measured.
        found: Share of cells that find their place in the warped picture.
        found_untrained: The same, of the untrained network.
        faults: Promises of the record that do not hold.
    """

    layer: str
    weights: str
    channels: int
    map_size: tuple[int, int]
    pixels_per_cell: float
    off_pixels: float
    off_pixels_trained: float
    deterministic: bool
    seconds: float
    picture: tuple[int, int]
    parameters: int
    activations_mib: float
    found: float
    found_untrained: float
    faults: tuple[str, ...]

    def rows(self) -> list[tuple[str, str, str]]:
        """Fact, value and remark, for a table."""
        height, width = self.picture
        rows, columns = self.map_size
        memory = (
            f"{self.activations_mib:.0f} MiB beside the weights" if self.activations_mib else ""
        )
        better = self.found / max(self.found_untrained, 1e-9)
        return [
            ("layer", self.layer, f"{self.channels} channels"),
            ("weights", self.weights[:16], f"{self.parameters / 1e6:.1f} million numbers"),
            ("map", f"{rows} x {columns}", f"of {height} x {width} pixels"),
            ("pixels per cell", f"{self.pixels_per_cell:.2f}", "by the way of a moving patch"),
            ("cells are off by", f"{self.off_pixels:.1f} px", "untrained: an error of the anchor"),
            ("", f"{self.off_pixels_trained:.1f} px", "with the weights: kernels may lean"),
            ("deterministic", "yes" if self.deterministic else "no", ""),
            ("one pass", f"{1000 * self.seconds:.0f} ms", memory),
            ("cells found again", f"{self.found:.1%}", "picture turned, enlarged, dimmed, noisy"),
            (
                "",
                f"{self.found_untrained:.1%}",
                f"untrained; the weights are {better:.1f} times it",
            ),
            *(("broken", fault, "") for fault in self.faults),
        ]


def examine(real: Embedder, untrained: Embedder, picture: NDArray[np.uint8]) -> Examined:
    """Measure a backbone on one picture.

    Args:
        real: The backbone.
        untrained: The same with random weights.
        picture: RGB, ``(H, W, 3)``, at least 64 pixels a side.
    """
    backbone = real.backbone
    prepared = real.prepare(picture)
    (first,) = real.embed([prepared])
    (second,) = real.embed([prepared])
    pixels_per_cell, off = alignment(untrained, picture)
    _, off_trained = alignment(real, picture)
    same = torch.equal(first.data, second.data)
    height, width = picture.shape[:2]
    channels, stride = backbone.record.taps[backbone.tap], backbone.record.stride
    size = (-(-height // stride), -(-width // stride))
    faults = []
    if (first.data.shape[0], first.grid.size) != (channels, size):
        faults.append(f"the map is {tuple(first.data.shape)}, stated {(channels, *size)}")
    if abs(pixels_per_cell - stride) > _ALIGNED_SHARE * stride:
        faults.append(f"a cell stands for {pixels_per_cell:.1f} pixels, stated {stride}")
    if off > _OFF_PIXELS:
        faults.append(f"cells lie {off:.1f} pixels from where the anchor says")
    if not same:
        faults.append("two passes differ")
    seconds, memory = _cost(real, picture)
    return Examined(
        layer=backbone.tap,
        weights=backbone.weights_id,
        channels=first.data.shape[0],
        map_size=first.grid.size,
        pixels_per_cell=pixels_per_cell,
        off_pixels=off,
        off_pixels_trained=off_trained,
        deterministic=same,
        seconds=seconds,
        picture=(height, width),
        parameters=backbone.parameters,
        activations_mib=memory / _MIB,
        found=correspondence(real, picture),
        found_untrained=correspondence(untrained, picture),
        faults=tuple(faults),
    )


def _cost(embedder: Embedder, picture: NDArray[np.uint8]) -> tuple[float, int]:
    """Seconds of one pass, and bytes that it takes at most beside the weights."""
    run = partial(embedder.embed, [embedder.prepare(picture)])
    device = embedder.backbone.device
    times = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        run()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        times.append(time.perf_counter() - start)
    return min(times), _peak(run, embedder.backbone)


def _peak(run: Callable[[], object], backbone: Backbone) -> int:
    """Bytes of all tensors that live at once; 0 on devices that do not tell."""
    if backbone.device.type == "cuda":
        before = torch.cuda.memory_allocated(backbone.device)
        torch.cuda.reset_peak_memory_stats(backbone.device)
        run()
        return int(torch.cuda.max_memory_allocated(backbone.device) - before)
    if backbone.device.type != "cpu":
        return 0
    counting = _Counting()
    with counting:
        run()
    return counting.largest


class _Counting(TorchDispatchMode):  # type: ignore[no-untyped-call]  # as torch has it
    """Adds up the storages of the results of all operations for as long as they live."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.largest = 0
        self._held = 0
        self._users: Counter[int] = Counter()

    def __torch_dispatch__(
        self, func: Any, _types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:  # torch's own untyped protocol
        result = func(*args, **(kwargs or {}))
        given = {_storage(value)[0] for value in (*args, *(kwargs or {}).values())}
        for value in result if isinstance(result, tuple | list) else (result,):
            place, size = _storage(value)
            if size and (place not in given or self._users[place]):
                self._users[place] += 1
                if self._users[place] == 1:
                    self._held += size
                    self.largest = max(self.largest, self._held)
                weakref.finalize(value, self._release, place, size)
        return result

    def _release(self, place: int, size: int) -> None:
        self._users[place] -= 1
        if not self._users[place]:
            self._held -= size


def _storage(value: object) -> tuple[int, int]:
    """Where the storage of a tensor lies, and its bytes; zeros for anything else."""
    if not isinstance(value, Tensor):
        return 0, 0
    return value.untyped_storage().data_ptr(), value.untyped_storage().nbytes()


def side_by_side(
    real: Embedder, untrained: Embedder, picture: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """The picture, its features as colours, and those of the untrained network.

    Returns:
        RGB, ``(H, 3 W, 3)``.
    """
    height, width = picture.shape[:2]
    panels = [picture]
    for embedder in (real, untrained):
        (features,) = embedder.embed([embedder.prepare(picture)])
        stride = embedder.backbone.record.stride
        colours = principal_colours(features.data).repeat(stride, 0).repeat(stride, 1)
        panels.append(colours[:height, :width])
    return np.concatenate(panels, axis=1)
