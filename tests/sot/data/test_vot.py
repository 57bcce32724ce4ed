from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import pytest

import unitrack
from tests.sot.data import made
from unitrack.data.base import Dataset, Supervised
from unitrack.data.select import select
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, Observation, SequenceResult, Target, TrackedObject
from unitrack_sot.data.polygon import PolygonObservation
from unitrack_sot.data.restart import Failure
from unitrack_sot.data.settings import VotSettings
from unitrack_sot.data.vot import VotSequence, vot


def opened(root: Path, protocol: str = "supervised") -> Dataset:
    return vot(root, None, VotSettings.model_validate({"protocol": protocol}))


def only(dataset: Dataset) -> VotSequence:
    (video,) = dataset.sequences()
    assert isinstance(video, VotSequence)
    return video


def diamond(index: int) -> PolygonObservation:
    values = made.diamond(index)
    return PolygonObservation(tuple(zip(values[::2], values[1::2], strict=True)))


def read(dataset: Dataset, folder: Path) -> list[Observation | None]:
    frames = dataset.read(only(dataset), folder).frames
    return [frame[0].observation if frame else None for frame in frames]


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("above", ["", "sequences"])
def test_images_lie_in_color_or_beside_the_annotation(
    tmp_path: Path, colour: bool, above: str
) -> None:
    made.vot(tmp_path / above, colour=colour)
    video = only(opened(tmp_path))
    assert (video.name, video.length, video.size) == ("bag", 6, made.SIZE)
    assert len(list(video.frames())) == 6


def test_truth_is_the_region_in_a_supervised_run_and_its_box_in_one_pass(tmp_path: Path) -> None:
    made.vot(tmp_path)
    supervised, one_pass = (only(opened(tmp_path, p)) for p in ("supervised", "one_pass"))
    assert supervised.truth is not None
    assert one_pass.truth is not None
    assert supervised.truth[1][0].observation == diamond(1)
    assert one_pass.truth[1][0].observation == BoxObservation((14.0, 10.0, 30.0, 26.0))


def test_a_supervised_run_starts_from_the_regions_area_and_one_pass_from_its_box(
    tmp_path: Path,
) -> None:
    made.vot(tmp_path)
    supervised, one_pass = (
        list(only(opened(tmp_path, protocol)).observations("benchmark")[0][0].box)
        for protocol in ("supervised", "one_pass")
    )
    assert one_pass == [12, 10, 28, 26]
    half = (128**0.5 + 1) / 2  # the diamond's area is 128; one pixel is added
    assert supervised == pytest.approx([20 - half, 18 - half, 20 + half, 18 + half])


def test_an_annotation_may_be_upright_boxes(tmp_path: Path) -> None:
    made.boxes(made.vot(tmp_path) / "groundtruth.txt", [made.box(k) for k in range(6)])
    truth = only(opened(tmp_path)).truth
    assert truth is not None
    assert truth[0][0].observation.box == (5, 10, 17, 26)


def test_the_order_is_that_of_the_list(tmp_path: Path) -> None:
    for name in ("zebra", "ants", "bag"):
        made.vot(tmp_path, name)
    made.lines(tmp_path / "list.txt", ["zebra", "bag", "ants"])
    assert [video.name for video in opened(tmp_path).sequences()] == ["zebra", "bag", "ants"]


def test_the_file_called_sequence_states_rate_and_size(tmp_path: Path) -> None:
    folder = made.vot(tmp_path)
    made.lines(folder / "sequence", ["name=bag", "fps=25", "width=320", "height=240", "format=x"])
    for image in (folder / "color").iterdir():
        image.unlink()
    video = only(opened(tmp_path))
    assert (video.fps, video.size, video.length) == (25, (240, 320), 6)


def test_tags_are_read_per_frame_and_padded(tmp_path: Path) -> None:
    folder = made.vot(tmp_path)
    made.lines(folder / "occlusion.tag", "0110")
    made.lines(folder / "size_change.label", "1" * 9)
    tags = only(opened(tmp_path)).tags
    assert {name: flags.astype(int).tolist() for name, flags in tags.items()} == {
        "occlusion": [0, 1, 1, 0, 0, 0],
        "size_change": [1] * 6,
    }


def test_a_tag_that_is_no_flag_is_refused(tmp_path: Path) -> None:
    made.lines(made.vot(tmp_path) / "occlusion.tag", ["0", "yes"])
    with pytest.raises(UniTrackError, match="other than 0 and 1"):
        _ = only(opened(tmp_path)).tags


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("1,2,3,4,5,6,7", "has 7 numbers"),
        ("1,2", "has 2 numbers"),
        ("nan,nan,nan,nan", "not finite"),
        ("1,2,3,4,5,6,7,inf", "not finite"),
        ("a,b,c,d", "no number"),
    ],
)
def test_a_region_of_another_form_is_refused(tmp_path: Path, line: str, what: str) -> None:
    file = made.lines(made.vot(tmp_path) / "groundtruth.txt", ["1,1,5,5", line])
    with pytest.raises(UniTrackError, match=what) as fault:
        only(opened(tmp_path)).observations("benchmark")
    assert fault.value.where == f"{file}:2"


def test_a_run_is_written_with_the_codes_of_what_happened(tmp_path: Path) -> None:
    made.vot(tmp_path / "set")
    dataset = opened(tmp_path / "set")
    happened: list[Observation | None] = [
        Target(1, diamond(0)),
        BoxObservation((1.0, 2.0, 4.0, 6.5)),
        Failure((1.0, 1.0, 2.0, 2.0)),
        None,
        Target(1, diamond(4)),
        diamond(5),
    ]
    frames = tuple((TrackedObject(1, seen),) if seen else () for seen in happened)
    dataset.write(SequenceResult("bag", frames), tmp_path)
    assert (tmp_path / "bag" / "bag_001.txt").read_text().splitlines() == [
        "1",
        "1.0000,2.0000,3.0000,4.5000",
        "2",
        "0",
        "1",
        "30.0000,10.0000,38.0000,18.0000,30.0000,26.0000,22.0000,18.0000",
    ]
    back = read(dataset, tmp_path)
    last = Failure((1.0, 2.0, 4.0, 6.5))  # the file does not say where it was
    assert back == [*happened[:2], last, *happened[3:]]


def test_other_tools_files_are_read(tmp_path: Path) -> None:
    """Codes with decimals, regions with many corners, no folder of its own."""
    made.vot(tmp_path / "set")
    rows = ["1.0000", "1,2,3,4", "0,0,4,0,4,4,2,6,0,4", "2", "0", "0"]
    made.lines(tmp_path / "results" / "bag.txt", rows)
    found = read(opened(tmp_path / "set"), tmp_path / "results")
    assert found[0] == Target(1, diamond(0))
    assert found[2] == PolygonObservation(
        ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (2.0, 6.0), (0.0, 4.0))
    )
    assert isinstance(found[3], Failure)
    assert found[4:] == [None, None]


def test_in_one_pass_regions_are_their_boxes(tmp_path: Path) -> None:
    made.vot(tmp_path / "set")
    rows = ["1", *["0,2,4,0,8,2,4,4"] * 5]
    made.lines(tmp_path / "results" / "bag" / "bag_001.txt", rows)
    found = read(opened(tmp_path / "set", "one_pass"), tmp_path / "results")
    assert found[1:] == [BoxObservation((0.0, 0.0, 8.0, 4.0))] * 5


@pytest.mark.parametrize(
    ("protocol", "folder", "region"),
    [
        ("supervised", "baseline", "0.0000,2.0000,4.0000,0.0000,8.0000,2.0000"),
        ("one_pass", "unsupervised", "0.0000,0.0000,8.0000,2.0000"),
    ],
)
def test_an_archive_has_the_folders_of_the_toolkit(
    tmp_path: Path, protocol: str, folder: str, region: str
) -> None:
    made.vot(tmp_path / "set")
    made.lines(tmp_path / "results" / "bag.txt", ["1", *["0,2,4,0,8,2"] * 5])
    archive = tmp_path / "mine.zip"
    settings = {"protocol": protocol}
    unitrack.submit(
        tmp_path / "results", "vot2016", archive, root=tmp_path / "set", data_settings=settings
    )
    with zipfile.ZipFile(archive) as opened_archive:
        (name,) = opened_archive.namelist()
        lines = opened_archive.read(name).decode().splitlines()
    assert name == f"{folder}/bag/bag_001.txt"
    assert lines == ["1", *[region] * 5]


@pytest.mark.parametrize(("line", "what"), [("3", "says nothing"), ("nan", "says nothing")])
def test_an_unknown_code_is_refused(tmp_path: Path, line: str, what: str) -> None:
    made.vot(tmp_path / "set")
    file = made.lines(tmp_path / "results" / "bag.txt", ["1", line, *["0"] * 4])
    with pytest.raises(UniTrackError, match=what) as fault:
        read(opened(tmp_path / "set"), tmp_path / "results")
    assert fault.value.where == f"{file}:2"


def test_a_shorter_trajectory_is_refused_and_a_longer_one_cut(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made.vot(tmp_path / "set")
    dataset = opened(tmp_path / "set")
    made.lines(tmp_path / "results" / "bag.txt", ["1"] * 5)
    with pytest.raises(UniTrackError, match="holds 5 frames, but bag has 6"):
        read(dataset, tmp_path / "results")
    made.lines(tmp_path / "results" / "bag.txt", ["1"] * 8)
    with caplog.at_level(logging.WARNING, "unitrack"):
        assert len(read(dataset, tmp_path / "results")) == 6
    assert "the last 2 lines" in caplog.records[0].getMessage()


def test_only_a_supervised_run_has_a_supervisor(tmp_path: Path) -> None:
    made.vot(tmp_path)
    for protocol, there in (("supervised", True), ("one_pass", False)):
        video = select(only(opened(tmp_path, protocol)), limit=4)
        assert isinstance(video, Supervised)
        assert video.truth is not None
        assert (video.supervisor(video.truth) is not None) == there


def test_the_fingerprint_of_a_supervised_run_follows_the_whole_annotation(tmp_path: Path) -> None:
    folder = made.vot(tmp_path)
    before = only(opened(tmp_path)).fingerprint("benchmark")
    rows = [made.diamond(0), *[made.diamond(9)] * 5]
    made.boxes(folder / "groundtruth.txt", rows)
    assert only(opened(tmp_path)).fingerprint("benchmark") != before


@pytest.mark.data
def test_a_real_video_is_read_whatever_corner_comes_first(data_root: Path) -> None:
    video = only(opened(data_root / "clips" / "vot", "one_pass"))
    assert (video.name, video.length, video.size) == ("bag", 100, (360, 480))
    assert video.truth is not None
    boxes = [frame[0].observation.box for frame in video.truth]
    assert boxes[0] == pytest.approx((292.23, 128.36, 438.19, 260.83))
    assert boxes[1] == pytest.approx((254.0, 110.38, 399.31, 248.34))
    assert set(video.tags) == {
        "camera_motion", "illum_change", "motion_change", "occlusion", "size_change",
    }  # fmt: skip
