"""Render people walking to disk, in the layout of JHMDB (benchmarks.md 8)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from unitrack.data.synth.on_disk import write_set
from unitrack.data.synth.render import place_joints, render
from unitrack.data.synth.scene import crowd
from unitrack.data.synth.settings import crowd_plan
from unitrack.skeleton import SKELETONS
from unitrack_posetrack.data.joints_mat import joints_mat
from unitrack_posetrack.data.synthetic_settings import SyntheticPosepropSettings

__all__ = ["synthesise"]

_FPS = 30.0  # JHMDB's
_ACTION = "walk"


def synthesise(out: Path, settings: SyntheticPosepropSettings) -> None:
    """Write ``out/{Rename_Images, joint_positions, splits}`` as JHMDB has them.

    Every clip is in the test list of split 1. The joints are exact, also of what is hidden; the
    annotated person is the one of whom most is seen. The same settings give the same bytes. The set
    is made beside ``out`` and moved there when it is whole; a set that is already there with the
    same settings is left as it is.

    Args:
        out: Folder to make. It may be absent, empty, or an earlier synthetic set.
        settings: What to render.

    Raises:
        UniTrackError: If ``out`` holds something else, or cannot be written.
    """

    def write(folder: Path) -> None:
        names = [f"SYNTH-{number:02d}" for number in range(1, settings.sequences + 1)]
        for number, name in enumerate(names, start=1):
            _write_clip(folder, name, np.random.default_rng((settings.seed, number)), settings)
        (folder / "splits").mkdir()
        lines = "".join(f"{name}.avi 2\n" for name in names)
        (folder / "splits" / f"{_ACTION}_test_split1.txt").write_text(lines, encoding="utf-8")

    write_set(out, settings.model_dump_json(indent=2), write)


def _write_clip(
    folder: Path, name: str, rng: np.random.Generator, settings: SyntheticPosepropSettings
) -> None:
    images = folder / "Rename_Images" / _ACTION / name
    file = folder / "joint_positions" / _ACTION / name / "joint_positions.mat"
    images.mkdir(parents=True)
    file.parent.mkdir(parents=True)
    plan = crowd_plan(settings, people=settings.bystanders + 1, fps=_FPS)
    scene = crowd(rng, plan)
    people = np.arange(len(scene.figures))
    pixels = np.zeros(len(people), np.int64)
    for index, frame in enumerate(render(scene), start=1):
        Image.fromarray(frame.image).save(images / f"{index:05d}.png")
        owned = np.bincount(frame.owner[frame.owner >= 0], minlength=len(people))
        pixels += owned[people]
    number = int(pixels.argmax())
    names = SKELETONS["jhmdb15"].joints
    found = (place_joints(scene, index, number) for index in range(scene.length))
    file.write_bytes(joints_mat(np.array([[joints[name] for name in names] for joints in found])))
