"""Figures as text: matplotlib's, made the same at every call."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from unitrack.render.palette import RGB

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BLUE", "GREY", "drawing", "figure_svg", "hexadecimal", "inline_svg"]


BLUE, GREY = "#0072b2", "#767676"
"""They differ in lightness as well: in print and to people who see fewer colours, too."""


@contextmanager
def drawing(**settings: Any) -> Iterator[None]:
    """Settings under which figures are made and written; more of matplotlib's own by name."""
    # matplotlib takes half a second to import, and most commands draw nothing.
    import matplotlib as mpl

    # Its keys are typed as hundreds of literals, hence Any.
    fixed: dict[Any, Any] = {"svg.hashsalt": "unitrack", "svg.fonttype": "none", "font.size": 9}
    with mpl.rc_context(fixed | {key.replace("_", "."): value for key, value in settings.items()}):
        yield


def figure_svg(figure: Figure) -> str:
    """The picture; the same figure gives the same text."""
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def inline_svg(svg: str, name: str) -> str:
    """The element alone, as it can stand in a page beside others.

    Args:
        svg: A whole SVG file.
        name: Unique in the page; every id of the picture starts with it.
    """
    element = svg[svg.index("<svg") :].strip()
    element = re.sub(r"\s*<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = re.sub(r' id="', f' id="{name}-', element)
    element = element.replace('href="#', f'href="#{name}-')
    return element.replace("url(#", f"url(#{name}-")


def hexadecimal(colour: RGB) -> str:
    """As the web writes a colour."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
