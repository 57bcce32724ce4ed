"""A document as Markdown, with its pictures as files beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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

__all__ = ["markdown", "picture_files"]


def markdown(document: Document) -> str:
    """The text; pictures are looked for in ``pictures/``."""
    blocks = [f"# {_escaped(document.title)}", *(_block(block) for block in document.blocks)]
    return "\n\n".join(blocks) + "\n"


def picture_files(blocks: Iterable[Block]) -> dict[str, str | bytes]:
    """The pictures by file name, those in folded blocks as well."""
    files: dict[str, str | bytes] = {}
    for block in blocks:
        match block:
            case Picture(name, _, svg):
                files[f"{name}.svg"] = svg
            case Photo(name, _, jpeg):
                files[f"{name}.jpg"] = jpeg
            case Folded(_, inside):
                files |= picture_files(inside)
            case _:
                pass
    return files


def _block(block: Block) -> str:  # noqa: PLR0911 - one a kind of block
    match block:
        case Heading(text):
            return f"## {_escaped(text)}"
        case Text(text):
            return _escaped(text)
        case Listing():
            rows = [[_escaped(cell) for cell in row] for row in block.rows]
            return _table(block.caption, block.header, rows, block.words)
        case Sheet():
            return _sheet(block)
        case Picture(name, caption, _):
            return f"![{_escaped(caption)}](pictures/{name}.svg)"
        case Photo(name, caption, _):
            return f"![{_escaped(caption)}](pictures/{name}.jpg)"
        case Folded(title, blocks):
            return "\n\n".join([f"### {_escaped(title)}", *(_block(one) for one in blocks)])


def _sheet(sheet: Sheet) -> str:
    header = [
        f"backbone{_layers(sheet.layers)}",
        *(f"{c.task} {c.score}{' ↓' if c.lower else ''}" for c in sheet.columns),
    ]
    columns = [sheet.cells(column) for column in sheet.columns]
    rows = [
        [
            _escaped(row + ("" if sheet.layers else _layers(layers))),
            *(" / ".join(_part(part) for part in cells[row]) for cells in columns),
        ]
        for row, layers in sheet.rows.items()
    ]
    return _table(sheet.caption, header, rows, 1)


def _layers(layers: Sequence[str]) -> str:
    return f" ({' / '.join(layers)})" if any(layers) else ""


def _part(part: Part) -> str:
    text = f"**{part.text}**" if part.bold else part.text
    text = f"<u>{text}</u>" if part.underlined else text
    return f"{text} [{part.interval}]" if part.interval else text


def _table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], words: int) -> str:
    rule = ["---"] * words + ["---:"] * (len(header) - words)
    lines = [[_escaped(title) for title in header], rule, *rows]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"**{_escaped(caption)}**\n\n{body}" if caption else body


def _escaped(text: str) -> str:
    """No markup and no line breaks inside a cell."""
    for mark in "\\`*_|<[]":
        text = text.replace(mark, f"\\{mark}")
    return " ".join(text.split())
