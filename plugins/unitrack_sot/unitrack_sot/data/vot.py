"""VOT2016 and VOT2019, short-term: regions with corners, and runs that start again.

``<Sequence>/groundtruth.txt`` has ``x1,y1,x2,y2,x3,y3,x4,y4`` a line, or ``left,top,width,height``;
the corners begin anywhere. Images are in ``<Sequence>/color/``, in older archives beside the
annotation. The files' coordinates are taken as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Dataset, Sequence, Truth
from unitrack.errors import UniTrackError
from unitrack.files import write_atomic, zip_atomic
from unitrack.types import BoxObservation, Observation, SequenceResult
from unitrack_sot.data.layout import check_split, find_files, in_order, none_found
from unitrack_sot.data.polygon import PolygonObservation, outline, outlines, start_box
from unitrack_sot.data.restart import Restarts
from unitrack_sot.data.results import find_result
from unitrack_sot.data.rows import Array, read_lines
from unitrack_sot.data.sequence import Annotation, SotSequence
from unitrack_sot.data.settings import VotSettings
from unitrack_sot.data.trajectory import parse_region, read_trajectory, trajectory_text

__all__ = ["TAGS", "VotSequence", "vot"]

TAGS = ("camera_motion", "illum_change", "motion_change", "occlusion", "size_change")
"""What is said of single frames, in files ``<tag>.tag`` or ``<tag>.label``."""

_ANNOTATION = "groundtruth.txt"


def vot(root: Path, split: str | None, settings: VotSettings) -> Dataset:
    """A VOT short-term set; the two years differ in their sequences only.

    Args:
        root: Folder of the sequences, or one above it.
        split: None; there are no splits.
        settings: The protocol.

    Raises:
        UniTrackError: If there is no sequence, or a split is asked for.
    """
    check_split("vot", split, ())
    files = find_files(root, _ANNOTATION)
    if not files:
        raise none_found("vot", root, f"<Sequence>/{_ANNOTATION}")
    one_pass = settings.protocol == "one_pass"
    videos = in_order(
        (_video(file, one_pass=one_pass) for file in files),
        _listed(files),
        lambda video: video.name,
    )
    return _Vot(tuple(videos))


def _listed(files: list[Path]) -> list[str]:
    """The benchmark's order, by its list beside the sequences."""
    file = files[0].parent.parent / "list.txt"
    return file.read_text(encoding="utf-8").split() if file.is_file() else []


@dataclass(frozen=True, slots=True)
class _Vot:
    videos: tuple[VotSequence, ...]

    def sequences(self) -> list[Sequence]:
        return list(self.videos)

    def write(self, result: SequenceResult, folder: Path) -> None:
        """As VOT's toolkit has it in ``results/<tracker>/<experiment>/``."""
        path = folder / result.name / f"{result.name}_001.txt"
        write_atomic(path, trajectory_text(result))

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        """The first repetition."""
        video = next(video for video in self.videos if video.name == sequence.name)
        path = find_result(folder, sequence.name)
        given = [video.given(index) for index in range(video.length)]
        return SequenceResult(video.name, read_trajectory(path, video, given, boxes=video.one_pass))

    def submit(self, results: Path, archive: Path) -> None:
        """``baseline/<video>/<video>_001.txt`` in a zip, ``unsupervised/`` of one pass.

        Unpacked into ``results/<tracker>/`` of a workspace, VOT's toolkit analyses it: it takes the
        mean over the repetitions there are, here one. A complete entry of 2016 or 2019 has what is
        not in here: three equal repetitions of a deterministic tracker (else 15), the seconds of
        each frame, a manifest, and of 2019 the experiment ``realtime``.

        Source:
            Folders and names as ``vot pack`` has them (votchallenge/toolkit, ``do_pack`` of
            ``vot/utilities/cli.py`` and ``scan`` of ``vot/experiment/multirun.py``), experiments
            and repetitions as its stacks ``vot2016/rgb`` and ``vot2019/shortterm`` and those of
            votchallenge/toolkit-legacy (``stacks/stack_vot2016.m``, ``stack_vot2019.m``), which
            the challenges ran on and whose archives have the tracker's folder above these.
        """
        members: dict[str, Path | str | bytes] = {}
        for video in self.videos:
            experiment = "unsupervised" if video.one_pass else "baseline"
            name = f"{experiment}/{video.name}/{video.name}_001.txt"
            members[name] = trajectory_text(self.read(video, results))
        zip_atomic(archive, members)


@dataclass(frozen=True)
class VotSequence(SotSequence):
    """A video of VOT.

    Attributes:
        one_pass: Whether it is run without restarts; regions are then min/max boxes.
    """

    one_pass: bool = False

    @cached_property
    def size(self) -> tuple[int, int]:
        """Height and width, from the first image or what ``sequence`` states."""
        stated = {} if self.images else _stated(self.path / "sequence")
        if {"width", "height"} <= stated.keys():
            return int(stated["height"]), int(stated["width"])
        return super().size

    @property
    def path(self) -> Path:
        """Folder of the annotation."""
        return self.folder.parent if self.folder.name == "color" else self.folder

    @property
    def start(self) -> BoxObservation:
        """The min/max box, or in a supervised run the box of the region's area."""
        seen = self.annotation.at(0)
        return BoxObservation(seen.box if self.one_pass else start_box(outline(seen)))

    @cached_property
    def tags(self) -> Mapping[str, NDArray[np.bool_]]:
        """Per tag whether it holds in each frame, ``(length,)``; where none is said, it does not.

        Raises:
            UniTrackError: If a file of tags holds anything but 0 and 1.
        """
        found = {tag: self._tag(tag) for tag in TAGS}
        return {tag: flags for tag, flags in found.items() if flags is not None}

    def given(self, index: int) -> Observation:
        """What is annotated at a frame, of the kind that the protocol scores."""
        return self.annotation.at(index)

    def supervisor(self, truth: Truth) -> Restarts | None:
        """VOT's own; None in a run of one pass."""
        return None if self.one_pass else Restarts(truth, self.size)

    def fingerprint(self, source: str) -> str:
        """As of any sequence; when a run starts again depends on the whole annotation."""
        digest = hashlib.sha256(super().fingerprint(source).encode())
        known = self.annotation
        digest.update(outlines(known.seen).tobytes() if known.seen else known.xyxy.tobytes())
        return digest.hexdigest()

    def _tag(self, tag: str) -> NDArray[np.bool_] | None:
        for end in (".tag", ".label"):
            file = self.path / f"{tag}{end}"
            if file.is_file():
                cells = [cell for line in read_lines(file).values() for cell in line]
                if not set(cells) <= {"0", "1"}:
                    raise UniTrackError(
                        file,
                        "holds other than 0 and 1",
                        "Write 0 or 1 for each frame, a line each.",
                    )
                flags = np.zeros(self.length, np.bool_)
                kept = np.array(cells[: self.length]) == "1"
                flags[: len(kept)] = kept
                return flags
        return None


def _video(file: Path, *, one_pass: bool) -> VotSequence:
    colour = file.parent / "color"
    stated = _stated(file.parent / "sequence")
    return VotSequence(
        file.parent.name,
        colour if colour.is_dir() else file.parent,
        partial(_annotate, file, one_pass),
        fps=float(stated.get("fps", 30)),
        one_pass=one_pass,
    )


def _stated(file: Path) -> dict[str, float]:
    """Positive numbers that ``sequence`` states: lines of ``fps=30``."""
    if not file.is_file():
        return {}
    pairs = (line.partition("=") for line in file.read_text(encoding="utf-8").splitlines())
    numbers = {}
    for name, _, value in pairs:
        try:
            number = float(value)
        except ValueError:
            continue  # a name, a format
        if number > 0:
            numbers[name.strip()] = number
    return numbers


def _annotate(file: Path, one_pass: bool, video: SotSequence) -> Annotation:
    del video
    regions = list(_regions(file))
    if not regions:
        raise UniTrackError(file, "is empty", "Restore the annotation.")
    xyxy: Array = np.array([region.box for region in regions])
    seen = None if one_pass else tuple(regions)
    return Annotation(file, xyxy, np.ones(len(xyxy), np.bool_), seen=seen)


def _regions(file: Path) -> Iterator[PolygonObservation]:
    for number, cells in read_lines(file).items():
        region = parse_region(f"{file}:{number}", cells)
        yield PolygonObservation(outline(region))
