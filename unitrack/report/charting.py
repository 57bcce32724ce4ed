"""From sheets to pictures: radars of ranks, scatter plots with correlations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from unitrack.render.charts import Scatter, scatters_svg
from unitrack.render.radars import radars_svg
from unitrack.report.document import Block, Picture, Text
from unitrack.report.sheet import Measure, Sheet
from unitrack.report.statistics import Correlation, correlate

__all__ = ["correlations", "radars", "scatters"]

_FEWEST_SPOKES = 3


def radars(
    sheet: Sheet,
    columns: Sequence[tuple[str, Measure]],
    name: str,
    caption: str,
    *,
    reference: str | None = None,
    only: Sequence[str] | None = None,
) -> list[Block]:
    """A radar for each row that has every column; a line of text where there is nothing to draw.

    Args:
        sheet: The scores; rows are ranked by their better layer.
        columns: Label of a spoke, and what is ranked on it.
        name: Of the picture.
        caption: Below it.
        reference: The row that is drawn dashed in every radar.
        only: Draw these rows alone; they are ranked among all.
    """
    places = [sheet.ranks(column) for _, column in columns]
    whole = [row for row in sheet.rows if all(row in ranked for ranked in places)]
    if len(columns) < _FEWEST_SPOKES or len(whole) < 2:  # noqa: PLR2004 - one alone has no rank
        return [Text("No radar: it takes three tasks and two backbones that have run all of them.")]
    worst = max(rank for ranked in places for rank in ranked.values())
    drawn = [row for row in whole if only is None or row in only]
    ranks = {row: [ranked[row] for ranked in places] for row in drawn}
    if reference in whole:
        ranks.setdefault(reference, [ranked[reference] for ranked in places])
    svg = radars_svg([label for label, _ in columns], ranks, worst, reference)
    return [Picture(name, caption, svg)]


def correlations(
    axis: Mapping[str, float], columns: Mapping[str, Mapping[str, float]]
) -> dict[str, Correlation]:
    """Each column against an axis, as far as there is anything to correlate."""
    found = {name: correlate(axis, values) for name, values in columns.items()}
    return {name: one for name, one in found.items() if one is not None}


def scatters(
    axis: Mapping[str, float],
    label: str,
    columns: Mapping[str, Mapping[str, float]],
    name: str,
    caption: str,
) -> list[Block]:
    """A panel a column, its points numbered, r and rho above it.

    Args:
        axis: Row to its abscissa.
        label: Of the abscissa, with the unit.
        columns: Label of the ordinate to the values by row, in percent.
        name: Of the picture.
        caption: Below it.
    """
    found = correlations(axis, columns)
    if not found:
        return [Text(f"No correlation with {label}: it takes three backbones that have both.")]
    panels = [
        Scatter(
            f"r {one.pearson:+.2f}   ρ {one.spearman:+.2f}",  # noqa: RUF001 - Spearman's letter
            label,
            title,
            _points(axis, columns[title]),
        )
        for title, one in found.items()
    ]
    return [Picture(name, caption, scatters_svg(panels))]


def _points(
    axis: Mapping[str, float], values: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    return {
        row: (axis[row], values[row])
        for row in axis
        if row in values and np.isfinite(values[row]) and np.isfinite(axis[row])
    }
