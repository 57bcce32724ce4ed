from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch

from unitrack.association.base import SimilaritySettings
from unitrack.association.config import AssociationConfig
from unitrack.association.similarity import pooled, rsm
from unitrack.heads.association import AssociationHead
from unitrack.heads.base import Tracker
from unitrack.heads.boxes import Boxes, authors_grid, authors_shift
from unitrack.testing.scenes import embed
from unitrack.types import (
    BoxObservation,
    FeatureMap,
    Frame,
    Grid,
    SequenceInfo,
    SequenceResult,
    TrackedObject,
)

HEAD = AssociationHead(similarity=rsm(SimilaritySettings()), config=AssociationConfig())
INFO = SequenceInfo("clip", 5.0, (120, 160), 10)
GRID = Grid(8, 1.0, 1.0, 0.0, 0.0, 0.5, 0.5, (15, 20))
BOX = (20.0, 10.0, 50.0, 90.0)


def _step(
    tracker: Tracker, index: int, observations: Sequence[BoxObservation], grid: Grid = GRID
) -> list[TrackedObject]:
    data = torch.rand(4, 15, 20, generator=torch.Generator().manual_seed(0))
    frame = Frame(index, str(index + 1), np.zeros((120, 160, 3), np.uint8))
    return tracker.step(frame, FeatureMap(data, grid), observations)


def _start(head: AssociationHead, info: SequenceInfo = INFO) -> Tracker:
    return head.start(info, embed)


def test_an_object_keeps_box_score_and_label_of_its_detection() -> None:
    (found,) = _step(_start(HEAD), 0, [BoxObservation(BOX, 0.9, 3)])
    assert found.id == 1
    assert (found.observation.score, found.observation.label) == (0.9, 3)
    np.testing.assert_allclose(found.observation.box, BOX, atol=1e-4)


def test_each_sequence_begins_with_id_one() -> None:
    for _ in range(2):
        (found,) = _step(_start(HEAD), 0, [BoxObservation(BOX)])
        assert found.id == 1


def test_observations_at_the_confidence_limit_are_left_out() -> None:
    seen = [BoxObservation(BOX, 0.5), BoxObservation((90.0, 10.0, 120.0, 90.0), 0.51)]
    assert len(_step(_start(HEAD), 0, seen)) == 1


@pytest.mark.parametrize(
    "box", [(0.0, 0.0, 10.0, 20.0), (0.0, 0.0, 90.0, 50.0)], ids=["too small", "too wide"]
)
def test_small_and_wide_boxes_are_tracked_but_not_reported(
    box: tuple[float, float, float, float],
) -> None:
    strict = replace(HEAD, form=Boxes(min_area=200.0, max_aspect=1.6))
    tracker = _start(strict)
    assert (
        _step(tracker, 0, [BoxObservation(box), BoxObservation((60.0, 0.0, 90.0, 60.0))])[0].id == 2
    )


@pytest.mark.parametrize(("lost_frames", "found"), [(None, 1), (4, None)])
def test_a_second_is_the_default_time_to_stay_unseen(
    lost_frames: int | None, found: int | None
) -> None:
    tracker = _start(replace(HEAD, lost_frames=lost_frames))
    _step(tracker, 0, [BoxObservation(BOX)])
    for index in range(1, 6):  # five frames at 5 fps
        assert _step(tracker, index, []) == []
    again = _step(tracker, 6, [BoxObservation(BOX)])
    assert [one.id for one in again] == ([found] if found else [])


def test_a_frame_rate_a_hair_below_a_whole_number_counts_as_whole() -> None:
    tracker = _start(HEAD, replace(INFO, fps=0.1 * 3 * 10 - 1e-12))
    _step(tracker, 0, [BoxObservation(BOX)])
    for index in range(1, 4):
        _step(tracker, index, [])
    assert len(_step(tracker, 4, [BoxObservation(BOX)])) == 1


def test_tracks_as_long_as_a_brief_sequence_are_kept() -> None:
    for length, kept in ((1, 1), (2, 0), (3, 0)):
        tracker = _start(replace(HEAD, least_seen=2))
        seen = [[BoxObservation(BOX)]] + [[]] * (length - 1)
        frames = tuple(tuple(_step(tracker, i, one)) for i, one in enumerate(seen))
        result = tracker.finish(SequenceResult("clip", frames))
        assert sum(map(len, result.frames)) == kept


def test_the_time_to_stay_unseen_may_be_given_in_seconds() -> None:
    for seconds, found in ((0.8, False), (2.0, True)):
        tracker = _start(replace(HEAD, lost_seconds=seconds))
        _step(tracker, 0, [BoxObservation(BOX)])
        for index in range(1, 6):
            _step(tracker, index, [])
        assert bool(_step(tracker, 6, [BoxObservation(BOX)])) == found


def test_one_warning_when_every_detection_is_below_the_limit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tracker = _start(HEAD)
    for index in range(3):
        assert _step(tracker, index, [BoxObservation(BOX, 0.4)]) == []
    result = SequenceResult("clip", ((), (), ()))
    with caplog.at_level(logging.WARNING, logger="unitrack"):
        assert tracker.finish(result) is result
    (line,) = caplog.messages
    assert "all 3 observations" in line
    assert "--set conf_thres=" in line


def test_one_warning_when_every_track_is_too_brief(caplog: pytest.LogCaptureFixture) -> None:
    tracker = _start(replace(HEAD, least_seen=2))
    frames = (tuple(_step(tracker, 0, [BoxObservation(BOX)])), tuple(_step(tracker, 1, [])))
    with caplog.at_level(logging.WARNING, logger="unitrack"):
        tracker.finish(SequenceResult("clip", frames))
    (line,) = caplog.messages
    assert line.startswith("clip: every track is in fewer than 2 frames")
    assert "--set least_seen=1" in line


def test_a_sequence_without_observations_is_no_cause_for_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tracker = _start(HEAD)
    _step(tracker, 0, [])
    tracker.finish(SequenceResult("clip", ((),)))
    assert caplog.messages == []


# 768 x 576 to 1088 x 608: gain 1.0556, resized width 810.67, so 811 with margins of 138.5.
PETS = (576, 768)
LETTERBOX = (608, 1088)
RESIZED = Grid(8, 811 / 768, 608 / 576, 138.0, 0.0, 0.5, 0.5, (76, 136))


def test_the_authors_look_up_a_box_one_pixel_further_and_with_the_exact_gain() -> None:
    grid = authors_grid(RESIZED, PETS, LETTERBOX)
    gain = 608 / 576
    file_corner = np.array([[100.0, 50.0, 130.0, 120.0]])  # 1-based
    found = grid.to_cells(file_corner - 1)
    expected = (file_corner * gain + np.array([138.5, 0.0, 138.5, 0.0])) / 8
    np.testing.assert_allclose(found, expected)


def test_a_backbone_with_another_anchor_keeps_its_distance_to_a_resnet() -> None:
    other = authors_grid(replace(RESIZED, anchor_x=7.5), PETS, LETTERBOX)
    box = np.array([[10.0, 10.0, 50.0, 50.0]])
    shift = authors_grid(RESIZED, PETS, LETTERBOX).to_cells(box) - other.to_cells(box)
    np.testing.assert_allclose(shift, [[7 / 8, 0, 7 / 8, 0]])


def test_the_authors_report_boxes_with_the_margin_of_the_unrounded_picture() -> None:
    gain = 608 / 576
    right, down = authors_shift(PETS, LETTERBOX)
    assert right == pytest.approx((138.5 - (1088 - 768 * gain) / 2) / gain)
    assert down == 0
    head = replace(HEAD, letterbox=LETTERBOX, form=Boxes(authors_letterbox=LETTERBOX))
    tracker = _start(head, replace(INFO, size=PETS))
    (found,) = _step(tracker, 0, [BoxObservation(BOX)], grid=RESIZED)
    np.testing.assert_allclose(found.observation.box, np.add(BOX, (right, 0, right, 0)), atol=1e-4)


def test_other_similarities_fit_the_same_template() -> None:
    head = replace(HEAD, similarity=pooled(SimilaritySettings()))
    tracker = _start(head)
    _step(tracker, 0, [BoxObservation(BOX)])
    assert [one.id for one in _step(tracker, 1, [BoxObservation(BOX)])] == [1]
