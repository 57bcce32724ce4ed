"""Render a crowd with exact masks to disk, in the layout of MOTS20 (design: benchmarks.md 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pycocotools import mask as coco

from unitrack.data.synth.lapses import lapses
from unitrack.data.synth.on_disk import write_set
from unitrack.data.synth.render import RenderedFrame, render
from unitrack.data.synth.scene import crowd
from unitrack.data.synth.settings import crowd_plan
from unitrack.types import MaskObservation
from unitrack_mot.data.mots_classes import IGNORED, PER_CLASS
from unitrack_mot.data.mots_detector import detect_masks
from unitrack_mot.data.mots_synthetic_settings import SyntheticMotsSettings
from unitrack_mot.data.rendering import number_visits, write_lines, write_seqinfo

__all__ = ["synthesise"]

_JPEG_QUALITY = 90
_PEDESTRIAN = 2
_SCENE, _DETECTOR = 0, 1  # independent streams, so that a worse detector leaves the video as it is


def synthesise(out: Path, settings: SyntheticMotsSettings) -> None:
    """Write ``out/train/<SEQ>/{seqinfo.ini, img1/%06d.jpg, gt/gt.txt, det/det.txt}``.

    The same settings give the same bytes. The set is made beside ``out`` and moved there when it
    is whole; a set that is already there with the same settings is left as it is.

    Args:
        out: Folder to make. It may be absent, empty, or an earlier synthetic set.
        settings: What to render.

    Raises:
        UniTrackError: If ``out`` holds something else, or cannot be written.
    """

    def write(folder: Path) -> None:
        for number in range(1, settings.sequences + 1):
            _write_sequence(folder / "train" / f"SYNTH-{number:02d}", settings, number)

    write_set(out, settings.model_dump_json(indent=2), write)


def _write_sequence(folder: Path, settings: SyntheticMotsSettings, number: int) -> None:
    scene_rng, detector_rng = (
        np.random.default_rng((settings.seed, number, stream)) for stream in (_SCENE, _DETECTOR)
    )
    for name in ("img1", "gt", "det"):
        (folder / name).mkdir(parents=True)
    truth: list[dict[int, MaskObservation]] = []
    ignored: list[MaskObservation | None] = []
    present: list[NDArray[np.float64]] = []
    detections: list[list[MaskObservation]] = []
    plan = crowd_plan(settings, people=settings.objects, fps=settings.fps)
    frames = render(crowd(scene_rng, plan))
    overlooked = lapses(detector_rng, settings, settings.objects)
    for index, (frame, lapse) in enumerate(zip(frames, overlooked, strict=True), start=1):
        image = Image.fromarray(frame.image)
        image.save(folder / "img1" / f"{index:06d}.jpg", quality=_JPEG_QUALITY)
        known, rest = _truth(frame, settings.annotated_visibility)
        truth.append(known)
        ignored.append(rest)
        present.append(np.array([person.number for person in frame.people], np.float64))
        detections.append(detect_masks(detector_rng, frame, lapse, settings))
    visits = number_visits(present, patience=round(settings.fps))
    ids = [
        dict(zip(numbers.astype(int).tolist(), named, strict=True))
        for numbers, named in zip(present, visits, strict=True)
    ]
    write_lines(folder / "gt" / "gt.txt", _truth_lines(truth, ignored, ids))
    write_lines(folder / "det" / "det.txt", _detection_lines(detections))
    write_seqinfo(folder, settings)


def _truth(
    frame: RenderedFrame, least: float
) -> tuple[dict[int, MaskObservation], MaskObservation | None]:
    """Masks of what is seen of people, by their number; the region of those hardly visible."""
    shown = {
        person.number: MaskObservation.of(frame.owner == person.number, label=_PEDESTRIAN)
        for person in frame.people
        if person.visibility > 0
    }
    hardly = [person.number for person in frame.people if 0 < person.visibility < least]
    region = [shown.pop(number).rle for number in hardly]
    if not region:
        return shown, None
    return shown, MaskObservation(
        (frame.owner.shape[0], frame.owner.shape[1]), coco.merge(region)["counts"], label=IGNORED
    )


def _truth_lines(
    truth: Sequence[dict[int, MaskObservation]],
    ignored: Sequence[MaskObservation | None],
    ids: Sequence[dict[int, int]],
) -> Iterable[str]:
    for index, (masks, region) in enumerate(zip(truth, ignored, strict=True)):
        for number, mask in masks.items():
            yield _line(index + 1, PER_CLASS * _PEDESTRIAN + ids[index][number], mask)
        if region:
            yield _line(index + 1, PER_CLASS * IGNORED, region)


def _detection_lines(detections: Sequence[Sequence[MaskObservation]]) -> Iterable[str]:
    for index, masks in enumerate(detections, start=1):
        for mask in masks:
            yield f"{_line(index, -1, mask)} {mask.score:.4f}"


def _line(frame: int, identity: int, mask: MaskObservation) -> str:
    height, width = mask.size
    return f"{frame} {identity} {mask.label} {height} {width} {mask.counts.decode('ascii')}"
