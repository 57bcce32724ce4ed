"""A document as one HTML file: no script, nothing fetched, readable anywhere and on paper."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape
from itertools import groupby

from unitrack.render.figure import inline_svg
from unitrack.report.document import (
    Block,
    Document,
    Folded,
    Heading,
    Listing,
    Photo,
    Picture,
    Text,
)
from unitrack.report.sheet import Part, Sheet

__all__ = ["html"]

_STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, "Helvetica Neue", Arial, sans-serif; color: #1a1a1a;
  background: #fff; margin: 2rem auto; max-width: 76rem; padding: 0 1.2rem; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.2rem; margin-top: 2.4rem;
  border-bottom: 1px solid #ccc; padding-bottom: .2rem; }
p { max-width: 60rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .84rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
thead th { border-bottom: 1px solid #555; } thead tr:first-child th { border-top: 1px solid #555; }
tbody tr:last-child > * { border-bottom: 1px solid #555; }
th, td { padding: .18rem .55rem; text-align: right; white-space: nowrap; vertical-align: top; }
th { font-weight: 600; } .w { text-align: left; } td.w { white-space: normal;
  overflow-wrap: anywhere; } tbody th { text-align: left; font-weight: 400; }
th.task { text-align: center; white-space: normal; } tbody tr:hover { outline: 1px solid #0072b2; }
small { display: block; color: #444; font-size: .78em; }
u { text-decoration-thickness: 2px; text-underline-offset: 2px; }
figure { margin: 1.2rem 0; } figure svg, figure img { max-width: 100%; height: auto; }
figcaption { font-size: .86rem; color: #333; max-width: 60rem; }
details { margin: .6rem 0; } summary { cursor: pointer; font-weight: 600; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; }
  td, th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .wide { overflow: visible; } figure, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; display: block; } }
"""

_SHADE = (0, 114, 178)
_DARKEST = 0.34  # opacity; black on it has a contrast of more than 9 to 1


def html(document: Document) -> str:
    """The whole page. All text is escaped."""
    body = "\n".join(_block(block) for block in document.blocks)
    title = escape(document.title)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<link rel="icon" href="data:,">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:  # noqa: PLR0911 - one a kind of block
    match block:
        case Heading(text):
            return f"<h2>{escape(text)}</h2>"
        case Text(text):
            return f"<p>{escape(text)}</p>"
        case Listing():
            return _listing(block)
        case Sheet():
            return _sheet(block)
        case Picture(name, caption, svg):
            label = f' role="img" aria-label="{escape(caption)}"'
            element = inline_svg(svg, name).replace("<svg", f"<svg{label}", 1)
            return _figure(element, caption)
        case Photo(_, caption, jpeg):
            data = base64.b64encode(jpeg).decode()
            return _figure(
                f'<img alt="{escape(caption)}" src="data:image/jpeg;base64,{data}">', caption
            )
        case Folded(title, blocks):
            inside = "\n".join(_block(one) for one in blocks)
            return f"<details><summary>{escape(title)}</summary>\n{inside}\n</details>"


def _figure(element: str, caption: str) -> str:
    return f"<figure>{element}\n<figcaption>{escape(caption)}</figcaption></figure>"


def _listing(listing: Listing) -> str:
    def cells(row: tuple[str, ...], tag: str) -> str:
        return "".join(
            f"<{tag}{' class=w' if place < listing.words else ''}>{escape(cell)}</{tag}>"
            for place, cell in enumerate(row)
        )

    rows = "\n".join(f"<tr>{cells(row, 'td')}</tr>" for row in listing.rows)
    return _table(listing.caption, f"<tr>{cells(listing.header, 'th')}</tr>", rows)


def _sheet(sheet: Sheet) -> str:
    groups = [(task, len(list(same))) for task, same in groupby(sheet.columns, lambda c: c.task)]
    tasks = "".join(f'<th class="task" colspan="{n}">{escape(task)}</th>' for task, n in groups)
    scores = "".join(
        f"<th>{escape(column.score)}{' ↓' if column.lower else ''}</th>" for column in sheet.columns
    )
    named = f"backbone{_layers(sheet.layers)}"
    return _table(
        sheet.caption,
        f'<tr><th class="w" rowspan="2">{named}</th>{tasks}</tr>\n<tr>{scores}</tr>',
        "\n".join(_sheet_rows(sheet)),
    )


def _sheet_rows(sheet: Sheet) -> Iterator[str]:
    columns = [(sheet.cells(column), sheet.shades(column)) for column in sheet.columns]
    for row, layers in sheet.rows.items():
        cells = "".join(_cell(parts[row], shades.get(row)) for parts, shades in columns)
        named = escape(row) + ("" if sheet.layers else _layers(layers))
        yield f"<tr><th>{named}</th>{cells}</tr>"


def _layers(layers: tuple[str, ...]) -> str:
    return f"<small>{escape(' / '.join(layers))}</small>" if any(layers) else ""


def _cell(parts: tuple[Part, ...], shade: float | None) -> str:
    paint = ""
    if shade:
        red, green, blue = _SHADE
        paint = f' style="background:rgba({red},{green},{blue},{_DARKEST * shade:.3f})"'
    numbers = " / ".join(_part(part) for part in parts)
    intervals = " / ".join(part.interval or "-" for part in parts)
    small = f"<small>{escape(intervals)}</small>" if any(p.interval for p in parts) else ""
    return f"<td{paint}>{numbers}{small}</td>"


def _part(part: Part) -> str:
    text = escape(part.text)
    text = f"<b>{text}</b>" if part.bold else text
    return f"<u>{text}</u>" if part.underlined else text


def _table(caption: str, head: str, rows: str) -> str:
    return (
        f'<div class="wide"><table>\n<caption>{escape(caption)}</caption>\n'
        f"<thead>{head}</thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )
