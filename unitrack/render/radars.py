"""Radars of ranks over many representations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from unitrack.render.figure import BLUE, GREY, drawing, figure_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["radars_svg"]

_A_ROW = 5
_WIDTH, _HEIGHT, _RADIUS = 2.7, 2.3, 0.68  # inches
_SPOKE_LETTERS = 11  # a line
_ROUND = np.linspace(0, 2 * np.pi, 73)

Points = NDArray[np.float64]


def radars_svg(
    spokes: Sequence[str],
    ranks: Mapping[str, Sequence[float]],
    worst: float,
    reference: str | None = None,
) -> str:
    """A radar a name: the better the rank, the farther from the middle.

    Args:
        spokes: What was ranked, three or more.
        ranks: Name to its rank on every spoke, 1 the best.
        worst: Rank of the middle's first ring.
        reference: Drawn in every radar, dashed and grey, where it is among the names.
    """
    columns = min(_A_ROW, len(ranks))
    width, height = _WIDTH * columns, _HEIGHT * ceil(len(ranks) / columns)
    with drawing(font_size=7):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height))
        # In inches from the upper left corner, for all radars: with a polar panel each the
        # pictures of a report took five times as long.
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.set_axis_off()
        for place, (name, places) in enumerate(ranks.items()):
            row, column = divmod(place, columns)
            middle = np.array([(column + 0.5) * _WIDTH, (row + 0.53) * _HEIGHT])
            _web(axes, middle, spokes, worst)
            if reference is not None and reference in ranks and name != reference:
                corners = _corners(middle, ranks[reference], worst)
                axes.plot(*corners, color=GREY, dashes=(3, 2), linewidth=1.1)
            corners = _corners(middle, places, worst)
            axes.fill(*corners, color=BLUE, alpha=0.22, linewidth=0)
            axes.plot(*corners, color=BLUE, linewidth=1.5)
            top = middle[1] - _RADIUS - 0.27
            axes.text(middle[0], top, name, ha="center", fontsize=8, fontweight="bold")
        return figure_svg(figure)


def _web(axes: Axes, middle: Points, spokes: Sequence[str], worst: float) -> None:
    """Rings with their ranks, spokes with their labels."""
    for rank in sorted({1, round((1 + worst) / 2), round(worst)}):
        radius = np.full(len(_ROUND), _radius(rank, worst))
        axes.plot(*_at(middle, _ROUND, radius), color="0.8", linewidth=0.4)
        x, y = _at(middle, _ROUND[5], _radius(rank, worst))
        axes.text(x, y, str(rank), fontsize=5, color=GREY, va="center")
    for angle, label in zip(_angles(len(spokes)), spokes, strict=True):
        axes.plot(*_at(middle, angle, np.array([0.0, _RADIUS])), color="0.8", linewidth=0.4)
        x, y = _at(middle, angle, _RADIUS + 0.06)
        side, up = round(float(np.sin(angle)), 3), round(float(np.cos(angle)), 3)
        axes.text(
            x, y, fill(label, _SPOKE_LETTERS),
            ha="left" if side > 0 else "right" if side < 0 else "center",
            va="center" if side else "bottom" if up > 0 else "top",
        )  # fmt: skip


def _corners(middle: Points, places: Sequence[float], worst: float) -> Points:
    """The closed line through the ranks, ``(2, S + 1)``."""
    angles = _angles(len(places))
    radii = np.array([_radius(rank, worst) for rank in places])
    return _at(middle, np.append(angles, angles[0]), np.append(radii, radii[0]))


def _at(middle: Points, angles: Points | float, radii: Points | float) -> Points:
    """Clockwise from the top, ``(2, ...)``."""
    x = middle[0] + radii * np.sin(angles)
    y = middle[1] - radii * np.cos(angles)
    return np.stack([x, y])


def _radius(rank: float, worst: float) -> float:
    return _RADIUS * (worst - rank + 1) / worst


def _angles(count: int) -> Points:
    return np.linspace(0, 2 * np.pi, count, endpoint=False)
