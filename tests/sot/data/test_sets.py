"""TC128, TLP, LaSOT and TrackingNet: what each has of its own."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import unitrack
from tests.sot.data import made
from unitrack.data.base import Dataset, Sequence, Submittable
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, SequenceResult, TrackedObject
from unitrack_sot.data.lasot import lasot
from unitrack_sot.data.lasot_tables import CLASSES, TEST
from unitrack_sot.data.tc128 import tc128
from unitrack_sot.data.tlp import tlp
from unitrack_sot.data.trackingnet import trackingnet


def only(dataset: Dataset) -> Sequence:
    (video,) = dataset.sequences()
    return video


def lengths(dataset: Dataset) -> list[int]:
    return [video.length for video in dataset.sequences()]


def counted(video: Sequence) -> list[bool]:
    assert video.truth is not None
    return [frame[0].counted for frame in video.truth]


def boxes(video: Sequence) -> list[tuple[float, float, float, float]]:
    assert video.truth is not None
    return [frame[0].observation.box for frame in video.truth]


def test_tc128_runs_the_frames_that_its_file_names(tmp_path: Path) -> None:
    made.tc128(tmp_path)
    video = only(tc128(tmp_path, None, None))
    assert (video.name, video.length) == ("Yo_yos_ce3", 4)
    assert [frame.name for frame in video.frames()] == ["0002", "0003", "0004", "0005"]
    assert boxes(video)[0] == (4, 9, 16, 25)


def test_two_objects_in_a_folder_of_tc128_are_two_sequences(tmp_path: Path) -> None:
    folder = made.tc128(tmp_path)
    for name in ("Jogging1", "Jogging2"):
        made.boxes(folder.parent / "Jogging" / f"{name}_gt.txt", map(made.box, range(3)))
    names = [video.name for video in tc128(tmp_path, None, None).sequences()]
    assert names == ["Jogging1", "Jogging2", "Yo_yos_ce3"]


def test_what_tc128_has_from_otb_can_be_left_out(tmp_path: Path) -> None:
    folder = made.tc128(tmp_path)
    for name in ("Jogging1", "Crossing", "Ball_ce1"):
        made.boxes(folder.parent / name / f"{name}_gt.txt", map(made.box, range(3)))
    names = [video.name for video in tc128(tmp_path, "without_otb", None).sequences()]
    assert names == ["Ball_ce1", "Yo_yos_ce3"]


def test_tc128_of_nothing_but_otb_is_refused_without_otb(tmp_path: Path) -> None:
    made.boxes(tmp_path / "Deer" / "Deer_gt.txt", map(made.box, range(3)))
    with pytest.raises(UniTrackError, match="that OTB does not have"):
        tc128(tmp_path, "without_otb", None)


@pytest.mark.parametrize("text", ["7", "7,2", "1.5,3", "a,b", "1,2\n3,4"])
def test_a_strange_range_of_frames_is_refused(tmp_path: Path, text: str) -> None:
    file = made.tc128(tmp_path) / "Yo-yos_ce3_frames.txt"
    file.write_text(text)
    with pytest.raises(UniTrackError) as fault:
        tc128(tmp_path, None, None)
    assert str(file) in fault.value.where


def test_tlp_says_where_the_object_is_lost(tmp_path: Path) -> None:
    made.tlp(tmp_path)
    made.tlp(tmp_path, "MotorcycleChase")
    videos = tlp(tmp_path, None, None).sequences()
    assert [video.name for video in videos] == ["MotorcycleChase", "Bike"]  # the benchmark's order
    assert counted(videos[1]) == [True, True, False, True]
    assert boxes(videos[1])[1] == (6, 9, 18, 25)


def test_tiny_tlp_is_the_beginning_of_each_video(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unitrack_sot.data.tlp._TINY_FRAMES", 3)
    made.tlp(tmp_path, "Bike", count=5)
    made.tlp(tmp_path, "Lion", count=2, lost=[1])
    lion, bike = tlp(tmp_path, "tiny", None).sequences()
    assert (lion.length, bike.length) == (2, 3)
    assert [frame.name for frame in bike.frames()] == ["00001", "00002", "00003"]
    assert (counted(lion), counted(bike)) == ([True, False], [True, True, False])
    assert lengths(tlp(tmp_path, None, None)) == [2, 5]


def test_tiny_tlp_is_as_long_without_images(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unitrack_sot.data.tlp._TINY_FRAMES", 3)
    for image in (made.tlp(tmp_path, count=5) / "img").iterdir():
        image.unlink()
    assert only(tlp(tmp_path, "tiny", None)).length == 3


def test_a_folder_of_tlp_without_boxes_is_passed_over(tmp_path: Path) -> None:
    made.tlp(tmp_path)
    made.images(tmp_path / "CarChase4" / "img", ["00001.jpg"])
    assert only(tlp(tmp_path, None, None)).name == "Bike"


def test_a_frame_of_tlp_that_is_left_out_is_named(tmp_path: Path) -> None:
    file = made.tlp(tmp_path) / "groundtruth_rect.txt"
    file.write_text("1,5,5,5,5,0\n3,5,5,5,5,0\n4,5,5,5,5,0\n5,5,5,5,5,0\n")
    with pytest.raises(UniTrackError, match="is of frame 3, not 2") as fault:
        _ = only(tlp(tmp_path, None, None)).truth
    assert fault.value.where == f"{file}:2"


def test_lasots_lists_are_whole() -> None:
    assert len(CLASSES) == len(set(CLASSES)) == 70
    assert len(TEST) == len(set(TEST)) == 280
    assert "rubicCube-1" in TEST


@pytest.mark.parametrize("above", ["", "LaSOTBenchmark", "airplane"])
def test_lasot_is_found_in_its_classes(tmp_path: Path, above: str) -> None:
    made.lasot(tmp_path / above)
    video = only(lasot(tmp_path, None, None))
    assert (video.name, video.length) == ("airplane-1", 4)
    assert boxes(video)[0] == (4, 9, 16, 25)


def test_where_lasot_hides_the_object_nothing_counts(tmp_path: Path) -> None:
    folder = made.lasot(tmp_path, gone=[1])
    (folder / "full_occlusion.txt").write_text("0,0,1,0\n")
    assert counted(only(lasot(tmp_path, None, None))) == [True, False, False, True]


def test_lasots_defective_boxes_do_not_count(tmp_path: Path) -> None:
    """tiger-6, lion-5 and microphone-6 have a negative height, or no extent."""
    folder = made.lasot(tmp_path)
    made.boxes(
        folder / "groundtruth.txt", [made.box(0), (9, 9, 5, -3), (1, 1, -1, -1), (1, 1, 0, 0)]
    )
    video = only(lasot(tmp_path, None, None))
    assert counted(video) == [True, False, False, False]
    assert all(x1 <= x2 and y1 <= y2 for x1, y1, x2, y2 in boxes(video))


@pytest.mark.parametrize("text", ["0,1,0", "0,1,0,2", "0,0,0,0,0"])
def test_flags_of_lasot_that_do_not_fit_are_refused(tmp_path: Path, text: str) -> None:
    file = made.lasot(tmp_path) / "out_of_view.txt"
    file.write_text(text)
    with pytest.raises(UniTrackError, match="for 4 frames") as fault:
        _ = only(lasot(tmp_path, None, None)).truth
    assert fault.value.where == str(file)


def test_lasots_splits_select(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("airplane-2", "airplane-13", "zebra-10", "airplane-9"):
        made.lasot(tmp_path, name)
    with caplog.at_level(logging.WARNING, "unitrack"):
        test = [video.name for video in lasot(tmp_path, "test", None).sequences()]
        train = [video.name for video in lasot(tmp_path, "train", None).sequences()]
    assert (test, train) == (["airplane-9", "airplane-13", "zebra-10"], ["airplane-2"])
    assert [r.getMessage().partition(": ")[2] for r in caplog.records] == [
        "277 of 280 sequences of the split test are absent",
        "1119 of 1120 sequences of the split train are absent",
    ]


@pytest.mark.data
def test_a_real_video_of_lasot_is_read(data_root: Path) -> None:
    root = data_root / "clips" / "lasot"
    video = only(lasot(root, None, None))
    assert (video.name, video.length, video.size) == ("airplane-1", 60, (360, 640))
    assert boxes(video)[0] == (366, 100, 407, 116)
    assert all(counted(video))
    assert set((root / "testing_set.txt").read_text().split()) <= set(TEST)


@pytest.mark.parametrize("root", ["", "TEST", "set"])
def test_trackingnets_test_videos_have_their_first_box_only(tmp_path: Path, root: str) -> None:
    made.trackingnet(tmp_path / ("set" if root == "set" else ""))
    video = only(trackingnet(tmp_path / ("TEST" if root == "TEST" else ""), None, None))
    assert (video.name, video.length, video.truth) == ("a-B_0", 12, None)
    assert video.observations("benchmark")[0][0].box == (5, 10, 17, 26)  # 0-based
    assert [frame.name for frame in video.frames()] == [str(k) for k in range(12)]


def test_trackingnets_training_videos_are_taken_where_no_split_is_named(tmp_path: Path) -> None:
    made.trackingnet(tmp_path)
    made.trackingnet(tmp_path, "TRAIN_0", "c_0", 3)
    made.trackingnet(tmp_path, "TRAIN_11", "d_0", 3)
    names = {
        split: [video.name for video in trackingnet(tmp_path, split, None).sequences()]
        for split in (None, "train", "test")
    }
    assert names == {None: ["c_0", "d_0"], "train": ["c_0", "d_0"], "test": ["a-B_0"]}
    assert counted(trackingnet(tmp_path, None, None).sequences()[0]) == [True] * 3


def test_trackingnets_archive_holds_every_video_as_the_server_wants_it(tmp_path: Path) -> None:
    for name in ("a-B_0", "Z_1"):
        made.trackingnet(tmp_path / "set", name=name)
        rows = [(k, 1, 2, 3) for k in range(12)]
        made.boxes(tmp_path / "results" / f"{name}.txt", rows, "\t")
    archive = tmp_path / "mine.zip"
    unitrack.submit(tmp_path / "results", "trackingnet", archive, root=tmp_path / "set")
    with zipfile.ZipFile(archive) as opened:
        assert sorted(opened.namelist()) == ["Z_1.txt", "a-B_0.txt"]
        rows = np.loadtxt(opened.open("Z_1.txt"), delimiter=",").tolist()
    assert rows == [[k, 1, 2, 3] for k in range(12)]


def test_an_archive_without_every_video_is_not_written(tmp_path: Path) -> None:
    made.trackingnet(tmp_path / "set")
    (tmp_path / "results").mkdir()
    dataset = trackingnet(tmp_path / "set", None, None)
    assert isinstance(dataset, Submittable)
    with pytest.raises(UniTrackError, match="is missing"):
        dataset.submit(tmp_path / "results", tmp_path / "mine.zip")
    assert not (tmp_path / "mine.zip").exists()


@pytest.mark.parametrize("name", ["otb100", "lasot"])
def test_a_benchmark_without_a_server_takes_no_archive(tmp_path: Path, name: str) -> None:
    makers: dict[str, Callable[[Path], object]] = {
        "otb100": made.otb,
        "lasot": made.lasot,
    }
    makers[name](tmp_path / "set")
    with pytest.raises(UniTrackError, match="has no server"):
        unitrack.submit(tmp_path, name, tmp_path / "mine.zip", root=tmp_path / "set")


@pytest.mark.parametrize(("name", "origin"), [("trackingnet", 0), ("lasot", 1), ("tlp", 1)])
def test_the_first_line_of_a_result_is_the_given_box_in_the_files_own_count(
    tmp_path: Path, name: str, origin: int
) -> None:
    makers: dict[str, Callable[[Path], object]] = {
        "trackingnet": made.trackingnet,
        "lasot": made.lasot,
        "tlp": made.tlp,
    }
    makers[name](tmp_path / "set")
    dataset = unitrack.dataset(name, root=tmp_path / "set")
    video = only(dataset)
    there = (TrackedObject(1, BoxObservation((5.0, 10.0, 17.0, 26.0))),)
    dataset.write(SequenceResult(video.name, (there,) * video.length), tmp_path)
    first = (tmp_path / f"{video.name}.txt").read_text().splitlines()[0]
    assert first == f"{5 + origin}.0000,{10 + origin}.0000,12.0000,16.0000"
