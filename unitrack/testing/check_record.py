"""Promises of every record, whatever its kind."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from typing import Any, cast

from unitrack.registry.manager import registry
from unitrack.registry.records import KINDS, Record, load
from unitrack.testing.subject import Subject

__all__ = ["CHECKS"]

_LISTING = """
import sys
from unitrack.registry.manager import registry
states = {plugin.name: plugin.error or plugin.status for plugin in registry().plugins}
print(states[sys.argv[1]], "torch" in sys.modules)
"""


def check_listing_is_lazy(subject: Subject[Record]) -> None:
    """Listing the plugin imports no torch."""
    for kind in KINDS:
        for offer in registry().offers(kind):
            if offer.record is subject.record:
                state = _state_when_listed(offer.plugin)
                assert state == "loaded False", f"{offer.plugin}: status, torch imported: {state}"


@lru_cache
def _state_when_listed(plugin: str) -> str:
    """Listed in a process of its own, with the import path of this one."""
    own = {"UNITRACK_PLUGINS": plugin, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run(  # noqa: S603 - our own interpreter and program
        [sys.executable, "-c", _LISTING, plugin],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip()


def check_has_a_summary(subject: Subject[Record]) -> None:
    """The record says in one line what it is."""
    summary = subject.record.summary
    assert summary, f"{subject}: summary is empty; listings print it"
    assert "\n" not in summary, f"{subject}: summary is more than one line"


def check_factory_can_be_imported(subject: Subject[Record]) -> None:
    """The factory is there and can be called."""
    assert callable(load(subject.record.factory)), f"{subject}: {subject.record.factory}"


def check_settings_explain_themselves(subject: Subject[Record]) -> None:
    """Every setting has a meaning, and the defaults are valid."""
    if not subject.record.settings:
        return
    model = cast("Any", load(subject.record.settings))  # a pydantic model of the plugin's own
    silent = [name for name, field in model.model_fields.items() if not field.description]
    assert not silent, f"{subject}: settings without a description: {', '.join(silent)}"
    model()


CHECKS = (
    check_listing_is_lazy,
    check_has_a_summary,
    check_factory_can_be_imported,
    check_settings_explain_themselves,
)
