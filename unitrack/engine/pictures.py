"""Annotated videos and frames of what is written in a run folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from unitrack.engine.plan import Plan
from unitrack.engine.score import read_result
from unitrack.render.video import render_sequence

__all__ = ["draw_run"]


def draw_run(
    plan: Plan, out: Path, names: Iterable[str], *, video: bool, save_frames: bool
) -> list[Path]:
    """Draw sequences of a run: ``OUT/video/<sequence>.mp4`` and ``OUT/frames/<sequence>/``.

    Returns:
        What was asked for, in the order of ``names``.

    Raises:
        UniTrackError: If the video encoder is missing or the disk is full.
    """
    drawn = []
    for name in names:
        sequence = plan.videos[name]
        film = out / "video" / f"{name}.mp4" if video else None
        folder = out / "frames" / name if save_frames else None
        result = read_result(plan.dataset, sequence, out / "results", plan.spec.stride)
        render_sequence(
            sequence.frames(), result, video=film, frames_folder=folder, fps=sequence.fps
        )
        drawn += [path for path in (film, folder) if path is not None]
    return drawn
