"""What the settings of heads and data sets are written with."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

__all__ = ["Sides", "said"]


def said(
    unit: str = "", dagger: int | None = None, note: str = "", *, protocol_only: bool = False
) -> dict[str, Any]:
    """What ``unitrack show`` prints beside a setting's description; goes to `json_schema_extra`.

    Args:
        unit: Of the value, empty for none.
        dagger: Number of the place where the paper and the authors' code differ.
        note: A few words on that.
        protocol_only: The setting is changed by ``--protocol``, not by ``--set``.

    Returns:
        Plain values (hence Any), for pydantic.
    """
    extra: dict[str, Any] = {"unit": unit, "note": note}
    if dagger is not None:
        extra["dagger"] = dagger
    if protocol_only:
        extra["protocol_only"] = True
    return extra


def _sides(value: object) -> object:
    """``4x10`` or ``4,10`` as a pair."""
    return value.replace("x", ",").split(",") if isinstance(value, str) else value


Sides = Annotated[
    tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]], BeforeValidator(_sides)
]
"""Two whole numbers of at least 1, written ``4x10``."""
