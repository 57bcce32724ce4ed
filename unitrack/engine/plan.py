"""Everything that can be checked before the first frame is decoded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from unitrack.appearance.build import Backbone, build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.data.base import Dataset
from unitrack.data.base import Sequence as Video
from unitrack.engine.inputs import check_fits, check_source, choose, known_layouts, open_dataset
from unitrack.engine.settings import restore_settings
from unitrack.engine.spec import RunSpec
from unitrack.heads.base import FrameFeatures, TaskHead
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord, DatasetRecord, HeadRecord, load
from unitrack.types import Observation

__all__ = ["Plan", "build_head"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A run, ready to start: everything is built and every input has been read once."""

    spec: RunSpec
    dataset: Dataset
    videos: Mapping[str, Video]
    observations: Mapping[str, Sequence[Sequence[Observation]]]
    head: TaskHead
    stage: str
    embedder: Embedder
    weights_id: str
    weights_layout: str

    @classmethod
    def of(cls, spec: RunSpec, names: Sequence[str] | None) -> Plan:
        """Build a plan for the named sequences (None: all).

        Raises:
            UniTrackError: If a name, setting, file, checkpoint or device is not as it must be.
        """
        check_fits(spec.head, spec.data)
        record = registry().get("datasets", spec.data)
        assert isinstance(record, DatasetRecord)
        settings = restore_settings(record, spec.data_settings)
        dataset = open_dataset(record, Path(spec.root), spec.split, settings)
        videos = choose(dataset, names, spec.stride, spec.limit)
        if not record.one_file:
            check_source(spec.observations, len(videos))
        observations = {n: v.observations(spec.observations) for n, v in videos.items()}
        backbone = _backbone(spec)
        head, stage = build_head(spec)
        needs = head.needs if isinstance(head.needs, FrameFeatures) else FrameFeatures()
        embedder = Embedder(backbone, needs.letterbox, needs.stretch)
        return cls(
            spec=spec,
            dataset=dataset,
            videos=videos,
            observations=observations,
            head=head,
            stage=stage,
            embedder=embedder,
            weights_id=backbone.weights_id,
            weights_layout=backbone.layout,
        )


def build_head(spec: RunSpec) -> tuple[TaskHead, str]:
    """The head of a run, and the name that its own time is counted under.

    Raises:
        UniTrackError: If a name, setting or file is not as it must be.
    """
    record = registry().get("heads", spec.head)
    assert isinstance(record, HeadRecord)
    settings = restore_settings(record, spec.head_settings)
    head: TaskHead = cast("Any", load(record.factory))(settings, registry().get)
    return head, record.stage


# One backbone per process: a worker builds it for its first sequence only. The key is the part of
# the run that decides the network.
_BACKBONES: dict[str, Backbone] = {}


def _backbone(spec: RunSpec) -> Backbone:
    key = json.dumps(
        [
            spec.backbone,
            spec.layer,
            spec.weights,
            spec.remap,
            spec.device,
            spec.precision,
            dict(spec.backbone_settings),
        ]
    )
    if key not in _BACKBONES:
        record = registry().get("backbones", spec.backbone)
        assert isinstance(record, BackboneRecord)
        _BACKBONES.clear()
        _BACKBONES[key] = build_backbone(
            record,
            tap=spec.layer,
            weights=spec.weights or None,
            device=spec.device,
            precision=spec.precision,
            settings=restore_settings(record, spec.backbone_settings),
            layouts=known_layouts(spec.remap, record),
        )
    return _BACKBONES[key]
