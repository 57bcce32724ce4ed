"""Render videos with instance masks to disk, in the layout of YouTube-VIS (benchmarks.md 9.2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unitrack.data.synth.lapses import lapses
from unitrack.data.synth.on_disk import write_set
from unitrack.data.synth.render import RenderedFrame, render
from unitrack.data.synth.scene import Scene, crowd
from unitrack.data.synth.settings import crowd_plan
from unitrack.types import MaskObservation
from unitrack_mot.data.vis_detector import CLASSES, OBSTACLE, PERSON, WITH_BAG, Seen, detect
from unitrack_mot.data.vis_synthetic_settings import SyntheticVisSettings

__all__ = ["synthesise"]

_JPEG_QUALITY = 90
_SCENE, _DETECTOR = 0, 1  # independent streams, so that a worse detector leaves the video as it is
_LEAST = 16  # pixels; less than that is not annotated
_STEP = 5  # images are numbered as if every fifth were kept

Entry = dict[str, Any]  # JSON


def synthesise(out: Path, settings: SyntheticVisSettings) -> None:
    """Write ``out/train/{instances.json, detections.json, JPEGImages/<video>/%05d.jpg}``.

    The same settings give the same bytes. The set is made beside ``out`` and moved there when it
    is whole; a set that is already there with the same settings is left as it is.

    Args:
        out: Folder to make. It may be absent, empty, or an earlier synthetic set.
        settings: What to render.

    Raises:
        UniTrackError: If ``out`` holds something else, or cannot be written.
    """

    def write(folder: Path) -> None:
        train = folder / "train"
        videos: list[Entry] = []
        annotations: list[Entry] = []
        detections: list[Entry] = []
        for number in range(1, settings.sequences + 1):
            name = f"synth-{number:02d}"
            tubes, found = _write_video(train / "JPEGImages" / name, settings, number)
            videos.append(_video(number, name, settings))
            annotations += tubes
            detections += found
        for identity, annotation in enumerate(annotations, 1):
            annotation["id"] = identity
        content = {
            "info": {"description": "rendered"},
            "videos": videos,
            "categories": [
                {"id": label, "name": name, "supercategory": "object"}
                for label, name in CLASSES.items()
            ],
            "annotations": annotations,
        }
        _write_json(train / "instances.json", content)
        _write_json(train / "detections.json", detections)

    write_set(out, settings.model_dump_json(indent=2), write)


def _write_video(
    folder: Path, settings: SyntheticVisSettings, number: int
) -> tuple[list[Entry], list[Entry]]:
    """Images of one video; gives its annotations and its detections."""
    folder.mkdir(parents=True)
    scene_rng, detector_rng = (
        np.random.default_rng((settings.seed, number, stream)) for stream in (_SCENE, _DETECTOR)
    )
    scene = crowd(scene_rng, crowd_plan(settings, people=settings.objects, fps=settings.fps))
    overlooked = lapses(detector_rng, settings, settings.objects + settings.occluders)
    masks: dict[int, dict[int, MaskObservation]] = {}
    found: list[Entry] = []
    for index, (frame, lapse) in enumerate(zip(render(scene), overlooked, strict=True)):
        image = Image.fromarray(frame.image)
        image.save(folder / f"{_STEP * index:05d}.jpg", quality=_JPEG_QUALITY)
        seen = dict(_seen(scene, frame, lapse))
        for thing, one in seen.items():
            masks.setdefault(thing, {})[index] = MaskObservation.of(one.mask, label=one.label)
        detected = detect(detector_rng, list(seen.values()), settings)
        found += [_detection(number, index, mask) for mask in detected]
    tubes = [_annotation(number, masks[thing], settings.frames) for thing in sorted(masks)]
    return tubes, found


def _seen(
    scene: Scene, frame: RenderedFrame, lapse: NDArray[np.bool_]
) -> Iterator[tuple[int, Seen]]:
    """Number and truth of everything that can be seen well enough to be annotated."""
    people = len(scene.figures)
    visibility = {person.number: person.visibility for person in frame.people}
    pixels = np.bincount(frame.owner[frame.owner >= 0], minlength=len(lapse))
    for number in np.flatnonzero(pixels >= _LEAST).tolist():
        if number < people:
            label = WITH_BAG if scene.figures[number].bag else PERSON
            share = visibility[number]
        else:
            label = OBSTACLE
            share = pixels[number] / np.count_nonzero(scene.standing[number - people][1].solid)
        yield number, Seen(frame.owner == number, label, float(share), bool(lapse[number]))


def _video(number: int, name: str, settings: SyntheticVisSettings) -> Entry:
    return {
        "id": number,
        "width": settings.width,
        "height": settings.height,
        "length": settings.frames,
        "fps": settings.fps,
        "file_names": [f"{name}/{_STEP * index:05d}.jpg" for index in range(settings.frames)],
    }


def _annotation(video: int, masks: dict[int, MaskObservation], frames: int) -> Entry:
    tube = [masks.get(index) for index in range(frames)]
    return {
        "video_id": video,
        "category_id": next(iter(masks.values())).label,
        "iscrowd": 0,
        "segmentations": [mask and _rle(mask) for mask in tube],
        "areas": [mask and mask.area for mask in tube],
        "bboxes": [mask and _box(mask) for mask in tube],
    }


def _detection(video: int, index: int, mask: MaskObservation) -> Entry:
    return {
        "video_id": video,
        "frame_id": index,
        "category_id": mask.label,
        "score": mask.score,
        "segmentation": _rle(mask),
    }


def _rle(mask: MaskObservation) -> Entry:
    return {"size": list(mask.size), "counts": mask.counts.decode("ascii")}


def _box(mask: MaskObservation) -> list[float]:
    """Left, top, width and height."""
    x1, y1, x2, y2 = mask.box
    return [x1, y1, x2 - x1, y2 - y1]


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")
