"""Plots as vector pictures."""

from __future__ import annotations

from unitrack.metrics.curves import Plot
from unitrack.render.figure import drawing, figure_svg, hexadecimal
from unitrack.render.palette import style

__all__ = ["plot_svg"]


def plot_svg(plot: Plot) -> str:
    """Draw a plot; the same plot gives the same text.

    Colours are those of identities, told apart by colour-blind people as well, and by dashes.
    """
    with drawing():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(5.2, 3.9), layout="constrained")
        axes = figure.subplots()
        for number, curve in enumerate(plot.curves, start=1):
            look = style(number)
            line, gap = look.dash
            axes.plot(
                curve.x,
                curve.y,
                label=curve.legend,
                color=hexadecimal(look.colour),
                linestyle="-" if gap == 0 else (0, (3.0 * line, 3.0 * gap)),
                linewidth=1.8,
            )
        axes.set(title=plot.title, xlabel=plot.x_label, ylabel=plot.y_label, ylim=(0.0, 1.0))
        axes.margins(x=0)
        axes.grid(visible=True, linewidth=0.4, color="0.8")
        if plot.curves:
            axes.legend(frameon=False)
        return figure_svg(figure)
