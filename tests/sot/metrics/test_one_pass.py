from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import unitrack
from tests.reference.one_object import one_pass
from tests.sot.data import made as disk
from tests.sot.metrics.made import Box, result, video
from unitrack.metrics.base import Breakdown, Row
from unitrack.render.plots import plot_svg
from unitrack_sot.data.boxes import outside
from unitrack_sot.metrics.one_pass import OVERLAPS, OnePass, lasot, sot, trackingnet

# benchmarks.md 19.3
TRUE = [(10, 10, 20, 40), (12, 10, 20, 40), (14, 10, 20, 40), (16, 10, 20, 40)]
FOUND = [(0, 0, 1, 1), (14, 10, 20, 40), (24, 10, 20, 40), (16, 30, 20, 40)]
NEAR = pytest.approx
DIGITS = 5e-7


def row(
    metric: OnePass, truth: Sequence[Box | None], found: Sequence[Any], gone: Sequence[int] = ()
) -> Row:
    made: Any = video(truth, gone)
    return metric.combine([metric.evaluate(made, result(found))])


def test_known_scores_of_otb() -> None:
    scores = row(sot(), TRUE, FOUND)
    assert scores["AUC"] == NEAR(0.607143, abs=DIGITS)
    assert scores["P@20"] == 1.0
    assert scores["mIoU"] == NEAR(0.621212, abs=DIGITS)
    assert scores["SR0.5"] == 0.5


def test_known_score_at_a_hundred_and_one_thresholds() -> None:
    """GOT-10k's; the curves are taken at the thresholds that the metric states."""
    metric = sot()
    finer = {**metric.thresholds, "success": np.linspace(0, 1, 101)}
    scores = row(replace(metric, thresholds=finer), TRUE, FOUND)
    assert scores["AUC"] == NEAR(0.618812, abs=DIGITS)


def test_known_scores_of_lasot() -> None:
    scores = row(lasot(), TRUE, FOUND)
    assert scores["AUC"] == NEAR(0.607143, abs=DIGITS)
    assert scores["NP"] == NEAR(0.460784, abs=DIGITS)


def test_known_scores_of_trackingnet() -> None:
    scores = row(trackingnet(), TRUE, FOUND)
    assert scores["AUC"] == NEAR(0.618750, abs=DIGITS)
    assert scores["P"] == NEAR(0.856250, abs=DIGITS)
    assert scores["NP"] == NEAR(0.468750, abs=DIGITS)


def test_the_first_answer_is_the_given_box() -> None:
    """0.369048 with the answer as it stands; here the first frame is not the first annotated."""
    shifted = row(sot(), [None, *TRUE], [None, *FOUND])
    assert shifted["AUC"] == NEAR(0.369048, abs=DIGITS)


def test_known_overlaps_and_distances() -> None:
    made: Any = video(TRUE)
    curves = sot().evaluate(made, result(FOUND))["curves"]
    assert curves["success"].tolist() == [
        np.mean(np.array([1, 9 / 11, 1 / 3, 1 / 3]) > threshold) for threshold in OVERLAPS
    ]
    wanted = [np.mean(np.array([0, 2, 10, 20]) <= pixels) for pixels in range(51)]
    assert curves["precision"].tolist() == wanted


@pytest.mark.parametrize(("metric", "best"), [(sot, 20 / 21), (lasot, 20 / 21), (trackingnet, 1)])
def test_perfection(metric: Any, best: float) -> None:
    assert row(metric(), TRUE, TRUE)["AUC"] == NEAR(best, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_curves_are_those_of_the_reference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = np.column_stack([rng.uniform(0, 50, (60, 2)), rng.uniform(5, 40, (60, 2))])
    found = truth + rng.normal(0, 4, (60, 4))
    truth[rng.random(60) < 0.1, 2] = 0  # no box
    truth[0, 2] = 10
    found[rng.random(60) < 0.2, 3] = 0  # no answer
    gone = rng.random(60) < 0.2
    gone[0] = False
    wanted = one_pass(truth.tolist(), found.tolist(), gone.tolist())
    made: Any = video(truth.tolist(), np.flatnonzero(gone).tolist())
    curves = lasot().evaluate(made, result(found.tolist()))["curves"]
    for name, values in wanted.items():
        assert curves[name].tolist() == NEAR(values, abs=1e-12)


def test_a_frame_whose_object_is_absent_is_never_a_hit_and_always_counts() -> None:
    scores = row(lasot(), TRUE, TRUE, gone=[2])
    assert scores["AUC"] == NEAR(0.75 * 20 / 21)
    assert scores["P@20"] == scores["NP"] == 0.75
    assert scores["mIoU"] == 1  # of the frames that have an object


def test_without_an_answer_the_last_one_stands() -> None:
    still = [TRUE[0]] * 4
    assert row(sot(), TRUE, [TRUE[0], None, None, None]) == row(sot(), TRUE, still)
    assert row(sot(), TRUE, [None] * 4) == row(sot(), TRUE, still)


def test_trackingnet_takes_no_answer_for_a_box_of_nothing() -> None:
    far = [(500, 500, 20, 40)] * 4
    scores = row(trackingnet(), far, [far[0], None, None, None])
    assert scores["P"] == NEAR(0.25)
    assert scores["NP"] == NEAR(0.25)
    assert scores["AUC"] == NEAR(0.25 + 0.75 * 0.5 / 20)  # 0 is a hit at the threshold 0


def test_trackingnet_rounds_half_to_even() -> None:
    rounded, exact = [(0, 0, 10, 10), (2, 2, 10, 10)], [(0, 0, 10, 10), (1.5, 2.5, 10.5, 9.5)]
    assert row(trackingnet(), rounded, exact)["mIoU"] == 1


def test_a_frame_without_annotation_is_left_out() -> None:
    truth: list[Box | None] = [TRUE[0], None, TRUE[2], None]
    assert row(sot(), truth, TRUE)["AUC"] == NEAR(20 / 21)


def test_curves_are_averaged_over_sequences_not_frames() -> None:
    metric = sot()
    long: Any = video([TRUE[0]] * 100)
    short: Any = video([TRUE[0]] * 2)
    good = metric.evaluate(long, result([TRUE[0]] * 100))
    bad = metric.evaluate(short, result([TRUE[0], (500, 500, 1, 1)]))
    assert metric.combine([good, bad])["AUC"] == NEAR((20 / 21 + 10 / 21) / 2)


def test_attributes_have_rows_of_their_own(tmp_path: Path) -> None:
    for name, attributes in (("One", "SV, OCC"), ("Two", "OCC"), ("Three", "")):
        disk.lines(disk.otb(tmp_path / "set", name) / "attrs.txt", [attributes])
        shift = {"One": 0, "Two": 6, "Three": 30}[name]
        rows = [(x + shift, y, w, h) for x, y, w, h in map(disk.box, range(5))]
        disk.boxes(tmp_path / "results" / f"{name}.txt", rows)
    scored = unitrack.evaluate(tmp_path / "results", "otb100", root=tmp_path / "set")
    table = scored.breakdown["attribute"]
    assert list(table) == ["OCC", "SV"]
    one, two = (scored.scores[name] for name in ("One", "Two"))
    assert table["SV"] == one
    assert table["OCC"]["AUC"] == NEAR((one["AUC"] + two["AUC"]) / 2)


def test_a_cut_sequence_keeps_its_attributes(tmp_path: Path) -> None:
    disk.lines(disk.otb(tmp_path / "set") / "attrs.txt", ["OCC"])
    disk.boxes(tmp_path / "results" / "Clip.txt", map(disk.box, range(5)))
    scored = unitrack.evaluate(tmp_path / "results", "otb100", root=tmp_path / "set", limit=3)
    assert list(scored.breakdown["attribute"]) == ["OCC"]


def test_without_attributes_there_is_no_table() -> None:
    metric = sot()
    assert isinstance(metric, Breakdown)
    made: Any = video(TRUE)
    assert metric.breakdown({"a": made}, {"a": metric.evaluate(made, result(FOUND))}) == {}


@pytest.mark.parametrize(
    ("metric", "names"),
    [
        (sot, ["success", "precision"]),
        (lasot, ["success", "precision", "normalised_precision"]),
        (trackingnet, ["success", "precision", "normalised_precision"]),
    ],
)
def test_plots_show_the_mean_and_a_few_sequences(metric: Any, names: list[str]) -> None:
    chosen = metric()
    assert isinstance(chosen, OnePass)
    made: Any = video(TRUE)
    partials = {
        "good": chosen.evaluate(made, result(TRUE)),
        "bad": chosen.evaluate(made, result(FOUND)),
    }
    plots = chosen.plots(partials)
    assert list(plots) == names
    legends = [curve.legend for curve in plots["success"].curves]
    assert [legend.partition("  [")[0] for legend in legends] == [
        "mean of 2 sequences",
        "good",
        "bad",
    ]
    mean, good, bad = plots["success"].curves
    assert mean.y == NEAR(tuple(np.mean([good.y, bad.y], axis=0)))
    assert mean.x == tuple(OVERLAPS.tolist())
    assert legends[0].endswith(f"[AUC {100 * chosen.combine(list(partials.values()))['AUC']:.1f}]")
    assert "good" in plot_svg(plots["success"])


def test_of_many_sequences_only_the_mean_is_drawn() -> None:
    metric = sot()
    made: Any = video(TRUE)
    partials = {str(k): metric.evaluate(made, result(FOUND)) for k in range(7)}
    (curve,) = metric.plots(partials)["success"].curves
    assert curve.legend == "mean of 7 sequences  [AUC 60.7]"
    (alone,) = metric.plots({"Deer": partials["0"]})["success"].curves
    assert alone.legend == "Deer  [AUC 60.7]"


@pytest.mark.data
@pytest.mark.parametrize(
    ("tracker", "auc"), [("STRUCK", 0.667), ("MEEM", 0.702), ("MUSTer", 0.783)]
)
def test_published_boxes_score_what_was_published(
    data_root: Path, tracker: str, auc: float
) -> None:
    scored = unitrack.evaluate(
        data_root / "reference" / "otb100_results" / "OPE" / tracker,
        "otb100",
        root=data_root / "clips" / "otb100",
        sequences=["Crossing"],
    )
    assert scored.scores["COMBINED"]["AUC"] == NEAR(auc, abs=5e-4)
    assert set(scored.breakdown["attribute"]) == {"SV", "DEF", "FM", "OPR", "BC"}


@pytest.mark.data
def test_published_boxes_score_as_the_reference_says(data_root: Path) -> None:
    root = data_root / "clips" / "otb100"
    dataset = unitrack.dataset("otb100", root=root)
    crossing = next(v for v in dataset.sequences() if v.name == "Crossing")
    truth = np.loadtxt(root / "Crossing" / "groundtruth_rect.txt")
    folder = data_root / "reference" / "otb100_results" / "OPE" / "MEEM"
    found = dataset.read(crossing, folder)
    boxes = outside(np.array([frame[0].observation.box for frame in found.frames]), 1)
    wanted = one_pass(truth.tolist(), boxes.tolist(), [False] * len(truth))
    curves = sot().evaluate(crossing, found)["curves"]
    assert curves["success"].tolist() == NEAR(wanted["success"], abs=1e-12)
    assert curves["precision"].tolist() == NEAR(wanted["precision"], abs=1e-12)
