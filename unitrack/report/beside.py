"""Our scores beside the numbers that the paper printed for the same thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from unitrack.engine.score import COMBINED
from unitrack.report.cells import Cells
from unitrack.report.document import Block, Heading, Listing, Text
from unitrack.report.paper import Published, published
from unitrack.report.record import Record
from unitrack.report.reprint import as_value
from unitrack.report.sheet import shown

__all__ = ["beside_paper"]

_DEFAULT = ("imagenet_r18", "layer3")
_VFS = "vfs_r50"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a run must be for a printed number to be about the same thing.

    Attributes:
        head: Its head.
        data: Names of its data set.
        score: Our name of the score.
        settings: Settings of the head, plain values (hence Any).
        observations: Part of the name of the observations, or empty.
    """

    head: str
    data: tuple[str, ...]
    score: str
    settings: Mapping[str, Any]
    observations: str = ""

    def fits(self, record: Record) -> bool:
        spec = record.spec
        return (
            spec.head == self.head
            and spec.data in self.data
            and all(spec.head_settings.get(k) == v for k, v in self.settings.items())
            and self.observations.lower() in f"{spec.observations} {spec.data_settings}".lower()
        )


_OFF, _ON = {"motion": False}, {"motion": True}
_POSETRACK = ("posetrack18", "posetrack_bonn")
_BY_KEY = {
    "sot_auc_xcorr": _Asked("sot", ("otb100",), "AUC", {"propagator": "xcorr"}),
    "sot_auc_dcf": _Asked("sot", ("otb100",), "AUC", {"propagator": "dcf"}),
    "vos_j": _Asked("vos", ("davis2017",), "J", {}),
    "mot_idf1": _Asked("mot", ("mot16",), "IDF1", _OFF),
    "mot_hota": _Asked("mot", ("mot16",), "HOTA", _OFF),
    "mots_idf1": _Asked("mots", ("mots",), "IDF1", _OFF),
    "mots_hota": _Asked("mots", ("mots",), "HOTA", _OFF),
    "posetrack_idf1": _Asked("posetrack", _POSETRACK, "IDF1", _OFF),
    "posetrack_ids": _Asked("posetrack", _POSETRACK, "IDSW", _OFF),
}
_SCORES = {"IDs": "IDSW", "J_mean": "J", "succ": "AUC", "prec": "P@20", "maxgm": "MaxGM"}


def beside_paper(cells: Cells) -> list[Block]:
    """Each run of ours that the paper has printed as well, a table a table."""
    rows: dict[int, list[tuple[str, ...]]] = {}
    for task in cells.tasks:
        for (row, layer), record in cells.of(task).items():
            for number, score in _printed(record):
                ours = record.scores.get(COMBINED, {}).get(score)
                if ours is not None and not record.failed:
                    line = _line(f"{row} {layer}", record, number, score, ours)
                    rows.setdefault(number.table, []).append(line)
    if not rows:
        nothing = (
            "None of these runs is on a data set and with settings that the paper printed scores "
            "for."
        )
        return [Heading("Beside the paper"), Text(nothing)]
    about = (
        "Difference in points of percent, or a count; positive where ours is larger. Where a "
        "table does not name the backbone, the paper's default is meant: ResNet-18 trained on "
        "ImageNet, layer3. What ours was run on stands in the last column; a number over fewer "
        "sequences or frames, or with other detections, is not the paper's."
    )
    header = ("backbone", "printed as", "score", "run on", "ours", "95 %", "paper", "difference")
    tables = [
        Listing(f"Table {table}", header, tuple(lines), 4) for table, lines in sorted(rows.items())
    ]
    return [Heading("Beside the paper"), Text(about), *tables]


def _line(name: str, record: Record, number: Published, score: str, ours: float) -> tuple[str, ...]:
    printed = as_value(number)
    ends = record.intervals.get(score)
    interval = "–".join(shown(_like(ours, end)) for end in ends) if ends else "-"  # noqa: RUF001
    gap = ours - printed
    difference = f"{gap:+.0f}" if isinstance(printed, int) else f"{100 * gap:+.1f}"
    words = [f"{n} {v}" for n, v in number.where.items() if v and n not in ("part", "benchmark")]
    spec = record.spec
    cut = [f"first {spec.limit} frames"] if spec.limit else []
    cut += [f"every {spec.stride}th frame"] if spec.stride != 1 else []
    run_on = ", ".join(
        [
            f"{spec.data}, {len(record.sequences)} sequences",
            spec.observations.rpartition("/")[2],
            *cut,
        ]
    )
    return (
        name, ", ".join([number.row, *words]), score, run_on, shown(ours), interval, shown(printed),
        difference,
    )  # fmt: skip


def _like(value: float, end: float) -> float:
    return round(end) if isinstance(value, int) else end


def _printed(record: Record) -> Iterator[tuple[Published, str]]:
    """Printed numbers that are about this run, with our name of the score."""
    if record.spec.weights and not record.spec.weights.startswith("random"):
        backbone = record.spec.backbone  # a file of the same network, perhaps the same weights
    else:
        backbone = _spelled(record)
    for number, asked, who, layer in _expected():
        if (who, layer) == (backbone, record.spec.layer) and asked.fits(record):
            yield number, asked.score


def _spelled(record: Record) -> str:
    """The paper's name: of random weights the network alone counts."""
    random = record.asked.get("weights_sha256", "").startswith("random")
    network = record.spec.backbone.rpartition("_")[2]
    return f"random_{network}" if random else record.spec.backbone


@cache
def _expected() -> tuple[tuple[Published, _Asked, str, str], ...]:
    """Printed numbers with what a run must be, its backbone and its layer."""
    found = []
    for number in published():
        if number.layer:
            found.append((number, _BY_KEY[number.column], number.row, number.layer))
            continue
        asked = _asked(number)
        if asked is not None:
            found.append((number, asked, *_who(number)))
    return tuple(found)


def _who(number: Published) -> tuple[str, str]:
    if "VFS" not in number.row:
        return _DEFAULT
    # Table 3's poses agree with Table 1 at layer4, its masks and boxes at layer3.
    return _VFS, "layer4" if number.where["part"] == "c" else "layer3"


def _asked(number: Published) -> _Asked | None:  # noqa: PLR0911 - one a table
    """Of Tables 3 to 9: what we can run; None for other people's rows and for servers' scores."""
    score = _SCORES.get(number.column, number.column)
    ours = number.row.startswith(("UniTrack", "ImageNet_R18_UniTrack"))
    similarity = {"similarity": number.row.lower()}
    match number.table:
        case 3 if ours and number.where["part"] == "c":
            return _Asked("posetrack", _POSETRACK, score, _ON)
        case 3 if ours and number.where["part"] == "d":
            return _Asked("vos", ("davis2017",), score, {})
        case 3 if ours and number.where["part"] == "e":
            kind = "xcorr" if "XCorr" in number.row else "dcf"
            return _Asked("sot", ("otb100",), score, {"propagator": kind})
        case 4:
            motion = _ON if number.where["motion"] == "1" else _OFF
            return _Asked(
                "mot", ("mot16",), score, {**similarity, **motion}, number.where["detector"]
            )
        case 5:
            return _Asked("mot", ("mot20",), score, similarity | _ON)
        case 6:
            return _Asked("mots", ("mots",), score, similarity | _ON)
        case 7 if ours:
            return _Asked("poseprop", ("jhmdb",), score, {})
        case 9 if ours:
            data, _, printed = number.column.rpartition("_")
            score = "P" if (data, printed) == ("trackingnet", "prec") else _SCORES[printed]
            return _Asked("sot", (data,), score, {"propagator": "dcf"})
    return None
