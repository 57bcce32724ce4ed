"""HOTA, CLEAR and Identity by trackeval's own classes, on arrays in memory.

Source:
    Luiten et al., IJCV 2021 (HOTA); Bernardin and Stiefelhagen, 2008 (CLEAR MOT); Ristani et al.,
    ECCVW 2016 (Identity).
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unitrack.metrics.base import Partial, Row

__all__ = ["Matched", "combine", "evaluate", "resample"]

_MEANS = ("HOTA", "DetA", "AssA", "DetRe", "DetPr", "AssRe", "AssPr", "LocA", "OWTA")
_FRACTIONS = {
    "CLEAR": ("MOTA", "MOTP", "MODA", "sMOTA", "MOTAL", "CLR_Re", "CLR_Pr"),
    "Identity": ("IDF1", "IDR", "IDP"),
}
_COUNTS = {
    "CLEAR": ("IDSW", "Frag", "MT", "PT", "ML", "CLR_TP", "CLR_FP", "CLR_FN"),
    "Identity": ("IDTP", "IDFP", "IDFN"),
    "Count": ("Dets", "GT_Dets", "IDs", "GT_IDs"),
}


@dataclass(frozen=True, slots=True)
class Matched:
    """One frame: who is there, who was found, and how well each pair agrees.

    Attributes:
        truth_ids: Identities in the annotation, ``(G,)``; any integers, unique.
        found_ids: Identities of the tracker, ``(K,)``; any integers, unique.
        similarity: float64 in ``[0, 1]``, ``(G, K)``. Never float32: a similarity of 0.7 would fall
            below the threshold 0.7.
    """

    truth_ids: NDArray[np.int64]
    found_ids: NDArray[np.int64]
    similarity: NDArray[np.float64]


def evaluate(frames: Sequence[Matched]) -> Partial:
    """Count on one sequence: what each of trackeval's metrics keeps for combining."""
    data = _data(frames)
    return {name: metric.eval_sequence(data) for name, metric in _metrics().items()}


def combine(partials: Sequence[Partial]) -> Row:
    """Scores of several sequences: counts are summed, then ratios are taken."""
    combined = {
        name: metric.combine_sequences({str(k): part[name] for k, part in enumerate(partials)})
        for name, metric in _metrics().items()
    }
    hota = combined["HOTA"]
    row: dict[str, float | int] = {name: float(np.mean(hota[name])) for name in _MEANS}
    row |= {name: float(hota[name]) for name in ("HOTA(0)", "LocA(0)", "HOTALocA(0)")}
    for metric, names in _FRACTIONS.items():
        row |= {name: float(combined[metric][name]) for name in names}
    for metric, names in _COUNTS.items():
        row |= {name: int(combined[metric][name]) for name in names}
    return row


def resample(
    partials: Sequence[Partial], counts: NDArray[np.int64]
) -> Mapping[str, NDArray[np.float64]]:
    """The scores of `combine` for draws in which each part is there ``counts`` times.

    Args:
        partials: N of them.
        counts: ``(B, N)``.

    Returns:
        Score to values ``(B,)``; MOTAL and the per-threshold scores LocA(0), HOTALocA(0) are left
        out.
    """
    weights = counts.astype(np.float64)

    def total(metric: str, name: str, times: str = "") -> NDArray[np.float64]:
        values = [
            np.asarray(part[metric][name], np.float64) * (part[metric][times] if times else 1.0)
            for part in partials
        ]
        summed: NDArray[np.float64] = weights @ np.array(values)
        return summed

    hits, missed, false = (total("HOTA", f"HOTA_{name}") for name in ("TP", "FN", "FP"))
    found = {
        name: total("HOTA", name, "HOTA_TP") / np.maximum(1.0, hits)
        for name in ("AssA", "AssRe", "AssPr")
    }
    placed = total("HOTA", "LocA", "HOTA_TP")
    found["LocA"] = np.maximum(1e-10, placed) / np.maximum(1e-10, hits)
    found["DetRe"] = hits / np.maximum(1.0, hits + missed)
    found["DetPr"] = hits / np.maximum(1.0, hits + false)
    found["DetA"] = hits / np.maximum(1.0, hits + missed + false)
    found["HOTA"] = np.sqrt(found["DetA"] * found["AssA"])
    found["OWTA"] = np.sqrt(found["DetRe"] * found["AssA"])
    scores = {name: values.mean(axis=1) for name, values in found.items()}
    scores["HOTA(0)"] = found["HOTA"][:, 0]
    for metric, names in _COUNTS.items():
        scores |= {name: total(metric, name) for name in names}
    return scores | _clear(scores, total("CLEAR", "MOTP_sum")) | _identity(scores)


def _clear(
    summed: Mapping[str, NDArray[np.float64]], overlap: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    hits, missed, false = (summed[f"CLR_{name}"] for name in ("TP", "FN", "FP"))
    true = np.maximum(1.0, hits + missed)
    return {
        "CLR_Re": hits / true,
        "CLR_Pr": hits / np.maximum(1.0, hits + false),
        "MODA": (hits - false) / true,
        "MOTA": (hits - false - summed["IDSW"]) / true,
        "MOTP": overlap / np.maximum(1.0, hits),
        "sMOTA": (overlap - false - summed["IDSW"]) / true,
    }


def _identity(summed: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    hits, missed, false = (summed[f"ID{name}"] for name in ("TP", "FN", "FP"))
    return {
        "IDR": hits / np.maximum(1.0, hits + missed),
        "IDP": hits / np.maximum(1.0, hits + false),
        "IDF1": hits / np.maximum(1.0, hits + 0.5 * false + 0.5 * missed),
    }


@cache
def _metrics() -> Mapping[str, Any]:
    """Trackeval's metrics (without type information, hence Any), imported when first scored."""
    with warnings.catch_warnings():
        # Its dependencies warn on import about things that are not ours to mend.
        warnings.simplefilter("ignore")
        from trackeval.metrics import CLEAR, HOTA, Count, Identity
    quiet = {"PRINT_CONFIG": False}
    return {
        "HOTA": HOTA(),
        "CLEAR": CLEAR(dict(quiet)),
        "Identity": Identity(dict(quiet)),
        "Count": Count(),
    }


def _data(frames: Sequence[Matched]) -> dict[str, Any]:
    """Trackeval's dictionary: identities counted from 0 without gaps."""
    truth, truth_ids = _renumbered([frame.truth_ids for frame in frames])
    found, found_ids = _renumbered([frame.found_ids for frame in frames])
    return {
        "num_timesteps": len(frames),
        "num_gt_ids": truth_ids,
        "num_tracker_ids": found_ids,
        "num_gt_dets": sum(len(ids) for ids in truth),
        "num_tracker_dets": sum(len(ids) for ids in found),
        "gt_ids": truth,
        "tracker_ids": found,
        "similarity_scores": [
            np.asarray(frame.similarity, np.float64).reshape(
                len(frame.truth_ids), len(frame.found_ids)
            )
            for frame in frames
        ],
        "seq": "sequence",
    }


def _renumbered(ids: list[NDArray[np.int64]]) -> tuple[list[NDArray[np.int64]], int]:
    known = np.unique(np.concatenate(ids)) if ids else np.zeros(0, np.int64)
    return [np.searchsorted(known, frame) for frame in ids], len(known)
