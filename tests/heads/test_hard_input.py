"""What real videos do to a tracker now and then: nothing breaks, and nothing is no number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch

from tests.heads.test_occlusion import FPS, GRID, KINDS, SIZE
from unitrack.heads.association import AssociationHead
from unitrack.testing.scenes import embed
from unitrack.types import FeatureMap, Frame, Observation, SequenceInfo, SequenceResult

Kind = tuple[Callable[..., AssociationHead], Callable[[int], Observation]]
Clip = Sequence[Sequence[int]]  # left edges of what is seen, per frame

# Two identical objects lie 48 pixels apart on features that repeat every 48 pixels.
TILE = torch.rand(16, 15, 6, generator=torch.Generator().manual_seed(0))
FEATURES = FeatureMap(TILE.repeat(1, 1, 4)[:, :, :20].contiguous(), GRID)


def _track(kind: Kind, clip: Clip, protocol: str) -> list[dict[int, int]]:
    """Identity to the left edge, per frame; every reported number is checked."""
    make, observe = kind
    tracker = make(protocol).start(SequenceInfo("clip", FPS, SIZE, len(clip)), embed)
    frames, at = [], []
    for index, edges in enumerate(clip):
        seen = [observe(x) for x in edges]
        frame = Frame(index, str(index), np.zeros((*SIZE, 3), np.uint8))
        frames.append(tuple(tracker.step(frame, FEATURES, seen)))
    for objects in tracker.finish(SequenceResult("clip", tuple(frames))).frames:
        boxes = np.array([one.observation.box for one in objects]).reshape(-1, 4)
        assert np.isfinite(boxes).all()
        found = {one.id: round(float(x)) for one, x in zip(objects, boxes[:, 0], strict=True)}
        assert len(found) == len(objects), "identities are unique in a frame"
        at.append(found)
    return at


EVERY = pytest.mark.parametrize(
    ("kind", "protocol"), [(kind, name) for kind in KINDS for name in ("default", "best")]
)


@EVERY
def test_one_frame(kind: str, protocol: str) -> None:
    assert len(_track(KINDS[kind], [[8, 104]], protocol)) == 1
    assert _track(KINDS[kind], [[]], protocol) == [{}]


@EVERY
def test_one_object(kind: str, protocol: str) -> None:
    found = _track(KINDS[kind], [[8 + 2 * step] for step in range(6)], protocol)
    assert [list(frame) for frame in found] == [[1]] * 6


@EVERY
def test_two_identical_objects_are_told_apart_by_their_places(kind: str, protocol: str) -> None:
    found = _track(KINDS[kind], [[8, 56]] * 6, protocol)
    assert found[0].keys() == {1, 2}
    assert all(frame == found[0] for frame in found)


@EVERY
def test_a_cut_loses_everybody_at_once(kind: str, protocol: str) -> None:
    found = _track(KINDS[kind], [[8, 104]] * 4 + [[]] * (4 * FPS) + [[56]] * 3, protocol)
    assert all(not frame for frame in found[4 : 4 + 4 * FPS])
    assert found[-1].keys().isdisjoint({1, 2}), "after the longest time anybody is remembered"
