"""Which settings follow one box best: every candidate on every clip, one clip left out in turn.

Five real clips, rendered people of three seeds, several backbones. A candidate's ingredient may
enter the protocol ``best`` if it wins on average and loses nowhere by more than a point. Finished
runs are kept in ``--cache`` and taken from there; a part: ``--only NAME``, ``--backbone r18``.

    python -m benchmarks.selection.boxes --only default best
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import unitrack
from unitrack_sot.heads.settings import PROTOCOLS

Values = Mapping[str, Any]
"""Settings of head or data set."""

_TAUGHT: Values = {"xcorr_update": 0.2, "xcorr_keep": 0.5}
_XCORR: Values = {"propagator": "xcorr"}
_FINE: Values = {**_XCORR, "subcell_peak": True}

CANDIDATES: dict[str, Values] = {
    "default": {},
    "xcorr": _XCORR,
    "+ sub-cell peak": _FINE,
    "+ recent template": {**_FINE, **_TAUGHT},
    "best": PROTOCOLS["best"],
    "best, held": {**PROTOCOLS["best"], "sides_hold": 10.0},
    "best, half the way": {**PROTOCOLS["best"], "sides_gain": 0.25},
    "sides alone": {**_FINE, "sides_gain": 0.5},
    "sides alone, held": {**_FINE, "sides_gain": 0.5, "sides_hold": 10.0},
}


@dataclass(frozen=True)
class Clip:
    """One sequence.

    Attributes:
        name: Of the sequence.
        data: Name of the data set.
        root: Its folder below the clips; empty where it is rendered.
        csrt: AUC of OpenCV's CSRT; None where it was not run.
        settings: Of the data set.
    """

    name: str
    data: str
    root: str = ""
    csrt: float | None = None
    settings: Values = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Tells rendered clips of different seeds apart."""
        return f"{self.name}/{self.settings['seed']}" if "seed" in self.settings else self.name


REAL = (
    Clip("Crossing", "otb100", "otb100", 0.700),
    Clip("Dog", "otb100", "otb100", 0.421),
    Clip("Football1", "otb100", "otb100", 0.764),
    Clip("bag", "vot2016", "vot", 0.338, {"protocol": "one_pass"}),
    Clip("airplane-1", "lasot", "lasot", 0.789),
)
RENDERED = tuple(
    Clip("SYNTH-01", "synthetic_sot", settings={"seed": seed, "sequences": 1}) for seed in range(3)
)
BACKBONES = {
    "r18": ("imagenet_r18", "resnet18_imagenet1k_layer3.safetensors"),
    "lite0": ("efficientnet_lite0", None),
    "augnet_r50": ("augnet_r50", None),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cache", type=Path, default=Path("runs/boxes"))
    parser.add_argument("--only", nargs="+", choices=CANDIDATES, default=list(CANDIDATES))
    parser.add_argument("--clips", nargs="+", help="titles of clips")
    parser.add_argument("--backbone", choices=BACKBONES, default="r18")
    parser.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    options = parser.parse_args()
    clips = [c for c in (*REAL, *RENDERED) if not options.clips or c.title in options.clips]
    print(f"| {options.backbone} | {' | '.join(c.title for c in clips)} | real | all | lost |")
    print("|---" * (len(clips) + 4) + "|")
    table = np.zeros((len(options.only), len(clips)))
    for row, name in zip(table, options.only, strict=True):
        for column, clip in enumerate(clips):
            row[column] = score(clip, CANDIDATES[name], name, options)
        print(f"| {name} | {' | '.join(_cells(row, table[0], clips))} |", flush=True)
    for line in left_out(table, options.only, clips):
        print(line)


def score(clip: Clip, values: Values, name: str, options: argparse.Namespace) -> float:
    """AUC of one run; a finished one is read."""
    backbone, weights = BACKBONES[options.backbone]
    words = [options.backbone, options.precision, name, clip.title]
    report = unitrack.run(
        "sot",
        clip.data,
        root=options.data / "clips" / clip.root if clip.root else None,
        sequences=[clip.name],
        backbone=backbone,
        weights=options.data / "weights" / weights if weights else None,
        settings=values,
        data_settings=clip.settings,
        precision=options.precision,
        out=options.cache / "-".join(words).replace(" ", "_").replace("/", "_"),
    )
    return float(report.scores[clip.name]["AUC"])


def _cells(row: np.ndarray, first: np.ndarray, clips: Sequence[Clip]) -> list[str]:
    """Scores in percent, their means, and the most that is lost against the first candidate."""
    real = [index for index, clip in enumerate(clips) if clip.root]
    means = [row[real].mean() if real else np.nan, row.mean()]
    return [f"{100 * cell:.1f}" for cell in (*row, *means, min((row - first).min(), 0.0))]


def left_out(table: np.ndarray, names: Sequence[str], clips: Sequence[Clip]) -> Iterator[str]:
    """For each real clip: what the other clips would choose, and what that scores on it."""
    if len(clips) < 2:
        return
    yield ""
    yield "| left out | chosen by the others | AUC | best there | CSRT |"
    yield "|---|---|---|---|---|"
    for column, clip in enumerate(clips):
        if clip.root:
            chosen = int(np.delete(table, column, axis=1).mean(1).argmax())
            cells = [clip.title, names[chosen], f"{100 * table[chosen, column]:.1f}"]
            cells.append(names[int(table[:, column].argmax())])
            cells.append("-" if clip.csrt is None else f"{100 * clip.csrt:.1f}")
            yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
