"""What a candidate is scored on: real clips and rendered sets, each with its observations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["BACKBONES", "Backbone", "Case", "cases"]

SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Backbone:
    """A frozen appearance model.

    Attributes:
        name: As a person gives it; None for the embedded default.
        weights: File in the folder of weights; empty for the backbone's own.
    """

    name: str | None
    weights: str = ""


BACKBONES = {
    "r18": Backbone("imagenet_r18", "resnet18_imagenet1k_layer3.safetensors"),
    "lite0": Backbone(None),
    "augnet_r50": Backbone("augnet_r50"),
}


@dataclass(frozen=True)
class Case:
    """One row of a candidate's table.

    Attributes:
        clip: What is left out together: the same pictures at another stride are no other clip.
        head: Of association.
        data: Name of the data set.
        root: Its folder; None for a rendered set.
        sequence: Its name.
        observations: As ``--observations`` takes them.
        stride: Every n-th frame.
        seed: Of a rendered set.
    """

    clip: str
    head: str
    data: str
    root: Path | None
    sequence: str
    observations: str
    stride: int
    seed: int | None = None

    @property
    def name(self) -> str:
        """Short enough for a column."""
        return f"{self.clip} {self.observations.removeprefix('det_')[:5]} /{self.stride}"


_PETS, _TUD, _KITTI = "PETS09-S2L1", "TUD-Stadtmitte", "KITTI-17"
_FRCNN, _OWN, _TRUE = "det_frcnn_sort", "benchmark", "oracle"

# Clip, data set, folder below the clips, observations and strides; a clip is a sequence's name.
_REAL = {
    "mot": [
        (_PETS, "mot15", "mot15", [(s, n) for n in (1, 5) for s in (_FRCNN, _OWN, _TRUE)]),
        (_TUD, "mot15", "mot15", [(_FRCNN, 1), (_OWN, 1), (_TRUE, 1)]),
        (_KITTI, "mot15", "mot15", [(_FRCNN, 1), (_OWN, 1), (_TRUE, 1), (_TRUE, 5)]),
        ("MOT16-09", "mot16", "mot16", [(_OWN, 1), (_TRUE, 1)]),
    ],
    "mots": [
        ("0017", "kitti_mots", "kitti_mots", [(_TRUE, 1), (_TRUE, 2), (_TRUE, 5)]),
        ("0001", "kitti_mots", "kitti_mots", [(_TRUE, 1)]),
    ],
    # No clip of YouTube-VIS is at hand: the same pictures and true masks, scored as tubes.
    "vis": [
        ("0017", "kitti_mots", "kitti_mots", [(_TRUE, 1), (_TRUE, 2), (_TRUE, 5)]),
        ("0001", "kitti_mots", "kitti_mots", [(_TRUE, 1)]),
    ],
    "posetrack": [
        ("060470979", "posetrack_bonn", "posetrack_bonn_multiperson", [(_TRUE, 1), (_TRUE, 5)]),
    ],
}
_RENDERED = {
    "mot": "SYNTH-01",
    "mots": "SYNTH-01",
    "vis": "synth-01",
    "posetrack": "000001_mpii_test",
}


def cases(clips: Path, head: str) -> list[Case]:
    """Everything that a head is scored on.

    Args:
        clips: Folder of the real clips.
        head: ``mot``, ``mots``, ``vis`` or ``posetrack``.
    """
    real = [
        Case(clip, head, data, clips / folder, clip, source, stride)
        for clip, data, folder, seen in _REAL[head]
        for source, stride in seen
    ]
    rendered = [
        Case(f"synth{seed}", head, f"synthetic_{head}", None, _RENDERED[head], *seen, seed)
        for seed in SEEDS
        for seen in ((_OWN, 1), (_TRUE, 1), (_TRUE, 5))
    ]
    return real + rendered
