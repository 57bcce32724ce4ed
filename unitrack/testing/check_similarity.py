"""Promises of a similarity: a number per pair of objects, whatever their order and size."""

from __future__ import annotations

from typing import Any, cast

import torch

from unitrack.association.base import Similarity, SimilaritySettings
from unitrack.association.descriptors import Descriptors
from unitrack.registry.records import SimilarityRecord
from unitrack.testing.scenes import Scene, features, observed
from unitrack.testing.subject import Subject

__all__ = ["CHECKS"]

_SCENE = Scene(length=24)
_EARLY, _LATE = 20, 23  # frames that show the same three objects
_TOLERANCE = 1e-4


def check_describes_every_observation(subject: Subject[SimilarityRecord]) -> None:
    """One description per observation, also of none."""
    similarity = _similarity(subject)
    frame = list(_SCENE.frames())[_LATE]
    seen = observed(_SCENE)[_LATE]
    for count in (len(seen), 1, 0):
        found = similarity.describe(frame, features(frame.image), seen[:count])
        assert len(found) == count, f"{subject}: {len(found)} descriptions of {count} objects"
        assert len(found.points) == sum(found.counts), f"{subject}: counts {found.counts}"


def check_stays_between_minus_one_and_one(subject: Subject[SimilarityRecord]) -> None:
    """Every similarity is finite and in [-1, 1], for equal and for ragged sets."""
    similarity, early, late = _scene(subject)
    for tracklets in (early, _ragged(early, late)):
        scores = similarity.compare(tracklets, late)
        assert scores.shape == (len(tracklets), len(late)), f"{subject}: shape {scores.shape}"
        assert bool(torch.isfinite(scores).all()), f"{subject}: {scores}"
        assert float(scores.abs().max()) <= 1 + _TOLERANCE, f"{subject}: {scores}"


def check_nothing_to_compare_is_ordinary(subject: Subject[SimilarityRecord]) -> None:
    """No tracklets, or no detections, give an empty table of the right shape."""
    similarity, early, late = _scene(subject)
    none = early.take([])
    assert similarity.compare(none, late).shape == (0, len(late)), f"{subject}: no tracklets"
    assert similarity.compare(early, none).shape == (len(early), 0), f"{subject}: no detections"
    assert similarity.compare(none, none).shape == (0, 0), f"{subject}: nothing at all"


def check_an_object_is_most_like_itself(subject: Subject[SimilarityRecord]) -> None:
    """Nothing looks more like an object than the object itself."""
    similarity, early, _ = _scene(subject)
    scores = similarity.compare(early, early)
    assert bool((scores.diagonal() >= scores.amax(1) - _TOLERANCE).all()), f"{subject}: {scores}"


def check_same_input_same_output(subject: Subject[SimilarityRecord]) -> None:
    """Asked twice, the same to the last bit."""
    similarity, early, late = _scene(subject)
    first, second = (similarity.compare(early, late) for _ in range(2))
    assert torch.equal(first, second), f"{subject}: {first} and {second}"


def check_order_does_not_matter(subject: Subject[SimilarityRecord]) -> None:
    """Objects in another order give the same numbers in that order."""
    similarity, early, late = _scene(subject)
    tracklets = _ragged(early, late)
    rows, columns = [2, 0, 1], [1, 2, 0]
    straight = similarity.compare(tracklets, late)
    shuffled = similarity.compare(tracklets.take(rows), late.take(columns))
    assert torch.allclose(shuffled, straight[rows][:, columns], atol=_TOLERANCE), f"{subject}"


def check_holds_no_gradient(subject: Subject[SimilarityRecord]) -> None:
    """Nothing is kept for a backward pass."""
    similarity, early, late = _scene(subject)
    assert not early.points.requires_grad, f"{subject}: descriptions"
    assert not similarity.compare(early, late).requires_grad, f"{subject}: scores"


def _similarity(subject: Subject[SimilarityRecord]) -> Similarity:
    # Settings of a test are written as a person would (hence Any).
    settings = SimilaritySettings(**cast("dict[str, Any]", dict(subject.values)))
    return cast("Similarity", subject.build(settings))


def _scene(subject: Subject[SimilarityRecord]) -> tuple[Similarity, Descriptors, Descriptors]:
    """The similarity, and three objects seen in two frames."""
    similarity = _similarity(subject)
    frames, seen = list(_SCENE.frames()), observed(_SCENE)
    early, late = (
        similarity.describe(frames[index], features(frames[index].image), seen[index])
        for index in (_EARLY, _LATE)
    )
    return similarity, early, late


def _ragged(early: Descriptors, late: Descriptors) -> Descriptors:
    """The objects of ``early``; the first one also remembers its look in ``late``."""
    both = torch.cat([early.take([0]).points, late.take([0]).points])
    return Descriptors.cat([Descriptors(both, (len(both),)), early.take([1, 2])])


CHECKS = (
    check_describes_every_observation,
    check_stays_between_minus_one_and_one,
    check_nothing_to_compare_is_ordinary,
    check_an_object_is_most_like_itself,
    check_same_input_same_output,
    check_order_does_not_matter,
    check_holds_no_gradient,
)
