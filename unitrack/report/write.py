"""Reports as files: Markdown, one HTML page, CSV, pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from unitrack.errors import UniTrackError
from unitrack.files import write_atomic
from unitrack.report.assemble import runs_document, slug
from unitrack.report.beside import beside_paper as beside
from unitrack.report.cells import Cells
from unitrack.report.document import Block, Document, Heading, Listing
from unitrack.report.html import html
from unitrack.report.markdown import markdown, picture_files
from unitrack.report.paper import published
from unitrack.report.reprint import as_value, paper_document
from unitrack.report.source import read_source
from unitrack.report.submission import pack
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
    beside_paper: bool = False,
    submission: bool = False,
) -> Written:
    """Report on runs.

    Args:
        sources: Run folders, and folders of suites.
        out: Folder to write to; files of an earlier report are replaced.
        paper_only: Draw the paper's tables and figures from its printed numbers instead.
        beside_paper: Put the paper's number beside each of ours that it printed as well.
        submission: Write an archive for the benchmark's server of every run, to ``submission/``.

    Raises:
        UniTrackError: If a source is no run that has ended, two are the same, the folder cannot
            be written, or no archive can be made; nothing is written before all sources are read.
    """
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise UniTrackError(folder, "is no folder", "Choose another --out.")
    if paper_only:
        if sources or beside_paper or submission:
            raise UniTrackError("--paper-only", "draws no runs", "Give nothing but --out with it.")
        return _write(paper_document(), _paper_lines(), folder)
    if not sources:
        raise UniTrackError(
            "report", "has nothing to report on", "Give run folders, or --paper-only."
        )
    read = [read_source(Path(source)) for source in sources]
    cells = Cells(
        [record for source in read for record in source.records],
        [cell for source in read for cell in source.absent],
    )
    if not cells.tasks:
        raise UniTrackError(
            sources[0], f"has no scored cell ({len(cells.absent)} are absent)", "Let the suite run."
        )
    sections = beside(cells) if beside_paper else []
    sections += _archives(cells, folder / "submission") if submission else []
    backbones, tasks = len(cells.rows), len(cells.tasks)
    title = f"{backbones} backbone{'s' * (backbones > 1)}, {tasks} task{'s' * (tasks > 1)}"
    return _write(runs_document(title, cells, sections), cells.lines(), folder)


def _archives(cells: Cells, folder: Path) -> list[Block]:
    """Archives of all records that can have one, and why the others cannot."""
    rows, faults = [], []
    for task in cells.tasks:
        for (row, layer), record in cells.of(task).items():
            name = f"{row} {layer}, {task}"
            try:
                archive = pack(record, folder / f"{slug(name)}.zip")
            except UniTrackError as error:
                faults.append(error)
                rows.append((name, f"none: {error.where}: {error.what}", "", ""))
            else:
                place = f"submission/{archive.path.name}"
                rows.append((name, place, archive.sha256, str(archive.sequences)))
    if len(faults) == len(rows):
        raise faults[0]
    header = ("run", "archive", "sha256", "sequences")
    caption = "Every sequence was read back from its archive"
    return [Heading("Archives for the servers"), Listing(caption, header, tuple(rows), 3)]


def _paper_lines() -> Iterable[Line]:
    for one in published():
        yield Line(one.row, one.layer, one.place, "COMBINED", one.column, as_value(one))


def _write(document: Document, lines: Iterable[Line], out: Path) -> Written:
    page, text, table = html(document), markdown(document), csv_text(lines)
    for name, content in picture_files(document.blocks).items():
        write_atomic(out / "pictures" / name, content)
    written = Written(out / "report.html", out / "report.md", out / "scores.csv", document)
    write_atomic(written.markdown, text)
    write_atomic(written.csv, table)
    write_atomic(written.html, page)
    return written
