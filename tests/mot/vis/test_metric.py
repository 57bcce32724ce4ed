from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.mot.vis.made import LENGTH, SIZE, Box, Clip, filled, result, truth
from tests.reference.track_map import Instance, track_iou, track_map
from unitrack.data.base import Sequence as Video
from unitrack.errors import UniTrackError
from unitrack.metrics.base import Breakdown, Partial, Row
from unitrack.types import MaskObservation
from unitrack_mot.data.vis_tubes import Tube
from unitrack_mot.metrics import vis_ap
from unitrack_mot.metrics.vis import youtube_vis
from unitrack_mot.metrics.vis_overlap import mean_areas, tube_iou

Mask = NDArray[np.bool_]
Scored = tuple[list[Instance], list[Instance]]  # found, true


def _still(label: int, box: Box, score: float = 1.0, frames: Iterable[int] = range(4)) -> Instance:
    there = set(frames)
    masks = [filled(box) if index in there else None for index in range(LENGTH)]
    return Instance(label, masks, score)


# benchmarks.md 19.6
FIXTURE: list[Scored] = [
    (
        [_still(1, (3, 2, 10, 10), 0.9), _still(1, (30, 5, 12, 12), 0.8)],
        [_still(1, (2, 2, 10, 10)), _still(1, (30, 5, 12, 12), frames=(0, 1))],
    ),
    (
        [
            _still(1, (5, 5, 20, 18), 0.85),
            _still(1, (40, 5, 5, 5), 0.95),
            _still(2, (31, 20, 8, 8), 0.5),
        ],
        [_still(1, (5, 5, 20, 20)), _still(2, (30, 20, 8, 8))],
    ),
]


def _observed(instances: Sequence[Instance]) -> dict[int, list[MaskObservation | None]]:
    return {
        number: [
            None if mask is None else MaskObservation.of(mask, one.score, one.label)
            for mask in one.masks
        ]
        for number, one in enumerate(instances, 1)
    }


def _partial(name: str, found: Sequence[Instance], true: Sequence[Instance]) -> Partial:
    crowds = [number for number, one in enumerate(true, 1) if not one.counted]
    clip = cast("Video", Clip(name, truth(_observed(true), crowds)))
    return youtube_vis().evaluate(clip, result(name, _observed(found)))


def _partials(videos: Sequence[Scored]) -> dict[str, Partial]:
    return {f"{n:03d}": _partial(f"{n:03d}", *video) for n, video in enumerate(videos)}


def _row(videos: Sequence[Scored]) -> Row:
    return youtube_vis().combine(list(_partials(videos).values()))


def _tables(videos: Sequence[Scored]) -> Mapping[str, Mapping[str, Row]]:
    metric = youtube_vis()
    assert isinstance(metric, Breakdown)
    return metric.breakdown({}, _partials(videos))


def test_the_fixture_of_the_official_evaluator_is_met_to_all_digits() -> None:
    expected = {"AP": 0.48139, "AP50": 0.875, "AP75": 0.72112, "AR1": 0.41667, "AR10": 0.58333}
    row = _row(FIXTURE)
    assert {name: row[name] for name in expected} == pytest.approx(expected, abs=5e-6)
    assert row["AR100"] == row["AR10"]
    classes = _tables(FIXTURE)["class"]
    assert classes["1"]["AP"] == pytest.approx(0.36279, abs=5e-6)
    assert classes["2"]["AP"] == pytest.approx(0.6)


def test_an_overlap_of_exactly_a_threshold_is_a_match() -> None:
    # 18 of 20 rows: 0.9 to the last bit, which thresholds made by repeated addition miss.
    row = _row([([_still(1, (5, 5, 20, 18))], [_still(1, (5, 5, 20, 20))])])
    assert row["AR10"] == pytest.approx(0.9)


def _wild(rng: np.random.Generator, label: int, near: Instance | None) -> Instance:
    """Blobs that come and go, about where ``near`` is; scores of few values, so that some tie."""
    masks: list[Mask | None] = []
    for index in range(LENGTH):
        given = None if near is None else near.masks[index]
        if rng.random() < 0.25:
            masks.append(None)
        elif given is not None and rng.random() < 0.9:
            masks.append(np.roll(given, tuple(rng.integers(-1, 2, 2)), (0, 1)))
        else:
            left, top, width, height = rng.integers((0, 0, 4, 4), (45, 25, 15, 15)).tolist()
            masks.append(filled((left, top, width, height)))
    if not any(mask is not None for mask in masks):
        masks[0] = filled((1, 1, 3, 3))
    return Instance(label, masks, round(float(rng.random()), 1), bool(rng.random() < 0.85))


def _wild_video(rng: np.random.Generator, objects: int, labels: int = 2) -> Scored:
    true = [_wild(rng, int(rng.integers(1, labels + 1)), None) for _ in range(objects)]
    found = [
        _wild(rng, one.label if rng.random() < 0.8 else int(rng.integers(1, labels + 1)), one)
        for one in true
        for _ in range(int(rng.integers(0, 3)))
    ]
    return found, true


@pytest.mark.parametrize("seed", range(6))
def test_scores_are_those_of_plain_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    videos = [_wild_video(rng, int(rng.integers(0, 6))) for _ in range(4)]
    row, expected = _row(videos), track_map(videos)
    assert expected
    assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_scores_by_size_are_those_of_plain_loops(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = {"small": (0.0, 60.0), "medium": (60.0, 110.0), "large": (110.0, np.inf)}
    monkeypatch.setattr("unitrack_mot.metrics.vis._SIZES", sizes)
    rng = np.random.default_rng(100 + seed)
    videos = [_wild_video(rng, 6) for _ in range(3)]
    tables = _tables(videos)["size"]
    assert list(tables) == list(sizes)
    for name, row in tables.items():
        expected = track_map(videos, sizes[name])
        assert {key: row[key] for key in expected} == pytest.approx(expected, abs=1e-12), name


def test_a_size_that_no_annotated_object_has_is_left_out() -> None:
    assert list(_tables(FIXTURE)["size"]) == ["small"]


def _track_map_row(videos: Sequence[Scored], limit: int) -> dict[str, float]:
    """By trackeval's own class, which counts one limit at a time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trackeval.metrics import TrackMAP
    config = {
        "PRINT_CONFIG": False,
        "USE_TIME_RANGES": False,
        "USE_AREA_RANGES": False,
        "MAX_DETECTIONS": limit,
        "IOU_THRESHOLDS": np.linspace(0.5, 0.95, 10),
    }
    metric = TrackMAP(config)
    labels = sorted({one.label for _, true in videos for one in true})
    classes: dict[int, Any] = {}  # trackeval has no types
    for label in labels:
        parts = {}
        for number, (found, true) in enumerate(videos):
            mine = sorted((one for one in found if one.label == label), key=lambda one: -one.score)
            parts[number] = metric.eval_sequence(_track_map_data(mine, true, label))
        classes[label] = metric.combine_sequences(parts)
    combined = metric.combine_classes_class_averaged(classes)
    precision, recall = combined["AP_all"], combined["AR_all"]
    return {"AP": precision.mean(), "AP50": precision[0], "AP75": precision[5], "AR": recall.mean()}


def _track_map_data(found: list[Instance], true: list[Instance], label: int) -> dict[str, object]:
    real = [one for one in true if one.label == label]
    data: dict[str, object] = {"iou_type": "mask"}
    for side, instances in (("dt", found), ("gt", real)):
        tracks = _observed(instances).values()
        data[f"{side}_track_ids"] = list(range(1, len(instances) + 1))
        data[f"{side}_tracks"] = [
            {index: mask.rle for index, mask in enumerate(masks) if mask is not None}
            for masks in tracks
        ]
    data["gt_track_iscrowd"] = [not one.counted for one in real]
    data["dt_track_scores"] = np.array([one.score for one in found])
    return data


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_those_of_trackeval(seed: int) -> None:
    rng = np.random.default_rng(200 + seed)
    # Without crowds: trackeval lets a crowd be matched once only, the official evaluator for ever.
    videos = [
        (found, [Instance(one.label, one.masks) for one in true])
        for found, true in (_wild_video(rng, 4) for _ in range(4))
    ]
    row = _row(videos)
    for limit in (1, 10, 100):
        expected = _track_map_row(videos, limit)
        assert row[f"AR{limit}"] == pytest.approx(expected["AR"])
        if limit == 100:
            ours = [row[name] for name in ("AP", "AP50", "AP75")]
            assert ours == pytest.approx([expected[name] for name in ("AP", "AP50", "AP75")])


def test_overlaps_of_tubes_are_those_of_decoded_masks() -> None:
    rng = np.random.default_rng(3)
    found, true = _wild_video(rng, 5)
    sides = [
        [
            Tube(one.label, one.score, tuple(masks))
            for one, masks in zip(side, _observed(side).values(), strict=True)
        ]
        for side in (found, true)
    ]
    expected = [[track_iou(one.masks, other.masks) for other in true] for one in found]
    assert tube_iou(*sides).tolist() == expected  # to the last bit: counts of pixels are exact
    assert mean_areas(sides[0]).tolist() == pytest.approx([one.area for one in found])


def test_tubes_without_pixels_overlap_nothing() -> None:
    empty = Tube(1, 1.0, (MaskObservation.of(np.zeros(SIZE, np.bool_)), None))
    full = Tube(1, 1.0, (MaskObservation.of(np.ones(SIZE, np.bool_)), None))
    assert tube_iou([empty, full], [empty, full]).tolist() == [[0, 0], [0, 1]]
    assert tube_iou([], [full]).shape == (0, 1)
    assert tube_iou([full], []).shape == (1, 0)
    assert mean_areas([empty, full]).tolist() == [0, SIZE[0] * SIZE[1]]
    assert mean_areas([]).shape == (0,)


def test_a_perfect_result_is_perfect() -> None:
    row = _row([(true, true) for _, true in FIXTURE])
    assert row == pytest.approx(dict.fromkeys(row, 1.0) | {"AR1": 5 / 6})
    # AR1 is not 1: the first video has two objects of class 1, and one tube may be given.


def test_a_second_tube_on_the_same_object_is_a_false_alarm() -> None:
    true = [_still(1, (5, 5, 20, 20))]
    twice = _row([([_still(1, (5, 5, 20, 20), 0.9), _still(1, (5, 5, 20, 20), 0.8)], true)])
    assert twice["AP"] == pytest.approx(1)  # it comes after the match
    first = _row([([_still(1, (5, 5, 20, 12), 0.9), _still(1, (5, 5, 20, 20), 0.8)], true)])
    assert first["AP50"] == pytest.approx(1)
    assert first["AP75"] == pytest.approx(0.5)


def test_of_two_identical_objects_each_takes_one_tube() -> None:
    same = _still(1, (5, 5, 10, 10))
    row = _row([([same, same], [same, same])])
    assert row == pytest.approx(dict.fromkeys(row, 1.0) | {"AR1": 0.5})
    assert _row([([same], [same, same])])["AR100"] == 0.5


def test_a_class_nobody_annotated_is_not_counted() -> None:
    stray = [_still(7, (40, 5, 5, 5))]
    assert _row([(FIXTURE[0][0] + stray, FIXTURE[0][1])]) == _row(FIXTURE[:1])


def test_a_crowd_is_neither_missed_nor_a_false_alarm_however_often_found() -> None:
    crowd = Instance(1, _still(1, (30, 5, 12, 12)).masks, counted=False)
    found = [_still(1, (5, 5, 10, 10), 0.5)]
    on_crowd = [_still(1, (30, 5, 12, 12), 0.9)] * 2
    row = _row([(found + on_crowd, [crowd, *found])])
    assert row["AP"] == pytest.approx(1)
    assert _row([(found, [crowd, *found])])["AR100"] == 1


def test_only_the_hundred_most_confident_tubes_of_a_class_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("unitrack_mot.metrics.vis.MOST", 3)
    true = [_still(1, (5, 5, 10, 10))]
    wrong = [_still(1, (30, 5, 5, 5), 0.9)] * 3
    assert _row([([*wrong, _still(1, (5, 5, 10, 10), 0.8)], true)])["AP"] == 0
    assert _row([([*wrong[1:], _still(1, (5, 5, 10, 10), 0.8)], true)])["AP"] > 0
    assert vis_ap.MOST == 100


def test_classes_have_the_names_that_the_videos_know() -> None:
    class Named(Clip):
        categories: Mapping[int, str] = {1: "duck", 2: "parrot"}

    metric = youtube_vis()
    assert isinstance(metric, Breakdown)
    clip = cast("Video", Named("000", None))
    tables = metric.breakdown({"000": clip}, _partials(FIXTURE))
    assert list(tables["class"]) == ["duck", "parrot"]


def test_without_anything_annotated_all_scores_are_nought() -> None:
    row = _row([([_still(1, (5, 5, 10, 10))], [])])
    assert set(row.values()) == {0.0}
    assert _tables([([], [])]) == {"class": {}, "size": {}}


def test_a_video_without_truth_is_refused() -> None:
    clip = cast("Video", Clip("hidden", None))
    with pytest.raises(UniTrackError, match="hidden: has no annotation"):
        youtube_vis().evaluate(clip, result("hidden", {}))
