from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.mot.metrics.conftest import columns, detailed, score, sequence
from unitrack.data.base import Dataset
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Metric, Row
from unitrack.testing.scenes import Scene, perfect
from unitrack.types import BoxObservation, SequenceResult, TrackedObject
from unitrack_mot.data import motchallenge
from unitrack_mot.data.settings import MotDataSettings
from unitrack_mot.metrics.mot import mot, mot20

NEAR = pytest.approx
SETTINGS = MotDataSettings(columns="motchallenge")
TRACKERS = ("YOLO_KF", "DiffMOT")
VIDEOS = ("MOT17-02-FRCNN", "MOT17-09-FRCNN")
INI = "[Sequence]\nframeRate=30\nseqLength={}\nimWidth=1920\nimHeight=1080\n"

# The evaluator that wrote the csv files added similarities up in single precision; trackeval 1.3.0
# and we do not. The columns made of that sum agree to its 7 digits, all others to the last.
SINGLE_PRECISION = ("LocA", "HOTALocA", "MOTP", "sMOTA")

# benchmarks.md 19.2: two pedestrians and a distractor, each with a box on it.
FRAMES = range(1, 6)
TRUTH = "".join(
    f"{f},1,{100 + 3 * f},100,40,100,1,1,1.0\n{f},2,{400 - 3 * f},100,40,100,1,1,0.8\n"
    f"{f},3,700,100,40,100,0,8,0.5\n"
    for f in FRAMES
)
FOUND = "".join(
    f"{f},11,{101.5 + 3 * f},102,40,98,1,-1,-1,-1\n{f},12,{402 - 3 * f},100,40,100,1,-1,-1,-1\n"
    f"{f},13,701,100,40,100,1,-1,-1,-1\n"
    for f in FRAMES
)


def made(folder: Path, truth: str, found: str, length: int = len(FRAMES)) -> Dataset:
    """A MOT17 of one sequence, and a result beside it in ``results/``."""
    video, results = folder / "train" / "MOT17-02-SDP", folder / "results"
    (video / "gt").mkdir(parents=True)
    results.mkdir()
    (video / "gt" / "gt.txt").write_text(truth)
    (video / "seqinfo.ini").write_text(INI.format(length))
    (results / "MOT17-02-SDP.txt").write_text(found)
    return motchallenge.mot17(folder, None, SETTINGS)


def row(folder: Path, truth: str, found: str, metric: Metric | None = None, length: int = 5) -> Row:
    dataset, metric = made(folder, truth, found, length), metric or mot()
    partial = score(dataset, metric, "MOT17-02-SDP", folder / "results")
    return metric.combine([partial])


def test_the_known_answer_of_the_preprocessing(tmp_path: Path) -> None:
    scored = row(tmp_path, TRUTH, FOUND)
    assert (scored["GT_Dets"], scored["Dets"], scored["GT_IDs"], scored["IDs"]) == (10, 10, 2, 2)
    assert scored["MOTA"] == 1
    assert scored["HOTA"] == NEAR(18 / 19)
    assert scored["MOTP"] == NEAR((0.9098 + 0.9048) / 2, abs=5e-5)


def test_a_pedestrian_that_is_not_to_be_scored_is_no_distractor(tmp_path: Path) -> None:
    scored = row(tmp_path, TRUTH.replace(",0,8,0.5", ",0,1,0.5"), FOUND)
    assert (scored["GT_Dets"], scored["Dets"], scored["CLR_FP"]) == (10, 15, 5)


@pytest.mark.parametrize(
    ("label", "metric", "removed"),
    [
        (1, mot, False), (2, mot, True), (3, mot, False), (6, mot, False), (7, mot, True),
        (8, mot, True), (12, mot, True), (13, mot, False),
        (2, mot20, True), (6, mot20, True), (8, mot20, True), (13, mot20, False),
    ],
)  # fmt: skip
def test_boxes_on_distractors_are_neither_right_nor_wrong(
    tmp_path: Path, label: int, metric: Any, removed: bool
) -> None:
    scored = row(tmp_path, TRUTH.replace(",0,8,0.5", f",0,{label},0.5"), FOUND, metric())
    assert scored["CLR_FP"] == (0 if removed else 5)


def test_a_box_nearer_to_a_pedestrian_than_to_a_distractor_stays(tmp_path: Path) -> None:
    truth = "1,1,100,100,40,100,1,1,1\n1,2,104,100,40,100,1,8,1\n"
    near_pedestrian = row(tmp_path / "a", truth, "1,9,101,100,40,100,1,-1,-1,-1\n", length=1)
    near_distractor = row(tmp_path / "b", truth, "1,9,103,100,40,100,1,-1,-1,-1\n", length=1)
    assert (near_pedestrian["CLR_TP"], near_pedestrian["CLR_FN"]) == (1, 0)
    assert (near_distractor["CLR_TP"], near_distractor["CLR_FN"]) == (0, 1)


def test_a_box_that_overlaps_a_distractor_by_less_than_half_stays(tmp_path: Path) -> None:
    truth = "1,1,500,100,40,100,1,1,1\n1,2,100,100,40,100,1,8,1\n"
    far = row(tmp_path / "a", truth, "1,9,114,100,40,100,1,-1,-1,-1\n", length=1)  # 26/54
    near = row(tmp_path / "b", truth, "1,9,113,100,40,100,1,-1,-1,-1\n", length=1)  # 27/53
    assert (far["Dets"], near["Dets"]) == (1, 0)


def test_other_classes_of_a_result_are_left_out(tmp_path: Path) -> None:
    cars = FOUND.replace(",1,-1,-1,-1", ",1,3,-1,-1")
    assert row(tmp_path, TRUTH, cars)["Dets"] == 0


def test_an_overlap_of_exactly_a_threshold_counts_as_one(tmp_path: Path) -> None:
    """70 of 100 pixels: in single precision 0.7 would fail the threshold 0.7."""
    scored = row(tmp_path, "1,1,1,1,10,10,1,1,1\n", "1,1,1,1,7,10,1,-1,-1,-1\n", length=1)
    assert scored["HOTA"] == NEAR(14 / 19)


@pytest.mark.parametrize("metric", [mot(), mot20()])
def test_the_truth_as_a_result_scores_one(metric: Metric) -> None:
    scene = Scene()
    scored = metric.combine([metric.evaluate(scene, perfect(scene))])
    assert [scored[name] for name in ("HOTA", "MOTA", "IDF1", "AssA")] == [NEAR(1)] * 4


def test_a_sequence_combined_alone_gives_its_own_scores() -> None:
    scene, metric = Scene(), mot()
    frames = tuple(frame[1:] for frame in perfect(scene).frames)
    partial = metric.evaluate(scene, replace(perfect(scene), frames=frames))
    alone = columns(partial)
    for name, value in metric.combine([partial]).items():
        assert value == NEAR(alone.get(f"{name}___AUC", alone.get(name)), abs=1e-12), name


def test_without_truth_there_is_no_score(tmp_path: Path) -> None:
    dataset = made(tmp_path, TRUTH, FOUND)
    (tmp_path / "train" / "MOT17-02-SDP" / "gt" / "gt.txt").unlink()
    with pytest.raises(UniTrackError, match="has no annotation"):
        score(dataset, mot(), "MOT17-02-SDP", tmp_path / "results")


@pytest.mark.data
@pytest.mark.parametrize("name", VIDEOS)
@pytest.mark.parametrize("tracker", TRACKERS)
def test_the_reference_scores_of_mot17(mot17_reference: Path, tracker: str, name: str) -> None:
    dataset = motchallenge.mot17(mot17_reference / "gt/mot_challenge", None, SETTINGS)
    folder = mot17_reference / "trackers/mot_challenge/MOT17-train" / tracker
    partial = score(dataset, mot(), name, folder / "data")
    expected = detailed(folder / "pedestrian_detailed.csv", name)
    _check(columns(partial), expected)
    final = mot().combine([partial])
    named = {key: key if key in expected else f"{key}___AUC" for key in final}
    _check(final, {key: expected[there] for key, there in named.items()})


def _check(ours: Mapping[str, float], expected: Mapping[str, float]) -> None:
    for column, value in expected.items():
        single = column.startswith(SINGLE_PRECISION)
        assert ours[column] == NEAR(value, rel=1e-6 if single else 1e-13), column


@pytest.mark.data
@pytest.mark.parametrize("name", VIDEOS)
def test_the_truth_of_mot17_as_a_result_scores_one(mot17_reference: Path, name: str) -> None:
    dataset = motchallenge.mot17(mot17_reference / "gt/mot_challenge", None, SETTINGS)
    video = sequence(dataset, name)
    assert video.truth is not None
    pedestrians = tuple(
        tuple(
            TrackedObject(true.id, BoxObservation(true.observation.box))
            for true in frame
            if true.counted and true.observation.label == 1
        )
        for frame in video.truth
    )
    scored = mot().combine([mot().evaluate(video, SequenceResult(name, pedestrians))])
    assert [scored[key] for key in ("HOTA", "MOTA", "IDF1")] == [NEAR(1)] * 3
    assert (scored["IDSW"], scored["CLR_FP"], scored["CLR_FN"]) == (0, 0, 0)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("benchmark", ["MOT15", "MOT16", "MOT17", "MOT20"])
def test_trackeval_reading_the_same_files_gives_the_same(tmp_path: Path, benchmark: str) -> None:
    """Everything, from the file to the score, against the evaluator of the benchmark."""
    from trackeval.datasets import MotChallenge2DBox
    from trackeval.metrics import CLEAR, HOTA, Count, Identity

    name, length = f"{benchmark}-02", 40
    _write_crowd(tmp_path, name, length, classes=benchmark != "MOT15")
    oracle = MotChallenge2DBox(
        {
            "GT_FOLDER": str(tmp_path / "train"),
            "TRACKERS_FOLDER": str(tmp_path / "trackers"),
            "BENCHMARK": benchmark,
            "SEQ_INFO": {name: length},
            "SKIP_SPLIT_FOL": True,
            "PRINT_CONFIG": False,
        }
    )
    data = oracle.get_preprocessed_seq_data(oracle.get_raw_seq_data("made", name), "pedestrian")
    quiet = {"PRINT_CONFIG": False}
    metrics = (HOTA(), CLEAR(dict(quiet)), Identity(dict(quiet)), Count())
    expected = columns({str(k): metric.eval_sequence(data) for k, metric in enumerate(metrics)})

    dataset = getattr(motchallenge, benchmark.lower())(tmp_path, None, SETTINGS)
    metric = mot20() if benchmark == "MOT20" else mot()
    ours = columns(score(dataset, metric, name, tmp_path / "trackers/made/data"))
    assert 0.05 < expected["HOTA___AUC"] < 0.95
    assert {key: ours[key] for key in expected} == NEAR(expected, rel=1e-9, abs=1e-12)


def _write_crowd(root: Path, name: str, length: int, *, classes: bool) -> None:
    """Crowded truth of all classes, and a tracker that misses, drifts, swaps and makes up."""
    rng = np.random.default_rng(len(name) + ord(name[-4]))
    truth, found = [], []
    starts = rng.uniform(0, 300, (30, 2))
    labels = rng.integers(1, 14, 30) if classes else np.ones(30, int)
    labels[::2] = 1
    for number in range(1, length + 1):
        for one, ((left, top), label) in enumerate(zip(starts, labels, strict=True), 1):
            x, y = left + number, top + rng.normal(0, 1)
            tail = f"{label},{rng.random():.3f}" if classes else "-1,-1,-1"
            truth.append(f"{number},{one},{x:.2f},{y:.2f},40,90,{int(one % 7 > 0)},{tail}")
            if rng.random() < 0.8:
                shift = rng.normal(0, 4, 4)
                ident = one + 100 * (number > 20 and one % 3 == 0)
                box = ",".join(f"{v:.3f}" for v in np.array([x, y, 40, 90]) + shift)
                found.append(f"{number},{ident},{box},1,-1,-1,-1")
        for ghost in range(rng.integers(0, 3)):
            left, top = rng.uniform(0, 300, 2)
            found.append(f"{number},{900 + ghost},{left:.3f},{top:.3f},40,90,1,-1,-1,-1")
    video, results = root / "train" / name, root / "trackers" / "made" / "data"
    (video / "gt").mkdir(parents=True)
    results.mkdir(parents=True)
    (video / "seqinfo.ini").write_text(INI.format(length))
    (video / "gt" / "gt.txt").write_text("\n".join(truth) + "\n")
    (results / f"{name}.txt").write_text("\n".join(found) + "\n")
