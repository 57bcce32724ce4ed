"""The paper's tables and figures, drawn again from its printed numbers."""

from __future__ import annotations

from collections.abc import Sequence

from unitrack.report.charting import correlations, radars, scatters
from unitrack.report.document import Block, Document, Folded, Heading, Listing, Text
from unitrack.report.paper import (
    BACKBONE_COLUMNS,
    FIGURE_7,
    Published,
    figure_axis,
    published,
)
from unitrack.report.sheet import Measure, Sheet, Value, shown

__all__ = ["PAPER", "better_layer", "paper_document", "paper_sheet"]

PAPER = 'Wang et al., "Do Different Tracking Tasks Require Different Appearance Models?", 2021'
_REFERENCE = "imagenet_r50"
_FIGURE_1 = ("vfs_r50", "imagenet_r50", "moco_v1_r50", "simclr_v2_r50", "barlow_twins_r50")
_COUNTS = ("IDs", "posetrack_ids")
_LAYERS = ("layer3", "layer4")
_MEASURES = {
    column.key: Measure(column.task, column.score, column.lower) for column in BACKBONE_COLUMNS
}


def paper_document() -> Document:
    """Tables 1 to 9 as printed, Figures 1, 6 and 7 from them, and what there is of Figure 8."""
    first = paper_sheet(1)
    return Document(
        "The paper's own numbers",
        (
            Text(f"All numbers are those printed in {PAPER}. Nothing here was run."),
            Text(READING),
            Heading("Tables 1 and 2: one frozen backbone for five tasks"),
            first,
            paper_sheet(2),
            Heading("Figures 1 and 6: ranks"),
            *_radars(first),
            Heading("Figure 7: against ImageNet top-1"),
            *_figure_7(first),
            Heading("Figure 8: against other tasks"),
            *_figure_8(first),
            Heading("Tables 3 to 9"),
            *(Folded(title, tuple(_listings(table))) for table, title in _TITLES.items()),
        ),
    )


READING = (
    "In a cell: the layers in the order that stands under the backbone's name. Bold is the better "
    "layer of the cell, underlined the best of the column; the darker a cell, the better the rank "
    "of its better layer. ↓ marks scores of which less is better. Small figures are 95 % "
    "intervals over resampled sequences, where there are any."
)
_TITLES = {
    3: "Table 3: against methods made for one task",
    4: "Table 4: similarities and motion, MOT-16 train",
    5: "Table 5: similarities, MOT-20 train",
    6: "Table 6: similarities, MOTS train",
    7: "Table 7: pose propagation, J-HMDB",
    8: "Table 8: video instance segmentation, YouTube-VIS",
    9: "Table 9: more benchmarks of one object",
}


def paper_sheet(table: int) -> Sheet:
    """Table 1 or 2."""
    numbers = [number for number in published() if number.table == table]
    rows = dict.fromkeys((number.row for number in numbers), _LAYERS)
    values = {(one.row, one.layer, _MEASURES[one.column]): Value(as_value(one)) for one in numbers}
    network = "ResNet-50" if table == 1 else "ResNet-18"
    return Sheet(f"Table {table}: {network}, motion off", rows, tuple(_MEASURES.values()), values)


def as_value(number: Published) -> float:
    """As our scores are: a fraction, or a whole number."""
    if number.column in _COUNTS:
        return int(number.value)
    return number.value if number.column.endswith("maxgm") else number.value / 100


def better_layer(sheet: Sheet, keys: Sequence[str] = FIGURE_7) -> dict[str, dict[str, float]]:
    """Title of a column to the better layer of each row, in percent."""
    measures = [_MEASURES[key] for key in keys]
    return {
        f"{measure.task} {measure.score} (%)": {
            row: 100 * value for row, value in sheet.best(measure).items()
        }
        for measure in measures
    }


def _radars(sheet: Sheet) -> list[Block]:
    spokes = [(_MEASURES[key].task, _MEASURES[key]) for key in FIGURE_7]
    about = (
        "Rank of the better layer among the twenty ResNet-50 of Table 1, the best at the rim: "
        "SOT AUC (DCF), VOS J, and IDF1 of the others. Dashed: ImageNet."
    )
    return [
        *radars(
            sheet, spokes, "figure1", f"Figure 1, five of them. {about}",
            reference=_REFERENCE, only=_FIGURE_1,
        ),
        *radars(sheet, spokes, "figure6", f"Figure 6. {about}", reference=_REFERENCE),
    ]  # fmt: skip


def _figure_7(sheet: Sheet) -> list[Block]:
    axis, columns = figure_axis("top1"), better_layer(sheet)
    found = correlations(axis, columns).values()
    lowest_r, highest_r = (choose(one.pearson for one in found) for choose in (min, max))
    lowest_rho, highest_rho = (choose(one.spearman for one in found) for choose in (min, max))
    return [
        *scatters(
            axis, "ImageNet top-1, linear (%)", columns, "figure7",
            "Figure 7: the better of layer3 and layer4 of 16 models. Dashed: least squares.",
        ),
        Text(
            f"Pearson's r runs from {lowest_r:+.2f} to {highest_r:+.2f}, Spearman's rho from "
            f"{lowest_rho:+.2f} to {highest_rho:+.2f}; the text of section 3.1 says -0.38 to "
            "+0.20 and -0.36 to +0.26. The top-1 are from the papers that published or measured "
            "the models; they are not printed in the paper."
        ),
    ]  # fmt: skip


def _figure_8(sheet: Sheet) -> list[Block]:
    axis = {row: 100 * value for row, value in figure_axis("fig8_segmentation").items()}
    return [
        Text(
            "Incomplete: of the four axes of Figure 8 one is here, and of nine models only, as "
            "far as it is published (linusericsson/ssl-transfer). Detection, surface normals and "
            "the other models are not published where we could read them, and are not drawn."
        ),
        *scatters(
            axis, "segmentation, ADE20k mean IoU (%)", better_layer(sheet), "figure8",
            "What there is of Figure 8: the better of layer3 and layer4 of nine models.",
        ),
    ]  # fmt: skip


def _listings(table: int) -> list[Listing]:
    """A table with a row a method and a column a score; one for each part of Table 3."""
    numbers = [number for number in published() if number.table == table]
    parts: dict[tuple[str, ...], list[Published]] = {}
    for number in numbers:
        parts.setdefault((number.where.get("benchmark", ""),), []).append(number)
    return [_listing(part[0], inside) for part, inside in parts.items()]


def _listing(benchmark: str, numbers: Sequence[Published]) -> Listing:
    scores = tuple(dict.fromkeys(number.column for number in numbers))
    told = tuple(
        name
        for name in dict.fromkeys(name for number in numbers for name in number.where)
        if name not in ("part", "benchmark")
    )
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    for number in numbers:
        key = (number.row, *(_word(name, number.where.get(name, "")) for name in told))
        rows.setdefault(key, {})[number.column] = shown(as_value(number))
    return Listing(
        benchmark,
        ("method", *told, *scores),
        tuple((*key, *(cells.get(score, "-") for score in scores)) for key, cells in rows.items()),
        1 + len(told),
    )


def _word(name: str, value: str) -> str:
    return {"1": "on", "0": "off"}.get(value, value) if name == "motion" else value
