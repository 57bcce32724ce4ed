from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import unitrack
from tests.vos.made import Labels, labels, tracked, youtube
from unitrack.engine.score import Scored
from unitrack.types import SequenceResult
from unitrack_vos.data.youtube import youtube_vos

NUMBERS = range(0, 30, 5)
A, B, HALF = (2, 10, 2, 10), (14, 22, 5, 15), (14, 18, 5, 15)

FRAMES: dict[int, Labels] = {
    0: labels(o2=A),
    5: labels(o2=A),
    10: labels(o2=A, o7=B),
    15: labels(o7=B),
    20: labels(o2=A, o7=B),
    25: labels(o2=A, o7=B),
}


def data(root: Path, kinds: dict[int, str] | None = None, split: str = "valid") -> Path:
    youtube(
        root, {"t": {0: labels(o1=A), 5: labels(o1=A)}}, numbers=(0, 5),
        objects={"t": {1: "person"}},
    )  # fmt: skip
    objects = None if kinds is None else {"v": kinds}
    return youtube(root, {"v": FRAMES}, split=split, numbers=NUMBERS, objects=objects)


def scored(root: Path, found: list[Labels], split: str = "valid") -> Scored:
    result = SequenceResult("v", tuple(map(tracked, found)))
    youtube_vos(root, split, None).write(result, root / "out")
    return unitrack.evaluate(root / "out", "youtube_vos", root=root, split=split)


def test_an_object_counts_from_the_frame_after_its_first(tmp_path: Path) -> None:
    found = [FRAMES[n] for n in NUMBERS]
    found[0] = labels()  # 2 is given here
    found[2] = labels(o2=A)  # 7 is given here
    found[5] = labels(o2=A, o7=HALF)  # the last frame counts
    objects = scored(data(tmp_path), found).breakdown["object"]
    assert objects["v_2"]["J"] == 1
    assert objects["v_7"]["J"] == pytest.approx((1 + 1 + 0.5) / 3)


def test_an_object_that_is_hidden_must_not_be_seen(tmp_path: Path) -> None:
    found = [FRAMES[n] for n in NUMBERS]
    found[3] = labels(o2=A, o7=B)  # 2 is hidden in this one of its five
    scores = scored(data(tmp_path), found)
    assert scores.breakdown["object"]["v_2"]["J"] == 0.8
    assert scores.scores["COMBINED"]["J"] == 0.9


def test_seen_and_unseen_classes_are_averaged_apart(tmp_path: Path) -> None:
    found = [np.where(FRAMES[n] == 2, 2, 0).astype(np.uint8) for n in NUMBERS]
    scores = scored(data(tmp_path, {2: "person", 7: "zebra"}), found)
    kinds = scores.breakdown["classes"]
    assert kinds["seen"] == {"J&F": 1, "J": 1, "F": 1}
    assert kinds["unseen"] == {"J&F": 0, "J": 0, "F": 0}
    assert kinds["G"] == {"J&F": 0.5, "J": 0.5, "F": 0.5}


def test_g_weighs_the_kinds_and_not_the_objects(tmp_path: Path) -> None:
    root = data(tmp_path, {2: "person", 7: "zebra"})
    youtube(
        root, {"v": FRAMES, "w": FRAMES}, split="valid", numbers=NUMBERS,
        objects={"v": {2: "person", 7: "zebra"}, "w": {2: "person", 7: "person"}},
    )  # fmt: skip
    dataset = youtube_vos(root, "valid", None)
    right = tuple(tracked(FRAMES[n]) for n in NUMBERS)
    wrong = tuple(tuple(one for one in frame if one.id != 7) for frame in right)
    dataset.write(SequenceResult("v", wrong), root / "out")
    dataset.write(SequenceResult("w", right), root / "out")
    scores = unitrack.evaluate(root / "out", "youtube_vos", root=root, split="valid")
    assert scores.scores["COMBINED"]["J"] == 0.75
    assert scores.breakdown["classes"]["G"]["J&F"] == 0.5


def test_without_classes_there_is_no_g(tmp_path: Path) -> None:
    found = [FRAMES[n] for n in NUMBERS]
    one_kind = scored(data(tmp_path / "a", {2: "person", 7: "person"}), found).breakdown
    assert list(one_kind["classes"]) == ["seen"]
    assert "classes" not in scored(data(tmp_path / "b", {2: "", 7: ""}), found).breakdown


def test_a_video_in_which_nothing_counts_is_left_blank(tmp_path: Path) -> None:
    youtube(tmp_path, {"v": FRAMES, "w": {0: labels(), 25: labels(o1=A)}}, numbers=NUMBERS)
    dataset = youtube_vos(tmp_path, None, None)
    frames = tuple(tracked(FRAMES[n]) for n in NUMBERS)
    dataset.write(SequenceResult("v", frames), tmp_path / "out")
    dataset.write(SequenceResult("w", ((),) * 6), tmp_path / "out")
    scores = unitrack.evaluate(tmp_path / "out", "youtube_vos", root=tmp_path).scores
    assert scores["w"] == {}
    assert scores["COMBINED"] == scores["v"] == {"J&F": 1, "J": 1, "F": 1}
