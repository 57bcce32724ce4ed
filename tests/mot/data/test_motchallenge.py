from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.mot.data.made import SIZE, sequence_folder
from unitrack.data.base import Dataset, Sequence
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, SequenceResult, TrackedObject
from unitrack_mot.data.motchallenge import mot15, mot16, mot17, mot20, synthetic_mot
from unitrack_mot.data.settings import MotDataSettings

SETTINGS = MotDataSettings(columns="motchallenge")
GT = (
    "1,1,11,21,10,10,1,1,1",
    "1,2,31,21,10,10,1,8,1",  # a distractor
    "2,1,12,21,10,10,0,1,0.5",  # not to be scored
    "3,1,13,21,10,10,1,1,1",
)
DET = ("1,-1,11,21,10,10,0.5",)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return sequence_folder(tmp_path, images=3, truth=GT, detections=DET)


@pytest.fixture
def sequence(folder: Path) -> Sequence:
    (only,) = mot17(folder.parent, None, SETTINGS).sequences()
    return only


def test_a_sequence_knows_its_facts(sequence: Sequence) -> None:
    facts = (sequence.name, sequence.fps, sequence.size, sequence.length)
    assert facts == ("MOT17-02-FRCNN", 25.0, SIZE, 3)


def test_frames_are_lazy_and_restartable(sequence: Sequence) -> None:
    names = [frame.name for frame in sequence.frames()]
    assert names == [frame.name for frame in sequence.frames()] == ["000001", "000002", "000003"]


def test_images_are_not_needed_for_truth(folder: Path, sequence: Sequence) -> None:
    for image in (folder / "img1").iterdir():
        image.unlink()
    (folder / "img1").rmdir()
    assert sequence.truth is not None
    assert len(sequence.truth) == 3
    with pytest.raises(UniTrackError, match="holds 0 images, but MOT17-02-FRCNN has 3 frames"):
        sequence.frames()


def test_images_behind_the_stated_length_are_left_out(tmp_path: Path) -> None:
    sequence_folder(tmp_path, images=5, truth=GT)
    (sequence,) = mot17(tmp_path, None, SETTINGS).sequences()
    assert len(list(sequence.frames())) == 3


def test_an_image_missing_in_between_is_named_and_shifts_nothing(tmp_path: Path) -> None:
    folder = sequence_folder(tmp_path, images=5, truth=GT)
    (folder / "img1" / "000002.png").unlink()
    (sequence,) = mot17(tmp_path, None, SETTINGS).sequences()
    with pytest.raises(UniTrackError, match=r"000002\.png: is missing"):
        sequence.frames()


def test_without_annotation_there_is_no_truth_and_no_oracle(tmp_path: Path) -> None:
    sequence_folder(tmp_path, detections=DET)
    (sequence,) = mot17(tmp_path, None, SETTINGS).sequences()
    assert sequence.truth is None
    with pytest.raises(UniTrackError, match="so there is no oracle"):
        sequence.observations("oracle")


def test_the_oracle_is_the_counted_pedestrians_without_their_ids(sequence: Sequence) -> None:
    assert sequence.observations("oracle") == (
        (BoxObservation((10, 20, 20, 30), 1.0, 1),),
        (),
        (BoxObservation((12, 20, 22, 30), 1.0, 1),),
    )


def test_the_benchmarks_detections_are_det_txt(sequence: Sequence) -> None:
    assert sequence.observations("benchmark") == (
        (BoxObservation((10, 20, 20, 30), 0.5, 1),),
        (),
        (),
    )


def test_a_bare_name_is_a_file_beside_the_benchmarks(folder: Path, sequence: Sequence) -> None:
    (folder / "det" / "mine.txt").write_text("2,-1,1,1,5,5,0.25\n")
    assert [len(frame) for frame in sequence.observations("mine")] == [0, 1, 0]


def test_a_folder_or_a_file_may_be_given(tmp_path: Path, sequence: Sequence) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    file = mine / f"{sequence.name}.txt"
    file.write_text("2,-1,1,1,5,5,0.25\n")
    assert sequence.observations(str(mine)) == sequence.observations(str(file))


def test_a_folder_in_the_way_does_not_hide_what_the_benchmark_ships(
    tmp_path: Path, sequence: Sequence, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("benchmark", "det"):
        (tmp_path / "here" / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    assert sequence.observations("det") == sequence.observations("benchmark")


def test_an_unknown_name_is_answered_with_the_known_ones(folder: Path, sequence: Sequence) -> None:
    (folder / "det" / "mine.txt").touch()
    with pytest.raises(UniTrackError, match=r"yours\.txt: is missing") as fault:
        sequence.observations("yours")
    assert fault.value.mend.endswith("or one of: det, mine.")


@pytest.mark.parametrize("source", ["nowhere/file.txt", "empty"])
def test_an_absent_path_is_named(
    tmp_path: Path, sequence: Sequence, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UniTrackError, match="cannot be read"):
        sequence.observations(source)


def test_private_detections_are_read_when_asked_for(folder: Path) -> None:
    (folder / "det" / "mine.txt").write_text("2,1,1,5,5,0.25\n")
    (sequence,) = mot17(folder.parent, None, MotDataSettings(columns="private")).sequences()
    assert [len(frame) for frame in sequence.observations("mine")] == [0, 1, 0]


def test_the_fingerprint_changes_with_images_and_observations(
    folder: Path, sequence: Sequence
) -> None:
    prints = [sequence.fingerprint("benchmark"), sequence.fingerprint("oracle")]
    assert sequence.fingerprint("benchmark") == prints[0]
    (folder / "det" / "det.txt").write_text("1,-1,11,21,10,10,0.6\n")
    prints.append(sequence.fingerprint("benchmark"))
    (folder / "img1" / "000002.png").write_bytes(b"other")
    prints.append(sequence.fingerprint("benchmark"))
    assert len(set(prints)) == len(prints)
    assert all(len(bytes.fromhex(digest)) == 32 for digest in prints)


def test_the_fingerprint_of_an_absent_source_is_an_error(sequence: Sequence) -> None:
    with pytest.raises(UniTrackError, match="is missing"):
        sequence.fingerprint("absent")


def test_what_is_written_is_read_back(tmp_path: Path, folder: Path, sequence: Sequence) -> None:
    dataset = mot17(folder.parent, None, SETTINGS)
    tracked = TrackedObject(4, BoxObservation((10, 20, 20, 30), 1.0, 1))
    result = SequenceResult(sequence.name, ((tracked,), (), ()))
    dataset.write(result, tmp_path / "out")
    assert dataset.read(sequence, tmp_path / "out") == result
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["MOT17-02-FRCNN.txt"]


def test_a_sequence_without_output_still_has_a_file(tmp_path: Path, sequence: Sequence) -> None:
    dataset = mot17(tmp_path, None, SETTINGS)
    dataset.write(SequenceResult(sequence.name, ((),) * 3), tmp_path / "out")
    assert (tmp_path / "out" / f"{sequence.name}.txt").read_bytes() == b""
    assert dataset.read(sequence, tmp_path / "out").frames == ((), (), ())


def test_an_absent_result_is_named(tmp_path: Path, sequence: Sequence) -> None:
    with pytest.raises(UniTrackError, match=r"MOT17-02-FRCNN\.txt: cannot be read"):
        mot17(tmp_path, None, SETTINGS).read(sequence, tmp_path / "nowhere")


@pytest.mark.parametrize("year", [mot16, mot17, mot20])
def test_years_with_classes_open_alike(
    folder: Path, year: Callable[[Path, str | None, MotDataSettings], Dataset]
) -> None:
    (sequence,) = year(folder.parent, None, SETTINGS).sequences()
    assert sequence.truth is not None
    assert [known.observation.label for known in sequence.truth[0]] == [1, 8]


def test_synthetic_sequences_have_the_same_layout(folder: Path) -> None:
    (sequence,) = synthetic_mot(folder.parent, None, object()).sequences()
    assert sequence.truth is not None


def test_the_year_2015_has_no_classes(tmp_path: Path) -> None:
    sequence_folder(tmp_path, "TUD-Campus", images=1, length=None, truth=("1,3,1,1,5,5,1,9,9,9",))
    (sequence,) = mot15(tmp_path, None, SETTINGS).sequences()
    assert sequence.truth is not None
    ((known,),) = sequence.truth
    assert (known.id, known.observation.label, known.observation.score) == (3, 1, 1.0)


def test_settings_take_no_unknown_columns() -> None:
    with pytest.raises(ValidationError):
        MotDataSettings.model_validate({"columns": "voc"})
    with pytest.raises(ValidationError):
        MotDataSettings.model_validate({"colums": "private"})


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "length", "size", "rows", "uncounted"),
    [
        ("PETS09-S2L1", 150, (576, 768), 873, 4),
        ("TUD-Stadtmitte", 10, (480, 640), None, None),
        ("KITTI-17", 20, (370, 1224), None, 65),
    ],
)
def test_real_clips_of_2015_are_read(
    data_root: Path,
    name: str,
    length: int,
    size: tuple[int, int],
    rows: int | None,
    uncounted: int | None,
) -> None:
    clips = {one.name: one for one in mot15(data_root / "clips/mot15", None, SETTINGS).sequences()}
    clip = clips[name]
    assert (clip.length, clip.size) == (length, size)
    assert clip.truth is not None
    known = [one for frame in clip.truth for one in frame]
    assert rows in (None, len(known))
    assert uncounted in (None, sum(not one.counted for one in known))
    assert next(iter(clip.frames())).image.shape == (*size, 3)
    for source in ("benchmark", "det_frcnn_sort", "oracle"):
        assert any(clip.observations(source))


@pytest.mark.data
def test_a_real_clip_of_2016_has_distractors(data_root: Path) -> None:
    (clip,) = mot16(data_root / "clips/mot16", None, SETTINGS).sequences()
    assert (clip.name, clip.length, clip.size, clip.fps) == ("MOT16-09", 12, (1080, 1920), 30.0)
    assert clip.truth is not None
    known = [one for frame in clip.truth for one in frame]
    assert len(known) == 148
    assert {one.observation.label for one in known} > {1}
    assert all(any(frame) for frame in clip.observations("benchmark"))


@pytest.mark.data
@pytest.mark.parametrize("tracker", ["YOLO_KF", "DiffMOT"])
def test_files_of_other_trackers_are_read(data_root: Path, tracker: str) -> None:
    top = data_root / "reference/mot17_trackeval"
    dataset = mot17(top / "gt/mot_challenge", "train", SETTINGS)
    folder = top / "trackers/mot_challenge/MOT17-train" / tracker / "data"
    for sequence in dataset.sequences():
        lines = (folder / f"{sequence.name}.txt").read_text().splitlines()
        found = dataset.read(sequence, folder)
        assert len(found.frames) == sequence.length
        assert sum(map(len, found.frames)) == len(lines)
