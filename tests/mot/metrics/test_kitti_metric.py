from __future__ import annotations

from pathlib import Path

import pytest

import unitrack
from tests.mot.metrics.conftest import columns, detailed, score
from unitrack.data.base import Dataset
from unitrack.metrics.base import Row
from unitrack_mot.data.kitti import kitti_2d_box as kitti_data
from unitrack_mot.metrics.kitti import kitti_2d_box

NEAR = pytest.approx
NAMES = ("0000", "0012", "0017")  # the last has no cars


def line(
    kind: str, number: int, box: tuple[int, int, int, int], *, hidden: int = 0, cut: int = 0
) -> str:
    corners = " ".join(map(str, box))
    return f"0 {number} {kind} {cut} {hidden} -10 {corners} -1 -1 -1 -1000 -1000 -1000 -10"


BOX = (100, 100, 160, 150)
CAR = line("Car", 1, (300, 100, 360, 150))
FOUND = line("Car", 1, (300, 100, 360, 150))


def row(folder: Path, truth: list[str], found: list[str]) -> Row:
    (folder / "label_02").mkdir(parents=True)
    (folder / "results").mkdir()
    (folder / "label_02" / "0000.txt").write_text("\n".join([CAR, *truth]) + "\n")
    (folder / "results" / "0000.txt").write_text("\n".join([FOUND, *found]) + "\n")
    metric = kitti_2d_box()
    return metric.combine([score(_opened(folder), metric, "0000", folder / "results")])


def _opened(folder: Path) -> Dataset:
    return kitti_data(folder, None, None)


def counts(scored: Row) -> tuple[float, float, float]:
    """Right, false, missed."""
    return scored["CLR_TP"], scored["CLR_FP"], scored["CLR_FN"]


def test_cars_are_scored(tmp_path: Path) -> None:
    truth = [line("Car", 2, BOX), line("Car", 3, (500, 100, 560, 150))]
    found = [line("Car", 2, BOX), line("Car", 3, (700, 100, 760, 150))]
    assert counts(row(tmp_path, truth, found)) == (2, 1, 1)


@pytest.mark.parametrize(
    ("truth", "judged"),
    [
        (line("Van", 2, BOX), (1, 0, 0)),
        (line("Car", 2, BOX, hidden=3), (1, 0, 0)),
        (line("Car", 2, BOX, cut=1), (1, 0, 0)),
        (line("Car", 2, BOX, hidden=2), (2, 0, 0)),
        (line("Truck", 2, BOX), (1, 1, 0)),
        (line("Pedestrian", 2, BOX), (1, 1, 0)),
        (line("Car", -1, BOX), (1, 1, 0)),  # without an identity: as if it were not there
        (line("DontCare", -1, (90, 90, 200, 200)), (1, 0, 0)),
        (line("DontCare", -1, (131, 90, 200, 200)), (1, 1, 0)),  # 29 of 60 columns inside
    ],
)
def test_what_a_box_is_on_decides_whether_it_counts(
    tmp_path: Path, truth: str, judged: tuple[int, int, int]
) -> None:
    assert counts(row(tmp_path, [truth], [line("Car", 9, BOX)])) == judged


@pytest.mark.parametrize(("bottom", "false"), [(125, 0), (126, 1)])
def test_false_boxes_of_25_pixels_and_less_are_forgiven(
    tmp_path: Path, bottom: int, false: int
) -> None:
    assert row(tmp_path, [], [line("Car", 9, (100, 100, 160, bottom))])["CLR_FP"] == false


def test_a_small_box_on_a_car_counts(tmp_path: Path) -> None:
    small = (100, 100, 130, 120)
    assert counts(row(tmp_path, [line("Car", 2, small)], [line("Car", 9, small)])) == (2, 0, 0)


def test_a_box_on_a_car_counts_inside_a_region_not_to_care_about(tmp_path: Path) -> None:
    truth = [line("Car", 2, BOX), line("DontCare", -1, (0, 0, 250, 250))]
    assert counts(row(tmp_path, truth, [line("Car", 9, BOX)])) == (2, 0, 0)


def test_found_pedestrians_are_left_out(tmp_path: Path) -> None:
    assert counts(row(tmp_path, [], [line("Pedestrian", 9, BOX)])) == (1, 0, 0)


@pytest.mark.data
@pytest.mark.parametrize("name", NAMES)
def test_the_reference_scores_of_kitti_to_every_digit(kitti_reference: Path, name: str) -> None:
    root = kitti_reference / "gt/kitti/kitti_2d_box_train"
    folder = kitti_reference / "trackers/kitti/kitti_2d_box_train/CIWT"
    expected = detailed(folder / "car_detailed.csv", name)
    dataset, metric = kitti_data(root, None, None), kitti_2d_box()
    partial = score(dataset, metric, name, folder / "data")
    ours = columns(partial)
    assert {column: ours[column] for column in expected} == NEAR(expected, rel=1e-13, abs=0)
    for key, value in metric.combine([partial]).items():
        assert value == NEAR(expected.get(key, expected.get(f"{key}___AUC")), rel=1e-13), key


@pytest.mark.data
def test_the_api_scores_result_files_without_images(kitti_reference: Path) -> None:
    scores = unitrack.evaluate(
        kitti_reference / "trackers/kitti/kitti_2d_box_train/CIWT/data",
        "kitti_2d_box",
        root=kitti_reference / "gt/kitti/kitti_2d_box_train",
    ).scores
    assert list(scores) == ["COMBINED", *NAMES]
    assert scores["0000"]["HOTA"] == NEAR(0.61154, abs=5e-6)
    assert scores["0012"]["MOTA"] == NEAR(0.94406, abs=5e-6)
    assert (scores["0017"]["HOTA"], scores["0017"]["CLR_FP"]) == (0, 0)
