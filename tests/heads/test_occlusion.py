"""Whoever is hidden for up to a second comes back as the same; later as somebody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch

from unitrack.association.associator import Associator, Detections
from unitrack.association.pose_mask import pose_boxes, pose_masks
from unitrack.heads.association import AssociationHead
from unitrack.heads.boxes import Boxes
from unitrack.heads.build import association_config, mask_head, similarity
from unitrack.heads.settings import (
    MASK_PROTOCOLS,
    PROTOCOLS,
    AssociationSettings,
    MaskSettings,
)
from unitrack.registry.manager import registry
from unitrack.skeleton import SKELETONS
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

FPS = 5
SIZE = (120, 160)
GRID = Grid(8, 1.0, 1.0, 0.0, 0.0, 0.5, 0.5, (15, 20))
Looks = torch.Generator().manual_seed(0)
FEATURES = FeatureMap(torch.rand(16, 15, 20, generator=Looks), GRID)


def _box(x: int) -> Observation:
    return BoxObservation((float(x), 16.0, x + 32.0, 80.0))


def _mask(x: int) -> Observation:
    mask = np.zeros(SIZE, bool)
    mask[16:80, x : x + 32] = True
    return MaskObservation.of(mask)


def _boxes_head(protocol: str = "default") -> AssociationHead:
    settings = AssociationSettings(**PROTOCOLS[protocol])
    alike = similarity(settings, registry().get, shape="box")
    return AssociationHead(
        similarity=alike,
        config=association_config(settings),
        form=Boxes(),
        lost_seconds=settings.lost_seconds,
        noise_fps=settings.noise_fps,
    )


def _masks_head(protocol: str = "default") -> AssociationHead:
    return mask_head(MaskSettings(**MASK_PROTOCOLS[protocol]), registry().get)


def _pose(x: int) -> Observation:
    """Somebody upright: the joints of a skeleton, no two in one place."""
    joints = len(SKELETONS["posetrack15"].joints)
    xy = tuple((x + 2.0 * (7 * k % joints), 20.0 + 4 * k) for k in range(joints))
    return PoseObservation(xy, (True,) * joints)


def _poses(observations: Sequence[Observation]) -> list[PoseObservation]:
    return [seen for seen in observations if isinstance(seen, PoseObservation)]


def _poses_head(protocol: str = "default") -> AssociationHead:
    return mask_head(
        MaskSettings(**{**MASK_PROTOCOLS[protocol], "duplicate_iou": None}),
        registry().get,
        draw=lambda seen, size: pose_masks(_poses(seen), size),
        place=lambda seen: pose_boxes(_poses(seen)),
    )


KINDS: dict[str, tuple[Callable[..., AssociationHead], Callable[[int], Observation]]] = {
    "boxes": (_boxes_head, _box),
    "masks": (_masks_head, _mask),
    "poses": (_poses_head, _pose),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("hidden", "same"), [(1, True), (FPS, True), (FPS + 1, False)])
def test_an_identity_outlives_a_second_unseen(kind: str, hidden: int, *, same: bool) -> None:
    make, observe = KINDS[kind]
    tracker = make().start(SequenceInfo("clip", FPS, SIZE, 40), embed)
    left, right = observe(8), observe(104)
    frames = [[left, right]] * 4 + [[right]] * hidden + [[left, right]] * 2
    ids = []
    for index, seen in enumerate(frames):
        frame = Frame(index, str(index), np.zeros((*SIZE, 3), np.uint8))
        found = tracker.step(frame, FEATURES, seen)
        ids.append({one.observation.box[0] < SIZE[1] / 2: one.id for one in found})
    assert ids[3] == {True: 1, False: 2}
    assert ids[4] == {False: 2}
    assert ids[-1] == {True: 1 if same else 3, False: 2}


def test_the_engine_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes, masks and poses go through the same loop, not through copies of it."""
    steps: list[str] = []
    step = Associator.step

    def counted(self: Associator, detections: Detections) -> object:
        steps.append(type(self).__name__)
        return step(self, detections)

    monkeypatch.setattr(Associator, "step", counted)
    for make, observe in KINDS.values():
        tracker = make().start(SequenceInfo("clip", FPS, SIZE, 1), embed)
        tracker.step(Frame(0, "0", np.zeros((*SIZE, 3), np.uint8)), FEATURES, [observe(8)])
    assert steps == ["Associator"] * 3
