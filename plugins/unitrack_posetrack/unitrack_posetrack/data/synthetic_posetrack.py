"""Render several people walking to disk, in the layout of PoseTrack 2018 (benchmarks.md 7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from unitrack.data.synth.lapses import lapses
from unitrack.data.synth.on_disk import write_set
from unitrack.data.synth.render import RenderedFrame, render
from unitrack.data.synth.scene import crowd
from unitrack.data.synth.settings import crowd_plan
from unitrack.types import XYXY
from unitrack_posetrack.data.dialect18 import text18
from unitrack_posetrack.data.document import Entry, Joint, Person, pose_of
from unitrack_posetrack.data.pose_detector import detect_poses
from unitrack_posetrack.data.synthetic_settings import SyntheticPosetrackSettings

__all__ = ["synthesise"]

_JPEG_QUALITY = 90
_SPLIT = "val"
_DETECTOR = 1  # a stream of its own, so that a worse detector leaves the video as it is
_HALF = 0.4  # of a head's width, in heights from neck to top

Point = tuple[float, float]


def synthesise(out: Path, settings: SyntheticPosetrackSettings) -> None:
    """Write ``out/{images,annotations,detections}/val``, the first two as PoseTrack 2018 has them.

    Sequences are called as the benchmark's evaluation wants it. Joints are exact; those that are
    hidden or outside are not annotated, nor is somebody of whom no joint is seen. Detections are
    files like the annotations. The same settings give the same bytes. The set is made beside
    ``out`` and moved there when it is whole; a set that is already there with the same settings is
    left as it is.

    Args:
        out: Folder to make. It may be absent, empty, or an earlier synthetic set.
        settings: What to render.

    Raises:
        UniTrackError: If ``out`` holds something else, or cannot be written.
    """

    def write(folder: Path) -> None:
        for kind in ("annotations", "detections"):
            (folder / kind / _SPLIT).mkdir(parents=True)
        for number in range(1, settings.sequences + 1):
            _write_sequence(folder, settings, number)

    write_set(out, settings.model_dump_json(indent=2), write)


def _write_sequence(folder: Path, settings: SyntheticPosetrackSettings, number: int) -> None:
    name = f"{number:06d}_mpii_test"
    plan = crowd_plan(settings, people=settings.objects, fps=settings.fps)
    scene = crowd(np.random.default_rng((settings.seed, number)), plan)
    detector_rng = np.random.default_rng((settings.seed, number, _DETECTOR))
    overlooked = lapses(detector_rng, settings, settings.objects)
    (folder / "images" / _SPLIT / name).mkdir(parents=True)
    entries, detections = [], []
    for index, (frame, lapse) in enumerate(zip(render(scene), overlooked, strict=True)):
        image = f"images/{_SPLIT}/{name}/{index:06d}.jpg"
        Image.fromarray(frame.image).save(folder / image, quality=_JPEG_QUALITY)
        entries.append(Entry(image, tuple(_people(frame))))
        found = detect_poses(detector_rng, frame, lapse, settings)
        detections.append(Entry(image, tuple(Person(None, pose) for pose in found)))
    for kind, content in (("annotations", entries), ("detections", detections)):
        file = folder / kind / _SPLIT / f"{name}.json"
        file.write_text(text18(name, content), encoding="utf-8", newline="\n")


def _people(frame: RenderedFrame) -> Iterator[Person]:
    for person in frame.people:
        joints = {
            name: Joint(*place)
            for name, place in person.joints.items()
            if frame.shows(person.number, place)
        }
        pose = pose_of("posetrack15", joints, None, _head(person.joints))
        if any(pose.visible):
            yield Person(person.number, pose)


def _head(joints: Mapping[str, Point]) -> XYXY:
    """A box from the neck to the top of the head; its size does not depend on what is hidden."""
    top, bottom, middle = joints["head_top"][1], joints["neck"][1], joints["face"][0]
    half = _HALF * (bottom - top)
    return middle - half, top, middle + half, bottom
