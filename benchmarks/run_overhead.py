"""Claim: a whole run costs at most 1.15 x its backbone at 30 detections a frame.

Renders a crowd of 30, runs the head with a ResNet-18 (random weights: speed does not depend on
them), and sets the wall time of the whole run against the backbone alone on the same frames.
"""

from __future__ import annotations

import tempfile
import time
from itertools import islice
from pathlib import Path

import unitrack
from unitrack.engine.track import BATCH

FRAMES = 24
DATA = {"sequences": 1, "frames": FRAMES, "width": 1280, "height": 720, "objects": 30}
LETTERBOX = (608, 1088)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        report = unitrack.run(
            "mot", "synthetic_mot", backbone="imagenet_r18", weights="random:0",
            data_settings=DATA, out=Path(folder) / "warm", limit=4,
        )  # fmt: skip
        start = time.perf_counter()
        report = unitrack.run(
            "mot", "synthetic_mot", backbone="imagenet_r18", weights="random:0",
            data_settings=DATA, out=Path(folder) / "run",
        )  # fmt: skip
        whole = time.perf_counter() - start
        alone = backbone_alone()
    print(f"backbone alone        {alone / FRAMES * 1e3:8.1f} ms a frame")
    for stage, seconds in report.timings_s.items():
        print(f"in the run: {stage:<12} {seconds / FRAMES * 1e3:6.1f} ms a frame")
    print(f"tracking / backbone alone   {report.timings_s['total'] / alone:.3f}")
    print(f"whole command / backbone alone {whole / alone:.3f} (with start-up and scoring)")


def backbone_alone() -> float:
    """Seconds for the network itself on the frames, already decoded and resized."""
    embedder = unitrack.backbone("imagenet_r18", weights="random:0", letterbox=LETTERBOX)
    video = unitrack.dataset("synthetic_mot", settings=DATA).sequences()[0]
    ready = [embedder.prepare(frame.image) for frame in islice(video.frames(), FRAMES)]
    embedder.embed(ready[:BATCH])
    start = time.perf_counter()
    for first in range(0, FRAMES, BATCH):
        embedder.embed(ready[first : first + BATCH])
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
