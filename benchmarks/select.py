"""Choose what enters protocol ``best``: settings, scored on all clips and rendered sets at once.

Candidates are read from a JSON file, a list of ``{"name": ..., "protocol": ..., "settings": {}}``;
the first is what the others are measured against. Without one it is `default` against `best`.
Feature maps are computed once for each clip and backbone and kept in ``--cache`` (half precision,
some gigabytes), so that a further candidate costs the association alone.

    python -m benchmarks.select --head mots --cache /somewhere
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from benchmarks.selection.association import Candidate, score_case
from benchmarks.selection.cases import BACKBONES, cases
from benchmarks.selection.features import Embedders
from benchmarks.selection.table import left_out, verdicts

OWN = (Candidate("default", "default", {}), Candidate("best", "best", {}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--head", choices=("mot", "mots", "vis", "posetrack"), required=True)
    parser.add_argument("--backbone", choices=BACKBONES, default="r18")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--candidates", type=Path)
    parser.add_argument("--score", help="the one that decides: IDF1, or AP for vis")
    parser.add_argument("--only", default="", help="cases whose name holds one of these: A,B")
    parser.add_argument("--clips", type=Path, default=Path("../shared/data/clips"))
    parser.add_argument("--weights", type=Path, default=Path("../shared/data/weights"))
    options = parser.parse_args()
    score = options.score or ("AP" if options.head == "vis" else "IDF1")
    candidates = read(options.candidates) if options.candidates else list(OWN)
    embedders = Embedders(options.weights)
    chosen = [
        case
        for case in cases(options.clips.resolve(), options.head)
        if any(word in case.name for word in options.only.split(","))
    ]
    columns = []
    print("| case |", " | ".join(one.name for one in candidates), "|")
    print("|---|" + "---|" * len(candidates))
    for case in chosen:
        rows = score_case(case, options.backbone, candidates, options.cache, embedders)
        columns.append([100 * row[score] for row in rows])
        cells = [f"{100 * row[score]:.1f} / {row['IDSW']:.0f}" for row in rows]
        print(f"| {case.name} | {' | '.join(cells)} |", flush=True)
    report(candidates, np.array(columns).T, [(case.clip, case.name) for case in chosen])


def read(file: Path) -> list[Candidate]:
    """Candidates of a JSON file."""
    return [
        Candidate(one["name"], one.get("protocol", "default"), one.get("settings", {}))
        for one in json.loads(file.read_text())
    ]


def report(candidates: list[Candidate], scores: np.ndarray, names: list[tuple[str, str]]) -> None:
    print()
    for candidate, found in zip(candidates, verdicts(scores, names), strict=True):
        print(
            f"{candidate.name}: mean of clips {found.mean:.1f}, gain {found.gain:+.1f}, "
            f"worst {found.worst:+.1f} ({found.case}){', enters' if found.enters else ''}"
        )
    for clip, (best, gain) in left_out(scores, names).items():
        print(f"without {clip} one would choose {candidates[best].name}: {gain:+.1f} there")


if __name__ == "__main__":
    main()
