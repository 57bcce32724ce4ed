from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unitrack.data.synth.render import place_joints, render
from unitrack.data.synth.scene import crowd
from unitrack.data.synth.settings import crowd_plan
from unitrack.errors import UniTrackError
from unitrack.types import PoseObservation
from unitrack_posetrack.data.jhmdb import synthetic_poseprop
from unitrack_posetrack.data.joints_mat import joints_mat, read_joints
from unitrack_posetrack.data.synthetic_poseprop import synthesise
from unitrack_posetrack.data.synthetic_settings import SyntheticPosepropSettings

SMALL = SyntheticPosepropSettings(sequences=2, frames=5, width=160, height=120, bystanders=2)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("synthetic") / "set"
    synthesise(out, SMALL)
    return out


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_layout_is_that_of_jhmdb(made: Path) -> None:
    assert sorted(path.name for path in made.iterdir()) == [
        "Rename_Images", "joint_positions", "splits", "synthetic.json",
    ]  # fmt: skip
    images = made / "Rename_Images" / "walk" / "SYNTH-02"
    assert sorted(path.name for path in images.iterdir()) == [f"{n:05d}.png" for n in range(1, 6)]
    with Image.open(images / "00001.png") as image:
        assert (image.size, image.mode) == ((160, 120), "RGB")
    lists = (made / "splits" / "walk_test_split1.txt").read_text()
    assert lists == "SYNTH-01.avi 2\nSYNTH-02.avi 2\n"


def test_joints_are_the_renderers_and_count_from_one(made: Path) -> None:
    for number, sequence in enumerate(synthetic_poseprop(made, None, SMALL).sequences(), start=1):
        scene = crowd(np.random.default_rng((0, number)), crowd_plan(SMALL, people=3, fps=30))
        assert sequence.truth is not None
        poses = [frame[0].observation for frame in sequence.truth]
        assert all(isinstance(pose, PoseObservation) for pose in poses)
        known = np.array([getattr(pose, "xy", None) for pose in poses])
        distances = [
            np.abs(known[:, 0] - [place_joints(scene, i, n)["neck"] for i in range(5)]).max()
            for n in range(3)
        ]
        assert min(distances) < 1e-9
        person = int(np.argmin(distances))
        frames = list(render(scene))
        seen = [sum(np.count_nonzero(f.owner == n) for f in frames) for n in range(3)]
        assert seen[person] == max(seen)
        first = place_joints(scene, 0, person)
        np.testing.assert_allclose(known[0, [13, 14]], [first["r_ankle"], first["l_ankle"]])


def test_the_same_settings_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "again", SMALL)
    assert _contents(tmp_path / "again") == _contents(made)


def test_another_seed_gives_another_set(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "other", SMALL.model_copy(update={"seed": 1, "sequences": 1}))
    name = "joint_positions/walk/SYNTH-01/joint_positions.mat"
    assert (tmp_path / "other" / name).read_bytes() != (made / name).read_bytes()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UniTrackError, match="holds other files"):
        synthesise(tmp_path, SMALL)


def test_files_of_joints_read_back_to_the_last_bit(tmp_path: Path) -> None:
    places = np.random.default_rng(0).integers(-(2**20), 2**20, (4, 15, 2)) / 2**10
    file = tmp_path / "joint_positions.mat"
    file.write_bytes(joints_mat(places))
    np.testing.assert_array_equal(read_joints(file), places)
    file.write_bytes(joints_mat(places[:1]))
    np.testing.assert_array_equal(read_joints(file), places[:1])
