from __future__ import annotations

import logging
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.mot.data.made import sequence_folder
from tests.mot.data.made_masks import SIZE, box_mask, line, mask_file, write_images
from unitrack.cli.main import main
from unitrack.data.base import Submittable
from unitrack.errors import UniTrackError
from unitrack.types import MaskObservation, SequenceResult, TrackedObject
from unitrack_mot.data.mots import kitti_mots, mots, synthetic_mots

ONE = box_mask(2, 5, 10, 10)
REGION = box_mask(0, 30, 60, 10, label=10)


def _kitti(root: Path, name: str = "0002", images: int = 3) -> Path:
    write_images(root / "image_02" / name, images)
    lines = [line(0, 2001, ONE), line(2, 2001, ONE), line(2, 10000, REGION)]
    mask_file(root / "instances_txt" / f"{name}.txt", *lines)
    return root


def test_kitti_is_found_at_three_depths_and_counts_frames_from_zero(tmp_path: Path) -> None:
    training = _kitti(tmp_path / "kitti" / "training")
    for root in (training, training.parent):
        (video,) = kitti_mots(root, None, None).sequences()
        assert (video.name, video.fps, video.size, video.length) == ("0002", 10.0, SIZE, 3)
        assert video.truth is not None
        assert [[t.id for t in frame] for frame in video.truth] == [[1], [], [1, 10000]]
        assert [frame.name for frame in video.frames()] == ["000000", "000001", "000002"]


def test_kitti_takes_pictures_as_annotation_and_jpeg_as_images(tmp_path: Path) -> None:
    write_images(tmp_path / "image_02" / "0002", 2, suffix=".jpg")
    pixels = np.zeros(SIZE, np.uint16)
    pixels[ONE.mask] = 2001
    (tmp_path / "instances" / "0002").mkdir(parents=True)
    Image.fromarray(pixels).save(tmp_path / "instances" / "0002" / "000001.png")
    (video,) = kitti_mots(tmp_path, None, None).sequences()
    assert video.truth is not None
    assert [[t.observation for t in frame] for frame in video.truth] == [[], [ONE]]


def test_without_images_the_benchmark_says_how_long_a_sequence_is(tmp_path: Path) -> None:
    mask_file(tmp_path / "instances_txt" / "0012.txt", line(3, 2001, ONE))
    mask_file(tmp_path / "instances_txt" / "mine.txt", line(3, 2001, ONE))
    known, unknown = kitti_mots(tmp_path, None, None).sequences()
    assert (known.length, known.size) == (78, SIZE)
    assert unknown.length == 4


def test_a_cut_sequence_is_as_long_as_its_images(tmp_path: Path) -> None:
    (video,) = kitti_mots(_kitti(tmp_path), None, None).sequences()
    assert video.length == 3


def test_splits_of_kitti_choose_and_never_require(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = _kitti(_kitti(tmp_path / "training"), "0000").parent
    write_images(root / "testing" / "image_02" / "0027", 2)
    with caplog.at_level(logging.WARNING, logger="unitrack"):
        names = [
            [video.name for video in kitti_mots(root, split, None).sequences()]
            for split in (None, "train", "val", "test")
        ]
    assert names == [["0000", "0002"], ["0000"], ["0002"], ["0027"]]
    assert "11 of 12 sequences of the split train are absent" in caplog.messages[0]
    (test,) = kitti_mots(root, "test", None).sequences()
    assert (test.truth, test.length) == (None, 2)
    with pytest.raises(UniTrackError, match="has no annotation, so there is no oracle"):
        test.observations("oracle")


def test_kitti_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="holds no sequence of kitti_mots"):
        kitti_mots(tmp_path, None, None)
    with pytest.raises(UniTrackError, match="no such split"):
        kitti_mots(tmp_path, "dev", None)
    root = _kitti(tmp_path, "0002")
    with pytest.raises(UniTrackError, match="holds no sequence of the split train"):
        kitti_mots(root, "train", None)
    (root / "image_02" / "0002").rename(root / "elsewhere")
    (root / "instances_txt" / "0002.txt").write_text("")
    with pytest.raises(UniTrackError, match="says nowhere how large"):
        kitti_mots(root, None, None)


def test_mots20_lies_as_motchallenge_does_and_counts_frames_from_one(tmp_path: Path) -> None:
    mask = MaskObservation.of(np.ones((48, 64), bool), label=2)
    lines = [line(1, 2001, mask).strip(), line(3, 2001, mask).strip()]
    sequence_folder(tmp_path / "MOTS" / "train", "MOTS20-02", images=3, truth=lines)
    sequence_folder(tmp_path / "MOTS" / "test", "MOTS20-01", images=3)
    dataset = mots(tmp_path, None, None)
    (video,) = dataset.sequences()
    assert (video.name, video.fps, video.length) == ("MOTS20-02", 25.0, 3)
    assert video.truth is not None
    assert [len(frame) for frame in video.truth] == [1, 0, 1]
    assert len(list(video.frames())) == 3
    (test,) = mots(tmp_path, "test", None).sequences()
    assert (test.name, test.truth) == ("MOTS20-01", None)


def test_sources_of_observations(tmp_path: Path) -> None:
    root = _kitti(tmp_path / "k")
    mask_file(root / "mine" / "0002.txt", line(1, -1, ONE))
    mask_file(tmp_path / "far" / "0002.txt", line(2, -1, ONE))
    (video,) = kitti_mots(root, None, None).sequences()
    counts = {
        source: [len(frame) for frame in video.observations(source)]
        for source in (
            "oracle", "mine", str(tmp_path / "far"), str(tmp_path / "far" / "0002.txt"),
        )
    }  # fmt: skip
    assert list(counts.values()) == [[1, 0, 1], [0, 1, 0], [0, 0, 1], [0, 0, 1]]
    assert len({video.fingerprint(source) for source in counts}) == 3
    assert video.observations("oracle")[0] == (ONE,)


def test_a_benchmark_without_detections_names_the_way_out(tmp_path: Path) -> None:
    (video,) = kitti_mots(_kitti(tmp_path), None, None).sequences()
    with pytest.raises(UniTrackError) as caught:
        video.observations("benchmark")
    first, second = str(caught.value).splitlines()
    assert first == "--observations benchmark: this benchmark ships no detections"
    assert "--observations oracle" in second
    assert "a file of masks, or a folder of <Sequence>.txt" in second
    for source in ("nobody", "no/such/folder", str(tmp_path)):
        with pytest.raises(UniTrackError, match=r"is missing|cannot be read"):
            video.observations(source)


def test_results_are_written_and_read_in_the_benchmark_s_numbers(tmp_path: Path) -> None:
    dataset = kitti_mots(_kitti(tmp_path), None, None)
    (video,) = dataset.sequences()
    result = SequenceResult("0002", ((TrackedObject(4, ONE),), (), (TrackedObject(4, ONE),)))
    dataset.write(result, tmp_path / "out")
    text = (tmp_path / "out" / "0002.txt").read_text()
    assert text == line(0, 2004, ONE) + line(2, 2004, ONE)
    assert dataset.read(video, tmp_path / "out") == result


def test_a_submission_holds_every_sequence_at_its_root(tmp_path: Path) -> None:
    dataset = kitti_mots(_kitti(_kitti(tmp_path), "0004"), None, None)
    assert isinstance(dataset, Submittable)
    dataset.write(SequenceResult("0002", ((TrackedObject(1, ONE),), (), ())), tmp_path / "out")
    archive = tmp_path / "mine.zip"
    with pytest.raises(UniTrackError, match=r"0004\.txt"):
        dataset.submit(tmp_path / "out", archive)
    assert not archive.exists()
    dataset.write(SequenceResult("0004", ((), (), ())), tmp_path / "out")
    dataset.submit(tmp_path / "out", archive)
    with zipfile.ZipFile(archive) as packed:
        assert packed.namelist() == ["0002.txt", "0004.txt"]
        assert packed.read("0002.txt").decode() == line(0, 2001, ONE)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (line(0, 7, ONE), "object 7: the identity is not of class 2"),
        (line(0, 2001, ONE) + line(0, 2002, box_mask(6, 5, 10, 10)), "overlaps object 2001"),
    ],
)
def test_a_submission_that_the_server_would_refuse_is_refused_here(
    text: str, what: str, tmp_path: Path
) -> None:
    dataset = kitti_mots(_kitti(tmp_path), None, None)
    assert isinstance(dataset, Submittable)
    mask_file(tmp_path / "out" / "0002.txt", text)
    with pytest.raises(UniTrackError, match=what):
        dataset.submit(tmp_path / "out", tmp_path / "mine.zip")
    assert not (tmp_path / "mine.zip").exists()


def test_missing_images_are_named_when_frames_are_asked_for(tmp_path: Path) -> None:
    mask_file(tmp_path / "instances_txt" / "mine.txt", line(3, 2001, ONE))
    (video,) = kitti_mots(tmp_path, None, None).sequences()
    with pytest.raises(UniTrackError, match="holds 0 images, but mine has 4 frames"):
        video.frames()


def test_the_rendered_set_ships_its_detector(tmp_path: Path) -> None:
    mask = MaskObservation.of(np.ones((48, 64), bool), label=2)
    folder = sequence_folder(
        tmp_path, "SYNTH-01", images=1, length=1, truth=[line(1, 2001, mask).strip()]
    )
    mask_file(folder / "det" / "det.txt", line(1, -1, mask).replace("\n", " 0.8\n"))
    (video,) = synthetic_mots(tmp_path, None, None).sequences()
    assert [one.score for one in video.observations("benchmark")[0]] == [0.8]


def test_a_fault_in_a_file_ends_a_run_in_two_lines_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = _kitti(tmp_path / "k")
    cut = line(1, -1, ONE).replace(ONE.counts.decode(), ONE.counts.decode()[:-2])
    bad = mask_file(tmp_path / "bad" / "0002.txt", cut)
    code = main([
        "run", "--head", "mots", "--data", "kitti_mots", "--root", str(root), "--backbone",
        "imagenet_r18", "--weights", "random:0", "--device", "cpu", "--observations",
        str(bad.path), "--out", str(tmp_path / "out"),
    ])  # fmt: skip
    assert code == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{bad.path}:1: frame 1, object -1: its run")
    assert second.strip()
    assert not (tmp_path / "out").exists()


@pytest.mark.data
def test_the_annotation_of_kitti_reads_and_writes_back_to_the_same_lines(
    data_root: Path, tmp_path: Path
) -> None:
    root = data_root / "clips" / "kitti_mots" / "full_text"
    dataset = kitti_mots(root, None, None)
    for video, length in zip(dataset.sequences(), (233, 145), strict=True):
        assert video.length == length
        assert video.truth is not None
        frames = tuple(
            tuple(TrackedObject(t.id, t.observation) for t in frame if t.counted)
            for frame in video.truth
        )
        dataset.write(SequenceResult(video.name, frames), tmp_path)
        theirs = (root / "instances_txt" / f"{video.name}.txt").read_text().splitlines()
        ours = (tmp_path / f"{video.name}.txt").read_text().splitlines()
        assert sorted(ours) == sorted(row for row in theirs if row.split()[2] != "10")


@pytest.mark.data
def test_pictures_made_of_the_text_give_the_same_truth(data_root: Path, tmp_path: Path) -> None:
    (tmp_path / "image_02").symlink_to(data_root / "clips" / "kitti_mots" / "training" / "image_02")
    real = kitti_mots(data_root / "clips" / "kitti_mots", None, None)
    for video in real.sequences():
        folder = tmp_path / "instances" / video.name
        folder.mkdir(parents=True)
        assert video.truth is not None
        source = data_root / "clips/kitti_mots/training/instances_txt" / f"{video.name}.txt"
        numbers = [row.split() for row in source.read_text().splitlines()]
        for index in range(video.length):
            pixels = np.zeros(video.size, np.uint16)
            for row in numbers:
                if int(row[0]) == index:
                    mask = MaskObservation(video.size, row[5].encode())
                    pixels[mask.mask] = int(row[1])
            Image.fromarray(pixels).save(folder / f"{index:06d}.png")
    for video, again in zip(
        real.sequences(), kitti_mots(tmp_path, None, None).sequences(), strict=True
    ):
        assert again.truth is not None
        assert video.truth is not None
        for one, other in zip(video.truth, again.truth, strict=True):
            assert sorted(one, key=lambda t: t.id) == sorted(other, key=lambda t: t.id)
