"""What a check is given: one record, its settings, and where its data lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from unitrack.errors import UniTrackError
from unitrack.registry.records import Record, load

__all__ = ["Subject", "refuses"]

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Subject(Generic[R]):
    """One record under test.

    Attributes:
        record: What is tested.
        values: Settings that differ from the defaults, as a person would write them (hence Any).
        root: Folder of the data set, or None.
    """

    record: R
    values: Mapping[str, Any] = field(default_factory=dict)
    root: Path | None = None

    @property
    def settings(self) -> Any:
        """An instance of the record's own settings model (hence Any), or None without one."""
        return (
            cast("Any", load(self.record.settings))(**self.values) if self.record.settings else None
        )

    def build(self, *arguments: object) -> Any:
        """What the record's factory (any callable, hence Any) makes of the arguments."""
        return cast("Any", load(self.record.factory))(*arguments)

    def __str__(self) -> str:
        return self.record.name


def refuses(action: Any, *arguments: object) -> bool:
    """Whether a call (any callable, hence Any) ends in a fault that the user can mend."""
    try:
        action(*arguments)
    except UniTrackError:
        return True
    return False
