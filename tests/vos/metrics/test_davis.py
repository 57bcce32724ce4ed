from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import unitrack
from tests.reference import davis as reference
from tests.vos.made import davis, save, tracked
from unitrack.metrics.base import Breakdown, Metric, Row
from unitrack.testing.scenes import Scene, perfect
from unitrack.types import MaskObservation, SequenceResult, TrackedObject, TruthObject
from unitrack_vos.metrics import davis as metric
from unitrack_vos.metrics.contour import region_and_contour
from unitrack_vos.metrics.objects import decay

Labels = NDArray[np.uint8]
NEAR = pytest.approx


def disks(*centres: tuple[int, int, int]) -> Labels:
    """Canvas of the known answers: disks of column, row and squared radius, numbered from 1."""
    y, x = np.mgrid[:96, :128]
    values = np.zeros((96, 128), np.uint8)
    for number, (column, row, square) in enumerate(centres, start=1):
        values[(x - column) ** 2 + (y - row) ** 2 < square] = number
    return values


TRUE = [disks((40 + 2 * t, 40, 400), (95, 60, 225)) for t in range(6)]
FOUND = [disks((42 + 2 * t, 41, 400), (93, 60, 225)) for t in range(6)]
TRUE[3][:5, :5] = 255


@dataclass(frozen=True, slots=True)
class Known(Scene):
    """A sequence of known truth."""

    values: tuple[Labels, ...] = ()

    @property
    def truth(self) -> tuple[tuple[TruthObject, ...], ...]:
        return tuple(
            tuple(TruthObject(thing.id, thing.observation) for thing in tracked(values))
            for values in self.values
        )


def scored(
    true: Sequence[Labels], found: Sequence[Labels], of: Metric | None = None
) -> tuple[Row, dict[str, Row]]:
    """The row, and a row an object."""
    of = of or metric.davis()
    result = SequenceResult("s", tuple(map(tracked, found)))
    partial = of.evaluate(Known("s", len(true), values=tuple(true)), result)
    assert isinstance(of, Breakdown)
    tables = of.breakdown({}, {"s": partial})
    return of.combine([partial]), dict(tables.get("object", {}))


def test_the_known_answer_of_the_benchmarks_own_evaluation(tmp_path: Path) -> None:
    """benchmarks.md 19.4, through files, void included."""
    davis(tmp_path / "data", TRUE)
    for index, values in enumerate(FOUND):
        save(tmp_path / "out" / "blackswan" / f"{index:05d}.png", values)
    found = unitrack.evaluate(tmp_path / "out", "davis2017", root=tmp_path / "data")
    assert found.scores["COMBINED"] == {
        "J&F": NEAR(0.905795, abs=5e-5),
        "J": NEAR(0.856462, abs=5e-7),
        "F": NEAR(0.955128, abs=5e-7),
        "J-recall": 1,
        "F-recall": 1,
        "J-decay": NEAR(0, abs=1e-12),
        "F-decay": NEAR(0, abs=1e-12),
    }
    objects = found.breakdown["object"]
    assert objects["blackswan_1"]["J"] == NEAR(0.866567, abs=5e-7)
    assert objects["blackswan_1"]["F"] == NEAR(0.910256, abs=5e-7)
    assert objects["blackswan_2"]["J"] == NEAR(0.846358, abs=5e-7)
    assert objects["blackswan_2"]["F"] == 1


def test_void_as_a_third_object_would_be_another_number() -> None:
    """What the known answer says of a tool that does not know void."""
    voids = [np.where(values == 255, 3, values).astype(np.uint8) for values in TRUE]
    _, objects = scored(voids, FOUND)
    # That tool counts an object from the frame on in which it appears: here the last two of four.
    third = [
        region_and_contour(MaskObservation.of(true == 3), MaskObservation.of(found == 3))
        for true, found in zip(voids[3:5], FOUND[3:5], strict=True)
    ]
    region, contour = np.mean(third, axis=0)
    assert np.mean([objects["s_1"]["J"], objects["s_2"]["J"], region]) == NEAR(0.7376, abs=5e-5)
    assert np.mean([objects["s_1"]["F"], objects["s_2"]["F"], contour]) == NEAR(0.8034, abs=5e-5)
    # Counted in all four, it would be right in three of them.
    voids[0][:5, :5] = 3
    row, _ = scored(voids, FOUND)
    assert row["J"] == NEAR((0.866567 + 0.846358 + 0.75) / 3, abs=1e-6)


def test_perfection_is_one() -> None:
    truth = [values * (values < 255) for values in TRUE]
    row, objects = scored(truth, truth)
    assert row == {
        "J&F": 1, "J": 1, "F": 1, "J-recall": 1, "F-recall": 1, "J-decay": 0, "F-decay": 0,
    }  # fmt: skip
    assert list(objects) == ["s_1", "s_2"]


def test_swapped_identities_score_nothing() -> None:
    truth = [values * (values < 255) for values in TRUE]
    swapped = [np.choose(values, (0, 2, 1)).astype(np.uint8) for values in truth]
    assert scored(truth, swapped)[0]["J"] < 0.02


def test_the_first_and_the_last_frame_do_not_count() -> None:
    truth = [values * (values < 255) for values in TRUE]
    nothing = np.zeros_like(truth[0])
    assert scored(truth, [nothing, *truth[1:-1], nothing])[0]["J&F"] == 1
    assert scored(truth, [*truth[:-2], nothing, truth[-1]])[0]["J"] == 0.75


def test_two_frames_leave_nothing_to_count() -> None:
    assert scored(TRUE[:2], TRUE[:2]) == ({}, {})


def test_a_sequence_that_does_not_count_does_not_change_the_others() -> None:
    of = metric.davis()
    partials = [
        of.evaluate(Known("s", n, values=tuple(TRUE[:n])), SequenceResult("s", ((),) * n))
        for n in (2, 5)
    ]
    assert of.combine(partials) == of.combine(partials[1:])


def test_objects_that_appear_later_are_not_evaluated() -> None:
    later = [*TRUE[:2], *(np.where(values == 0, 9, values).astype(np.uint8) for values in TRUE[2:])]
    assert list(scored(later, FOUND)[1]) == ["s_1", "s_2"]


def test_the_mean_is_over_objects_not_over_sequences() -> None:
    of = metric.davis()
    two = of.evaluate(Known("a", 6, values=tuple(TRUE)), SequenceResult("a", ((),) * 6))
    one = [np.where(values == 1, 1, 0).astype(np.uint8) for values in TRUE]
    right = SequenceResult("b", tuple(map(tracked, one)))
    whole = of.evaluate(Known("b", 6, values=tuple(one)), right)
    assert of.combine([two, whole])["J"] == NEAR(1 / 3)


def test_2016_takes_all_objects_as_one_on_both_sides() -> None:
    truth = [values * (values < 255) for values in TRUE]
    swapped = [np.choose(values, (0, 2, 1)).astype(np.uint8) for values in truth]
    row, objects = scored(truth, swapped, metric.davis2016())
    assert row["J&F"] == 1
    assert objects == {}  # the table of sequences says it all
    masks = [values > 0 for values in truth], [values > 0 for values in FOUND]
    expected = np.mean([reference.region(*pair) for pair in list(zip(*masks, strict=True))[1:-1]])
    assert scored(truth, FOUND, metric.davis2016())[0]["J"] == NEAR(expected)


def test_recall_and_decay_say_what_happens_over_time() -> None:
    truth = [disks((50, 40, 400)) for _ in range(10)]
    late = [disks((50, 40, 400)) for _ in range(5)] + [np.zeros((96, 128), np.uint8)] * 5
    row, _ = scored(truth, late)
    values = [1.0] * 4 + [0.0] * 4
    assert row["J-recall"] == 0.5
    assert row["J-decay"] == NEAR(reference.decay(values)) == 1


@pytest.mark.parametrize(
    ("length", "edges"),
    [(4, (0, 1, 2, 2, 3)), (48, (0, 12, 24, 35, 47)), (300, (0, 75, 150, 224, 299))],
)
def test_the_quarters_are_those_of_the_benchmark(length: int, edges: tuple[int, ...]) -> None:
    """benchmarks.md 19.10: every frame is worth a power of two, so that a mean tells the edges."""
    for index in range(length):
        values = np.zeros(length)
        values[index] = 1
        first = 1 / (edges[1] + 1) if index <= edges[1] else 0
        last = 1 / (edges[4] + 1 - edges[3]) if index >= edges[3] else 0
        assert decay(values) == NEAR(first - last)


@pytest.mark.parametrize("length", [*range(1, 40), 102, 255, 256, 257, 1000])
def test_decay_is_that_of_the_loops(length: int) -> None:
    values = np.random.default_rng(length).random(length)
    assert decay(values) == NEAR(reference.decay(values.tolist()), abs=1e-12)


def test_a_box_in_a_result_is_no_mask() -> None:
    scene = Scene("s", stage="propagation", shape="mask")
    boxes = replace(
        perfect(scene),
        frames=tuple(
            tuple(TrackedObject(one.id, one.observation) for one in frame)
            for frame in perfect(replace(scene, shape="box")).frames
        ),
    )
    of = metric.davis()
    assert of.combine([of.evaluate(scene, boxes)])["J"] == 0


@pytest.mark.data
def test_published_masks_of_osvos_score_as_published(data_root: Path) -> None:
    clips, masks = data_root / "clips" / "davis", data_root / "reference" / "davis_osvos"
    scores = unitrack.evaluate(masks, "davis2016", root=clips, split="val").scores
    assert scores["blackswan"]["J"] == NEAR(0.943, abs=5e-4)
    assert scores["scooter-black"]["J"] == NEAR(0.671, abs=5e-4)
    assert scores["COMBINED"]["J"] == NEAR((0.943 + 0.671) / 2, abs=5e-4)
    alone = unitrack.evaluate(masks, "davis2017", root=clips, sequences=["blackswan"]).scores
    assert alone["blackswan"] == scores["blackswan"]


@pytest.mark.data
@pytest.mark.slow
def test_a_real_frame_scores_as_the_loops_say(data_root: Path) -> None:
    from PIL import Image

    name = "scooter-black/00020.png"
    true, found = (
        np.asarray(Image.open(data_root / folder / name)) > 0
        for folder in ("clips/davis/Annotations/480p", "reference/davis_osvos")
    )
    ours = region_and_contour(MaskObservation.of(true), MaskObservation.of(found))
    assert ours == NEAR((reference.region(true, found), reference.contour(true, found)), abs=1e-12)


def test_a_missing_picture_is_said_when_scoring(tmp_path: Path) -> None:
    davis(tmp_path / "data", TRUE)
    (tmp_path / "out").mkdir()
    with pytest.raises(unitrack.errors.UniTrackError, match="blackswan: is no folder of results"):
        unitrack.evaluate(tmp_path / "out", "davis2017", root=tmp_path / "data")
