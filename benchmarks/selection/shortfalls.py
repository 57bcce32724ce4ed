"""Show the frames in which a run is furthest from the truth: pictures, the truth on the left.

    python -m benchmarks.selection.shortfalls RUN... --out DIR [--frames 6]

Identities have the number of the true object that they follow; 900 and above follow nobody.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from unitrack.data.base import Sequence as Video
from unitrack.engine.score import read_result
from unitrack.render.draw import draw
from unitrack.report.agreement import agreement
from unitrack.report.record import open_run, read_run
from unitrack.report.worst import under_true_names
from unitrack.types import SequenceResult, TrackedObject

APART = 10  # frames between two that are shown: neighbours look the same
TALL = 480  # pixels of a picture, at least


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--frames", type=int, default=6)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for folder in options.runs:
        record = read_run(folder)
        with open_run(record) as run:
            for name, video in run.videos.items():
                result = read_result(run.dataset, video, run.results, record.spec.stride)
                show(video, result, options.out / f"{folder.name}-{name}", options.frames)


def show(video: Video, result: SequenceResult, prefix: Path, most: int) -> None:
    """Write the worst frames, one picture each."""
    assert video.truth is not None, video.name
    found = agreement(video.truth, result)
    taken: list[int] = []
    for index in np.argsort(found.frames, kind="stable").tolist():  # NaN comes last
        if len(taken) == most or np.isnan(found.frames[index]):
            break
        if all(abs(index - other) >= APART for other in taken):
            taken.append(index)
    for frame in video.frames():
        if frame.index not in taken:
            continue
        times = -(-TALL // frame.image.shape[0])  # small ones are shown enlarged
        true = [TrackedObject(o.id, o.observation) for o in video.truth[frame.index] if o.counted]
        ours = under_true_names(found, result.frames[frame.index])
        both = np.hstack([draw(frame.image, true), draw(frame.image, ours)])
        file = Path(f"{prefix}-{frame.index:06}.jpg")
        Image.fromarray(both.repeat(times, 0).repeat(times, 1)).save(file, quality=90)
        print(f"{file}: agreement {found.frames[frame.index]:.2f}")


if __name__ == "__main__":
    main()
