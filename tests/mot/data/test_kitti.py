from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from unitrack.data.base import Dataset, Sequence
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, SequenceResult, TrackedObject
from unitrack_mot.data.kitti import CLASSES, kitti_2d_box

REST = "1.5 1.6 4.0 1 2 3 0.5"
CAR = f"0 5 Car 0 0 -1.5 10 20 50.5 60.25 {REST}"
LABELS = (
    CAR,
    f"0 -1 DontCare -1 -1 -10 100 20 150 60 {REST}",
    f"0 -1 Car 0 0 -10 100 20 150 60 {REST}",  # no identity: dropped
    f"1 5 Car 0 3 -1.5 10 20 50 60 {REST}",  # hidden
    f"1 6 Car 1 0 -1.5 10 20 50 60 {REST}",  # cut off
    f"1 7 Van 0 0 -1.5 10 20 50 60 {REST}",
)


def made(root: Path, *lines: str, seqmap: str = "0000 empty 000000 000003\n") -> Path:
    (root / "label_02").mkdir(parents=True)
    (root / "label_02" / "0000.txt").write_text("".join(f"{line}\n" for line in lines))
    if seqmap:
        (root / "evaluate_tracking.seqmap.training").write_text(seqmap)
    return root


def opened(root: Path, split: str | None = None) -> tuple[Dataset, Sequence]:
    dataset = kitti_2d_box(root, split, None)
    (sequence,) = dataset.sequences()
    return dataset, sequence


@pytest.mark.parametrize("holder", ["", "training", "kitti_2d_box_train"])
@pytest.mark.parametrize("split", [None, "training"])
def test_the_root_may_be_above_the_labels(tmp_path: Path, holder: str, split: str | None) -> None:
    made(tmp_path / holder, *LABELS)
    _, sequence = opened(tmp_path, split)
    assert (sequence.name, sequence.length, sequence.fps) == ("0000", 3, 10.0)


def test_a_root_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="holds no label_02"):
        kitti_2d_box(tmp_path, None, None)


def test_an_unknown_seqmap_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UniTrackError, match="has no such seqmap") as fault:
        kitti_2d_box(made(tmp_path, *LABELS), "val", None)
    assert fault.value.mend == "There are: training."


@pytest.mark.parametrize("line", ["0000 empty 3", "0000 empty 0 x"])
def test_a_malformed_seqmap_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(UniTrackError, match=r"seqmap\.training:1: is no line of a seqmap"):
        kitti_2d_box(made(tmp_path, *LABELS, seqmap=line), None, None)


def test_without_seqmap_and_images_the_last_label_ends_the_sequence(tmp_path: Path) -> None:
    _, sequence = opened(made(tmp_path, *LABELS, seqmap=""))
    assert sequence.length == 2


def test_truth_holds_every_class_and_the_regions_not_to_care_about(tmp_path: Path) -> None:
    _, sequence = opened(made(tmp_path, *LABELS))
    assert sequence.truth is not None
    found = [[(k.id, k.observation.label, k.counted) for k in frame] for frame in sequence.truth]
    car, van, ignored = CLASSES["Car"], CLASSES["Van"], CLASSES["DontCare"]
    assert found == [
        [(5, car, True), (-1, ignored, False)],
        [(5, car, False), (6, car, False), (7, van, True)],
        [],
    ]


def test_corners_are_taken_as_they_are(tmp_path: Path) -> None:
    _, sequence = opened(made(tmp_path, CAR))
    assert sequence.observations("oracle")[0] == (BoxObservation((10, 20, 50.5, 60.25), 1.0, 1),)


def test_the_oracle_shows_visible_cars_only(tmp_path: Path) -> None:
    _, sequence = opened(made(tmp_path, *LABELS))
    assert [len(frame) for frame in sequence.observations("oracle")] == [1, 0, 0]


def test_detections_are_read_in_kittis_own_form(tmp_path: Path) -> None:
    _, sequence = opened(made(tmp_path / "data", *LABELS))
    file = tmp_path / "0000.txt"
    file.write_text(f"2 -1 Pedestrian -1 -1 -10 1 2 3 4 {REST} 0.5\n")
    wanted = ((), (), (BoxObservation((1, 2, 3, 4), 0.5, CLASSES["Pedestrian"]),))
    assert sequence.observations(str(file)) == wanted
    assert sequence.observations(str(tmp_path)) == wanted


@pytest.mark.parametrize("source", ["benchmark", "nowhere"])
def test_kitti_ships_no_detections(tmp_path: Path, source: str) -> None:
    _, sequence = opened(made(tmp_path, *LABELS))
    for ask in (sequence.observations, sequence.fingerprint):
        with pytest.raises(UniTrackError, match="KITTI ships no detections"):
            ask(source)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (CAR.replace("Car", "Boat"), "'Boat' is no class"),
        (CAR.replace("50.5", "10"), "the box is 0 x 40.25"),
        (f"3{CAR[1:]}", r"frame 3 is outside 0\.\.2"),
        (CAR.replace(" ", ","), "has 1 columns, not 17 or more"),
        (CAR, "identity 5 occurs again in frame 0"),
    ],
)
def test_a_bad_label_is_named_by_its_line(tmp_path: Path, line: str, what: str) -> None:
    _, sequence = opened(made(tmp_path, CAR, line))
    with pytest.raises(UniTrackError, match=rf"0000\.txt:2: {what}"):
        _ = sequence.truth


def test_trackers_may_number_classes_apart(tmp_path: Path) -> None:
    dataset, sequence = opened(made(tmp_path / "data", *LABELS))
    (tmp_path / "0000.txt").write_text(f"{CAR}\n{CAR.replace('Car', 'Pedestrian')}\n")
    assert [len(frame) for frame in dataset.read(sequence, tmp_path).frames] == [2, 0, 0]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    dataset, sequence = opened(made(tmp_path / "data", *LABELS))
    objects = tuple(
        TrackedObject(label, BoxObservation((1.25, 2, 30, 40), 0.5, label)) for label in range(1, 9)
    )
    result = SequenceResult("0000", (objects, (), objects[:1]))
    dataset.write(result, tmp_path / "out")
    assert dataset.read(sequence, tmp_path / "out") == result


def test_images_may_be_png_or_jpg(tmp_path: Path) -> None:
    root = made(tmp_path, CAR, seqmap="")
    images = root / "image_02" / "0000"
    images.mkdir(parents=True)
    Image.new("RGB", (30, 20)).save(images / "000000.png")
    Image.new("RGB", (30, 20)).save(images / "000001.jpg")
    _, sequence = opened(root)
    assert (sequence.length, sequence.size) == (2, (20, 30))
    assert [frame.name for frame in sequence.frames()] == ["000000", "000001"]


def test_absent_images_are_an_error_only_when_asked_for(tmp_path: Path) -> None:
    _, sequence = opened(made(tmp_path, *LABELS))
    with pytest.raises(UniTrackError, match="holds 0 images, but 0000 has 3 frames"):
        sequence.frames()


def test_the_fingerprint_changes_with_the_labels(tmp_path: Path) -> None:
    root = made(tmp_path, *LABELS)
    before = opened(root)[1].fingerprint("oracle")
    (root / "label_02" / "0000.txt").write_text(f"{CAR}\n")
    assert opened(root)[1].fingerprint("oracle") != before


@pytest.mark.data
def test_a_real_clip_with_images_is_read(data_root: Path) -> None:
    dataset = kitti_2d_box(data_root / "clips/kitti_mots", None, None)
    clips = {sequence.name: sequence for sequence in dataset.sequences()}
    assert (clips["0017"].length, clips["0017"].size) == (20, (370, 1224))
    assert clips["0017"].truth is not None
    assert any(clips["0001"].observations("oracle"))
