from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from tests.report.pages import browse, check_page
from unitrack.metrics.curves import Curve, Plot
from unitrack.render.plots import plot_svg
from unitrack.report.document import Document, Folded, Heading, Listing, Photo, Picture, Text
from unitrack.report.html import html
from unitrack.report.markdown import markdown, picture_files
from unitrack.report.sheet import Measure, Sheet, Value
from unitrack.report.versus import compare
from unitrack.report.write import write_report

NASTY = '<script>alert("x")</script> & | `a` *b*'
IDF1 = Measure("mot", "IDF1")
IDS = Measure("mot", "IDs", lower=True)


def sheet(**numbers: tuple[float, float]) -> Sheet:
    """A sheet of one column with two layers a row."""
    values = {
        (row, layer, IDF1): Value(number)
        for row, pair in numbers.items()
        for layer, number in zip(("layer3", "layer4"), pair, strict=True)
    }
    return Sheet("made", dict.fromkeys(numbers, ("layer3", "layer4")), (IDF1,), values)


def picture(name: str) -> Picture:
    curves = (Curve("<legend> & more", (0.0, 1.0), (1.0, 0.0)),)
    return Picture(name, NASTY, plot_svg(Plot("title", "x", "y", curves)))


def nasty() -> Document:
    return Document(
        NASTY,
        (
            Heading(NASTY),
            Text(NASTY),
            Listing(NASTY, (NASTY, "n"), ((NASTY, "1"),)),
            sheet(**{NASTY: (0.5, 0.6)}),
            picture("one"),
            picture("two"),
            Folded(NASTY, (Photo("photo", NASTY, b"\xff\xd8"), Text("inside"))),
        ),
    )


def test_all_text_is_escaped_and_nothing_is_asked_for() -> None:
    text = html(nasty())
    tags = check_page(text)
    assert tags.count("svg") == 2
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 8


def test_markdown_cells_hold_their_markup_and_their_lines() -> None:
    text = markdown(nasty())
    assert not re.search(r"(?<!\\)<script", text)
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.replace("\\|", "").count("|") >= 2 for line in tables)
    assert picture_files(nasty().blocks).keys() == {"one.svg", "two.svg", "photo.jpg"}
    assert "pictures/photo.jpg" in text


def test_the_better_layer_is_bold_and_the_best_of_the_column_underlined() -> None:
    made = sheet(a=(0.5, 0.6), b=(0.9, 0.1), c=(0.2, 0.2))
    cells = made.cells(IDF1)
    assert [(p.text, p.bold, p.underlined) for p in cells["a"]] == [
        ("50.0", False, False), ("60.0", True, False),
    ]  # fmt: skip
    assert [(p.bold, p.underlined) for p in cells["b"]] == [(True, True), (False, False)]
    assert made.ranks(IDF1) == {"b": 1, "a": 2, "c": 3}
    assert made.shades(IDF1) == {"b": 1.0, "a": 0.5, "c": 0.0}
    text = html(Document("t", (made,)))
    assert "<u><b>90.0</b></u> / 10.0" in text
    assert "50.0 / <b>60.0</b>" in text


def test_less_is_better_where_the_column_says_so() -> None:
    values = {("a", "", IDS): Value(7), ("b", "", IDS): Value(3, (2.2, 4.7))}
    made = Sheet("made", {"a": ("",), "b": ("",)}, (IDS,), values)
    assert made.ranks(IDS) == {"b": 1, "a": 2}
    (part,) = made.cells(IDS)["b"]
    assert (part.text, part.interval, part.bold, part.underlined) == ("3", "2–5", False, True)  # noqa: RUF001
    assert "IDs ↓" in html(Document("t", (made,)))


def test_what_is_no_number_is_shown_and_never_ranked() -> None:
    made = sheet(a=(math.nan, 0.6), b=(math.nan, math.nan), c=(0.1, math.inf))
    assert made.ranks(IDF1) == {"a": 1, "c": 2}
    cells = made.cells(IDF1)
    assert [part.text for part in cells["b"]] == ["nan", "nan"]
    assert not any(part.bold or part.underlined for part in cells["b"])
    assert [part.bold for part in cells["a"]] == [False, True]


def test_a_failed_cell_says_so_and_an_absent_one_is_a_dash() -> None:
    values = {
        ("a", "layer3", IDF1): Value(math.nan, note="failed"),
        ("b", "layer3", IDF1): Value(0.5),
    }
    made = Sheet("made", {"a": ("layer3",), "b": ("layer3", "layer4")}, (IDF1,), values)
    cells = made.cells(IDF1)
    assert [part.text for part in cells["a"]] == ["failed"]
    assert [part.text for part in cells["b"]] == ["50.0", "-"]
    assert made.ranks(IDF1) == {"b": 1}
    assert made.layers == ()


def test_one_row_has_no_rank_to_show() -> None:
    made = sheet(a=(0.5, 0.6))
    assert made.shades(IDF1) == {}
    assert not any(part.underlined for part in made.cells(IDF1)["a"])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["paper", "runs", "compare"])
def test_a_page_opens_in_a_browser_without_a_word_or_a_request(
    kind: str, runs: list[Path], tmp_path: Path
) -> None:
    if kind == "compare":
        compare(runs[9], runs[0], out=tmp_path)
        page = tmp_path / "compare.html"
    else:
        paper = kind == "paper"
        page = write_report([] if paper else runs, tmp_path, paper_only=paper).html
    check_page(page.read_text())
    dom, said = browse(page, tmp_path)
    assert said == []
    assert dom.count("<svg") == page.read_text().count("<svg")
    assert dom.rstrip().endswith("</html>")


@pytest.mark.slow
def test_a_browser_that_is_asked_to_fetch_and_to_complain_is_overheard(tmp_path: Path) -> None:
    """The check above can fail: a page with a request and an error is told."""
    page = tmp_path / "bad.html"
    page.write_text(
        "<!DOCTYPE html><title>bad</title><script>console.error('told')</script>"
        "<img src='http://127.0.0.1:9/never.png'>"
    )
    _, said = browse(page, tmp_path)
    assert any("told" in line for line in said)
    assert any("never.png" in line for line in said)
