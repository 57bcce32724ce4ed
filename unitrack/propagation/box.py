"""Follow boxes from frame to frame: three sizes, one look, one more to learn from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from unitrack.errors import UniTrackError
from unitrack.propagation.base import Look
from unitrack.propagation.correlation import CONTEXT, BoxFilter, Peak
from unitrack.propagation.sides import Sides, SidesConfig
from unitrack.types import XYXY, BoxObservation, CropFeatures, Observation

__all__ = ["BoxConfig", "BoxPropagator"]

Array = NDArray[np.float64]

_SCALES = 1.0275 ** np.array([-1.0, 0.0, 1.0])
_PENALTIES = 0.985 ** np.array([1.0, 0.0, 1.0])
_SHRINK, _GROW = 0.2, 5.0  # limits of the size, as shares of the first
_LEAST = 4.0  # pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxConfig:
    """How a box moves, whatever finds it.

    Attributes:
        side: Of the crops, pixels.
        subcell: Refine the peak of the response to parts of a cell.
        size_cap: ``image`` lets a box grow to the width and height of the picture; ``authors`` has
            the two swapped.
        origin: ``centre`` cuts around the middle of the box; ``authors`` half a pixel off it,
            towards the top left.
        sides: Fit the box to labels carried from its first frame; None leaves it where the peak of
            the response has put it.
    """

    side: int = 520
    subcell: bool = False
    size_cap: Literal["image", "authors"] = "image"
    origin: Literal["centre", "authors"] = "centre"
    sides: SidesConfig | None = None


@dataclass(frozen=True, slots=True)
class _Box:
    """One target; the arrays hold x and y, in continuous image pixels."""

    centre: Array
    size: Array
    least: Array
    most: Array
    label: int
    appearance: BoxFilter
    reference: float  # peak of the response to the very crop that the target was first learnt from
    sides: Sides | None = None


class BoxPropagator:
    """A `Propagator` of boxes.

    A search looks at three windows around the last place, of 4.5 times the box (each axis on its
    own) and of three sizes, in one batch. The best peak of the three responses moves and scales the
    box; a filter that adapts then learns from a window around the new place. Where only the size
    has changed, that window is one of the three, and is not looked at again.

    The score of a box is the peak of its response over that in the frame where it was given: 1 for
    a target that has not changed, less as it does, but a dark target that gets brighter can pass 1.
    A target of which not even the largest window shows a pixel stays where it is, with score 0.

    Args:
        name: Of the sequence, for messages.
        appearance: Makes the filter of one target.
        config: How a box moves.

    Source:
        Wang et al., NeurIPS 2021, box propagation: context 4.5, sizes ``1.0275 ** (-1, 0, 1)``,
        penalties ``0.985 ** (1, 0, 1)``, size limits of the authors' program.
    """

    def __init__(self, name: str, appearance: Callable[[], BoxFilter], config: BoxConfig) -> None:
        self._name = name
        self._appearance = appearance
        self._config = config
        self._followed: dict[int, _Box] = {}

    def step(self, look: Look, given: Mapping[int, Observation]) -> Mapping[int, Observation]:
        """Take the next frame.

        Raises:
            UniTrackError: If a given box is not finite, has no area or lies outside the picture, or
                if the backbone gives features that are not finite.
        """
        for identity, seen in given.items():
            self._check(identity, seen.box, look.size)
        found: dict[int, Observation] = {}
        for identity in sorted({*self._followed, *given}):
            if identity in given:
                self._followed[identity] = self._begin(look, given[identity])
                found[identity] = given[identity]
            else:
                self._followed[identity], found[identity] = self._follow(
                    look, self._followed[identity]
                )
        return found

    def _check(self, identity: int, box: XYXY, size: tuple[int, int]) -> None:
        x1, y1, x2, y2 = box
        if not np.isfinite(box).all():
            fault = "is not finite"
        elif x2 <= x1 or y2 <= y1:
            fault = "has no area"
        elif not _shows(np.array([box]), size):
            fault = f"lies outside the picture of {size[1]}x{size[0]}"
        else:
            return
        corners = ", ".join(f"{side:g}" for side in box)
        raise UniTrackError(
            f"{self._name}: target {identity}",
            f"the box given ({corners}) {fault}",
            "Correct the annotation of the frame in which it is given.",
        )

    def _begin(self, look: Look, seen: Observation) -> _Box:
        corners = np.array(seen.box).reshape(2, 2)
        size = corners[1] - corners[0]
        picture = np.array(look.size, np.float64)
        if self._config.size_cap == "image":
            picture = picture[::-1]
        appearance = self._appearance()
        box = _Box(
            centre=corners.mean(0) - self._shift,
            size=size,
            least=np.maximum(_SHRINK * size, _LEAST),
            most=np.minimum(_GROW * size, picture),
            label=seen.label,
            appearance=appearance,
            reference=0.0,
        )
        crop = look.crops(_windows(box, np.ones(1)), self._config.side)
        appearance.learn(crop)
        fit = self._config.sides
        return replace(
            box,
            reference=self._find(appearance, crop, np.ones(1)).value,
            sides=None if fit is None else Sides(self._config.side, fit.hold, crop),
        )

    def _follow(self, look: Look, box: _Box) -> tuple[_Box, Observation]:
        windows = _windows(box, _SCALES)
        if not _shows(windows, look.size):
            return box, self._observation(box, 0.0)
        crops = look.crops(windows, self._config.side)
        peak = self._find(box.appearance, crops, _PENALTIES)
        size = box.size * _SCALES[peak.crop]
        shift, factor = self._fit(box, _crop(crops, peak.crop), peak)
        moved = replace(
            box,
            centre=box.centre + shift * (size * CONTEXT),
            size=np.clip(size * factor, box.least, box.most),
        )
        if box.appearance.adapts:
            self._adapt(look, moved, windows[peak.crop], _crop(crops, peak.crop))
        score = peak.value / box.reference if box.reference > 0 else 0.0
        return moved, self._observation(moved, score)

    def _fit(self, box: _Box, crop: CropFeatures, peak: Peak) -> tuple[Array, Array]:
        """Shift of the middle as shares of the crop's window, and what width and height grow by."""
        if self._config.sides is None or box.sides is None:
            return peak.shift, np.ones(2)
        read = box.sides.read(crop, peak.shift)
        share = self._config.sides.gain * read.certainty
        return peak.shift + share * (read.shift - peak.shift), read.factor**share

    def _adapt(self, look: Look, moved: _Box, window: Array, crop: CropFeatures) -> None:
        """Learn from the new place; ``crop`` of ``window`` is at hand."""
        wanted = _windows(moved, np.ones(1))
        if np.array_equal(wanted[0], window):
            moved.appearance.learn(crop)
        elif _shows(wanted, look.size):
            moved.appearance.learn(look.crops(wanted, self._config.side))

    def _find(self, appearance: BoxFilter, crops: CropFeatures, weights: Array) -> Peak:
        response = appearance.respond(crops)
        if not np.isfinite(response.values).all():
            raise UniTrackError(
                f"{self._name}: features",
                "are not finite, so that no box can be found by them",
                "Use --precision fp32, and weights that belong to the backbone.",
            )
        return Peak.of(response, weights, subcell=self._config.subcell)

    def _observation(self, box: _Box, score: float) -> BoxObservation:
        middle, half = box.centre + self._shift, box.size / 2
        (x1, y1), (x2, y2) = (middle - half).tolist(), (middle + half).tolist()
        return BoxObservation((x1, y1, x2, y2), score, box.label)

    @property
    def _shift(self) -> float:
        """From where windows are centred to where boxes are, pixels along both axes."""
        return 0.5 if self._config.origin == "authors" else 0.0


def _windows(box: _Box, scales: Array) -> Array:
    """Around a box, ``x1, y1, x2, y2``, one a scale."""
    half = box.size * scales[:, None] * CONTEXT / 2
    return np.concatenate([box.centre - half, box.centre + half], axis=1)


def _shows(windows: Array, size: tuple[int, int]) -> bool:
    """Whether any window holds some of a picture of ``size``."""
    height, width = size
    x1, y1, x2, y2 = windows.T
    return bool(((x1 < width) & (y1 < height) & (x2 > 0) & (y2 > 0)).any())


def _crop(crops: CropFeatures, number: int) -> CropFeatures:
    return replace(crops, data=crops.data[number : number + 1])
