"""Promises of a backbone: frozen, deterministic, and of the shape it states."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

import torch
from torch import Tensor

from unitrack.appearance.build import Backbone, build_backbone
from unitrack.registry.records import BackboneFamilyRecord, BackboneRecord, load
from unitrack.testing.subject import Subject, refuses

__all__ = ["CHECKS", "FAMILY_CHECKS"]

_SIZES_CELLS = ((8, 8), (8, 12), (9, 13))
_RELATIVE = 1e-4  # of the largest feature; kernels differ in the last bits with the batch size
_ANCHOR_PIXELS = 0.5
_HEX = re.compile(r"[0-9a-f]{8,64}")
_CHECKSUM = re.compile(r"md5:[0-9a-f]{6,32}|git:[0-9a-f]{40}")


def check_has_provenance(subject: Subject[BackboneRecord]) -> None:
    """The weights name their origin and their licence."""
    record = subject.record
    assert record.paper, f"{subject}: paper is empty; cite the paper or the repository"
    assert record.licence != "unknown", f"{subject}: licence of the weights is not given"


def check_weights_can_be_verified(subject: Subject[BackboneRecord]) -> None:
    """Every checkpoint has one origin and a licence; its digests, where it has any, are digests."""
    for weights in subject.record.weights:
        where = f"{subject}: weights {weights.name}"
        origins = [part for part in (weights.url, weights.distribution, weights.page) if part]
        assert len(origins) == 1, f"{where}: one of url, distribution and page, not {origins}"
        assert not weights.sha256 or _HEX.fullmatch(weights.sha256), (
            f"{where}: sha256 {weights.sha256!r}"
        )
        assert not weights.checksum or _CHECKSUM.fullmatch(weights.checksum), (
            f"{where}: checksum {weights.checksum!r}"
        )
        assert weights.sha256 or not weights.distribution, f"{where}: sha256 is empty"
        assert weights.licence, f"{where}: licence is empty"


def check_states_stride_and_channels(subject: Subject[BackboneRecord]) -> None:
    """Every tap gives the stated channels, one cell per stride, on three input sizes."""
    for tap, channels in subject.record.taps.items():
        for rows, columns in _SIZES_CELLS:
            shape = _shape(_Key(subject), tap, rows, columns)
            expected = (1, channels, rows, columns)
            assert shape == expected, f"{subject}: tap {tap}: {shape}, stated {expected}"


def check_states_its_anchor(subject: Subject[BackboneRecord]) -> None:
    """A stated anchor is where the network is seen to centre cell 0."""
    stated = subject.record.anchor
    if stated is None:
        return
    silent = replace(subject, record=replace(subject.record, anchor=None))
    seen = _anchor(_Key(silent))
    assert abs(seen - stated) <= _ANCHOR_PIXELS, f"{subject}: anchor {stated}, measured {seen}"


def check_is_deterministic(subject: Subject[BackboneRecord]) -> None:
    """The same image gives the same features, to the last bit."""
    images = _images(subject, 8, 12)
    first, second = (_model(subject)(images) for _ in range(2))
    assert torch.equal(first, second), f"{subject}: largest difference {_gap(first, second)}"


def check_holds_no_gradient(subject: Subject[BackboneRecord]) -> None:
    """Nothing is kept for a backward pass."""
    assert not _model(subject)(_images(subject, 8, 8)).requires_grad, f"{subject}"


def check_a_batch_is_its_images(subject: Subject[BackboneRecord]) -> None:
    """Two images in a batch give what each gives alone."""
    images = _images(subject, 8, 12, batch=2)
    together = _model(subject)(images)
    alone = torch.cat([_model(subject)(images[:1]), _model(subject)(images[1:])])
    limit = _RELATIVE * float(together.abs().max())
    assert _gap(together, alone) <= limit, f"{subject}: differ by {_gap(together, alone)}"


def check_features_are_alive(subject: Subject[BackboneRecord]) -> None:
    """Features are finite and differ from image to image."""
    one, other = _model(subject)(_images(subject, 8, 8, batch=2))
    assert bool(torch.isfinite(one).all()), f"{subject}: features are not finite"
    assert not torch.equal(one, other), f"{subject}: all images look the same"


def check_members_resolve(subject: Subject[BackboneFamilyRecord]) -> None:
    """A member that it names has a record of that name, and one that it does not is refused."""
    members = cast("Any", load(subject.record.members))  # what the plugin has there
    named = list(members(""))
    assert named, f"{subject}: has no members"
    assert named[0] in members(named[0][1:-1]), f"{subject}: {named[0]} is not found by its middle"
    record = subject.build(named[0])
    called = f"{subject}/{named[0]}"
    assert isinstance(record, BackboneRecord), f"{called}: gives {type(record).__name__}"
    assert record.name == called, f"{called}: is called {record.name}"
    assert record.default_tap in record.taps, f"{called}: default_tap {record.default_tap}"
    assert refuses(subject.build, "no such member"), f"{subject}: takes a member it does not have"


def _model(subject: Subject[BackboneRecord], tap: str | None = None) -> Backbone:
    """Seeded random weights, so that nothing is downloaded."""
    return _built(_Key(subject), tap or subject.record.default_tap)


class _Key:
    """What decides an untrained network, as the key of a cache.

    Dozens of records differ in their weights only, and share one network here.
    """

    def __init__(self, subject: Subject[BackboneRecord]) -> None:
        self.subject = subject
        record = subject.record
        self._text = repr((record.factory, subject.settings, record.stride, record.anchor))

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other._text == self._text


@lru_cache(maxsize=2)
def _built(key: _Key, tap: str) -> Backbone:
    subject = key.subject
    return build_backbone(
        subject.record, tap=tap, weights="random", device="cpu", settings=subject.settings
    )


# An untrained network that many records share is measured once.
@lru_cache(maxsize=256)
def _shape(key: _Key, tap: str, rows: int, columns: int) -> tuple[int, ...]:
    """Of the features of one picture of so many cells."""
    return tuple(_model(key.subject, tap)(_images(key.subject, rows, columns)).shape)


@lru_cache(maxsize=256)
def _anchor(key: _Key) -> float:
    """Where the network is seen to centre cell 0, network pixels."""
    return _model(key.subject).anchor(key.subject.record.stride * _SIZES_CELLS[0][0])


def _images(subject: Subject[BackboneRecord], rows: int, columns: int, batch: int = 1) -> Tensor:
    """Seeded noise, ``(batch, 3, rows * stride, columns * stride)``."""
    stride = subject.record.stride
    generator = torch.Generator().manual_seed(0)
    return torch.randn(batch, 3, rows * stride, columns * stride, generator=generator)


def _gap(one: Tensor, other: Tensor) -> float:
    return float((one - other).abs().max())


FAMILY_CHECKS = (check_members_resolve,)
CHECKS = (
    check_has_provenance,
    check_weights_can_be_verified,
    check_states_stride_and_channels,
    check_states_its_anchor,
    check_is_deterministic,
    check_holds_no_gradient,
    check_a_batch_is_its_images,
    check_features_are_alive,
)
