"""A checkpoint of any layout as a safetensors file with the names of its backbone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from safetensors.torch import save

from unitrack.appearance.fit import COUNTER, Fit
from unitrack.appearance.layouts import Layout
from unitrack.appearance.weights import find_weights
from unitrack.checkpoint import file_sha256
from unitrack.errors import UniTrackError
from unitrack.files import file_atomic
from unitrack.registry.records import BackboneRecord

__all__ = ["convert"]


def convert(
    record: BackboneRecord,
    out: Path,
    *,
    weights: str | None = None,
    settings: object = None,
    layouts: Sequence[Layout] | None = None,
) -> dict[str, str]:
    """Write the weights of a backbone, up to the deepest layer that they are complete for.

    Args:
        record: The backbone.
        out: The file to write, ``.safetensors``.
        weights: As for `build_backbone`; a file or the name of published ones.
        settings: The record's settings.
        layouts: As for `build_backbone`.

    Returns:
        Where they come from, as it is written into the file (as JSON, under ``unitrack``).

    Raises:
        UniTrackError: If the weights cannot be had or do not fit, or ``out`` cannot be written.
    """
    if out.suffix != ".safetensors":
        raise UniTrackError(out, "is not called .safetensors", f"Write {out.stem}.safetensors.")
    fit = Fit(record, settings)
    fault: UniTrackError | None = None
    for tap in sorted(record.taps, key=lambda tap: -len(fit.shapes(tap))):
        try:
            found = find_weights(record, tap, weights, fit, layouts)
        except UniTrackError as error:
            fault = fault or error
            continue
        origin = found.file
        provenance = {
            "version": version("unitrack-core"),
            "backbone": record.name,
            "layer": tap,
            "layout": found.reading.layout,
            "source": (origin.url or origin.page or origin.distribution) if origin else "",
            "source_file": found.path.name,
            "source_sha256": file_sha256(found.path),
            "licence": origin.licence if origin else "that of the source",
            "paper": record.paper,
        }
        state = {
            key: found.reading.state[key].contiguous().clone()
            for key in fit.shapes(tap)
            if key in found.reading.state or not key.endswith(COUNTER)
        }
        with file_atomic(out) as file:
            # One entry: safetensors writes several in any order.
            file.write(save(state, metadata={"unitrack": json.dumps(provenance)}))
        return provenance
    assert fault is not None
    raise fault
