"""Render one person among others to disk, in OTB's layout (design: benchmarks.md 6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unitrack.data.synth.on_disk import write_set
from unitrack.data.synth.render import render
from unitrack.data.synth.scene import Scene, crowd
from unitrack.data.synth.settings import crowd_plan
from unitrack.errors import UniTrackError
from unitrack_sot.data.rows import Array
from unitrack_sot.data.synthetic_settings import SyntheticSotSettings

__all__ = ["synthesise"]

_JPEG_QUALITY = 90
_ATTEMPTS = 15  # scenes, before less is asked for
_PATIENCE = 4  # drawn scenes, if nobody who can be marked is ever hidden
_GROWTH = 1.25  # in height, while walking nearer or farther
_CLEAR = 0.8  # visible share of the marked person in the first frame, at least
_HIDDEN = 0.5  # below this share a person counts as hidden
_MOST_HIDDEN = 0.4  # share of the frames, at most: nobody can follow what is never seen
# When OTB says SV (change of area against the first frame) and FM (way of the centre in a frame).
_SCALE, _FAST_PIXELS = 2.0, 20.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everybody in a video.

    Attributes:
        xyxy: Boxes of the whole figures, also of what is hidden, ``(frames, people, 4)``.
        visible: Share of each figure that can be seen, ``(frames, people)``; 0 for who is away.
    """

    xyxy: Array
    visible: Array


def synthesise(out: Path, settings: SyntheticSotSettings) -> None:
    """Write ``out/<SEQ>/{img/%04d.jpg, groundtruth_rect.txt, attrs.txt}``.

    The same settings give the same bytes. The set is made beside ``out`` and moved there when it
    is whole; a set that is already there with the same settings is left as it is.

    Args:
        out: Folder to make. It may be absent, empty, or an earlier synthetic set.
        settings: What to render.

    Raises:
        UniTrackError: If ``out`` holds something else or cannot be written, or if nobody stays in
            the picture with these settings.
    """

    def write(folder: Path) -> None:
        for number in range(1, settings.sequences + 1):
            _write_sequence(folder / f"SYNTH-{number:02d}", settings, number)

    write_set(out, settings.model_dump_json(indent=2), write)


def _write_sequence(folder: Path, settings: SyntheticSotSettings, number: int) -> None:
    scene, marked, seen = _cast(settings, number)
    (folder / "img").mkdir(parents=True)
    for index, frame in enumerate(render(scene), start=1):
        image = Image.fromarray(frame.image)
        image.save(folder / "img" / f"{index:04d}.jpg", quality=_JPEG_QUALITY)
    boxes, visible = seen.xyxy[:, marked], seen.visible[:, marked]
    rows = np.hstack([boxes[:, :2] + 1, boxes[:, 2:] - boxes[:, :2]])
    _write_lines(
        folder / "groundtruth_rect.txt", (",".join(f"{v:.0f}" for v in row) for row in rows)
    )
    _write_lines(folder / "attrs.txt", [", ".join(_attributes(boxes, visible, scene.size))])


def _cast(settings: SyntheticSotSettings, number: int) -> tuple[Scene, int, _Seen]:
    """A scene and who is marked in it.

    Somebody who stays in the picture, comes much nearer or goes much farther away, and is hidden
    for a while; where no such person turns up soon, the last and then the second is let go.
    """
    plan = crowd_plan(settings, people=settings.objects, fps=settings.fps)
    for growth in (_GROWTH, 1.0):
        looks = 0
        for attempt in range(_ATTEMPTS):
            rng = np.random.default_rng((settings.seed, number, attempt))
            scene = crowd(rng, plan)
            staying = _staying(scene, growth)
            if not len(staying):
                continue  # known without drawing anything
            seen = _look(scene)
            looks += 1
            hidden = (seen.visible < _HIDDEN).mean(axis=0)[staying]
            fit = (seen.visible[0, staying] >= _CLEAR) & (hidden <= _MOST_HIDDEN)
            good = fit & (hidden > 0)
            chosen = staying[good if looks < _PATIENCE or good.any() else fit]
            if len(chosen):
                return scene, int(chosen[0]), seen
    raise UniTrackError(
        "synthetic_sot",
        f"nobody stays in the picture for {settings.frames} frames in {_ATTEMPTS} scenes",
        "Render fewer frames, more people, or slower ones: --set frames=40 --set objects=8",
    )


def _staying(scene: Scene, growth: float) -> NDArray[np.intp]:
    """Who is centred in the picture throughout, and changes in height by a factor."""
    height, width = scene.size
    heights = scene.heights
    x = scene.walks.x - scene.camera[:, :1]
    y = scene.walks.y - scene.camera[:, 1:] - heights / 2
    inside = ((x > 0) & (x < width) & (y > 0) & (y < height)).all(axis=0)
    return np.flatnonzero(inside & (heights.max(axis=0) >= growth * heights.min(axis=0)))


def _look(scene: Scene) -> _Seen:
    people = len(scene.figures)
    seen = _Seen(np.zeros((scene.length, people, 4)), np.zeros((scene.length, people)))
    for index, frame in enumerate(render(scene)):
        numbers = [person.number for person in frame.people]
        seen.xyxy[index, numbers] = [person.xyxy for person in frame.people]
        seen.visible[index, numbers] = [person.visibility for person in frame.people]
    return seen


def _attributes(boxes: Array, visible: Array, size: tuple[int, int]) -> list[str]:
    """What OTB would say of the sequence; among others of one palette the background is BC."""
    height, width = size
    sides = boxes[:, 2:] - boxes[:, :2]
    change = sides.prod(axis=1) / sides[0].prod()
    way = np.linalg.norm(np.diff(boxes[:, :2] + sides / 2, axis=0), axis=1)
    said = {
        "SV": ((change > _SCALE) | (change < 1 / _SCALE)).any(),
        "OCC": (visible < _HIDDEN).any(),
        "FM": (way > _FAST_PIXELS).any(),
        "OV": ((boxes[:, :2] < 0) | (boxes[:, 2:] > (width, height))).any(),
        "BC": True,
    }
    return [name for name, holds in said.items() if holds]


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
