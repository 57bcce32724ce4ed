"""What a plugin offers, described without building it.

A record names its factory as ``"package.module:attribute"``; `load` imports it on first use, so
that listing never imports torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

from unitrack.errors import UniTrackError

__all__ = [
    "KINDS",
    "BackboneFamilyRecord",
    "BackboneRecord",
    "DatasetRecord",
    "ExecutorRecord",
    "HeadRecord",
    "MetricRecord",
    "Record",
    "SimilarityRecord",
    "WeightFile",
    "load",
]


def load(target: str) -> object:
    """Import ``"package.module:attribute"``.

    Raises:
        UniTrackError: If the module or the attribute is not there.
    """
    path, _, attribute = target.partition(":")
    try:
        module = importlib.import_module(path)
    except ImportError as error:
        reason = " ".join(str(error).split())
        raise UniTrackError(
            target, f"cannot be imported ({reason})", "Reinstall the wheel that offers it."
        ) from error
    if not hasattr(module, attribute):
        raise UniTrackError(
            target, f"{path} has no {attribute}", "Reinstall the wheel that offers it."
        )
    return getattr(module, attribute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record says.

    Attributes:
        name: Lower snake case; ``timm/<model>`` keeps timm's own name.
        factory: ``"package.module:attribute"``, imported on first use.
        summary: One line for listings.
        settings: ``"package.module:Model"`` of the pydantic settings, or empty.
    """

    name: str
    factory: str
    summary: str = ""
    settings: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFile:
    """One checkpoint: where it is and how it is laid out.

    Exactly one of ``url``, ``distribution`` and ``page`` is set. Where nothing is published to
    check a file by, the digest seen at its first use is kept beside it and holds from then on.

    Attributes:
        name: Short name of these weights, e.g. ``imagenet``.
        url: Where to fetch it; ``hf://OWNER/REPOSITORY/FILE`` for a file of the Hugging Face hub.
        distribution: An installed pip distribution that carries it.
        page: Where a person fetches it, when no program can (a login, a scan page).
        file: File name in the cache, or the path's end inside the distribution.
        sha256: Hex digest of the whole file, or its published first digits; empty when there is
            none.
        checksum: Another published digest: ``md5:`` and its first digits, or ``git:`` and the id of
            the file as an object of git.
        size: Bytes, 0 when not published.
        licence: Licence of the weights.
        reader: ``"package.module:function"`` from path to content, for files that are neither
            torch's nor safetensors; or empty.
        container: Key (dotted) under which the state dict lies; empty for a flat file.
        prefix: Stripped from the start of each key; keys without it are dropped.
        remap: ``"package.module:function"`` from state dict to the module's names, or empty.
        drop: Key prefixes (after stripping) that do not belong to the backbone.
    """

    name: str
    url: str = ""
    distribution: str = ""
    page: str = ""
    file: str
    sha256: str = ""
    checksum: str = ""
    size: int = 0
    licence: str
    reader: str = ""
    container: str = ""
    prefix: str = ""
    remap: str = ""
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneRecord(Record):
    """One frozen appearance model. Factory: ``(tap: str, settings) -> nn.Module``.

    The module maps normalised images ``(B, 3, H, W)`` to features ``(B, C, h, w)``.

    Attributes:
        taps: Tap to number of channels.
        default_tap: The tap used when none is named.
        stride: Input pixels per cell.
        mean: Per channel, in the record's colour order, on the scale of ``input_range``.
        std: Per channel, likewise.
        colour: Channel order of the input.
        input_range: Value range of the input before mean and std.
        anchor: Continuous network pixel of cell 0's centre, or None to measure it.
        weights: Checkpoints, the default first; empty when only random weights exist.
        default: True for the one backbone that is used when none is named.
        paper: Source of the weights.
        licence: Licence of the weights.
    """

    taps: Mapping[str, int]
    default_tap: str
    stride: int = 8
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
    colour: str = "rgb"
    input_range: tuple[float, float] = (0.0, 1.0)
    anchor: float | None = None
    weights: tuple[WeightFile, ...] = ()
    default: bool = False
    paper: str = ""
    licence: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackboneFamilyRecord(Record):
    """Backbones too many to list. Factory: ``(member: str) -> BackboneRecord``, for FAMILY/MEMBER.

    The factory raises `UniTrackError` for a member that does not exist. Neither it nor ``members``
    is imported by listing.

    Attributes:
        members: ``"package.module:function"`` ``(part: str) -> Sequence[str]``: the members whose
            name contains ``part``.
    """

    members: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadRecord(Record):
    """One task. Factory: ``(settings, resolve) -> TaskHead``.

    ``resolve(kind, name)`` gives the record of anything else the head needs, e.g. a similarity.

    Attributes:
        protocols: ``"package.module:MAPPING"`` from protocol to the settings it changes.
        stage: The primitive it is made from: ``association`` is given detections and finds
            identities; ``propagation`` is given targets with their identities and finds them in the
            frames after. Its own time is reported under this name.
        shape: What an object is to it: ``box``, ``mask`` or ``pose``.
        paper: Where the task's method is described.
    """

    protocols: str = ""
    stage: str = "association"
    shape: str = "box"
    paper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetRecord(Record):
    """One benchmark. Factory: ``(root: Path, split: str | None, settings) -> Dataset``.

    Attributes:
        heads: Heads that can be run on it.
        metric: Name of the metric that scores it.
        synthesise: For synthetic sets, ``"package.module:function"``
            ``(out: Path, settings) -> None`` that renders them; empty for real ones.
        one_file: Whether a file of observations holds every sequence; else it holds one.
        licence: Terms of the data.
        source: Where to obtain it.
    """

    heads: tuple[str, ...]
    metric: str
    synthesise: str = ""
    one_file: bool = False
    licence: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRecord(Record):
    """One family of scores. Factory: ``() -> Metric``.

    Attributes:
        scores: Names of the scores, the main ones first; those are shown in tables.
        lower: Those of them of which less is better.
        stage: As in `HeadRecord`: for ``association`` any names of the identities score the same,
            for ``propagation`` they are those that were given.
        shape: What an object is to it: ``box``, ``mask`` or ``pose``.
        best: What a perfect result gets in the first score.
        paper: Source of the definition.
    """

    scores: tuple[str, ...] = ()
    lower: tuple[str, ...] = ()
    stage: str = "association"
    shape: str = "box"
    best: float = 1.0
    paper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarityRecord(Record):
    """One similarity. Factory: ``(settings) -> Similarity``."""

    paper: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutorRecord(Record):
    """One way to spread sequences. Factory: ``(workers: int, address: str) -> Executor``."""


KINDS: dict[str, type[Record]] = {
    "backbones": BackboneRecord,
    "backbone_families": BackboneFamilyRecord,
    "heads": HeadRecord,
    "datasets": DatasetRecord,
    "metrics": MetricRecord,
    "similarities": SimilarityRecord,
    "executors": ExecutorRecord,
}
"""Kinds (plural, as in the names of the hooks) and the record that each yields."""
