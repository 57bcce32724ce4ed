"""Which checks apply to what a plugin offers, one case each, with readable names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from unitrack.errors import UniTrackError
from unitrack.registry.collect import wheel_name
from unitrack.registry.manager import KINDS, registry, singular
from unitrack.registry.records import DatasetRecord, Record
from unitrack.testing import (
    check_backbone,
    check_dataset,
    check_executor,
    check_head,
    check_metric,
    check_record,
    check_similarity,
)
from unitrack.testing.subject import Subject

__all__ = ["Check", "cases", "label"]

# A check of one kind takes a subject of that kind only; the table below pairs them (hence Any).
_Function = Callable[[Any], None]

_FAMILIES: dict[str, tuple[_Function, ...]] = {
    "backbones": check_backbone.CHECKS,
    "backbone_families": check_backbone.FAMILY_CHECKS,
    "heads": check_head.CHECKS,
    "datasets": check_dataset.CHECKS,
    "metrics": check_metric.CHECKS,
    "similarities": check_similarity.CHECKS,
    "executors": check_executor.CHECKS,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One promise, to be called with the record that makes it.

    Attributes:
        function: Raises an AssertionError when the promise is broken.
        values: Settings of the record that differ from its defaults.
        root: Folder of the data set, or None.
        known_failure: Why the promise is known to be broken; empty where it holds.
    """

    function: _Function
    values: Mapping[str, Any] = field(default_factory=dict)
    root: Path | None = None
    known_failure: str = ""

    @property
    def name(self) -> str:
        """As in ``known_failures``, e.g. ``is_deterministic``."""
        return self.function.__name__.removeprefix("check_")

    def __call__(self, record: Record) -> None:
        """Check.

        Raises:
            AssertionError: If the promise is broken, or if it holds although it was given as a
                known failure.
        """
        subject = Subject(record, self.values, self.root)
        if not self.known_failure:
            self.function(subject)
            return
        try:
            self.function(subject)
        except AssertionError:
            _expect_failure(self.known_failure)
            return
        raise AssertionError(
            f"{record.name}: {self.name} passes now; take it out of known_failures "
            f"({self.known_failure})"
        )


def cases(
    plugin: str,
    *,
    known_failures: Mapping[str, str] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    roots: Mapping[str, str | Path] | None = None,
) -> list[tuple[Record, Check]]:
    """Every promise of everything that a plugin offers.

    Args:
        plugin: Its wheel or its entry point.
        known_failures: ``check`` or ``record/check`` (names without ``check_``) to the reason why
            it fails; such a check still runs, and fails when it starts to pass.
        settings: Record name to the settings it is tested with, e.g. to keep a rendered set small.
        roots: Data set name to the folder where it lies; data sets without one, unless they can
            be rendered, are checked for what needs no data.

    Returns:
        Pairs for ``pytest.mark.parametrize(("record", "check"), cases(...), ids=label)``.

    Raises:
        UniTrackError: If the plugin is not installed or broken, or ``known_failures``,
            ``settings`` or ``roots`` name something that it does not have.
    """
    _find(plugin)
    reasons, values, folders = known_failures or {}, settings or {}, roots or {}
    found = [
        (
            record,
            Check(function, values.get(record.name, {}), root, _reason(record, function, reasons)),
        )
        for kind, record in _records(plugin)
        for root in [Path(folders[record.name]) if record.name in folders else None]
        for function in (*check_record.CHECKS, *_FAMILIES[kind], *_with_data(record, root))
    ]
    names = {record.name for record, _ in found}
    promises = {f"{prefix}{c.name}" for r, c in found for prefix in ("", f"{r.name}/")}
    _refuse_strangers(plugin, "known_failures", reasons.keys() - promises)
    _refuse_strangers(plugin, "settings", values.keys() - names)
    _refuse_strangers(plugin, "roots", folders.keys() - names)
    return found


def label(value: Record | Check) -> str:
    """Name of a case's half: ``backbone-imagenet_r18`` or ``is_deterministic``."""
    if isinstance(value, Check):
        return value.name
    kind = next(kind for kind, record in KINDS.items() if isinstance(value, record))
    return f"{singular(kind)}-{value.name}"


def _find(plugin: str) -> None:
    for info in registry().plugins:
        if plugin == info.name or wheel_name(plugin) == info.wheel:
            if info.status == "loaded":
                return
            raise UniTrackError(
                plugin, f"is {info.status} {info.error}".strip(), "unitrack plugins"
            )
    installed = ", ".join(info.wheel for info in registry().plugins)
    raise UniTrackError(plugin, "is no installed plugin", f"Installed: {installed}.")


def _records(plugin: str) -> Iterator[tuple[str, Record]]:
    for kind in KINDS:
        for offer in registry().offers(kind):
            if plugin == offer.plugin or wheel_name(plugin) == offer.wheel:
                yield kind, offer.record


def _with_data(record: Record, root: Path | None) -> tuple[_Function, ...]:
    there = isinstance(record, DatasetRecord) and (root or record.synthesise)
    return check_dataset.CHECKS_WITH_DATA if there else ()


def _reason(record: Record, function: _Function, reasons: Mapping[str, str]) -> str:
    name = Check(function).name
    return reasons.get(f"{record.name}/{name}", reasons.get(name, ""))


def _refuse_strangers(plugin: str, argument: str, strangers: set[str]) -> None:
    if strangers:
        raise UniTrackError(
            f"{argument} of {plugin}", f"there is no {min(strangers)!r}", "Mend the spelling."
        )


def _expect_failure(reason: str) -> None:
    """Under pytest a known failure is shown as such; elsewhere it is passed over."""
    pytest = sys.modules.get("pytest")
    if pytest is not None:
        cast("Any", pytest).xfail(reason)
