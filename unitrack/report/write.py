"""Reports as files: Markdown, one HTML page, CSV, pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from unitrack.errors import UniTrackError
from unitrack.files import write_atomic
from unitrack.report.assemble import runs_document
from unitrack.report.cells import Cells
from unitrack.report.document import Document
from unitrack.report.html import html
from unitrack.report.markdown import markdown, picture_files
from unitrack.report.paper import published
from unitrack.report.record import read_run
from unitrack.report.reprint import as_value, paper_document
from unitrack.report.tidy import Line, csv_text

__all__ = ["Written", "write_report"]


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a report.

    Attributes:
        html: One page with everything in it.
        markdown: The same as text; it looks for ``pictures/`` beside it.
        csv: Every number.
        document: What they say.
    """

    html: Path
    markdown: Path
    csv: Path
    document: Document


def write_report(
    sources: Sequence[str | Path],
    out: str | Path,
    *,
    paper_only: bool = False,
) -> Written:
    """Report on runs.

    Args:
        sources: Run folders.
        out: Folder to write to; files of an earlier report are replaced.
        paper_only: Draw the paper's tables and figures from its printed numbers instead.

    Raises:
        UniTrackError: If a source is no run that has ended, two are the same, or the folder cannot
            be written; nothing is written before every source is read.
    """
    if paper_only:
        if sources:
            raise UniTrackError("--paper-only", "draws no runs", "Leave out the folders.")
        return _write(paper_document(), _paper_lines(), Path(out))
    if not sources:
        raise UniTrackError(
            "report", "has nothing to report on", "Give run folders, or --paper-only."
        )
    cells = Cells([read_run(Path(source)) for source in sources])
    title = f"{len(cells.rows)} backbones, {len(cells.tasks)} tasks"
    return _write(runs_document(title, cells), cells.lines(), Path(out))


def _paper_lines() -> Iterable[Line]:
    for one in published():
        yield Line(one.row, one.layer, one.place, "COMBINED", one.column, as_value(one))


def _write(document: Document, lines: Iterable[Line], out: Path) -> Written:
    if out.exists() and not out.is_dir():
        raise UniTrackError(out, "is no folder", "Choose another --out.")
    page, text, table = html(document), markdown(document), csv_text(lines)
    for name, content in picture_files(document.blocks).items():
        write_atomic(out / "pictures" / name, content)
    written = Written(out / "report.html", out / "report.md", out / "scores.csv", document)
    write_atomic(written.markdown, text)
    write_atomic(written.csv, table)
    write_atomic(written.html, page)
    return written
