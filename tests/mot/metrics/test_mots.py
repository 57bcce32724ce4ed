from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.mot.data.made_masks import SIZE, box_mask
from unitrack.data.base import Sequence as Video
from unitrack.data.base import Truth
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Breakdown, Row
from unitrack.types import (
    BoxObservation,
    MaskObservation,
    SequenceResult,
    TrackedObject,
    TruthObject,
)
from unitrack_mot.data import mots as data
from unitrack_mot.metrics.mots import kitti_mots, mots

Frames = tuple[tuple[TrackedObject, ...], ...]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Video:
    """As much of a sequence as a metric looks at."""

    truth: Truth | None
    name: str = "made"
    size: tuple[int, int] = SIZE

    @property
    def length(self) -> int:
        return len(self.truth or ())

    fps = 10.0
    frames = observations = fingerprint = None


def _video(truth: Truth | None) -> Video:
    made: Any = _Video(truth)  # frames and observations are never asked for
    return made  # type: ignore[no-any-return]


def _score(truth: Truth, frames: Frames) -> Row:
    metric = mots()
    return metric.combine([metric.evaluate(_video(truth), SequenceResult("made", frames))])


def test_the_fixture_of_the_design_to_the_digit() -> None:
    """benchmarks.md 19.11."""
    region = TruthObject(10000, box_mask(2, 32, 20, 6, label=10), counted=False)
    truth = tuple(
        (
            TruthObject(1, box_mask(2 + 2 * t, 5, 10, 10)),
            TruthObject(2, box_mask(40 - 2 * t, 5, 10, 20)),
            region,
        )
        for t in range(4)
    )
    frames = []
    for t in range(4):
        found = [
            (11 if t <= 1 else 13, box_mask(3 + 2 * t, 5, 10, 10)),
            (14, box_mask(4, 31, 10, 6)),
        ]
        if t != 1:
            found.append((12, box_mask(40 - 2 * t, 5, 10, 16)))
        if t == 0:
            found.append((15, box_mask(16, 33, 10, 4)))
        if t == 3:
            found.append((16, box_mask(18, 32, 10, 4)))
        frames.append(tuple(TrackedObject(*one) for one in found))
    row = _score(truth, tuple(frames))
    expected = {
        "HOTA": 0.57868, "DetA": 0.65497, "AssA": 0.51128, "LocA": 0.84033, "MOTSA": 0.625,
        "sMOTSA": 0.45909, "MOTSP": 0.81039, "IDF1": 0.625,
    }  # fmt: skip
    for name, value in expected.items():
        assert row[name] == pytest.approx(value, abs=5e-6), name
    counts = {"CLR_TP": 7, "CLR_FN": 1, "CLR_FP": 1, "IDSW": 1, "Frag": 1}
    assert {name: row[name] for name in counts} == counts


def test_classes_are_matched_apart_and_counted_together() -> None:
    car, person = box_mask(2, 5, 10, 10, label=1), box_mask(20, 5, 10, 10)
    truth = ((TruthObject(1, car), TruthObject(2, person)),) * 4
    wrong = (TrackedObject(1, box_mask(2, 5, 10, 10)), TrackedObject(2, person))
    right = (TrackedObject(1, car), TrackedObject(2, person))
    metric = kitti_mots()
    assert isinstance(metric, Breakdown)
    result = SequenceResult("made", (right, right, right, wrong))
    video = _video(truth)
    partial = metric.evaluate(video, result)
    table = metric.breakdown({"made": video}, {"made": partial})["class"]
    assert list(table) == ["car", "pedestrian"]
    assert (table["car"]["CLR_TP"], table["car"]["CLR_FN"], table["car"]["CLR_FP"]) == (3, 1, 0)
    assert table["pedestrian"]["CLR_FP"] == 1
    row = metric.combine([partial])
    assert (row["CLR_TP"], row["CLR_FN"], row["CLR_FP"]) == (7, 1, 1)
    assert row["MOTSA"] == pytest.approx((7 - 1) / 8)


def test_one_class_needs_no_table_of_classes() -> None:
    metric = mots()
    video = _video(((TruthObject(1, box_mask(2, 5, 10, 10)),),))
    partial = metric.evaluate(video, SequenceResult("made", ((),)))
    assert isinstance(metric, Breakdown)
    assert metric.breakdown({"made": video}, {"made": partial}) == {}


def test_nothing_true_and_nothing_found_is_ordinary() -> None:
    row = _score(((), ()), ((), ()))
    assert (row["sMOTSA"], row["CLR_FP"], row["CLR_FN"]) == (0, 0, 0)


@pytest.mark.parametrize(
    "strange", [BoxObservation((0.0, 0.0, 4.0, 4.0)), MaskObservation.of(np.ones((4, 4), bool))]
)
def test_what_is_no_mask_of_the_picture_is_refused(strange: Any) -> None:
    """A box, or a mask of another size, for which pycocotools would give an overlap of -1."""
    truth = ((TruthObject(1, box_mask(2, 5, 10, 10)),),)
    with pytest.raises(UniTrackError, match="frame 0, object 3"):
        _score(truth, ((TrackedObject(3, strange),),))


def test_a_sequence_without_truth_is_refused() -> None:
    with pytest.raises(UniTrackError, match="has no annotation"):
        mots().evaluate(_video(None), SequenceResult("made", ()))


def _as_result(video: Video) -> Frames:
    assert video.truth is not None
    return tuple(
        tuple(TrackedObject(t.id, t.observation) for t in frame if t.counted)
        for frame in video.truth
    )


@pytest.fixture(scope="module")
def full_text(data_root: Path) -> list[Video]:
    """Uncut annotations of two sequences of KITTI-MOTS."""
    root = data_root / "clips" / "kitti_mots" / "full_text"
    return list(data.kitti_mots(root, None, None).sequences())


@pytest.mark.data
def test_the_annotation_of_kitti_scores_one_against_itself(full_text: Sequence[Video]) -> None:
    metric = kitti_mots()
    partials = [
        metric.evaluate(video, SequenceResult(video.name, _as_result(video))) for video in full_text
    ]
    assert isinstance(metric, Breakdown)
    names = {video.name: video for video in full_text}
    table = metric.breakdown(names, dict(zip(names, partials, strict=True)))["class"]
    for row in (
        metric.combine(partials),
        *(metric.combine([p]) for p in partials),
        *table.values(),
    ):
        for score in ("sMOTSA", "MOTSA", "MOTSP", "HOTA", "DetA", "AssA", "LocA", "IDF1"):
            assert row[score] == pytest.approx(1.0, abs=1e-12), score
        assert (row["IDSW"], row["CLR_FP"], row["CLR_FN"]) == (0, 0, 0)


@pytest.mark.data
def test_two_identities_swapped_half_way_score_what_the_hand_computes(
    full_text: Sequence[Video],
) -> None:
    """Pedestrians of 0017; a and b swap names in the second half.

    Each of them can be followed by its best-fitting name only: IDTP loses the smaller halves.
    """
    (video,) = (one for one in full_text if one.name == "0017")
    right = _as_result(video)
    half = video.length // 2
    lives: dict[int, list[int]] = {}
    for index, frame in enumerate(right):
        for one in frame:
            lives.setdefault(one.id, [0, 0])[index >= half] += 1
    first, second = sorted(lives, key=lambda identity: -min(lives[identity]))[:2]
    swap = {first: second, second: first}
    frames = tuple(
        tuple(
            TrackedObject(swap.get(one.id, one.id) if index >= half else one.id, one.observation)
            for one in frame
        )
        for index, frame in enumerate(right)
    )
    metric = kitti_mots()
    row = metric.combine([metric.evaluate(video, SequenceResult(video.name, frames))])
    whole = sum(len(frame) for frame in right)
    early = [lives[first][0], lives[second][0]]
    late = [lives[first][1], lives[second][1]]
    kept = max(sum(early), sum(late))  # name a to person a and b to b, or the other way round
    assert min(early + late) > 0
    assert row["IDTP"] == whole - sum(early) - sum(late) + kept
    assert row["IDF1"] == pytest.approx(row["IDTP"] / whole, abs=1e-12)
    assert row["IDSW"] == 2
    assert row["MOTSA"] == pytest.approx(1 - 2 / whole, abs=1e-12)
    assert row["DetA"] == pytest.approx(1.0)


def _damaged(video: Video, seed: int = 0) -> Frames:
    """Masks eaten away, missed, renamed, and ghosts, some of them in the region to be ignored."""
    rng = np.random.default_rng(seed)
    height, width = video.size
    frames = []
    for index, frame in enumerate(_as_result(video)):
        found, taken = [], np.zeros(video.size, bool)
        for one in frame:
            assert isinstance(one.observation, MaskObservation)
            mask = one.observation.mask
            if rng.random() < 0.2:
                mask = mask & (rng.random(mask.shape) < rng.uniform(0.3, 1))
            taken |= mask
            if mask.any() and rng.random() > 0.1:
                identity = one.id + (50 if (index // 20 + one.id) % 3 == 0 else 0)
                label = one.observation.label
                found.append(TrackedObject(identity, MaskObservation.of(mask, 1.0, label)))
        for ghost in range(int(rng.integers(0, 4))):
            y, x = int(rng.integers(0, height - 40)), int(rng.integers(0, width - 30))
            mask = np.zeros(video.size, bool)
            mask[y : y + 40, x : x + 30] = True
            mask &= ~taken
            taken |= mask
            if mask.any():
                label = int(rng.integers(1, 3))
                found.append(TrackedObject(500 + ghost, MaskObservation.of(mask, 1.0, label)))
        frames.append(tuple(found))
    return tuple(frames)


@pytest.mark.data
@pytest.mark.slow
def test_a_damaged_result_scores_as_the_reference_evaluator_says(
    full_text: Sequence[Video], data_root: Path, tmp_path: Path
) -> None:
    """From files to scores by trackeval's own classes for KITTI-MOTS."""
    from trackeval.datasets import KittiMOTS
    from trackeval.metrics import CLEAR, HOTA, Identity

    root = data_root / "clips" / "kitti_mots" / "full_text"
    dataset = data.kitti_mots(root, None, None)
    metric = kitti_mots()
    ours = {}
    for video in full_text:
        dataset.write(SequenceResult(video.name, _damaged(video)), tmp_path / "x" / "data")
        read = dataset.read(video, tmp_path / "x" / "data")
        ours[video.name] = metric.evaluate(video, read)
    theirs = KittiMOTS({
        "GT_FOLDER": str(root), "TRACKERS_FOLDER": str(tmp_path), "PRINT_CONFIG": False,
        "SEQ_INFO": {video.name: video.length for video in full_text},
        "GT_LOC_FORMAT": "{gt_folder}/instances_txt/{seq}.txt", "TRACKERS_TO_EVAL": ["x"],
    })  # fmt: skip
    quiet = {"PRINT_CONFIG": False}
    metrics = {"HOTA": HOTA(), "CLEAR": CLEAR(dict(quiet)), "Identity": Identity(dict(quiet))}
    for video in full_text:
        raw = theirs.get_raw_seq_data("x", video.name)
        for name in ("car", "pedestrian"):
            counted = theirs.get_preprocessed_seq_data(raw, name)
            assert counted["num_tracker_dets"] > 0
            for part, reference in metrics.items():
                expected = reference.eval_sequence(counted)
                found = ours[video.name][name][part]
                for field, value in expected.items():
                    np.testing.assert_array_equal(found[field], value, err_msg=f"{name} {field}")
