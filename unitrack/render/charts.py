"""Scatter plots over many representations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from unitrack.render.figure import BLUE, GREY, drawing, figure_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Scatter", "scatters_svg"]

_SCATTERS_A_ROW = 3
_KEY_LINES = 21  # of the names beside scatter plots, as many as a panel is high


@dataclass(frozen=True, slots=True)
class Scatter:
    """One panel of points.

    Attributes:
        title: Above the panel.
        x_label: With the unit.
        y_label: With the unit.
        points: Name to place.
    """

    title: str
    x_label: str
    y_label: str
    points: Mapping[str, tuple[float, float]]


def scatters_svg(panels: Sequence[Scatter]) -> str:
    """Panels of numbered points side by side; after the last one the names of the numbers."""
    names = list(dict.fromkeys(name for panel in panels for name in panel.points))
    numbers = {name: number for number, name in enumerate(names, start=1)}
    keys = ceil(len(names) / (2 * _KEY_LINES))
    with drawing(font_size=8):
        from matplotlib.figure import Figure

        columns = min(_SCATTERS_A_ROW, len(panels) + keys)
        rows = ceil((len(panels) + keys) / columns)
        figure = Figure(figsize=(3.3 * columns, 3.0 * rows), layout="constrained")
        places = figure.subplots(rows, columns, squeeze=False).flat
        for axes, panel in zip(places, panels, strict=False):
            _scatter(axes, panel, numbers)
        for axes in places[len(panels) :]:
            axes.set_axis_off()
        for page, axes in enumerate(places[len(panels) : len(panels) + keys]):
            _key(axes, names, 2 * _KEY_LINES * page)
        return figure_svg(figure)


def _scatter(axes: Axes, panel: Scatter, numbers: Mapping[str, int]) -> None:
    x, y = (np.array([place[k] for place in panel.points.values()]) for k in (0, 1))
    axes.scatter(x, y, s=18, color=BLUE, linewidths=0, alpha=0.85)
    for name, place in panel.points.items():
        axes.annotate(
            str(numbers[name]), place, xytext=(2.5, 2.5), textcoords="offset points", fontsize=6
        )
    if len(x) > 1 and np.ptp(x) > 0:
        slope, height = np.polyfit(x, y, 1)
        ends = np.array([x.min(), x.max()])
        axes.plot(ends, slope * ends + height, color=GREY, dashes=(3, 2), linewidth=1)
    axes.set_title(panel.title, fontsize=8)
    axes.set(xlabel=panel.x_label, ylabel=panel.y_label)
    axes.margins(0.08)
    axes.grid(visible=True, linewidth=0.4, color="0.85")


def _key(axes: Axes, names: Sequence[str], first: int) -> None:
    """Numbers and names in two columns."""
    for column in range(2):
        start = first + column * _KEY_LINES
        lines = [f"{n + 1}  {names[n]}" for n in range(start, min(start + _KEY_LINES, len(names)))]
        axes.text(
            0.02 + 0.5 * column, 1.0, "\n".join(lines), transform=axes.transAxes, va="top",
            fontsize=6.5,
        )  # fmt: skip
