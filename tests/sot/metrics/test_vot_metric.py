from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import unitrack
from tests.reference.one_object import expected_overlap
from tests.sot.data import made as disk
from tests.sot.metrics.made import Box, Video, result, seen, video
from unitrack.metrics.base import Metric, Partial, Plotting
from unitrack.types import Observation, SequenceResult, Target
from unitrack_sot.data.restart import Failure
from unitrack_sot.metrics.vot import Vot, eao_curve, vot2016, vot2019

NEAR = pytest.approx
TRUE: Box = (0, 0, 100, 100)
START = Target(1, seen(TRUE))


def answer(overlap: float) -> Observation:
    return seen((0, 0, 100, 100 * overlap))


# benchmarks.md 19.8
A = [START, *[answer(0.8)] * 19]
B = [START, *[answer(0.6)] * 5, Failure(), *[None] * 4, START, *[answer(0.5)] * 12]


def partial(metric: Metric, answers: list[Any]) -> Partial:
    made: Any = video([TRUE] * len(answers))
    return metric.evaluate(made, result(answers))


@pytest.fixture
def known() -> list[Partial]:
    return [partial(Vot((5, 15)), answers) for answers in (A, B)]


def test_known_accuracy_and_failures(known: list[Partial]) -> None:
    row = Vot((5, 15)).combine(known)
    assert row["A"] == NEAR(0.636364, abs=5e-7)
    assert row["weighted_failures"] == NEAR(0.545455, abs=5e-7)
    assert row["reliability"] == NEAR(0.475304, abs=5e-7)
    assert row["failures"] == 1
    assert row["R"] == NEAR(1 / 44)


def test_known_expected_overlap(known: list[Partial]) -> None:
    segments = [segment for one in known for segment in one["segments"]]
    assert [(len(overlaps), failed) for overlaps, failed in segments] == [
        (20, False),
        (6, True),
        (13, False),
    ]
    wanted = [
        *[0.6333] * 5, 0.6000, 0.5762, 0.5583, 0.5444, 0.5333, 0.5242, 0.5167, 0.5154, 0.5071,
        0.5000, 0.4938, 0.4882, 0.4833, 0.4789,
    ]  # fmt: skip
    assert eao_curve(segments).tolist() == NEAR(wanted, abs=5e-5)
    assert Vot((5, 15)).combine(known)["EAO"] == NEAR(0.546279, abs=5e-7)


def test_the_curve_is_that_of_the_reference() -> None:
    rng = np.random.default_rng(3)
    segments = [
        (tuple(rng.random(int(size)).tolist()), bool(failed))
        for size, failed in zip(rng.integers(1, 40, 25), rng.random(25) < 0.5, strict=True)
    ]
    longest = max(len(overlaps) for overlaps, _ in segments) - 1
    wanted = [expected_overlap(segments, length) for length in range(1, longest + 1)]
    assert eao_curve(segments).tolist() == NEAR(wanted, abs=1e-12)


def test_each_year_has_its_interval(known: list[Partial]) -> None:
    assert (vot2016(), vot2019()) == (Vot((108, 371)), Vot((46, 291)))
    assert "EAO" not in vot2016().combine(known)  # no stretch of 108 frames: not 0, not defined
    long = partial(vot2019(), [START, *[answer(0.5)] * 46])
    assert vot2019().combine([long])["EAO"] == NEAR(0.5)
    short = partial(vot2019(), [START, *[answer(0.5)] * 45])
    assert "EAO" not in vot2019().combine([short])


def test_failures_stand_for_longer_videos_up_to_the_longest_stretch() -> None:
    metric = Vot((2, 4))
    failed = partial(metric, [START, answer(0.5), Failure(), None, None])
    whole = partial(metric, [START, *[answer(0.9)] * 3])
    both = metric.combine([failed, whole])
    assert both["EAO"] == NEAR(np.mean([(0.9 + 0.5 / n) / 2 for n in (2, 3)]))


def test_a_tracker_that_fails_throughout_has_a_low_expected_overlap_not_none() -> None:
    """The toolkit gives no number here; a video of the interval's length is there all the same."""
    metric = Vot((3, 5))
    long = partial(metric, [START, answer(0.6), Failure(), None, None])
    assert metric.combine([long])["EAO"] == NEAR(np.mean([0.6 / n for n in (3, 4)]))
    short = partial(metric, [START, answer(0.6), Failure()])
    assert "EAO" not in metric.combine([short])


def test_the_ten_frames_from_a_start_do_not_count_for_accuracy() -> None:
    for good in (8, 9, 10):
        answers = [START, *[answer(1.0)] * good, answer(0.2)]
        scored = partial(vot2016(), answers)["scored"]
        assert scored.tolist() == [index >= 10 for index in range(len(answers))]


def test_after_a_failure_overlaps_count_from_the_fifteenth_frame_on() -> None:
    """benchmarks.md 19.10: it starts again after five frames, and ten more do not count."""
    lost = 12
    answers = [START, *[answer(0.5)] * (lost - 1), Failure(), *[None] * 4, START]
    answers += [answer(0.5)] * 20
    scored = partial(vot2016(), answers)["scored"]
    wanted = [10 <= index < lost or index >= lost + 15 for index in range(len(answers))]
    assert scored.tolist() == wanted


def test_a_tracker_that_gives_nothing_has_failed_and_starts_where_it_speaks_again() -> None:
    one = partial(Vot((1, 2)), [None, answer(0.5), None, None, answer(0.7), answer(0.7)])
    assert [(len(found), failed) for found, failed in one["segments"]] == [(2, True), (2, False)]
    assert one["lost"].tolist() == [False, False, True, False, False, False]


def test_overlap_is_clipped_to_the_picture_and_whole_where_its_size_is_unknown(
    tmp_path: Path,
) -> None:
    box: Box = (50, 0, 100, 100)
    cut: Any = Video(video([box] * 2).truth, size=(100, 100))
    found = result([START, (50, 0, 50, 100)])
    assert vot2016().evaluate(cut, found)["overlaps"][1] == NEAR(1)
    root = tmp_path / "set" / "clip"
    disk.boxes(root / "groundtruth.txt", [box] * 2)
    disk.lines(tmp_path / "results" / "clip.txt", ["1", "50,0,50,100"])
    opened = unitrack.dataset("vot2016", root=tmp_path / "set")
    (unseen,) = opened.sequences()
    read = opened.read(unseen, tmp_path / "results")
    assert vot2016().evaluate(unseen, read)["overlaps"][1] == NEAR(0.5)


def test_longer_sequences_weigh_more() -> None:
    metric = vot2016()
    one, other = ([START, *[answer(v)] * n] for v, n in ((0.9, 29), (0.3, 19)))
    row = metric.combine([partial(metric, answers) for answers in (one, other)])
    assert row["A"] == NEAR((30 * 0.9 + 20 * 0.3) / 50)
    assert row["reliability"] == 1 == math.exp(-0.0)


def trajectories(root: Path, name: str, rows: list[str]) -> None:
    disk.lines(root / name / f"{name}_001.txt", rows)


def test_one_pass_is_scored_as_otb_is(tmp_path: Path) -> None:
    disk.vot(tmp_path / "set")
    rows = [f"{12 + 2 * k},10,16,16" for k in range(6)]  # the boxes around the diamonds
    trajectories(tmp_path / "results", "bag", rows)
    scored = unitrack.evaluate(
        tmp_path / "results",
        "vot2016",
        root=tmp_path / "set",
        data_settings={"protocol": "one_pass"},
    )
    assert scored.scores["COMBINED"]["AUC"] == NEAR(20 / 21)
    assert "EAO" not in scored.scores["COMBINED"]
    assert list(scored.plots) == ["success", "precision"]
    assert scored.breakdown == {}


def test_tags_have_rows_of_their_own(tmp_path: Path) -> None:
    folder = disk.vot(tmp_path / "set", count=20)
    disk.lines(folder / "occlusion.tag", "0" * 12 + "11100000")
    disk.lines(folder / "size_change.tag", "0" * 20)
    regions = [",".join(map(str, disk.diamond(k))) for k in range(20)]
    rows = ["1", *regions[1:14], "2", *["0"] * 4, "1"]
    trajectories(tmp_path / "results", "bag", rows)
    scored = unitrack.evaluate(tmp_path / "results", "vot2016", root=tmp_path / "set")
    assert scored.breakdown["tag"] == {"occlusion": {"A": NEAR(1), "R": NEAR(1 / 3), "frames": 3}}


def test_the_plot_shows_the_expected_overlap_by_length(known: list[Partial]) -> None:
    metric = Vot((5, 15))
    assert isinstance(metric, Plotting)
    plot = metric.plots({"a": known[0], "b": known[1]})["expected_overlap"]
    (curve,) = plot.curves
    assert (curve.legend, curve.x[0], len(curve.x)) == ("EAO 54.6", 1, 19)
    undefined = vot2016().plots({"a": known[0]})["expected_overlap"]  # type: ignore[attr-defined]
    assert undefined.curves[0].legend == "EAO not defined"


@pytest.mark.data
def test_the_truth_of_a_real_video_is_perfect(data_root: Path, tmp_path: Path) -> None:
    root = data_root / "clips" / "vot"
    dataset = unitrack.dataset("vot2019", root=root)
    (bag,) = dataset.sequences()
    assert bag.truth is not None
    regions = [frame[0].observation for frame in bag.truth]
    said = result([Target(1, regions[0]), *regions[1:]])
    dataset.write(SequenceResult("bag", said.frames), tmp_path)
    row = unitrack.evaluate(tmp_path, "vot2019", root=root).scores["COMBINED"]
    assert [row[name] for name in ("EAO", "A", "failures")] == NEAR([1, 1, 0])
