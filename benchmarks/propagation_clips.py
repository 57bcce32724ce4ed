"""The README's tables of propagation on real clips: every backbone and protocol, in one go.

Runs are kept in ``runs/clips`` and resumed. A part of it: ``--only sot`` (or vos, poseprop) and
``--backbone r18`` (or lite0, random).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import unitrack


@dataclass(frozen=True)
class Task:
    """One head on one benchmark's clips."""

    head: str
    data: str
    root: str
    shown: tuple[str, ...]
    settings: tuple[dict[str, str], ...] = ({},)
    data_settings: dict[str, str] = field(default_factory=dict)


BOX = ({"propagator": "dcf"}, {"propagator": "xcorr"})
TASKS = (
    Task("sot", "otb100", "otb100", ("AUC", "P@20"), BOX),
    Task("sot", "vot2016", "vot", ("AUC", "P@20"), BOX[:1], {"protocol": "one_pass"}),
    Task("sot", "lasot", "lasot", ("AUC", "P@20"), BOX[:1]),
    Task("vos", "davis2017", "davis", ("J", "F")),
    Task("poseprop", "jhmdb", "jhmdb", ("PCK@0.1", "PCK@0.2")),
)
PROTOCOLS = ("authors", "default")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, default=Path("../shared/data/clips"))
    parser.add_argument(
        "--weights",
        type=Path,
        default=Path("../shared/data/weights/resnet18_imagenet1k_layer3.safetensors"),
    )
    parser.add_argument("--only", help="one head")
    parser.add_argument("--backbone", help="one backbone")
    options = parser.parse_args()
    print("| clip | setting | backbone | protocol | scores |")
    print("|---|---|---|---|---|")
    for task in TASKS:
        if options.only in (None, task.head):
            for line in rows(task, options.clips, options.weights, options.backbone):
                print(line, flush=True)


def rows(task: Task, clips: Path, weights: Path, only: str | None) -> Iterator[str]:
    for title, name, file in (
        ("r18", "imagenet_r18", weights),
        ("lite0", None, None),
        ("random", "imagenet_r18", "random:0"),
    ):
        if only not in (None, title):
            continue
        for settings in task.settings:
            for protocol in PROTOCOLS if title == "r18" else ("default",):
                words = [task.data, title, protocol, *settings.values()]
                report = unitrack.run(
                    task.head,
                    task.data,
                    root=clips / task.root,
                    backbone=name,
                    weights=file,
                    protocol=protocol,
                    settings=settings,
                    data_settings=task.data_settings,
                    out=Path("runs/clips") / "-".join(words),
                )
                for clip, scores in report.scores.items():
                    if clip != "COMBINED":
                        shown = ", ".join(f"{s} {100 * scores[s]:.1f}" for s in task.shown)
                        setting = " ".join(settings.values())
                        cells = (clip, setting, title, protocol, shown)
                        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
