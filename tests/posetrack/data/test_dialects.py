from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.posetrack.data.made_people import (
    KEYPOINTS,
    NUMBERS,
    OURS,
    document17,
    document18,
    person17,
    person18,
    write,
)
from unitrack.errors import UniTrackError
from unitrack.skeleton import SKELETONS
from unitrack_posetrack.data.dialect17 import text17
from unitrack_posetrack.data.dialect18 import image_number, text18
from unitrack_posetrack.data.document import Entry
from unitrack_posetrack.data.posetrack_json import Kind, read_entries

JOINTS = SKELETONS["posetrack15"].joints
TRIANGLE = ((1.0, 2.0), (30.5, 2.0), (1.0, 40.0))


def _read(folder: Path, document: Any, kind: Kind = "truth") -> tuple[Entry, ...]:
    return read_entries(write(folder / "a.json", document), kind)


def _both(people18: Any, people17: Any) -> list[Any]:
    return [document18([[people18], []]), document17([[people17], []])]


@pytest.mark.parametrize("document", _both(person18(1), person17()))
def test_joints_come_in_the_order_of_the_skeleton(tmp_path: Path, document: Any) -> None:
    first, second = _read(tmp_path, document)
    ((person,), ()) = first.people, second.people
    assert person.id == 1
    for name, xy, there in zip(JOINTS, person.pose.xy, person.pose.visible, strict=True):
        k = OURS.index(name)
        assert there == (name != "nose")
        assert not there or xy == (10 + k, 20.5 + k)
    assert (person.pose.head, person.pose.score) == ((10, 20, 18, 26), 1.0)
    assert person.pose.joint_scores is None
    assert (first.labelled, second.labelled) == (True, False)
    assert first.name == "images/train/000002_bonn_train/000000.jpg"


def test_the_two_dialects_say_the_same(tmp_path: Path) -> None:
    one, other = (_read(tmp_path, document) for document in _both(person18(1), person17()))
    assert [entry.people for entry in one] == [entry.people for entry in other]


def test_scores_of_joints_and_of_persons_are_read(tmp_path: Path) -> None:
    scores = [k / 32 for k in range(17)]
    seen = _read(tmp_path, document18([[person18(1, scores=scores)]]))[0].people[0].pose
    assert seen.joint_scores is not None
    neck, nose = (seen.joint_scores[JOINTS.index(name)] for name in ("neck", "nose"))
    assert (neck, nose) == (1 / 32, 0.0)
    present = [k / 32 for k, name in enumerate(OURS) if name not in (None, "nose")]
    assert seen.score == pytest.approx(sum(present) / len(present))
    seen = _read(tmp_path, document18([[person18(1, score=0.25)]]))[0].people[0].pose
    assert (seen.score, seen.joint_scores) == (0.25, None)
    given = person17(score=[0.25])
    given["annopoints"][0]["point"][0]["score"] = [0.75]  # the neck's; the others have none
    seen = _read(tmp_path, document17([[given]]))[0].people[0].pose
    assert seen.joint_scores is not None
    assert (seen.score, seen.joint_scores[JOINTS.index("neck")]) == (0.25, 0.75)
    assert seen.joint_scores[JOINTS.index("l_knee")] == 0.25


def test_the_file_says_in_which_order_its_key_points_are(tmp_path: Path) -> None:
    person = person18(1)
    backwards = [person["keypoints"][3 * k + n] for k in range(16, -1, -1) for n in range(3)]
    document = document18([[{**person, "keypoints": backwards}]])
    document["categories"][0]["keypoints"] = KEYPOINTS[::-1]
    assert _read(tmp_path, document) == _read(tmp_path, document18([[person]]))


def test_regions_are_read_in_both_dialects(tmp_path: Path) -> None:
    document = document18([[person18(1)]])
    document["images"][0] |= {
        f"ignore_regions_{axis}": [[corner[n] for corner in TRIANGLE]]
        for n, axis in enumerate("xy")
    }
    assert _read(tmp_path, document)[0].regions == (TRIANGLE,)
    document = document17([[person17()]])
    points = [{"x": [x], "y": [y]} for x, y in TRIANGLE]
    document["annolist"][0]["ignore_regions"] = [{"point": points}]
    assert _read(tmp_path, document)[0].regions == (TRIANGLE,)


@pytest.mark.parametrize("text", [text17, text18])
def test_what_is_written_reads_back(tmp_path: Path, text: Any) -> None:
    document = document18([[person18(1, 7, score=0.5), person18(1, 3, bbox_head=None)], []])
    document["images"][0] |= {"ignore_regions_x": [[1, 30.5, 1]], "ignore_regions_y": [[2, 2, 40]]}
    entries = _read(tmp_path, document)
    file = tmp_path / "b.json"
    file.write_text(text("000002_bonn_train", entries))
    back = read_entries(file, "truth")
    assert [entry.regions for entry in back] == [entry.regions for entry in entries]
    assert [entry.labelled for entry in back] == [entry.labelled for entry in entries]
    for one, other in zip(back, entries, strict=True):
        assert [p.id for p in one.people] == [p.id for p in other.people]
        for read, written in zip(one.people, other.people, strict=True):
            assert (read.pose.xy, read.pose.visible) == (written.pose.xy, written.pose.visible)
            assert (read.pose.head, read.pose.score) == (written.pose.head, written.pose.score)


def test_files_of_2018_have_the_fields_of_the_benchmarks(tmp_path: Path) -> None:
    entries = tuple(
        Entry(entry.name, entry.people)
        for entry in _read(tmp_path, document18([[person18(1)], []]))
    )
    written = json.loads(text18("000002_bonn_train", entries))
    assert [image["id"] for image in written["images"]] == [20000020000, 20000020001]
    assert {image["vid_id"] for image in written["images"]} == {"000002"}
    assert {image["nframes"] for image in written["images"]} == {2}
    (annotation,) = written["annotations"]
    assert (annotation["image_id"], annotation["id"]) == (20000020000, 2000002000000)
    assert len(annotation["keypoints"]) == 51
    assert len(annotation["scores"]) == 17
    assert annotation["keypoints"][9:15] == [0] * 6  # the ears
    assert annotation["bbox_head"] == [10, 20, 8, 6]
    assert written["categories"][0]["keypoints"] == KEYPOINTS


def test_files_of_2017_wrap_every_number(tmp_path: Path) -> None:
    entries = _read(tmp_path, document18([[person18(1)]]))
    frame = json.loads(text17("000002_bonn_train", entries))["annolist"][0]
    assert (frame["imgnum"], frame["is_labeled"]) == ([1], [1])
    (rect,) = frame["annorect"]
    assert (rect["x1"], rect["y2"], rect["track_id"]) == ([10], [26], [1])
    points = {point["id"][0]: point for point in rect["annopoints"][0]["point"]}
    assert sorted(points) == [number for number in range(15) if number != 13]
    for k, number in enumerate(NUMBERS):
        if number in points:
            assert (points[number]["x"], points[number]["y"]) == ([10 + k], [20.5 + k])


def test_images_are_numbered_by_source_sequence_and_frame() -> None:
    assert image_number("000342_mpii_test", 17) == 10003420017
    assert image_number("000001_bonn_train", 23) == 20000010023
    assert image_number("012345_mpiinew_test", 0) == 30123450000
    assert image_number("anything", 5) == 5


WHERE = r"a\.json: images/train/000002_bonn_train/000000\.jpg"


def _point(**more: Any) -> dict[str, Any]:
    return person17(annopoints=[{"point": [{"id": [0], "x": [1], "y": [2], **more}]}])


@pytest.mark.parametrize(
    ("person", "what"),
    [
        (person18(1, category_id=2), "person 0: is of category 2, which is not listed"),
        (person18(1, keypoints=[1, 2, 1]), "person 0: has 3 numbers of key points, not 3 for each"),
        (person18(1, keypoints=["a"] * 51), "person 0: key point 0 is 'a', no number"),
        (person18(1, keypoints=[float("nan")] * 51), "person 0: key point 0 is nan, no number"),
        (person18(1, scores=[1.0]), "person 0: has 1 scores, not 17"),
        (person18(1, score="high"), "person 0: score is 'high', no number"),
        (person18(1, bbox_head=[1, 2]), "person 0: bbox_head is not x, y, width, height"),
        (person18(1, identity=None), "person 0: has no track_id"),
        (person18(1, track_id=1.5), "person 0: track_id is 1.5, no whole number"),
        (_point(id=[15]), "person 0: has a joint of number 15"),
        (_point(x=[True]), "person 0: x of r_ankle is True, no number"),
        (_point(y=[1, 2]), "person 0: y of r_ankle is .*, no number"),
        (person17(identity=None), "person 0: has no track_id"),
        (person17(track_id=[0.5]), "person 0: track_id is 0.5, no whole number"),
        ("somebody", "person 0: is no person"),
    ],
)
def test_a_malformed_person_is_named(tmp_path: Path, person: Any, what: str) -> None:
    new = isinstance(person, dict) and "image_id" in person
    document = document18([[person]]) if new else document17([[person]])
    with pytest.raises(UniTrackError, match=f"{WHERE}: {what}"):
        _read(tmp_path, document)


def test_a_joint_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    person = person17()
    person["annopoints"][0]["point"] *= 2
    with pytest.raises(UniTrackError, match=f"{WHERE}: person 0: has the joint 12 .neck. twice"):
        _read(tmp_path, document17([[person]]))


@pytest.mark.parametrize("kind", ["truth", "results"])
@pytest.mark.parametrize(
    "document", [document18([[person18(1, 4), person18(1, 4)]]), document17([[person17(4)] * 2])]
)
def test_an_identity_twice_in_a_frame_is_refused(tmp_path: Path, document: Any, kind: Kind) -> None:
    with pytest.raises(UniTrackError, match=f"{WHERE}: person 1: has the track_id 4 of another"):
        _read(tmp_path, document, kind)
    assert len(_read(tmp_path, document, "observations")[0].people) == 2


@pytest.mark.parametrize(
    "document",
    [
        document18([[person18(1), person18(1, 2, keypoints=[0] * 51)]]),
        document18([[person18(1), person18(1, 2, keypoints=[])]]),
        document17([[person17(), person17(2, annopoints=[])]]),
        document17([[person17(), person17(2, annopoints=[{"point": []}])]]),
    ],
)
def test_somebody_without_joints_may_be_in_the_truth_alone(tmp_path: Path, document: Any) -> None:
    person = _read(tmp_path, document)[0].people[1]
    assert person.pose.visible == (False,) * 15
    kinds: tuple[Kind, ...] = ("results", "observations")
    for kind in kinds:
        with pytest.raises(UniTrackError, match=f"{WHERE}: person 1: has no joint at all"):
            _read(tmp_path, document, kind)


def test_joints_outside_the_image_are_ordinary(tmp_path: Path) -> None:
    """Real annotations have them: of people at the border."""
    person = person18(1)
    person["keypoints"][3:6] = [-7.5, 1e4, 1]
    seen = _read(tmp_path, document18([[person]]))[0].people[0].pose
    place = JOINTS.index("neck")
    assert (seen.xy[place], seen.visible[place]) == ((-7.5, 1e4), True)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"categories": [{"id": 1, "keypoints": ["tail"]}]}, "'tail' is no key point"),
        ({"categories": 3}, "categories is no list"),
        ({"annotations": None}, "annotations is no list"),
        ({"annotations": [{"image_id": 9}]}, "an annotation is of image 9, which is not listed"),
        ({"annotations": [3]}, "has no image_id"),
        ({"annotations": [{"image_id": []}]}, r"image_id is \[\], no number"),
        ({"images": [{"id": 1}]}, "has no file_name"),
        ({"images": [{"file_name": "a.jpg"}]}, "a.jpg: has no id"),
        ({"images": [{"file_name": f"{f}/1.jpg", "id": f} for f in (1, 2)]}, "is listed twice"),
        (
            {"images": [{"file_name": "a.jpg", "id": 1, "ignore_regions_x": [[1, 2]]}]},
            "ignore_regions_x and _y do not fit",
        ),
    ],
)
def test_a_malformed_file_of_2018_is_refused(
    tmp_path: Path, change: dict[str, Any], what: str
) -> None:
    with pytest.raises(UniTrackError, match=what):
        _read(tmp_path, document18([[]], **change))


@pytest.mark.parametrize("annolist", [3, [3], [{"image": []}], [{"image": [{}]}]])
def test_a_malformed_file_of_2017_is_refused(tmp_path: Path, annolist: Any) -> None:
    with pytest.raises(UniTrackError, match=r"a\.json"):
        _read(tmp_path, {"annolist": annolist})


@pytest.mark.parametrize("document", [[], {}, {"frames": []}, 3, None])
def test_a_file_of_neither_dialect_is_refused(tmp_path: Path, document: Any) -> None:
    with pytest.raises(UniTrackError, match=r"neither annolist \(2017\) nor images \(2018\)"):
        _read(tmp_path, document)


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    with pytest.raises(UniTrackError, match="is missing"):
        read_entries(file, "truth")
    file.write_text('{"annolist": [')
    with pytest.raises(UniTrackError, match="is no JSON"):
        read_entries(file, "truth")
