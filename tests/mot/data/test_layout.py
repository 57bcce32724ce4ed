from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PIL import Image

from tests.mot.data.made import SIZE, sequence_folder
from unitrack.errors import UniTrackError
from unitrack_mot.data.layout import find_sequences, read_info
from unitrack_mot.data.splits import MOT15, MOT16, MOT17, MOT20, SYNTHETIC

GT = ("1,1,1,1,5,5,1,1,1",)


def names(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


@pytest.mark.parametrize(
    "holder",
    [
        "",
        "train",
        "images/train",
        "MOT17-train",
        "MOT17/train",
        "MOT17/images/train",
        "MOT17/MOT17-train",
    ],
)
@pytest.mark.parametrize("split", [None, "train"])
def test_the_root_may_hold_the_sequences_or_what_holds_them(
    tmp_path: Path, holder: str, split: str | None
) -> None:
    folder = sequence_folder(tmp_path / holder, truth=GT)
    assert find_sequences(MOT17, tmp_path, split) == [folder]


@pytest.mark.parametrize("top", ["2DMOT2015", "MOT15"])
def test_the_folder_of_2015_has_had_two_names(tmp_path: Path, top: str) -> None:
    folder = sequence_folder(tmp_path / top / "train", "TUD-Campus", truth=GT)
    assert find_sequences(MOT15, tmp_path, None) == [folder]


@pytest.mark.parametrize("holder", ["", "train"])
def test_the_root_may_be_the_split_itself(tmp_path: Path, holder: str) -> None:
    folder = sequence_folder(tmp_path / "train", truth=GT)
    assert find_sequences(MOT17, tmp_path / holder, "train") == [folder]


def test_one_sequence_suffices(tmp_path: Path) -> None:
    sequence_folder(tmp_path, "Street-1", detections=("1,-1,1,1,5,5,1",), length=None)
    assert names(find_sequences(MOT16, tmp_path, None)) == ["Street-1"]


def test_annotated_sequences_are_taken_before_others(tmp_path: Path) -> None:
    sequence_folder(tmp_path / "train", "MOT16-02", truth=GT)
    sequence_folder(tmp_path / "test", "MOT16-01")
    assert names(find_sequences(MOT16, tmp_path, None)) == ["MOT16-02"]


def test_without_any_annotation_all_are_taken(tmp_path: Path) -> None:
    for name in ("MOT16-03", "MOT16-01"):
        sequence_folder(tmp_path, name)
    assert names(find_sequences(MOT16, tmp_path, None)) == ["MOT16-01", "MOT16-03"]


def test_the_order_is_the_benchmarks_and_unlisted_ones_come_last(tmp_path: Path) -> None:
    for name in ("AAA", "ADL-Rundle-6", "TUD-Campus", "TUD-Stadtmitte"):
        sequence_folder(tmp_path, name, truth=GT)
    wanted = ["TUD-Stadtmitte", "TUD-Campus", "ADL-Rundle-6", "AAA"]
    assert names(find_sequences(MOT15, tmp_path, None)) == wanted


def test_a_split_selects_and_says_how_many_are_absent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("MOT20-05", "MOT20-01", "MOT20-04"):
        sequence_folder(tmp_path, name, truth=GT)
    with caplog.at_level(logging.WARNING, "unitrack"):
        assert names(find_sequences(MOT20, tmp_path, "train")) == ["MOT20-01", "MOT20-05"]
    (record,) = caplog.records
    assert "2 of 4 sequences of the split train are absent" in record.getMessage()


def test_three_detectors_of_a_video_are_three_sequences(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for detector in ("SDP", "DPM", "FRCNN"):
        sequence_folder(tmp_path, f"MOT17-02-{detector}", truth=GT)
    with caplog.at_level(logging.ERROR, "unitrack"):
        found = names(find_sequences(MOT17, tmp_path, "train"))
    assert found == ["MOT17-02-DPM", "MOT17-02-FRCNN", "MOT17-02-SDP"]


def test_the_paths_tried_are_named_when_nothing_is_there(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    with pytest.raises(UniTrackError, match="holds no sequence of mot17") as fault:
        find_sequences(MOT17, tmp_path, None)
    assert str(tmp_path / "MOT17" / "train") in fault.value.what


@pytest.mark.parametrize("split", ["val", "TRAIN"])
def test_an_unknown_split_is_answered_with_the_known_ones(tmp_path: Path, split: str) -> None:
    with pytest.raises(UniTrackError) as fault:
        find_sequences(MOT17, tmp_path, split)
    assert fault.value.mend == "Splits: train, test."


def test_a_set_without_splits_says_so(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="none; leave it out"):
        find_sequences(SYNTHETIC, tmp_path, "train")


def test_a_split_of_which_nothing_is_there_is_an_error(tmp_path: Path) -> None:
    sequence_folder(tmp_path, "MOT17-02-DPM", truth=GT)
    with pytest.raises(UniTrackError, match="holds no sequence of the split test"):
        find_sequences(MOT17, tmp_path, "test")


def test_facts_come_from_seqinfo(tmp_path: Path) -> None:
    info = read_info(sequence_folder(tmp_path, length=9))
    assert (info.fps, info.size, info.length) == (25.0, SIZE, 9)


@pytest.mark.parametrize(
    ("name", "fps"),
    [("TUD-Campus", 25), ("PETS09-S2L1", 7), ("AVG-TownCentre", 2.5), ("Elsewhere", 30)],
)
def test_without_seqinfo_facts_come_from_the_images_and_a_table(
    tmp_path: Path, name: str, fps: float
) -> None:
    info = read_info(sequence_folder(tmp_path, name, images=2, length=None))
    assert (info.fps, info.size, info.length) == (fps, SIZE, 2)


def test_a_sequence_is_as_long_as_its_annotation(tmp_path: Path) -> None:
    folder = sequence_folder(tmp_path, "ETH-Pedcross2", images=1, length=None)
    for number in range(2, 841):
        (folder / "img1" / f"{number:06d}.png").touch()
    assert read_info(folder).length == 837


def test_neither_seqinfo_nor_images_is_an_error(tmp_path: Path) -> None:
    folder = sequence_folder(tmp_path, truth=GT, length=None)
    with pytest.raises(UniTrackError, match=r"has neither seqinfo\.ini nor images"):
        read_info(folder)


def test_a_first_image_that_is_none_is_named(tmp_path: Path) -> None:
    folder = sequence_folder(tmp_path, images=1, length=None)
    (folder / "img1" / "000001.png").write_text("<html>")
    with pytest.raises(UniTrackError, match="cannot be decoded"):
        read_info(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[Sequence]", "Sequence"),
        ("[Sequence]", "[sequence]"),
        ("frameRate=25\n", ""),
        ("seqLength=3", "seqLength=three"),
        ("seqLength=3", "seqLength=0"),
        ("imWidth=64", "imWidth=-64"),
        ("frameRate=25", "frameRate=nan"),
    ],
)
def test_a_malformed_seqinfo_is_named(tmp_path: Path, old: str, new: str) -> None:
    file = sequence_folder(tmp_path) / "seqinfo.ini"
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(UniTrackError) as fault:
        read_info(file.parent)
    assert fault.value.where == str(file)


@pytest.mark.parametrize("content", [b"\xff\xfe[\x00S\x00", b"\x80"])
def test_a_seqinfo_in_another_encoding_is_named(tmp_path: Path, content: bytes) -> None:
    file = sequence_folder(tmp_path) / "seqinfo.ini"
    file.write_bytes(content)
    with pytest.raises(UniTrackError) as fault:
        read_info(file.parent)
    assert fault.value.where == str(file)


def test_png_and_jpg_are_both_accepted(tmp_path: Path) -> None:
    folder = sequence_folder(tmp_path, images=1, length=None)
    Image.new("RGB", SIZE[::-1]).save(folder / "img1" / "000002.jpg")
    assert read_info(folder).length == 2
