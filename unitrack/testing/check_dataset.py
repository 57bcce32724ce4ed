"""Promises of a data set: lazy restartable frames, sound truth, files that read back."""

from __future__ import annotations

import atexit
import math
import tempfile
from collections.abc import Sequence as Series
from contextlib import ExitStack
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Dataset, Sequence
from unitrack.registry.manager import registry
from unitrack.registry.records import DatasetRecord, MetricRecord, load
from unitrack.testing.subject import Subject, refuses
from unitrack.types import (
    BoxObservation,
    MaskObservation,
    Observation,
    PoseObservation,
    SequenceResult,
    Target,
    TrackedObject,
)

__all__ = ["CHECKS", "CHECKS_WITH_DATA", "open_dataset"]

_CHANNELS = 3
_NEAR_PIXELS = 0.01  # what two decimals in a file leave of a coordinate


def check_names_what_runs_and_scores_it(subject: Subject[DatasetRecord]) -> None:
    """The data set names its heads, and a metric that is installed."""
    assert subject.record.heads, f"{subject}: heads is empty"
    registry().get("metrics", subject.record.metric)


def check_has_provenance(subject: Subject[DatasetRecord]) -> None:
    """The data set names its licence, and where to obtain it unless it is rendered."""
    assert subject.record.licence, f"{subject}: licence is empty"
    assert subject.record.source or subject.record.synthesise, f"{subject}: source is empty"


def check_an_absent_root_is_named(subject: Subject[DatasetRecord]) -> None:
    """A folder that is not there is a fault the user can mend."""
    with tempfile.TemporaryDirectory() as folder:
        absent = Path(folder) / "absent"
        assert refuses(lambda: _open(subject, absent).sequences()), f"{subject}"


def check_sequences_have_names_of_their_own(subject: Subject[DatasetRecord]) -> None:
    """There are sequences, no two of one name, in the same order each time."""
    names = [one.name for one in open_dataset(subject).sequences()]
    assert names, f"{subject}: no sequences"
    assert len(set(names)) == len(names), f"{subject}: {names}"
    assert [one.name for one in open_dataset(subject).sequences()] == names, f"{subject}"


def check_frames_are_as_stated(subject: Subject[DatasetRecord]) -> None:
    """As many frames as stated, numbered from 0, RGB bytes of the stated size."""
    sequence = _shortest(subject)
    count = 0
    for count, frame in enumerate(sequence.frames(), 1):
        shape, kind = frame.image.shape, cast("object", frame.image.dtype)
        assert frame.index == count - 1, f"{sequence.name}: index {frame.index} at {count - 1}"
        assert shape == (*sequence.size, _CHANNELS), f"{sequence.name}: {frame.name}: {shape}"
        assert kind == np.uint8, f"{sequence.name}: {frame.name}: {kind}"
    assert count == sequence.length, f"{sequence.name}: {count} frames, stated {sequence.length}"
    assert sequence.fps > 0, f"{sequence.name}: fps {sequence.fps}"


def check_frames_can_be_asked_for_again(subject: Subject[DatasetRecord]) -> None:
    """A second iteration starts at the first frame, also beside another one."""
    sequence = _shortest(subject)
    one, other = sequence.frames(), sequence.frames()
    first = next(one)
    next(one, None)
    again = next(other)
    assert again.index == first.index == 0, f"{sequence.name}: {first.index}, {again.index}"
    assert np.array_equal(first.image, again.image), f"{sequence.name}: frame 0 differs"


def check_truth_is_sound(subject: Subject[DatasetRecord]) -> None:
    """Truth, where given, is there per frame: finite boxes, no identity twice in a frame."""
    for sequence in open_dataset(subject).sequences():
        truth = sequence.truth
        if truth is None:
            continue
        assert len(truth) == sequence.length, f"{sequence.name}: truth of {len(truth)} frames"
        for index, frame in enumerate(truth):
            where = f"{sequence.name}: frame {index}"
            counted = [one.id for one in frame if one.counted]
            assert len(set(counted)) == len(counted), f"{where}: ids {sorted(counted)}"
            boxes = [one.observation.box for one in frame]
            assert all(_sound(box) for box in boxes), f"{where}: {boxes}"


def check_targets_are_given(subject: Subject[DatasetRecord]) -> None:
    """For propagation the protocol gives targets, each with its identity, in the first frames."""
    sequence = _shortest(subject)
    if _metric(subject).stage != "propagation":
        return
    given = [seen for frame in sequence.observations("benchmark") for seen in frame]
    assert given, f"{sequence.name}: no target"
    strange = {type(seen).__name__ for seen in given if not isinstance(seen, Target)}
    assert not strange, f"{sequence.name}: gives {', '.join(strange)}"


def check_observations_are_given_per_frame(subject: Subject[DatasetRecord]) -> None:
    """The benchmark's and the oracle's observations have one entry per frame, or are refused."""
    sequence = _shortest(subject)
    for source in ("benchmark", "oracle"):
        if refuses(sequence.observations, source):
            continue
        given = sequence.observations(source)
        assert len(given) == sequence.length, f"{sequence.name}: {source}: {len(given)} frames"
        for seen in (one for frame in given for one in frame):
            assert _sound(seen.box), f"{sequence.name}: {source}: {seen}"
            assert math.isfinite(seen.score), f"{sequence.name}: {source}: {seen}"


def check_the_oracle_shows_the_truth(subject: Subject[DatasetRecord]) -> None:
    """The oracle's boxes are boxes of the truth, where there is truth and detections are given."""
    sequence = _shortest(subject)
    if sequence.truth is None or _metric(subject).stage == "propagation":
        assert refuses(sequence.observations, "oracle"), f"{sequence.name}: an oracle of nothing"
        return
    for index, (given, true) in enumerate(
        zip(sequence.observations("oracle"), sequence.truth, strict=True)
    ):
        strange = {seen.box for seen in given} - {one.observation.box for one in true}
        assert not strange, f"{sequence.name}: frame {index}: {strange}"


def check_an_unknown_source_is_refused(subject: Subject[DatasetRecord]) -> None:
    """A source of observations that is not there is a fault the user can mend."""
    sequence = _shortest(subject)
    assert refuses(sequence.observations, "no_such_detector"), f"{sequence.name}"


def check_the_fingerprint_stays(subject: Subject[DatasetRecord]) -> None:
    """The fingerprint of unchanged files does not change."""
    first, second = (_shortest(subject) for _ in range(2))
    source = "oracle" if refuses(first.observations, "benchmark") else "benchmark"
    assert first.fingerprint(source) == second.fingerprint(source), f"{first.name}"


def check_what_is_written_reads_back(subject: Subject[DatasetRecord]) -> None:
    """Written and read again, a result is the same; written once more, so are the bytes."""
    dataset, sequence = open_dataset(subject), _shortest(subject)
    result = _result(subject, sequence)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        dataset.write(result, Path(one))
        back = dataset.read(sequence, Path(one))
        assert back.name == result.name, f"{sequence.name}: read back as {back.name}"
        assert len(back.frames) == len(result.frames), f"{sequence.name}: {len(back.frames)} frames"
        for index, (read, written) in enumerate(zip(back.frames, result.frames, strict=True)):
            assert _alike(read, written), f"{sequence.name}: frame {index}: {read}, not {written}"
        dataset.write(back, Path(other))
        assert _contents(Path(one)) == _contents(Path(other)), f"{sequence.name}: other bytes"


def check_results_that_are_not_there_are_named(subject: Subject[DatasetRecord]) -> None:
    """Reading from an empty folder is a fault the user can mend."""
    with tempfile.TemporaryDirectory() as folder:
        assert refuses(open_dataset(subject).read, _shortest(subject), Path(folder)), f"{subject}"


def open_dataset(subject: Subject[DatasetRecord]) -> Dataset:
    """The data set at the subject's root, or rendered with the subject's settings."""
    return _open(subject, subject.root or _rendered(subject.record.synthesise, subject.settings))


def _open(subject: Subject[DatasetRecord], root: Path) -> Dataset:
    return cast("Dataset", subject.build(root, None, subject.settings))


# Rendered sets live as long as the process: several checks look at each.
_FOLDERS = ExitStack()
atexit.register(_FOLDERS.close)


@lru_cache
def _rendered(synthesise: str, settings: Any) -> Path:
    """Render once per settings (a frozen model of the plugin's own, hence Any)."""
    folder = Path(_FOLDERS.enter_context(tempfile.TemporaryDirectory(prefix="unitrack-testing-")))
    cast("Any", load(synthesise))(folder / "set", settings)
    return folder / "set"


def _shortest(subject: Subject[DatasetRecord]) -> Sequence:
    return min(open_dataset(subject).sequences(), key=lambda one: (one.length, one.name))


def _sound(box: tuple[float, float, float, float]) -> bool:
    x1, y1, x2, y2 = box
    return all(map(math.isfinite, box)) and x1 <= x2 and y1 <= y2


def _metric(subject: Subject[DatasetRecord]) -> MetricRecord:
    """What scores the data set; it says from which primitive and of what shape the objects are.

    The heads say so as well, but need not be installed where the data set is.
    """
    record = registry().get("metrics", subject.record.metric)
    assert isinstance(record, MetricRecord)
    return record


def _result(subject: Subject[DatasetRecord], sequence: Sequence) -> SequenceResult:
    """What a tracker might say.

    For detections of boxes: two made-up objects on half pixels, inside the picture, absent from
    every fourth frame. Otherwise what the benchmark itself says of the objects, with gaps as well
    where identities come and go.
    """
    metric = _metric(subject)
    if (metric.stage, metric.shape) != ("association", "box"):
        return _from_truth(sequence, gaps=metric.stage == "association")
    height, width = sequence.size
    frames = tuple(
        ()
        if index % 4 == 3  # noqa: PLR2004 - any gap
        else tuple(
            TrackedObject(number, BoxObservation(_half_pixels(number, index, width, height)))
            for number in (1, 2)
        )
        for index in range(sequence.length)
    )
    return SequenceResult(sequence.name, frames)


def _from_truth(sequence: Sequence, *, gaps: bool) -> SequenceResult:
    """The counted truth as a result; without truth, the targets of the first frame throughout."""
    if sequence.truth is not None:
        known = [[(t.id, t.observation) for t in frame if t.counted] for frame in sequence.truth]
    else:
        given = [s for s in sequence.observations("benchmark")[0] if isinstance(s, Target)]
        known = [[(seen.id, seen.observation) for seen in given]] * sequence.length
    frames = tuple(
        ()
        if gaps and index % 4 == 3  # noqa: PLR2004 - any gap
        else tuple(TrackedObject(*one) for one in frame)
        for index, frame in enumerate(known)
    )
    return SequenceResult(sequence.name, frames)


def _half_pixels(
    number: int, index: int, width: int, height: int
) -> tuple[float, float, float, float]:
    x1, y1 = (index % (width // 4)) + 0.5, number * height // 8 + 0.5
    return x1, y1, x1 + width // 4, y1 + height // 4


def _alike(read: Series[TrackedObject], written: Series[TrackedObject]) -> bool:
    """The same identities at the same places; files keep few decimals."""
    ours, theirs = ({one.id: one.observation for one in frame} for frame in (read, written))
    return ours.keys() == theirs.keys() and all(_same(ours[i], theirs[i]) for i in ours)


def _same(read: Observation, written: Observation) -> bool:
    if isinstance(written, MaskObservation):
        return isinstance(read, MaskObservation) and np.array_equal(read.mask, written.mask)
    near = partial(np.allclose, atol=_NEAR_PIXELS, rtol=0)
    if isinstance(written, PoseObservation):
        return (
            isinstance(read, PoseObservation)
            and read.visible == written.visible
            and bool(near(*(_visible_joints(pose) for pose in (read, written))))
        )
    return bool(near(read.box, written.box)) and read.label == written.label


def _visible_joints(pose: PoseObservation) -> NDArray[np.float64]:
    return np.array(pose.xy, np.float64).reshape(-1, 2)[np.array(pose.visible, np.bool_)]


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


CHECKS = (
    check_names_what_runs_and_scores_it,
    check_has_provenance,
    check_an_absent_root_is_named,
)
CHECKS_WITH_DATA = (
    check_sequences_have_names_of_their_own,
    check_frames_are_as_stated,
    check_frames_can_be_asked_for_again,
    check_truth_is_sound,
    check_targets_are_given,
    check_observations_are_given_per_frame,
    check_the_oracle_shows_the_truth,
    check_an_unknown_source_is_refused,
    check_the_fingerprint_stays,
    check_what_is_written_reads_back,
    check_results_that_are_not_there_are_named,
)
