"""Render a synthetic crowd to disk, in the layout of MOTChallenge (design: benchmarks.md 2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unitrack.data.synth.lapses import lapses
from unitrack.data.synth.on_disk import write_set
from unitrack.data.synth.render import RenderedFrame, render
from unitrack.data.synth.scene import crowd
from unitrack.data.synth.settings import crowd_plan
from unitrack_mot.data.detector import detect
from unitrack_mot.data.rendering import number_visits, write_lines, write_seqinfo
from unitrack_mot.data.synthetic_settings import SyntheticMotSettings

__all__ = ["synthesise"]

_JPEG_QUALITY = 90
_PEDESTRIAN = 1
_SCENE, _DETECTOR = 0, 1  # independent streams, so that a worse detector leaves the video as it is


def synthesise(out: Path, settings: SyntheticMotSettings) -> None:
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


def _write_sequence(folder: Path, settings: SyntheticMotSettings, number: int) -> None:
    scene_rng, detector_rng = (
        np.random.default_rng((settings.seed, number, stream)) for stream in (_SCENE, _DETECTOR)
    )
    for name in ("img1", "gt", "det"):
        (folder / name).mkdir(parents=True)
    truth: list[NDArray[np.float64]] = []
    detections: list[NDArray[np.float64]] = []
    plan = crowd_plan(settings, people=settings.objects, fps=settings.fps)
    frames = render(crowd(scene_rng, plan))
    overlooked = lapses(detector_rng, settings, settings.objects)
    for index, (frame, lapse) in enumerate(zip(frames, overlooked, strict=True), start=1):
        image = Image.fromarray(frame.image)
        image.save(folder / "img1" / f"{index:06d}.jpg", quality=_JPEG_QUALITY)
        truth.append(_truth(frame))
        detections.append(detect(detector_rng, frame, lapse, settings))
    visits = number_visits([rows[:, 0] for rows in truth], patience=round(settings.fps))
    write_lines(folder / "gt" / "gt.txt", _truth_lines(truth, visits))
    write_lines(folder / "det" / "det.txt", _detection_lines(detections))
    write_seqinfo(folder, settings)


def _truth(frame: RenderedFrame) -> NDArray[np.float64]:
    """Number, left, top, width, height (0-based pixels) and visibility, ``(N, 6)``."""
    rows = np.array([(p.number, *p.xyxy, p.visibility) for p in frame.people]).reshape(-1, 6)
    rows[:, 3:5] -= rows[:, 1:3]
    return rows


def _truth_lines(
    truth: Sequence[NDArray[np.float64]], visits: Sequence[Sequence[int]]
) -> Iterable[str]:
    for index, (rows, ids) in enumerate(zip(truth, visits, strict=True), start=1):
        for (_, left, top, width, height, visibility), identity in zip(rows, ids, strict=True):
            yield (
                f"{index},{identity},{left + 1:.0f},{top + 1:.0f},{width:.0f},{height:.0f},"
                f"1,{_PEDESTRIAN},{visibility:.5f}"
            )


def _detection_lines(detections: Sequence[NDArray[np.float64]]) -> Iterable[str]:
    for index, rows in enumerate(detections, start=1):
        for left, top, width, height, score in rows:
            yield (
                f"{index},-1,{left + 1:.2f},{top + 1:.2f},{width:.2f},{height:.2f},"
                f"{score:.4f},-1,-1,-1"
            )
