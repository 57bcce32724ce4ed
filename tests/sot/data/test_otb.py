from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import unitrack
from tests.sot.data import made
from unitrack.data.base import Sequence
from unitrack.errors import UniTrackError
from unitrack.types import BoxObservation, Target
from unitrack_sot.data.otb import otb100
from unitrack_sot.data.otb_tables import RANGES, SPLITS


def videos(root: Path, split: str | None = None) -> dict[str, Sequence]:
    return {video.name: video for video in otb100(root, split, None).sequences()}


def box_at(video: Sequence, index: int) -> tuple[float, float, float, float]:
    assert video.truth is not None
    return video.truth[index][0].observation.box


def test_the_tables_are_those_of_the_benchmark() -> None:
    assert len(RANGES) == 100
    assert sum(last - first + 1 for first, last in RANGES.values()) == 59040
    assert {split: len(names) for split, names in SPLITS.items()} == {
        "otb100": 100,
        "otb50": 50,
        "otb2013": 51,
    }
    assert {name for names in SPLITS.values() for name in names} == RANGES.keys()


@pytest.mark.parametrize("separator", [",", "\t", " ", " \t", ", "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_separator_and_end_of_line_is_read(tmp_path: Path, separator: str, end: str) -> None:
    text = end.join(separator.join(map(str, made.box(k))) for k in range(5))
    made.otb(tmp_path, truth=text)
    video = videos(tmp_path)["Clip"]
    assert box_at(video, 0) == (4, 9, 16, 25)
    assert box_at(video, 4) == (12, 9, 24, 25)


def test_separators_may_mix_in_a_file(tmp_path: Path) -> None:
    made.otb(tmp_path, count=2, truth="5\t10\t12\t16\n7 10\t12,16\n")
    assert box_at(videos(tmp_path)["Clip"], 1) == (6, 9, 18, 25)


def test_the_object_is_given_once_and_nothing_else_is_asked(tmp_path: Path) -> None:
    made.otb(tmp_path)
    video = videos(tmp_path)["Clip"]
    first, *rest = video.observations("benchmark")
    assert first == (Target(1, BoxObservation((4.0, 9.0, 16.0, 25.0))),)
    assert rest == [()] * 4


@pytest.mark.parametrize("source", ["oracle", "detections", "."])
def test_another_source_of_observations_is_refused(tmp_path: Path, source: str) -> None:
    made.otb(tmp_path)
    with pytest.raises(UniTrackError, match="starts from the first frame's box") as fault:
        videos(tmp_path)["Clip"].observations(source)
    assert fault.value.mend == "Leave out --observations."


@pytest.mark.parametrize("above", ["", "OTB100", "data/OTB100"])
def test_the_root_may_lie_above_the_videos(tmp_path: Path, above: str) -> None:
    made.otb(tmp_path / above, "Boy", 3)
    assert list(videos(tmp_path)) == ["Boy"]


def test_david_is_run_from_its_three_hundredth_image(tmp_path: Path) -> None:
    made.many(tmp_path / "David" / "img", 1, 770)
    made.boxes(tmp_path / "David" / "groundtruth_rect.txt", map(made.box, range(471)))
    video = videos(tmp_path)["David"]
    assert video.length == 471
    assert video.images[0].name == "0300.png"  # type: ignore[attr-defined]
    assert video.images[-1].name == "0770.png"  # type: ignore[attr-defined]


def test_images_behind_the_last_box_are_left_out(tmp_path: Path) -> None:
    made.many(tmp_path / "Football1" / "img", 1, 81)
    made.boxes(tmp_path / "Football1" / "groundtruth_rect.txt", map(made.box, range(74)))
    assert videos(tmp_path)["Football1"].length == 74


def test_numbers_may_begin_late_and_have_five_digits(tmp_path: Path) -> None:
    made.many(tmp_path / "BlurCar3" / "img", 3, 359)
    made.boxes(tmp_path / "BlurCar3" / "groundtruth_rect.txt", map(made.box, range(357)))
    made.many(tmp_path / "Board" / "img", 1, 698, "{:05d}.jpg")
    made.boxes(
        tmp_path / "Board" / "groundtruth_rect.txt", [*map(made.box, range(697)), (0, 0, 0, 0)]
    )
    found = videos(tmp_path)
    assert list(found) == ["BlurCar3", "Board"]
    assert (found["BlurCar3"].length, found["Board"].length) == (357, 698)
    assert found["Board"].truth is not None
    assert not found["Board"].truth[-1][0].counted
    assert found["Board"].truth[-2][0].counted


def test_a_video_of_two_objects_is_two_sequences(tmp_path: Path) -> None:
    folder = tmp_path / "Jogging"
    made.many(folder / "img", 1, 307)
    for target in (1, 2):
        rows = [(10 * target, 5, 6, 7)] * 307
        made.boxes(folder / f"groundtruth_rect.{target}.txt", rows)
    found = videos(tmp_path)
    assert list(found) == ["Jogging-1", "Jogging-2"]
    assert [box_at(video, 0)[0] for video in found.values()] == [9, 19]


def test_copies_of_such_a_video_are_the_same_two(tmp_path: Path) -> None:
    """As pysot and the paper's code want them: a folder a sequence, beside the original."""
    for folder in ("Jogging", "Jogging-1", "Jogging-2"):
        made.many(tmp_path / folder / "img", 1, 307)
        for target in (1, 2):
            rows = [(10 * target, 5, 6, 7)] * 307
            made.boxes(tmp_path / folder / f"groundtruth_rect.{target}.txt", rows)
    found = videos(tmp_path)
    assert list(found) == ["Jogging-1", "Jogging-2"]
    assert [box_at(video, 0)[0] for video in found.values()] == [9, 19]


def test_of_human4_the_second_object_is_the_sequence(tmp_path: Path) -> None:
    folder = tmp_path / "Human4"
    made.many(folder / "img", 1, 667)
    (folder / "groundtruth_rect.1.txt").touch()
    made.boxes(folder / "groundtruth_rect.2.txt", map(made.box, range(667)))
    assert {name: video.length for name, video in videos(tmp_path).items()} == {"Human4": 667}


@pytest.mark.parametrize(("folder", "end"), [("img", "png"), ("img", "jpg"), ("jpg", "jpg")])
def test_kitesurf_is_found_however_it_is_packed(tmp_path: Path, folder: str, end: str) -> None:
    made.many(tmp_path / "KiteSurf" / folder, 1, 84, f"{{:04d}}.{end}")
    made.boxes(tmp_path / "KiteSurf" / "groundtruth_rect.txt", map(made.box, range(84)))
    assert videos(tmp_path)["KiteSurf"].length == 84


def test_later_boxes_may_leave_the_picture(tmp_path: Path) -> None:
    made.otb(tmp_path, count=2, truth="5,10,12,16\n-30,10,12,16\n")
    video = videos(tmp_path)["Clip"]
    assert box_at(video, 1) == (-31, 9, -19, 25)
    assert video.truth is not None
    assert video.truth[1][0].counted


def test_grey_images_are_read_in_three_equal_channels(tmp_path: Path) -> None:
    """Also where a video has both kinds."""
    folder = made.otb(tmp_path, count=2)
    shades = np.random.default_rng(0).integers(0, 256, made.SIZE, np.uint8)
    Image.fromarray(shades).save(folder / "img" / "0002.png")
    _, grey = videos(tmp_path)["Clip"].frames()
    np.testing.assert_array_equal(grey.image, np.stack([shades] * 3, axis=2))


def test_a_split_selects_orders_and_says_how_many_are_absent(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("Woman", "Biker", "Coke"):
        made.otb(tmp_path, name, 3)
    with caplog.at_level(logging.WARNING, "unitrack"):
        assert list(videos(tmp_path, "otb50")) == ["Biker", "Woman"]
    (record,) = caplog.records
    assert "48 of 50 sequences of the split otb50 are absent" in record.getMessage()
    assert list(videos(tmp_path)) == ["Biker", "Coke", "Woman"]


def test_attributes_are_read_where_a_copy_has_them(tmp_path: Path) -> None:
    made.lines(made.otb(tmp_path) / "attrs.txt", ["SV, DEF, FM"])
    made.otb(tmp_path, "Other")
    found = videos(tmp_path)
    assert found["Clip"].attributes == ("SV", "DEF", "FM")  # type: ignore[attr-defined]
    assert found["Other"].attributes == ()  # type: ignore[attr-defined]


def test_scoring_needs_no_image(tmp_path: Path) -> None:
    made.boxes(tmp_path / "Clip" / "groundtruth_rect.txt", map(made.box, range(5)))
    made.boxes(tmp_path / "results" / "Clip.txt", map(made.box, range(5)))
    scored = unitrack.evaluate(tmp_path / "results", "otb100", root=tmp_path)
    assert scored.scores["COMBINED"]["AUC"] == pytest.approx(20 / 21)


def test_the_fingerprint_follows_the_images_and_what_is_given(tmp_path: Path) -> None:
    folder = made.otb(tmp_path)

    def fingerprint() -> str:
        return videos(tmp_path)["Clip"].fingerprint("benchmark")

    before = fingerprint()
    (folder / "groundtruth_rect.txt").write_text("5,10,12,16\n" + "1,1,2,2\n" * 4)
    assert fingerprint() == before  # no tracker sees a later box
    (folder / "groundtruth_rect.txt").write_text("6,10,12,16\n" + "1,1,2,2\n" * 4)
    assert fingerprint() != before
    with_other_box = fingerprint()
    made.images(folder / "img", ["0003.png"], (10, 10))
    assert fingerprint() != with_other_box


@pytest.mark.data
def test_real_videos_are_read(data_root: Path) -> None:
    found = videos(data_root / "clips" / "otb100")
    facts = {name: (video.length, video.size) for name, video in found.items()}
    assert facts == {
        "Crossing": (120, (240, 360)),
        "Dog": (127, (240, 352)),
        "Football1": (74, (288, 352)),
    }
    assert box_at(found["Crossing"], 0) == (204, 150, 221, 200)
    assert box_at(found["Dog"], 1) == (73, 87, 128, 130)  # lines end in CRLF
    assert box_at(found["Football1"], 0) == (152, 104, 178, 147)
    assert found["Dog"].attributes == ("SV", "DEF", "OPR")  # type: ignore[attr-defined]
    assert next(found["Football1"].frames()).image.shape == (288, 352, 3)
