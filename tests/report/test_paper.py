from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files

import pytest

from unitrack.report.charting import correlations
from unitrack.report.paper import FIGURE_7, Published, figure_axis, published
from unitrack.report.reprint import better_layer, paper_document, paper_sheet
from unitrack.report.sheet import Sheet


def printed(table: int, row: str, column: str, layer: str = "", **where: str) -> float:
    """The one number at a place."""

    def there(number: Published) -> bool:
        place = (number.table, number.row, number.column, number.layer)
        return place == (table, row, column, layer) and where.items() <= number.where.items()

    (number,) = filter(there, published())
    return number.value


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (62.3, {"table": 1, "row": "imagenet_r50", "column": "vos_j", "layer": "layer3"}),
        (90963, {"table": 1, "row": "random_r50", "column": "posetrack_ids", "layer": "layer4"}),
        (63.2, {"table": 2, "row": "crw_r18", "column": "vos_j", "layer": "layer3"}),
        (71.8, {"table": 3, "row": "UniTrack_ImageNet*", "column": "IDF1", "part": "a"}),
        (53.3, {"table": 4, "row": "ReID", "column": "IDF1", "detector": "SDP", "motion": "0"}),
        (41.3, {"table": 5, "row": "RSM", "column": "IDF1"}),
        (83.4, {"table": 6, "row": "RSM", "column": "sMOTSA"}),
        (80.5, {"table": 7, "row": "ImageNet_R18_UniTrack", "column": "PCK@0.2"}),
        (30.1, {"table": 8, "row": "UniTrack*", "column": "mAP"}),
        (0.334, {"table": 9, "row": "UniTrack", "column": "oxuva_maxgm"}),
    ],
)
def test_numbers_stand_where_they_are_printed(value: float, place: dict[str, str]) -> None:
    assert printed(**place) == value  # type: ignore[arg-type]


def test_every_number_of_the_files_is_read() -> None:
    """As many numbers as the files have cells that parse as numbers, by another way of reading."""
    words = {"detector", "motion", "benchmark", "method", "similarity", "representation", "arch",
             "part", "supervised", "measure", "task_supervision"}  # fmt: skip
    count = 0
    for table in range(1, 10):
        file = files("unitrack.report") / "published" / f"table{table}.csv"
        rows = list(csv.DictReader(file.read_text().splitlines()))
        count += sum(bool(value) for row in rows for n, value in row.items() if n not in words)
    assert len(published()) == count


def test_the_correlations_of_the_text_come_out() -> None:
    """Section 3.1: r from -0.38 to +0.20, rho from -0.36 to +0.26."""
    found = correlations(figure_axis("top1"), better_layer(paper_sheet(1))).values()
    assert len(found) == len(FIGURE_7)
    assert {one.points for one in found} == {16}
    r, rho = ([getattr(one, name) for one in found] for name in ("pearson", "spearman"))
    assert [round(end(r), 2) for end in (min, max)] == [-0.38, 0.20]
    assert [round(end(rho), 2) for end in (min, max)] == [-0.36, 0.26]


def test_the_segmentation_axis_has_the_sign_of_the_text() -> None:
    found = correlations(figure_axis("fig8_segmentation"), better_layer(paper_sheet(1)))
    assert min(found, key=lambda title: found[title].pearson) == "VOS J (%)"


def test_random_weights_are_last_and_vfs_leads_in_mot() -> None:
    sheet = paper_sheet(1)
    ranked = _ranks(sheet)
    assert ranked["MOT", "IDF1"]["vfs_r50"] == 1
    assert ranked["MOT", "HOTA"]["vfs_r50"] == 1
    for places in ranked.values():
        assert max(places, key=lambda row: places[row]) == "random_r50"


def _ranks(sheet: Sheet) -> dict[tuple[str, str], Mapping[str, float]]:
    return {(column.task, column.score): sheet.ranks(column) for column in sheet.columns}


@pytest.mark.slow
def test_the_document_says_what_is_missing() -> None:
    text = str(paper_document().blocks)
    assert "Figure 8" in text
    assert "Incomplete" in text
    for name in ("figure1", "figure6", "figure7", "figure8"):
        assert f"Picture(name='{name}'" in text
