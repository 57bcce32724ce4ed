from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from pycocotools import mask as coco

from unitrack.association.config import AssociationConfig
from unitrack.association.kalman import Array
from unitrack.errors import UniTrackError
from unitrack.heads.association import AssociationHead
from unitrack.heads.base import FrameFeatures, Tracker
from unitrack.heads.build import mask_head
from unitrack.heads.masks import Masks
from unitrack.heads.settings import MASK_PROTOCOLS, PROTOCOLS, MaskSettings
from unitrack.registry.manager import registry
from unitrack.testing.scenes import embed
from unitrack.types import (
    BoxObservation,
    FeatureMap,
    Frame,
    Grid,
    MaskObservation,
    Observation,
    PoseObservation,
    SequenceInfo,
)

SIZE = (120, 160)
INFO = SequenceInfo("clip", 4.0, SIZE, 100)
GRID = Grid(8, 1.0, 1.0, 0.0, 0.0, 0.5, 0.5, (15, 20))
NOISE = torch.rand(8, 15, 20, generator=torch.Generator().manual_seed(0)) + 0.01


def _rectangle(
    x: int, y: int, wide: int = 32, tall: int = 48, *, label: int = 1, size: tuple[int, int] = SIZE
) -> MaskObservation:
    mask = np.zeros(size, bool)
    mask[y : y + tall, x : x + wide] = True
    return MaskObservation.of(mask, 0.9, label)


def _head(**values: Any) -> AssociationHead:  # any setting, as a person would type it
    return mask_head(MaskSettings(**values), registry().get)


def _start(head: AssociationHead) -> Tracker:
    return head.start(INFO, embed)


def _step(
    tracker: Tracker, index: int, *observations: Observation, data: torch.Tensor = NOISE
) -> dict[int, Observation]:
    frame = Frame(index, f"{index + 1:06d}", np.zeros((*SIZE, 3), np.uint8))
    found = tracker.step(frame, FeatureMap(data, GRID), observations)
    return {one.id: one.observation for one in found}


def test_the_head_asks_for_frames_as_they_are() -> None:
    assert _head().needs == FrameFeatures()


def test_masks_are_reported_as_they_were_given_and_at_once() -> None:
    left, right = _rectangle(8, 16), _rectangle(96, 16)
    tracker = _start(_head())
    assert _step(tracker, 0, left) == {1: left}
    moved = _rectangle(14, 16)
    assert _step(tracker, 1, right, moved) == {1: moved, 2: right}


def test_a_new_mask_waits_for_its_second_frame_when_asked_to() -> None:
    tracker = _start(_head(confirm=True))
    left, right = _rectangle(8, 16), _rectangle(96, 16)
    _step(tracker, 0, left)
    assert _step(tracker, 1, left, right) == {1: left}
    assert _step(tracker, 2, left, right) == {1: left, 2: right}


def _encoded_otherwise(mask: NDArray[np.bool_]) -> MaskObservation:
    """The same pixels with every run of the foreground in two pieces around an empty run."""
    edges = np.flatnonzero(np.diff(mask.T.ravel(), prepend=False, append=False))
    counts, place = [], 0
    for first, stop in edges.reshape(-1, 2).tolist():
        counts += [first - place, 1, 0, stop - first - 1]
        place = stop
    counts.append(mask.size - place)
    coded = coco.frPyObjects({"size": list(mask.shape), "counts": counts}, *mask.shape)
    return MaskObservation(SIZE, coded["counts"])


def test_it_does_not_matter_how_pixels_are_encoded() -> None:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    usual, odd = _start(_head(max_points=20)), _start(_head(max_points=20))
    for index in range(6):
        drawn = [
            ((y - 60) / 30) ** 2 + ((x - 30 - 40 * k - 3 * index) / 14) ** 2 < 1 for k in range(3)
        ]
        drawn = [drawn[k] for k in rng.permutation(3)]
        one = _step(usual, index, *(MaskObservation.of(mask) for mask in drawn))
        other = _step(odd, index, *(_encoded_otherwise(mask) for mask in drawn))
        assert one.keys() == other.keys() == {1, 2, 3}
        for identity, seen in one.items():
            again = other[identity]
            assert isinstance(seen, MaskObservation)
            assert isinstance(again, MaskObservation)
            assert seen.counts != again.counts
            np.testing.assert_array_equal(seen.mask, again.mask)


def test_the_first_of_two_duplicates_is_tracked() -> None:
    one, same, other_class = _rectangle(8, 16), _rectangle(7, 15), _rectangle(8, 15, label=2)
    assert _step(_start(_head()), 0, one, same, other_class) == {1: one, 2: other_class}
    assert len(_step(_start(_head(duplicate_iou=None)), 0, one, same)) == 2


def test_nothing_seen_is_ordinary() -> None:
    tracker = _start(_head())
    assert _step(tracker, 0) == {}
    left = _rectangle(8, 16)
    assert _step(tracker, 1, left) == {1: left}
    assert _step(tracker, 2) == {}
    assert _step(tracker, 3, left) == {1: left}


@pytest.mark.parametrize("similarity", ["rsm", "cf", "gpf"])
def test_a_mask_under_one_cell_is_linked_by_overlap_alone(similarity: str) -> None:
    """It lies between the cells' centres, so that it has no looks; its track goes on."""
    tiny, near, far = (_rectangle(x, 18, 5, 5) for x in (42, 44, 122))
    tracker = _start(_head(similarity=similarity))
    assert _step(tracker, 0, tiny) == {1: tiny}
    assert _step(tracker, 1, near) == {1: near}
    assert _step(tracker, 2, far) == {2: far}  # no overlap, so somebody else
    large = _rectangle(112, 8, 24, 24)
    assert _step(tracker, 3, large) == {2: large}  # seen again with looks


def test_what_shows_of_somebody_hidden_belongs_to_whoever_is_missing_there() -> None:
    """A strip of 5 pixels of a person of 48: an overlap of a few hundredths, but all within."""
    tracker = _start(_head())
    behind, other = _rectangle(40, 16), _rectangle(104, 16)
    assert _step(tracker, 0, behind, other) == {1: behind, 2: other}
    strip = _rectangle(42, 34, 5, 5)
    assert _step(tracker, 1, other, strip) == {1: strip, 2: other}
    assert _step(tracker, 2, behind, other) == {1: behind, 2: other}


def test_looks_are_remembered_over_frames_in_which_there_are_none() -> None:
    tracker = _start(_head(motion="off"))
    seen, tiny = _rectangle(8, 16), _rectangle(18, 34, 5, 5)
    _step(tracker, 0, seen)
    assert 1 in _step(tracker, 1, tiny)
    # Elsewhere, where overlap says nothing, but of the same looks.
    data = torch.zeros_like(NOISE)
    data[:, 2:8, 12:16] = NOISE[:, 2:8, 1:5]
    away = _rectangle(96, 16)
    assert _step(tracker, 2, away, data=data) == {1: away}


def test_the_authors_drop_a_mask_under_one_cell() -> None:
    head = _head(**MASK_PROTOCOLS["authors"])
    assert _step(_start(head), 0, _rectangle(42, 18, 5, 5)) == {}


def test_a_mask_without_any_pixel_is_dropped() -> None:
    nothing = MaskObservation.of(np.zeros(SIZE, bool))
    assert _step(_start(_head()), 0, nothing) == {}


def test_large_masks_are_followed_with_few_points() -> None:
    tracker = _start(_head(max_points=12))
    whole = MaskObservation.of(np.ones(SIZE, bool))
    assert _step(tracker, 0, whole) == {1: whole}
    assert _step(tracker, 1, whole) == {1: whole}


@pytest.mark.parametrize(
    ("seen", "what"),
    [
        (BoxObservation((0.0, 0.0, 9.0, 9.0)), "is a BoxObservation, not a mask"),
        (_rectangle(8, 16, size=(60, 80)), "is a mask of 80x60, but the picture is 160x120"),
    ],
)
def test_observations_that_do_not_fit_are_named(seen: Observation, what: str) -> None:
    tracker = _start(_head())
    with pytest.raises(UniTrackError, match=what) as caught:
        _step(tracker, 4, _rectangle(8, 16), seen)
    assert caught.value.where == "clip: frame 000005: observation 1"


@pytest.mark.parametrize("similarity", ["rsm", "cf", "gpf"])
def test_the_similarities_of_the_paper_take_masks(similarity: str) -> None:
    tracker = _start(_head(similarity=similarity))
    left, right = _rectangle(8, 16), _rectangle(96, 16)
    assert _step(tracker, 0, left, right) == {1: left, 2: right}
    assert _step(tracker, 1, right, left) == {1: left, 2: right}


def test_points_of_all_masks_in_a_row_are_refused_before_the_first_frame() -> None:
    with pytest.raises(UniTrackError) as caught:
        _head(similarity="gf")
    assert str(caught.value).splitlines() == [
        "similarity=gf: needs as many points in every object, and those of masks and poses differ",
        "  Take similarity=rsm, cf or gpf.",
    ]


def test_protocols_change_what_the_design_says_and_nothing_else() -> None:
    assert MASK_PROTOCOLS["default"] == {}
    assert MASK_PROTOCOLS["authors"] == {**PROTOCOLS["authors"], "empty_mask": "drop"}
    beyond = {k: v for k, v in MASK_PROTOCOLS["paper"].items() if k not in PROTOCOLS["paper"]}
    assert beyond == {"motion_gated": True, "confirm": True, "mad_factor": 2.0}
    for values in MASK_PROTOCOLS.values():
        MaskSettings(**values)


def test_defaults_differ_from_those_of_boxes_where_the_design_says() -> None:
    config = _head().config
    plain = AssociationConfig()
    differing = {
        name: getattr(config, name)
        for name in AssociationConfig.__dataclass_fields__
        if getattr(config, name) != getattr(plain, name)
    }
    assert differing == {"motion_gated": False, "confirm": False, "output_box": "detection"}


def test_every_setting_says_what_it_is() -> None:
    for name, field in MaskSettings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict), name
        assert {"unit", "note"} <= set(field.json_schema_extra), name


def _bars(observations: Sequence[Observation], size: tuple[int, int]) -> list[MaskObservation]:
    """A stand-in for a rasteriser of poses: a bar from the first joint to the last."""
    masks = []
    for seen in observations:
        mask = np.zeros(size, bool)
        x1, y1, x2, y2 = (max(int(side), 0) for side in seen.box)
        mask[y1 : y2 + 1, x1 : x2 + 1] = any(_pose_of(seen).visible)
        masks.append(MaskObservation.of(mask))
    return masks


def _extents(observations: Sequence[Observation]) -> Array:
    boxes = [s.box if any(_pose_of(s).visible) else (np.nan,) * 4 for s in observations]
    return np.array(boxes, np.float64).reshape(-1, 4)


def _pose_of(seen: Observation) -> PoseObservation:
    assert isinstance(seen, PoseObservation)
    return seen


def _pose(x: float, y: float, *, visible: bool = True) -> PoseObservation:
    return PoseObservation(((x, y), (x + 20, y + 60)), (visible, visible), 0.9)


def test_poses_are_drawn_placed_and_reported_as_they_are() -> None:
    settings = MaskSettings(duplicate_iou=None)
    head = mask_head(settings, registry().get, draw=_bars, place=_extents)
    tracker = _start(head)
    one, other, nobody = _pose(10, 20), _pose(90, 20), _pose(0, 0, visible=False)
    assert _step(tracker, 0, nobody, one, other) == {1: one, 2: other}
    assert _step(tracker, 1, other, one) == {1: one, 2: other}


def test_the_place_of_a_pose_is_in_its_own_unit() -> None:
    taken = Masks(draw=_bars, place=_extents).take(
        INFO,
        Frame(0, "1", np.zeros((*SIZE, 3), np.uint8)),
        FeatureMap(NOISE, GRID),
        [_pose(10, 20)],
    )
    np.testing.assert_array_equal(taken.boxes, [[10, 20, 30, 80]])
