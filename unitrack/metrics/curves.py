"""Curves that a metric gives, before they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Curve", "Plot"]


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its legend, and as many abscissae as ordinates."""

    legend: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """One picture.

    Attributes:
        title: Above the picture.
        x_label: What the abscissae are, with their unit.
        y_label: What the ordinates are; they run from 0 to 1.
        curves: The lines, the most important first.
    """

    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
