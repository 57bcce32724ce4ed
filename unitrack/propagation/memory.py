"""Which frames a propagation of labels remembers, and how often each counts."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection

from torch import Tensor
from torch.nn.functional import normalize, pad

from unitrack.propagation.affinity import Source
from unitrack.propagation.config import PropagationConfig
from unitrack.types import FeatureMap

__all__ = ["Memory", "unit_points"]

# Points shorter than this are not stretched to unit length.
_FLOOR = 1e-12


def unit_points(features: FeatureMap) -> Tensor:
    """The cells of a feature map at unit length: ``(h, w, C)``, a copy."""
    return normalize(features.data.permute(1, 2, 0), dim=2, eps=_FLOOR).contiguous()


class _Kept:
    """One frame: points ``(h, w, C)``, labels ``(h * w, K)``, and who was annotated in it."""

    def __init__(self, points: Tensor, labels: Tensor, given: Collection[int]) -> None:
        self.points = points
        self.labels = labels
        self.given = set(given)


class Memory:
    """The annotated frames and the last few.

    It does not grow with the video: an annotated frame is kept until each of its objects has been
    annotated again.
    """

    def __init__(self, config: PropagationConfig) -> None:
        self._config = config
        self._annotated: list[_Kept] = []
        self._recent: deque[_Kept] = deque(maxlen=config.recent_frames)

    def start(self, points: Tensor, labels: Tensor, given: Collection[int]) -> None:
        """Forget everything but this frame, in which every object is annotated.

        It stands for the recent frames that are not there yet, as in the authors' code.
        """
        first = _Kept(points, labels, given)
        self._annotated = [first]
        self._recent.extend([first] * self._config.recent_frames)

    def add(self, points: Tensor, labels: Tensor, given: Collection[int]) -> None:
        """Remember a frame, for good if an object is annotated in it.

        Args:
            points: Unit length along C, ``(h, w, C)``.
            labels: ``(h * w, K)``; K may be larger than before, by channels of new objects.
            given: Identities that are annotated in this frame.
        """
        kept = _Kept(points, labels, given)
        self._recent.append(kept)
        if given:
            for frame in self._annotated:
                frame.given.difference_update(given)
            self._annotated = [*(frame for frame in self._annotated if frame.given), kept]

    def recall(self) -> list[Source]:
        """Every remembered frame once; of what a frame could not know yet it has 0."""
        frames = list(dict.fromkeys([*self._annotated, *self._recent]))
        channels = max(frame.labels.shape[1] for frame in frames)
        return [
            Source(
                frame.points,
                pad(frame.labels, (0, channels - frame.labels.shape[1])),
                *self._copies(frame),
            )
            for frame in frames
        ]

    def _copies(self, frame: _Kept) -> tuple[int, int]:
        """How often a frame may be looked at from everywhere, and from nearby only."""
        annotated, recent = int(frame in self._annotated), self._recent.count(frame)
        if self._config.memory_dedup:
            recent = 1 - annotated
        if self._config.radius_long_term:
            return 0, annotated + recent
        return annotated, recent
