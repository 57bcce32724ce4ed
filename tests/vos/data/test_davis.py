from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import unitrack
from tests.vos.made import SIZE, annotation, davis, labels, save, tracked, two_objects
from unitrack.data.base import Dataset, Sequence, Submittable
from unitrack.errors import UniTrackError
from unitrack.testing.memory import reachable_bytes
from unitrack.types import MaskObservation, SequenceResult, Target
from unitrack_vos.data.davis import davis2016, davis2017
from unitrack_vos.data.labels import Drawn, read_drawn
from unitrack_vos.data.sequence import MaskSequence
from unitrack_vos.data.settings import DavisSettings
from unitrack_vos.data.splits import DAVIS2016, DAVIS2017

FRAMES = [two_objects(index) for index in range(5)]
P480 = DavisSettings(resolution="480p")


def opened(root: Path, split: str | None = None, *, year: int = 2017) -> tuple[Dataset, Sequence]:
    dataset = (davis2016 if year == 2016 else davis2017)(root, split, P480)
    (sequence,) = dataset.sequences()
    return dataset, sequence


def mask(observation: object) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    assert isinstance(observation, MaskObservation)
    return observation.mask


def test_a_sequence_is_as_it_lies_on_disk(tmp_path: Path) -> None:
    _, sequence = opened(davis(tmp_path, FRAMES))
    assert (sequence.name, sequence.size, sequence.length) == ("blackswan", SIZE, 5)
    assert sequence.fps == 24
    assert [frame.name for frame in sequence.frames()] == [f"{n:05d}" for n in range(5)]
    truth = sequence.truth
    assert truth is not None
    for values, frame in zip(FRAMES, truth, strict=True):
        assert [true.id for true in frame] == [1, 3]
        for true in frame:
            np.testing.assert_array_equal(mask(true.observation), values == true.id)


def test_the_first_masks_are_given_and_nothing_else(tmp_path: Path) -> None:
    _, sequence = opened(davis(tmp_path, FRAMES))
    first, *others = sequence.observations("benchmark")
    assert others == [()] * 4
    assert [seen.id for seen in first if isinstance(seen, Target)] == [1, 3]
    np.testing.assert_array_equal(mask(first[1].observation), FRAMES[0] == 3)  # type: ignore[attr-defined]


@pytest.mark.parametrize("source", ["oracle", "det", "/nowhere"])
def test_other_observations_are_refused(tmp_path: Path, source: str) -> None:
    _, sequence = opened(davis(tmp_path, FRAMES))
    with pytest.raises(UniTrackError, match=r"first mask, and nothing else is\n  Leave out --obs"):
        sequence.observations(source)


def test_masks_are_decoded_when_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def noted(path: Path, size: tuple[int, int]) -> Drawn:
        read.append(path.name)
        return read_drawn(path, size)

    monkeypatch.setattr("unitrack_vos.data.sequence.read_drawn", noted)
    _, sequence = opened(davis(tmp_path, FRAMES))
    sequence.observations("benchmark")
    assert read == ["00000.png"]
    for _ in range(2):
        assert sequence.truth is not None
    assert read == [f"{n:05d}.png" for n in range(5)]


def test_a_whole_truth_is_small(tmp_path: Path) -> None:
    large = [values.repeat(16, 0).repeat(16, 1) for values in FRAMES * 4]
    _, sequence = opened(davis(tmp_path, large))
    assert sequence.truth is not None
    dense = sum(values.nbytes for values in large)
    assert reachable_bytes(sequence) < dense / 20


def test_objects_that_appear_later_are_not_of_the_task(tmp_path: Path) -> None:
    _, sequence = opened(davis(tmp_path, [FRAMES[0] * (FRAMES[0] == 3), *FRAMES[1:]]))
    assert sequence.truth is not None
    assert [[true.id for true in frame] for frame in sequence.truth] == [[3]] * 5


def test_an_object_that_is_hidden_is_there_and_empty(tmp_path: Path) -> None:
    _, sequence = opened(davis(tmp_path, [FRAMES[0], FRAMES[1] * (FRAMES[1] == 3), FRAMES[2]]))
    assert sequence.truth is not None
    assert [mask(true.observation).any() for true in sequence.truth[1]] == [False, True]


def test_void_is_background(tmp_path: Path) -> None:
    voided = [np.where(values == 3, 255, values).astype(np.uint8) for values in FRAMES]
    _, sequence = opened(davis(tmp_path, voided))
    assert sequence.truth is not None
    assert [[true.id for true in frame] for frame in sequence.truth] == [[1]] * 5


def test_without_a_palette_and_another_number_255_is_the_object(tmp_path: Path) -> None:
    white = [np.where(values, 255, 0).astype(np.uint8) for values in FRAMES]
    _, sequence = opened(davis(tmp_path, white, grey=True))
    ((given,), *_) = sequence.observations("benchmark")
    assert isinstance(given, Target)
    assert given.id == 1
    np.testing.assert_array_equal(mask(given.observation), FRAMES[0] > 0)


def test_without_a_palette_but_with_another_number_255_is_void(tmp_path: Path) -> None:
    grey = [*FRAMES[:4], np.where(FRAMES[4] == 3, 255, FRAMES[4]).astype(np.uint8)]
    _, sequence = opened(davis(tmp_path, grey, grey=True))
    assert sequence.truth is not None
    assert [mask(true.observation).any() for true in sequence.truth[4]] == [True, False]


@pytest.mark.parametrize("grey", [False, True])
def test_2016_takes_all_objects_as_one(tmp_path: Path, grey: bool) -> None:
    spotted = [values.copy() for values in FRAMES]
    for values in spotted:
        values[0, 0] = 255
    _, sequence = opened(davis(tmp_path, spotted, grey=grey), year=2016)
    assert sequence.truth is not None
    for values, (true,) in zip(FRAMES, sequence.truth, strict=True):
        assert true.id == 1
        np.testing.assert_array_equal(mask(true.observation), values > 0)


def test_only_the_first_annotation_means_that_the_truth_is_kept_back(tmp_path: Path) -> None:
    _, sequence = opened(davis(tmp_path, FRAMES[:1], images=5))
    assert sequence.truth is None
    assert sequence.length == 5
    assert len(sequence.observations("benchmark")[0]) == 2


@pytest.mark.parametrize(
    "inside", ["", "DAVIS", "2017/trainval", "DAVIS/2017/test-dev", "trainval"]
)
def test_the_root_may_be_a_folder_above(tmp_path: Path, inside: str) -> None:
    davis(tmp_path / inside, FRAMES)
    assert opened(tmp_path)[1].length == 5


def test_results_are_scored_without_images(tmp_path: Path) -> None:
    dataset, sequence = opened(davis(tmp_path, FRAMES, images=0))
    assert (sequence.size, sequence.length) == (SIZE, 5)
    dataset.write(SequenceResult("blackswan", tuple(map(tracked, FRAMES))), tmp_path / "out")
    assert dataset.read(sequence, tmp_path / "out").frames[4] == tracked(FRAMES[4])
    with pytest.raises(UniTrackError, match=r"blackswan: has no images\n"):
        sequence.frames()


def test_the_large_version_is_a_setting(tmp_path: Path) -> None:
    davis(tmp_path, FRAMES, resolution="Full-Resolution")
    with pytest.raises(UniTrackError, match=r"Full-Resolution is\n  --set data.resolution=Full"):
        davis2017(tmp_path, None, P480)
    large = davis2017(tmp_path, None, DavisSettings(resolution="Full-Resolution"))
    assert [sequence.name for sequence in large.sequences()] == ["blackswan"]


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match=r"no sequence of davis2017 .*480p.*\n  Give --root"):
        davis2017(tmp_path, None, P480)


def names(root: Path, split: str | None, year: int = 2017) -> list[str]:
    dataset = (davis2016 if year == 2016 else davis2017)(root, split, P480)
    return [sequence.name for sequence in dataset.sequences()]


def test_a_split_selects_and_orders(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("soapbox", "bear", "blackswan", "gold-fish", "mine"):
        davis(tmp_path, FRAMES[:2], name=name)
    with caplog.at_level(logging.WARNING):
        assert names(tmp_path, "val") == ["blackswan", "gold-fish", "soapbox"]
        assert names(tmp_path, "val", 2016) == ["blackswan", "soapbox"]
    assert "27 of 30 sequences of the split val are absent" in caplog.text
    assert names(tmp_path, None) == ["bear", "blackswan", "gold-fish", "mine", "soapbox"]
    with pytest.raises(UniTrackError, match=r"no sequence of the split test-dev\n  Leave --split"):
        names(tmp_path, "test-dev")
    with pytest.raises(UniTrackError, match=r"no such split\n  Splits: test-dev, train, val\."):
        names(tmp_path, "vall")


def test_a_list_beside_the_data_goes_before_ours(tmp_path: Path) -> None:
    for name in ("blackswan", "mine", "soapbox"):
        davis(tmp_path, FRAMES[:2], name=name)
    lists = tmp_path / "ImageSets"
    (lists / "2017").mkdir(parents=True)
    (lists / "2016").mkdir()
    (lists / "2017" / "val.txt").write_text("soapbox\nmine\n\n")
    (lists / "2017" / "own.txt").write_text("mine\n")
    paths = "/{0}/480p/mine/0000{1}.{2}"
    lines = [
        f"{paths.format('JPEGImages', n, 'jpg')} {paths.format('A', n, 'png')}" for n in (0, 1)
    ]
    (lists / "2016" / "val.txt").write_text("\n".join(lines))
    assert names(tmp_path, "val") == ["soapbox", "mine"]
    assert names(tmp_path, "own") == ["mine"]
    assert names(tmp_path, "val", 2016) == ["mine"]


def test_annotated_sequences_go_before_those_whose_truth_is_kept_back(tmp_path: Path) -> None:
    davis(tmp_path, FRAMES[:1], name="salsa", images=3)
    assert names(tmp_path, None) == ["salsa"]
    davis(tmp_path, FRAMES[:2], name="blackswan")
    assert names(tmp_path, None) == ["blackswan"]
    assert names(tmp_path, "test-dev") == ["salsa"]


def test_the_splits_are_as_large_as_the_benchmark_says() -> None:
    sizes = {split: len(set(names)) for split, names in DAVIS2017.items()}
    assert sizes == {"train": 60, "val": 30, "test-dev": 30}
    assert {split: len(set(names)) for split, names in DAVIS2016.items()} == {
        "train": 30,
        "val": 20,
    }
    assert "bike-packing" not in DAVIS2016["val"]
    assert set(DAVIS2016["val"]) < set(DAVIS2017["val"])


# Bad input.


def spoiled(tmp_path: Path) -> Path:
    return davis(tmp_path, FRAMES)


def refused(root: Path, *words: str, year: int = 2017) -> None:
    """A line that says where and what, and one that says how to mend it."""
    asked: tuple[Callable[[Sequence], object], ...] = (
        lambda one: one.observations("benchmark"),
        lambda one: one.truth,
    )
    for ask in asked:
        with pytest.raises(UniTrackError) as caught:
            ask(opened(root, year=year)[1])
        first, second = str(caught.value).split("\n")
        assert second.startswith("  ")
        for word in words:
            assert word in first


@pytest.mark.parametrize("year", [2016, 2017])
def test_a_first_frame_without_an_object_is_refused(tmp_path: Path, year: int) -> None:
    save(annotation(spoiled(tmp_path), 0), labels())
    refused(tmp_path, "00000.png", "shows no object", year=year)


def test_a_first_frame_of_void_only_is_refused(tmp_path: Path) -> None:
    save(annotation(spoiled(tmp_path), 0), labels(o255=(2, 8, 2, 8)))
    refused(tmp_path, "00000.png", "shows no object")


def test_an_annotation_of_another_size_is_refused(tmp_path: Path) -> None:
    save(annotation(spoiled(tmp_path), 0), np.ones((12, 16), np.uint8))
    refused(tmp_path, "00000.png", "is 16x12, but the frames are 32x24")


def test_a_truncated_annotation_is_refused(tmp_path: Path) -> None:
    path = annotation(spoiled(tmp_path), 0)
    path.write_bytes(path.read_bytes()[:-30])
    refused(tmp_path, "00000.png", "cannot be decoded")


def test_an_annotation_with_too_many_objects_is_refused(tmp_path: Path) -> None:
    values = FRAMES[0].astype(np.uint16) * 200
    save(annotation(spoiled(tmp_path), 0), values, grey=True)
    refused(tmp_path, "00000.png", "holds the object 600")


def test_a_gap_in_the_frame_numbers_is_refused(tmp_path: Path) -> None:
    (spoiled(tmp_path) / "JPEGImages/480p/blackswan/00002.jpg").unlink()
    refused(tmp_path, "00002.jpg", "is missing")
    with pytest.raises(UniTrackError, match=r"00002.jpg: is missing"):
        opened(tmp_path)[1].frames()


def test_an_annotation_that_is_shorter_than_the_frames_is_refused(tmp_path: Path) -> None:
    annotation(spoiled(tmp_path), 4).unlink()
    refused(tmp_path, "480p/blackswan/00004.png", "is missing")


def test_an_annotation_that_is_longer_than_the_frames_is_refused(tmp_path: Path) -> None:
    save(annotation(spoiled(tmp_path), 5), FRAMES[0])
    refused(tmp_path, "480p/blackswan/00005.png", "annotates a frame that is not there")


def test_an_image_of_another_size_is_refused(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(spoiled(tmp_path) / "JPEGImages/480p/blackswan/00003.jpg")
    with pytest.raises(UniTrackError, match=r"00003.jpg: is 9x9, but the sequence is 32x24"):
        list(opened(tmp_path)[1].frames())


# Results.


def result(frames: list[np.ndarray[tuple[int, int], np.dtype[np.uint8]]]) -> SequenceResult:
    return SequenceResult("blackswan", tuple(map(tracked, frames)))


def written(tmp_path: Path, year: int = 2017) -> tuple[Dataset, Sequence, Path]:
    dataset, sequence = opened(davis(tmp_path / "data", FRAMES), year=year)
    dataset.write(result(FRAMES), tmp_path / "out")
    return dataset, sequence, tmp_path / "out"


def test_results_are_a_folder_of_indexed_pictures(tmp_path: Path) -> None:
    _, _, out = written(tmp_path)
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*"))
    assert files == [f"blackswan/{n:05d}.png" for n in range(5)]
    with Image.open(out / files[2]) as image:
        assert image.mode == "P"
        np.testing.assert_array_equal(np.asarray(image), FRAMES[2])


def test_every_object_is_read_in_every_frame_and_empty_where_it_is_not_seen(
    tmp_path: Path,
) -> None:
    dataset, sequence, out = written(tmp_path)
    dataset.write(result([*FRAMES[:4], labels()]), out)
    back = dataset.read(sequence, out)
    assert [[thing.id for thing in frame] for frame in back.frames] == [[1, 3]] * 5
    assert [mask(thing.observation).any() for thing in back.frames[4]] == [False, False]


def test_results_of_another_tracker_in_grey_are_read(tmp_path: Path) -> None:
    dataset, sequence, out = written(tmp_path)
    for index, values in enumerate(FRAMES):
        save(out / "blackswan" / f"{index:05d}.png", values, grey=True)
    assert dataset.read(sequence, out).frames[3] == tracked(FRAMES[3])


def test_results_in_black_and_white_are_object_1(tmp_path: Path) -> None:
    one = [values * (values == 1) for values in FRAMES]
    dataset, sequence = opened(davis(tmp_path / "data", one))
    for index, values in enumerate([*one[:4], labels()]):
        save(tmp_path / "out" / "blackswan" / f"{index:05d}.png", values * 255, grey=True)
    back = dataset.read(sequence, tmp_path / "out")
    assert back.frames[:4] == result(one).frames[:4]
    assert not mask(back.frames[4][0].observation).any()


@pytest.mark.parametrize("grey", [False, True])
def test_2016_reads_whatever_is_not_background(tmp_path: Path, grey: bool) -> None:
    dataset, sequence, out = written(tmp_path, 2016)
    for index, values in enumerate(FRAMES):
        mixed = np.where(values == 3, 255, values).astype(np.uint8)
        save(out / "blackswan" / f"{index:05d}.png", mixed, grey=grey)
    ((thing,), *_) = dataset.read(sequence, out).frames
    np.testing.assert_array_equal(mask(thing.observation), FRAMES[0] > 0)


def test_pictures_of_other_frames_are_left_alone(tmp_path: Path) -> None:
    dataset, sequence, out = written(tmp_path)
    save(out / "blackswan" / "00077.png", labels(o9=(0, 1, 0, 1)))
    assert dataset.read(sequence, out).frames[0] == tracked(FRAMES[0])


def test_a_result_that_is_not_there_is_named(tmp_path: Path) -> None:
    dataset, sequence, out = written(tmp_path)
    (out / "blackswan" / "00003.png").unlink()
    with pytest.raises(UniTrackError, match=r"blackswan/00003.png: is missing\n  "):
        dataset.read(sequence, out)
    with pytest.raises(UniTrackError, match=r"nowhere/blackswan: is no folder of results\n  Give"):
        dataset.read(sequence, out / "nowhere")


def test_a_result_of_another_size_is_named(tmp_path: Path) -> None:
    dataset, sequence, out = written(tmp_path)
    save(out / "blackswan" / "00003.png", np.ones((12, 16), np.uint8))
    with pytest.raises(UniTrackError, match=r"00003.png: is 16x12, but the frames are 32x24"):
        dataset.read(sequence, out)


@pytest.mark.parametrize("number", [2, 255])
def test_an_object_that_was_not_given_is_named(tmp_path: Path, number: int) -> None:
    dataset, sequence, out = written(tmp_path)
    save(out / "blackswan" / "00003.png", np.where(FRAMES[3] == 1, number, FRAMES[3]))
    with pytest.raises(UniTrackError, match=rf"00003.png: shows the object {number}; .* 1, 3\n"):
        dataset.read(sequence, out)


def test_a_result_that_cannot_be_written_leaves_the_earlier_one(tmp_path: Path) -> None:
    dataset, _, out = written(tmp_path)
    thing = tracked(FRAMES[0])[0]
    large = SequenceResult("blackswan", ((), (), (), (), (type(thing)(999, thing.observation),)))
    before = digests(out)
    with pytest.raises(UniTrackError, match="blackswan: frame 00004: object 999"):
        dataset.write(large, out)
    assert digests(out) == before


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_archive_for_the_server_holds_the_folders_at_its_root(tmp_path: Path) -> None:
    dataset, _, out = written(tmp_path)
    for index, values in enumerate(FRAMES):  # grey ones are written anew
        save(out / "blackswan" / f"{index:05d}.png", values, grey=True)
    assert isinstance(dataset, Submittable)
    dataset.submit(out, tmp_path / "mine.zip")
    with zipfile.ZipFile(tmp_path / "mine.zip") as archive:
        assert sorted(archive.namelist()) == [f"blackswan/{n:05d}.png" for n in range(5)]
        with archive.open("blackswan/00002.png") as file, Image.open(file) as image:
            assert image.mode == "P"
            np.testing.assert_array_equal(np.asarray(image), FRAMES[2])


def test_an_archive_of_broken_results_is_not_written(tmp_path: Path) -> None:
    dataset, _, out = written(tmp_path)
    (out / "blackswan" / "00003.png").unlink()
    assert isinstance(dataset, Submittable)
    with pytest.raises(UniTrackError, match=r"00003.png: is missing"):
        dataset.submit(out, tmp_path / "mine.zip")
    assert not (tmp_path / "mine.zip").exists()


def test_2016_has_no_server(tmp_path: Path) -> None:
    dataset, _, out = written(tmp_path, 2016)
    assert isinstance(dataset, Submittable)
    with pytest.raises(UniTrackError, match=r"davis2016: has no server\n  .*unitrack eval"):
        dataset.submit(out, tmp_path / "mine.zip")


def test_the_fingerprint_follows_images_and_first_masks(tmp_path: Path) -> None:
    def digest() -> str:
        return opened(tmp_path)[1].fingerprint("benchmark")

    spoiled(tmp_path)
    before = digest()
    save(annotation(tmp_path, 3), labels())  # is not given to anybody
    assert digest() == before
    save(annotation(tmp_path, 0), FRAMES[1])
    assert digest() != before


@pytest.mark.data
def test_real_masks_of_another_tracker_are_written_as_they_were(
    data_root: Path, tmp_path: Path
) -> None:
    dataset = unitrack.dataset("davis2017", root=data_root / "clips" / "davis", split="val")
    swan, scooter = dataset.sequences()
    assert isinstance(swan, MaskSequence)
    assert (swan.length, scooter.length) == (50, 43)
    published = data_root / "reference" / "davis_osvos"
    dataset.write(dataset.read(swan, published), tmp_path)
    for stem in swan.stems:
        ours, theirs = (
            np.asarray(Image.open(folder / "blackswan" / f"{stem}.png"))
            for folder in (tmp_path, published)
        )
        np.testing.assert_array_equal(ours, theirs)
    with pytest.raises(UniTrackError, match=r"scooter-black/00000.png: shows the object 2"):
        dataset.read(scooter, published)
