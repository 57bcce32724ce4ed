from __future__ import annotations

import configparser
import hashlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from unitrack.errors import UniTrackError
from unitrack_mot.data import synthetic
from unitrack_mot.data.rendering import number_visits
from unitrack_mot.data.synthetic import synthesise
from unitrack_mot.data.synthetic_settings import SyntheticMotSettings

SMALL = SyntheticMotSettings(
    sequences=2, frames=8, width=128, height=96, objects=5, camera_pan=8, occluders=2
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("synthetic") / "set"
    synthesise(out, SMALL)
    return out


def _digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _rows(path: Path) -> NDArray[np.float64]:
    return np.loadtxt(path, delimiter=",", ndmin=2)


def _sequences(out: Path) -> list[Path]:
    return sorted((out / "train").iterdir())


def test_the_layout_is_that_of_motchallenge(made: Path) -> None:
    assert [folder.name for folder in _sequences(made)] == ["SYNTH-01", "SYNTH-02"]
    for folder in _sequences(made):
        ini = configparser.ConfigParser()
        ini.read(folder / "seqinfo.ini", encoding="utf-8")
        assert dict(ini["Sequence"]) == {
            "name": folder.name,
            "imdir": "img1",
            "framerate": "10",
            "seqlength": "8",
            "imwidth": "128",
            "imheight": "96",
            "imext": ".jpg",
        }
        names = [path.name for path in sorted((folder / "img1").iterdir())]
        assert names == [f"{number:06d}.jpg" for number in range(1, 9)]
        with Image.open(folder / "img1" / "000001.jpg") as image:
            assert (image.size, image.mode) == ((128, 96), "RGB")


def test_the_truth_has_nine_columns_unique_ids_and_visibility(made: Path) -> None:
    for folder in _sequences(made):
        rows = _rows(folder / "gt" / "gt.txt")
        assert rows.shape[1] == 9
        assert set(rows[:, 0]) <= set(range(1, 9))
        assert len(np.unique(rows[:, :2], axis=0)) == len(rows)
        assert sorted(set(rows[:, 1])) == list(range(1, len(set(rows[:, 1])) + 1))
        assert (rows[:, 6:8] == 1).all()
        assert ((rows[:, 8] >= 0) & (rows[:, 8] <= 1)).all()


def test_detections_have_ten_columns_and_no_ids(made: Path) -> None:
    for folder in _sequences(made):
        rows = _rows(folder / "det" / "det.txt")
        assert rows.shape[1] == 10
        assert (rows[:, 1] == -1).all()
        assert ((rows[:, 6] > 0) & (rows[:, 6] < 1)).all()


def test_boxes_count_from_one_and_lie_on_the_figures(tmp_path: Path) -> None:
    plain = SyntheticMotSettings(
        sequences=1, frames=1, width=160, height=120, objects=1, occluders=0, camera_pan=0,
        camera_shake=0, jitter=0, miss_rate=0, false_positives=0, seed=3,
    )  # fmt: skip
    synthesise(tmp_path / "one", plain)
    folder = tmp_path / "one" / "train" / "SYNTH-01"
    truth, found = _rows(folder / "gt" / "gt.txt")[0], _rows(folder / "det" / "det.txt")[0]
    np.testing.assert_allclose(found[2:6], truth[2:6])


def test_the_same_settings_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "again", SMALL)
    assert _digest(tmp_path / "again") == _digest(made)


def test_another_seed_gives_another_set(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "other", SMALL.model_copy(update={"seed": 1}))
    name = "train/SYNTH-01/gt/gt.txt"
    assert (tmp_path / "other" / name).read_bytes() != (made / name).read_bytes()


def test_a_sequence_does_not_depend_on_how_many_there_are(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "one", SMALL.model_copy(update={"sequences": 1}))
    single, whole = (_digest(out / "train" / "SYNTH-01") for out in (tmp_path / "one", made))
    assert single == whole


def test_a_worse_detector_leaves_video_and_truth_as_they_are(made: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "worse", SMALL.model_copy(update={"miss_rate": 0.6}))
    before, after = _digest(made / "train"), _digest(tmp_path / "worse" / "train")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"SYNTH-01/det/det.txt", "SYNTH-02/det/det.txt"}


def test_a_set_that_is_there_is_not_made_again(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "_write_sequence", None)
    synthesise(made, SMALL)


def test_an_earlier_set_gives_way_to_another(tmp_path: Path) -> None:
    out = tmp_path / "set"
    synthesise(out, SMALL.model_copy(update={"sequences": 1, "frames": 2}))
    synthesise(out, SMALL.model_copy(update={"sequences": 1, "frames": 3}))
    assert len(list((out / "train" / "SYNTH-01" / "img1").iterdir())) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


@pytest.mark.parametrize("foreign", ["notes.txt", "train"])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, foreign: str) -> None:
    (tmp_path / foreign).write_text("mine", encoding="utf-8")
    with pytest.raises(UniTrackError, match="holds other files than a synthetic set"):
        synthesise(tmp_path, SMALL)
    assert [path.name for path in tmp_path.iterdir()] == [foreign]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    synthesise(tmp_path / "set", SMALL.model_copy(update={"sequences": 1, "frames": 1}))
    (tmp_path / "empty").mkdir()
    synthesise(tmp_path / "empty", SMALL.model_copy(update={"sequences": 1, "frames": 1}))
    assert _digest(tmp_path / "empty") == _digest(tmp_path / "set")


@pytest.mark.parametrize("kind", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interrupted_set_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException] | OSError
) -> None:
    def fail(folder: Path, *_: object) -> None:
        folder.mkdir(parents=True)
        raise kind

    monkeypatch.setattr(synthetic, "_write_sequence", fail)
    wanted = UniTrackError if isinstance(kind, OSError) else KeyboardInterrupt
    with pytest.raises(wanted):
        synthesise(tmp_path / "set", SMALL)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UniTrackError, match="another folder with --out"):
        synthesise(tmp_path / "file" / "set", SMALL)
    with pytest.raises(UniTrackError, match="holds other files"):
        synthesise(tmp_path / "file", SMALL)


def test_whoever_stays_away_for_long_comes_back_as_somebody_else() -> None:
    present = [np.array(p, float) for p in ([0, 1], [0], [0], [0, 1], [], [1], [0, 1])]
    assert number_visits(present, patience=2) == [[1, 2], [1], [1], [1, 3], [], [3], [4, 3]]


def test_settings_are_frozen_bounded_and_explained() -> None:
    with pytest.raises(ValidationError):
        SyntheticMotSettings(frames=0)
    with pytest.raises(ValidationError):
        SyntheticMotSettings(colour="red")  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        SMALL.seed = 2
    for name, field in SyntheticMotSettings.model_fields.items():
        assert field.description, name
        assert isinstance(field.json_schema_extra, dict), name
        assert "unit" in field.json_schema_extra, name
