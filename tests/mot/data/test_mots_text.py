from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.mot.data.made_masks import SIZE, box_mask, line, mask_file
from unitrack.errors import UniTrackError
from unitrack.types import MaskObservation, SequenceResult, TrackedObject
from unitrack_mot.data.mots_classes import KITTI_CLASSES, file_ids, own_ids
from unitrack_mot.data.mots_disjoint import disjoint, first_overlap
from unitrack_mot.data.mots_png import parse_truth_pictures
from unitrack_mot.data.mots_text import (
    MaskFile,
    parse_observations,
    parse_result,
    parse_truth,
    result_text,
)

ONE, OTHER, REGION = (
    box_mask(2, 5, 10, 10),
    box_mask(20, 5, 10, 10),
    box_mask(0, 30, 60, 10, label=10),
)
CAR = box_mask(40, 5, 10, 10, label=1)


def test_the_truth_has_identities_classes_and_a_region_that_does_not_count(tmp_path: Path) -> None:
    lines = [line(0, 2003, ONE), line(2, 2003, ONE), line(2, 1004, CAR), line(2, 10000, REGION)]
    truth = parse_truth(mask_file(tmp_path / "0000.txt", *lines))
    found = [[(t.id, t.observation, t.counted) for t in frame] for frame in truth]
    assert found == [
        [(3, ONE, True)],
        [],
        [(3, ONE, True), (4, CAR, True), (10000, REGION, False)],
        [],
    ]


def test_instances_of_one_number_in_two_classes_stay_apart(tmp_path: Path) -> None:
    lines = [line(0, 2003, ONE), line(1, 1003, CAR)]
    truth = parse_truth(mask_file(tmp_path / "0000.txt", *lines))
    assert [[t.id for t in frame] for frame in truth[:2]] == [[2003], [1003]]


def test_frames_may_count_from_one(tmp_path: Path) -> None:
    truth = parse_truth(mask_file(tmp_path / "x.txt", line(1, 2001, ONE), frames=range(1, 3)))
    assert [len(frame) for frame in truth] == [1, 0]


def test_observations_may_have_scores_may_overlap_and_say_nothing_of_identities(
    tmp_path: Path,
) -> None:
    plain = line(1, -1, ONE)
    scored = line(1, -1, box_mask(4, 5, 10, 10)).replace("\n", " 0.25\n")
    seen = parse_observations(mask_file(tmp_path / "0000.txt", plain, scored, line(1, 1, REGION)))
    assert [[(s.score, s.label) for s in frame] for frame in seen] == [
        [],
        [(1.0, 2), (0.25, 2)],
        [],
        [],
    ]


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    frames = (
        (TrackedObject(1, ONE), TrackedObject(2, CAR)),
        (),
        (TrackedObject(1, OTHER), TrackedObject(999, ONE)),
        (),
    )
    text = result_text(SequenceResult("0000", frames), 0)
    assert text.splitlines()[0] == line(0, 2001, ONE).strip()
    assert [row.split()[:3] for row in text.splitlines()] == [
        ["0", "2001", "2"], ["0", "1002", "1"], ["2", "2001", "2"], ["2", "2999", "2"],
    ]  # fmt: skip
    read = parse_result(mask_file(tmp_path / "0000.txt", text))
    assert read == frames
    assert result_text(SequenceResult("0000", read), 0) == text


def test_identities_with_their_class_in_them_are_left_alone(tmp_path: Path) -> None:
    frames = ((TrackedObject(1003, CAR), TrackedObject(2003, ONE)), (), (), ())
    text = result_text(SequenceResult("0000", frames), 0)
    assert [row.split()[1] for row in text.splitlines()] == ["1003", "2003"]
    assert parse_result(mask_file(tmp_path / "0000.txt", text)) == frames


@pytest.mark.parametrize(
    "pairs",
    [
        [(1, 2), (2, 2), (3, 1)],
        [(5, 2), (5, 1)],  # one track of two classes
        [(1003, 1), (2003, 2)],
        [(999, 2), (1, 2)],
        [(0, 2)],
    ],
)
def test_numbers_in_files_carry_the_class_and_are_unique(pairs: list[tuple[int, int]]) -> None:
    numbers = file_ids(pairs)
    assert len(set(numbers.values())) == len(pairs)
    assert all(number // 1000 == label for (_, label), number in numbers.items())


def test_many_identities_are_numbered_anew_per_class() -> None:
    numbers = file_ids([(7, 2), (1500, 2), (1501, 1), (2001, 2)])
    assert numbers == {(7, 2): 2001, (1500, 2): 2002, (1501, 1): 1001, (2001, 2): 2003}
    crowd = file_ids([(number, 2) for number in range(1, 1200)])
    assert len(set(crowd.values())) == 1199


def test_files_that_do_not_follow_the_rule_keep_their_numbers() -> None:
    assert own_ids([(5, 2), (2005, 2)]) == {(5, 2): 5, (2005, 2): 2005}
    assert own_ids([(2005, 2), (1006, 1)]) == {(2005, 2): 5, (1006, 1): 6}


def test_of_overlapping_masks_the_better_one_keeps_the_pixels() -> None:
    good, bad = box_mask(4, 5, 10, 10, score=0.9), box_mask(0, 5, 8, 10, score=0.4)
    inside = box_mask(5, 6, 2, 2, score=0.3)
    cut = disjoint([bad, good, inside])
    assert cut[1] == good
    assert cut[0] == box_mask(0, 5, 4, 10, score=0.4)
    assert cut[2] is None
    assert first_overlap([one for one in cut if one]) is None
    assert first_overlap([bad, OTHER, good]) == (2, 0)


def test_of_equal_scores_the_earlier_mask_keeps_the_pixels() -> None:
    assert disjoint([ONE, ONE]) == [ONE, None]


def test_results_are_written_without_overlaps_and_without_empty_masks(tmp_path: Path) -> None:
    nothing = MaskObservation.of(np.zeros(SIZE, bool), label=2)
    objects = (
        TrackedObject(1, box_mask(0, 5, 8, 10, score=0.4)),
        TrackedObject(2, box_mask(4, 5, 10, 10, score=0.9)),
        TrackedObject(3, nothing),
    )
    text = result_text(SequenceResult("0000", (objects,)), 0)
    read = parse_result(mask_file(tmp_path / "0000.txt", text))
    assert {one.id: one.observation.box for one in read[0]} == {
        1: (0.0, 5.0, 4.0, 15.0),
        2: (4.0, 5.0, 14.0, 15.0),
    }


def _picture(path: Path, *, deep: bool = True) -> Path:
    pixels = np.zeros(SIZE, np.uint16)
    for identity, mask in ((2003, ONE), (1004, CAR), (10000, REGION)):
        pixels[mask.mask] = identity
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels if deep else pixels.astype(np.uint8)).save(path)
    return path


def test_pictures_say_the_same_as_text(tmp_path: Path) -> None:
    folder = _picture(tmp_path / "0000" / "000002.png").parent
    empty = Image.fromarray(np.zeros(SIZE, np.uint16))
    empty.save(folder / "000001.png")
    by_picture = parse_truth_pictures(MaskFile(folder, range(4), SIZE, KITTI_CLASSES))
    lines = [line(2, 1004, CAR), line(2, 2003, ONE), line(2, 10000, REGION)]
    assert by_picture == parse_truth(mask_file(tmp_path / "0000.txt", *lines))


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda folder: _picture(folder / "000002.png", deep=False), "8 bits a pixel"),
        (lambda folder: _picture(folder / "000004.png"), "is no frame in 0..3"),
        (lambda folder: _picture(folder / "mask.png"), "is no frame in 0..3"),
        (lambda folder: (folder / "000000.png").write_text("no"), "cannot be decoded"),
    ],
)
def test_pictures_at_fault_are_named(
    make: Callable[[Path], object], what: str, tmp_path: Path
) -> None:
    make(tmp_path)
    with pytest.raises(UniTrackError, match=what) as caught:
        parse_truth_pictures(MaskFile(tmp_path, range(4), SIZE, KITTI_CLASSES))
    assert str(tmp_path) in caught.value.where


def test_a_picture_of_another_size_or_class_is_named(tmp_path: Path) -> None:
    path = _picture(tmp_path / "000000.png")
    with pytest.raises(UniTrackError, match="is 60x40, but the sequence is 60x41"):
        parse_truth_pictures(MaskFile(tmp_path, range(4), (41, 60), KITTI_CLASSES))
    with pytest.raises(UniTrackError, match="frame 0, object 1004: class 1 is unknown") as caught:
        parse_truth_pictures(MaskFile(tmp_path, range(4), SIZE, {2: "pedestrian"}))
    assert caught.value.where == str(path)


FAULTS = {
    "few fields": ("0 2001 2 40 60\n", "has 5 fields, not 6"),
    "many fields": (line(0, 2001, ONE).strip() + " 0.5\n", "has 7 fields, not 6"),
    "no number": (line(0, 2001, ONE).replace("2001", "two"), "'two' is no whole number"),
    "frame": (line(4, 2001, ONE), "frame 4, object 2001: the frame is outside 0..3"),
    "class": (line(0, 3001, box_mask(0, 0, 4, 4, label=3)), "object 3001: class 3 is unknown"),
    "size": (
        line(1, 2001, ONE).replace(" 40 60 ", " 60 40 "),
        "frame 1, object 2001: the mask is 40x60, but the sequence is 60x40",
    ),
    "length of runs": (
        line(1, 2001, ONE).replace(ONE.counts.decode(), "0"),
        "frame 1, object 2001: its runs fill 0 pixels, not 60 x 40",
    ),
    "no runs": (
        line(1, 2001, ONE).replace(ONE.counts.decode(), "|"),
        "frame 1, object 2001: its run lengths cannot be decoded",
    ),
    "twice": (line(1, 2001, OTHER), "frame 1, object 2001: the identity occurs twice"),
    "overlap": (
        line(1, 2002, box_mask(11, 5, 10, 10)),
        "frame 1, object 2002: the mask overlaps object 2001",
    ),
}


@pytest.mark.parametrize("parse", [parse_truth, parse_result])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_line_at_fault_is_named_with_frame_and_object(
    fault: str, parse: Callable[[MaskFile], object], tmp_path: Path
) -> None:
    bad, what = FAULTS[fault]
    file = mask_file(tmp_path / "0000.txt", line(1, 2001, ONE), bad)
    with pytest.raises(UniTrackError) as caught:
        parse(file)
    assert caught.value.where == f"{file.path}:2"
    assert what in caught.value.what
    assert len(str(caught.value).splitlines()) == 2


def test_an_identity_of_another_class_is_a_fault_of_a_truth_only(tmp_path: Path) -> None:
    file = mask_file(tmp_path / "0000.txt", line(1, 7, ONE))
    with pytest.raises(UniTrackError, match="object 7: the identity does not begin with class 2"):
        parse_truth(file)
    assert [[one.id for one in frame] for frame in parse_result(file)] == [[], [7], [], []]


def test_a_result_has_no_region_to_be_ignored(tmp_path: Path) -> None:
    file = mask_file(tmp_path / "0000.txt", line(1, 10000, REGION))
    with pytest.raises(UniTrackError, match="class 10 is unknown"):
        parse_result(file)


@pytest.mark.parametrize("score", ["nan", "inf", "high"])
def test_a_score_that_is_none_is_named(score: str, tmp_path: Path) -> None:
    file = mask_file(tmp_path / "0000.txt", line(1, 7, ONE).replace("\n", f" {score}\n"))
    with pytest.raises(UniTrackError, match="score") as caught:
        parse_observations(file)
    assert caught.value.where == f"{file.path}:1"


def test_a_file_without_detections_is_refused_and_a_result_without_any_is_ordinary(
    tmp_path: Path,
) -> None:
    file = mask_file(tmp_path / "0000.txt")
    with pytest.raises(UniTrackError, match="no detection at all"):
        parse_observations(file)
    assert parse_result(file) == ((), (), (), ())
    with pytest.raises(UniTrackError, match="cannot be read"):
        parse_result(MaskFile(tmp_path / "absent.txt", range(4), SIZE, KITTI_CLASSES))
