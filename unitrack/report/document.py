"""What a report consists of, before it is Markdown or HTML."""

from __future__ import annotations

from dataclasses import dataclass

from unitrack.report.sheet import Sheet

__all__ = ["Block", "Document", "Folded", "Heading", "Listing", "Photo", "Picture", "Text"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the second level."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, plain."""

    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A plain table.

    Attributes:
        caption: Above it.
        header: Titles.
        rows: As many cells a row as there are titles.
        words: How many columns from the left are words; the others are numbers.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A vector picture.

    Attributes:
        name: File name without its end, unique in the document.
        caption: Below it; says what is to be seen.
        svg: A whole SVG file.
    """

    name: str
    caption: str
    svg: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture of pixels: its file name without end, what is to be seen, and a JPEG file."""

    name: str
    caption: str
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Folded:
    """Details that are opened by a click, and are open in print."""

    title: str
    blocks: tuple[Block, ...]


Block = Heading | Text | Listing | Picture | Photo | Folded | Sheet


@dataclass(frozen=True, slots=True)
class Document:
    """A report: its title, and what stands below it."""

    title: str
    blocks: tuple[Block, ...]
