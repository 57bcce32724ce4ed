"""Every choice of the propagation of labels, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AffinityNorm", "Belief", "PropagationConfig", "Readout"]

AffinityNorm = Literal["sources", "targets"]
Belief = Literal["exact", "authors"]
Readout = Literal["top3", "argmax", "softargmax"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PropagationConfig:
    """How a frame's cells look back into the memory.

    Attributes:
        recent_frames: Frames remembered beside those that were annotated.
        temperature: Divides the cosines before the exponential; no unit.
        top_k: Sources that a target cell takes its labels from.
        radius_cells: Sources in recent frames are nearer than this to the target cell.
        radius_long_term: The radius holds in annotated frames too.
        memory_dedup: Take each remembered frame once. Otherwise an annotated frame counts once more
            while it is recent, and at the start the first frame stands for each recent frame that
            is not there yet.
        affinity_norm: Whether a target's weights sum to 1 over its sources, or a source's over all
            targets that may look at it.
    """

    recent_frames: int = 5
    temperature: float = 0.05
    top_k: int = 10
    radius_cells: float = 12.0
    radius_long_term: bool = False
    memory_dedup: bool = False
    affinity_norm: AffinityNorm = "sources"
