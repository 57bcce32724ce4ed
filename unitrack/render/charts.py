"""Charts over many representations: radars of ranks, scatter plots.

Blue, orange and grey differ in lightness as well, so that they are told apart in print and by
people who see fewer colours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from unitrack.render.figure import drawing, figure_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Scatter", "radars_svg", "scatters_svg"]

_BLUE, _GREY = "#0072b2", "#767676"
_RADARS_A_ROW = 5
_RADAR_INCHES = 2.4
_SPOKE_LETTERS = 14  # a line
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
    with drawing(font_size=7):
        from matplotlib.figure import Figure

        columns = min(_RADARS_A_ROW, len(ranks))
        rows = ceil(len(ranks) / columns)
        # Placed by hand: a solver would take seconds for so many panels.
        figure = Figure(figsize=(_RADAR_INCHES * columns, 0.9 * _RADAR_INCHES * rows))
        figure.subplots_adjust(0, 0, 1, 1, wspace=0.6, hspace=0.42)
        panels = figure.subplots(rows, columns, squeeze=False, subplot_kw={"projection": "polar"})
        for axes in panels.flat[len(ranks) :]:
            axes.set_visible(False)
        for axes, (name, places) in zip(panels.flat, ranks.items(), strict=False):
            if reference is not None and reference in ranks and name != reference:
                _polygon(axes, ranks[reference], worst, color=_GREY, dashes=(3, 2), linewidth=1.1)
            _polygon(axes, places, worst, color=_BLUE, linewidth=1.5, inside=0.22)
            _spokes(axes, spokes, worst)
            axes.set_title(name, fontsize=8, fontweight="bold", pad=9)
        return figure_svg(figure, cut=True)


def _polygon(
    axes: Any, places: Sequence[float], worst: float, *, inside: float = 0.0, **line: Any
) -> None:
    """One closed line on a polar panel (without type information, hence Any)."""
    angles = _angles(len(places))
    radii = [worst - place + 1 for place in places]
    closed = [*angles, angles[0]], [*radii, radii[0]]
    axes.plot(*closed, **line)
    if inside:
        axes.fill(*closed, color=line["color"], alpha=inside, linewidth=0)


def _spokes(axes: Any, spokes: Sequence[str], worst: float) -> None:
    axes.set_theta_offset(np.pi / 2)
    axes.set_theta_direction(-1)
    axes.set_xticks(_angles(len(spokes)), [fill(spoke, _SPOKE_LETTERS) for spoke in spokes])
    for label, angle in zip(axes.get_xticklabels(), _angles(len(spokes)), strict=True):
        side = round(float(np.sin(angle)), 3)
        label.set_horizontalalignment("left" if side > 0 else "right" if side < 0 else "center")
    axes.set_ylim(0, worst)
    rings = sorted({1, round((1 + worst) / 2), round(worst)})
    axes.set_yticks([worst - ring + 1 for ring in rings], [str(ring) for ring in rings])
    axes.tick_params(axis="y", labelsize=5, colors=_GREY)
    axes.tick_params(axis="x", pad=-2)
    axes.grid(linewidth=0.4, color="0.8")
    axes.spines["polar"].set(linewidth=0.6, color="0.6")


def _angles(count: int) -> list[float]:
    angles: list[float] = np.linspace(0, 2 * np.pi, count, endpoint=False).tolist()
    return angles


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
    axes.scatter(x, y, s=18, color=_BLUE, linewidths=0, alpha=0.85)
    for name, place in panel.points.items():
        axes.annotate(
            str(numbers[name]), place, xytext=(2.5, 2.5), textcoords="offset points", fontsize=6
        )
    if len(x) > 1 and np.ptp(x) > 0:
        slope, height = np.polyfit(x, y, 1)
        ends = np.array([x.min(), x.max()])
        axes.plot(ends, slope * ends + height, color=_GREY, dashes=(3, 2), linewidth=1)
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
