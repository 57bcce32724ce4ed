"""Compare what two names stand for, and lay it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from unitrack.errors import UniTrackError
from unitrack.files import write_atomic
from unitrack.report.assemble import slug
from unitrack.report.compare import Comparison, Difference, compare_records
from unitrack.report.document import Block, Document, Heading, Listing, Photo, Text
from unitrack.report.html import html
from unitrack.report.labels import Labels
from unitrack.report.markdown import markdown, picture_files
from unitrack.report.record import Record
from unitrack.report.sheet import shown
from unitrack.report.source import read_source
from unitrack.report.worst import Frame, Worst, worst_frames

__all__ = ["compare", "compare_document", "score_rows", "sequence_rows"]

FRAMES = 6

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """The records that a name stands for, with the names of their parts."""

    word: str
    records: tuple[Record, ...]
    parts: tuple[Row, ...]  # row, layer, task of each record


def compare(
    one: str | Path,
    other: str | Path,
    *,
    score: str | None = None,
    frames: int = FRAMES,
    out: str | Path | None = None,
) -> list[Comparison]:
    """Compare two runs, or two backbones, layers or tasks of suites.

    Args:
        one: A run folder, or the folder of a suite with parts of its table after colons:
            ``runs/table1:ImageNet:layer3``. A part names a backbone, a layer or a task.
        other: The same; differences are ``other - one``.
        score: Compare sequences by it; each metric's first when left out.
        frames: Most frames to show of each comparison.
        out: Write ``compare.html``, ``compare.md`` and pictures there; nothing when left out.

    Returns:
        One of two runs; of suites one for each layer and task that both sides have.

    Raises:
        UniTrackError: If a name stands for nothing, the two are not about the same frames, or the
            folder cannot be written.
    """
    sides = _sides(str(one), str(other))
    pairs = _pairs(*sides)
    names = (sides[0].word, sides[1].word)
    found = [compare_records(a, b, names, score) for a, b in pairs]
    if out is not None:
        worst = [
            worst_frames(c.one, c.other, [row.name for row in c.sequences], frames) for c in found
        ]
        _write(compare_document(found, worst), Path(out))
    return found


def _write(document: Document, out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UniTrackError(out, "is no folder", "Choose another --out.")
    for name, content in picture_files(document.blocks).items():
        write_atomic(out / "pictures" / name, content)
    write_atomic(out / "compare.md", markdown(document))
    write_atomic(out / "compare.html", html(document))


def _sides(one: str, other: str) -> tuple[_Side, _Side]:
    chosen = [_split(word) for word in (one, other)]
    folders = dict.fromkeys(folder for folder, _ in chosen)
    records = {folder: read_source(folder).records for folder in folders}
    labels = Labels([record for found in records.values() for record in found])
    first, second = (
        _side(word, records[folder], labels, parts)
        for word, (folder, parts) in zip((one, other), chosen, strict=True)
    )
    return first, second


def _split(word: str) -> tuple[Path, list[str]]:
    """The folder, and the parts after it; a folder's own name may hold colons."""
    pieces = word.split(":")
    for end in range(len(pieces), 0, -1):
        folder = Path(":".join(pieces[:end]))
        if folder.is_dir():
            return folder, pieces[end:]
    raise UniTrackError(word, "is no folder", "Give a run folder, or SUITE:BACKBONE[:LAYER].")


def _side(word: str, records: Sequence[Record], labels: Labels, parts: Sequence[str]) -> _Side:
    named = [(labels.row(one), one.spec.layer, labels.task(one)) for one in records]
    known = [
        {*names, record.spec.backbone, record.spec.head, record.task, record.row}
        for record, names in zip(records, named, strict=True)
    ]
    kept = [k for k in range(len(records)) if all(part in known[k] for part in parts)]
    if not kept:
        there = ", ".join(dict.fromkeys(name for names in named for name in names))
        raise UniTrackError(word, "stands for no scored cell", f"Parts: {there or 'none'}.")
    return _Side(word, tuple(records[k] for k in kept), tuple(named[k] for k in kept))


def _pairs(one: _Side, other: _Side) -> Iterator[tuple[Record, Record]]:
    """Records of the two sides that are the same in whatever a side has several of.

    Raises:
        UniTrackError: If there are none, or a record has two counterparts.
    """
    several = [
        k for k in range(3) if any(len({p[k] for p in side.parts}) > 1 for side in (one, other))
    ]
    theirs: dict[Row, Record] = {}
    for record, parts in zip(other.records, other.parts, strict=True):
        key = tuple(parts[k] for k in several)
        if key in theirs:
            raise UniTrackError(
                other.word, f"stands for several cells of {' '.join(key)}", "Name a part of it."
            )
        theirs[key] = record
    pairs = [
        (record, theirs[key])
        for record, parts in zip(one.records, one.parts, strict=True)
        if (key := tuple(parts[k] for k in several)) in theirs
    ]
    if not pairs:
        raise UniTrackError(
            other.word, f"has no task in common with {one.word}", "Compare runs of the same data."
        )
    return iter(pairs)


def compare_document(comparisons: Sequence[Comparison], worst: Sequence[Worst]) -> Document:
    """The comparisons with the frames in which they differ most."""
    first = comparisons[0]
    blocks: list[Block] = [
        Text(
            f"Differences are {first.names[1]} less {first.names[0]}, in points of percent or as "
            "counts; intervals are of 1000 draws of the sequences, the same for both. A win is the "
            "second's."
        )
    ]
    for number, (comparison, frames) in enumerate(zip(comparisons, worst, strict=True), start=1):
        blocks += _section(comparison, frames, number)
    return Document(f"{first.names[1]} against {first.names[0]}", tuple(blocks))


def _section(comparison: Comparison, worst: Worst, number: int) -> Iterator[Block]:
    spec, names = comparison.one.spec, comparison.names
    yield Heading(f"{spec.head} on {spec.data}, {spec.layer}")
    if comparison.note:
        yield Text(comparison.note)
    header = ("score", *names, "difference", "95 %")
    yield Listing("Over all shared sequences", header, tuple(score_rows(comparison)))
    wins, losses, ties = (comparison.count(word) for word in ("win", "loss", "tie"))
    yield Listing(
        f"{comparison.score}: {wins} wins, {losses} losses, {ties} ties",
        ("sequence", *names, "difference", ""),
        tuple(sequence_rows(comparison)),
    )
    if worst.note:
        yield Text(worst.note)
    if worst.frames:
        yield Listing(
            "Where frames differ most: overlap with the truth, identities included",
            ("sequence", "frame (from 0)", *names),
            tuple((f.sequence, str(f.index), shown(f.one), shown(f.other)) for f in worst.frames),
        )
    for frame in worst.frames:
        if frame in (worst.pictures or {}):
            yield _photo(frame, worst, names, number)


def _photo(frame: Frame, worst: Worst, names: tuple[str, str], number: int) -> Photo:
    assert worst.pictures is not None, "told by the caller"
    caption = (
        f"{frame.sequence}, frame {frame.index}: the truth; {names[0]} ({shown(frame.one)}); "
        f"{names[1]} ({shown(frame.other)})"
    )
    name = slug(f"{number} {frame.sequence} {frame.index}")
    return Photo(name, caption, worst.pictures[frame])


def score_rows(comparison: Comparison) -> Iterator[Row]:
    """Score, both values, their difference and its interval, as they are printed."""
    for one in comparison.scores:
        ends = one.interval
        between = f"{_signed(one, ends[0])} to {_signed(one, ends[1])}" if ends else "-"
        yield (_named(one), shown(one.one), shown(one.other), _signed(one, one.gap), between)


def sequence_rows(comparison: Comparison) -> Iterator[Row]:
    """Sequence, both values, their difference, and whose it is; the largest difference first."""
    for one in sorted(comparison.sequences, key=lambda row: -abs(row.gap)):
        yield (one.name, shown(one.one), shown(one.other), _signed(one, one.gap), one.outcome)


def _named(one: Difference) -> str:
    return f"{one.name} ↓" if one.lower else one.name


def _signed(one: Difference, gap: float) -> str:
    """A difference in points, or a count."""
    if gap != gap:  # noqa: PLR0124 - NaN
        return "-"
    whole = isinstance(one.one, int) and isinstance(one.other, int)
    return f"{gap:+.0f}" if whole else f"{100 * gap:+.2f}"
