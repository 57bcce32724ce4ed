"""The Python API: everything that the command line does, in a few typed lines."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unitrack.appearance.build import build_backbone
from unitrack.appearance.embed import Embedder
from unitrack.data.base import Dataset, Submittable
from unitrack.engine.ask import checked_remap, merged_settings, named_backbone, resolve_spec
from unitrack.engine.executors import open_executor
from unitrack.engine.inputs import (
    choose,
    dataset_folder,
    known_layouts,
    open_dataset,
    open_metric,
)
from unitrack.engine.pictures import draw_run
from unitrack.engine.progress import Progress, Silent
from unitrack.engine.replay import ReplayReport
from unitrack.engine.replay import replay as _replay
from unitrack.engine.run import RunReport, execute
from unitrack.engine.score import Scored, check_truth, score, write_plots
from unitrack.engine.settings import resolve_settings
from unitrack.engine.spec import RunSpec
from unitrack.engine.store import write_json
from unitrack.errors import UniTrackError
from unitrack.ffmpeg import find_ffmpeg
from unitrack.registry.manager import registry
from unitrack.registry.records import (
    DatasetRecord,
)
from unitrack.report.versus import compare
from unitrack.report.write import write_report

__all__ = [
    "ReplayReport",
    "RunReport",
    "backbone",
    "compare",
    "dataset",
    "evaluate",
    "replay",
    "run",
    "submit",
    "write_report",
]

# Values of settings: any scalar or list, checked by the record's pydantic model.
Settings = Mapping[str, Any]


def run(
    head: str,
    data: str,
    *,
    backbone: str | None = None,
    layer: str | None = None,
    weights: str | Path | None = None,
    remap: str | None = None,
    root: str | Path | None = None,
    split: str | None = None,
    sequences: Sequence[str] | None = None,
    limit: int | None = None,
    stride: int = 1,
    observations: str | Path = "benchmark",
    protocol: str = "default",
    settings: Settings | None = None,
    data_settings: Settings | None = None,
    backbone_settings: Settings | None = None,
    config: str | Path | None = None,
    device: str = "auto",
    precision: str = "fp32",
    out: str | Path | None = None,
    overwrite: bool = False,
    workers: int = 1,
    executor: str = "local",
    video: bool = False,
    save_frames: bool = False,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
) -> RunReport:
    """Run one head with one backbone on one data set, and score it.

    Args:
        head: Name of the head, e.g. ``mot``.
        data: Name of the data set, e.g. ``mot15``.
        backbone: Name of the backbone; the embedded default when left out.
        layer: Tap of the backbone; its default tap when left out.
        weights: ``random[:SEED]`` or a checkpoint file; the backbone's own when left out.
        remap: How such a file is laid out: ``auto`` tries the layouts of all installed backbones
            of the same shape, the name of one takes its; the backbone's own when left out.
        root: Folder of the data set; ``$UNITRACK_DATA/<data>`` when left out.
        split: Split of the data set; every annotated sequence when left out.
        sequences: Names of the sequences to run; all when left out.
        limit: First frames of each sequence to run.
        stride: Run every n-th frame only.
        observations: ``benchmark``, ``oracle``, a name, a file, or a folder.
        protocol: Named set of the head's values: ``default``, ``authors``, ``paper``, ``best``.
        settings: The head's settings; they win over ``config``.
        data_settings: The data set's settings.
        backbone_settings: The backbone's settings.
        config: YAML file of settings.
        device: ``auto``, ``cpu``, ``cuda[:N]`` or ``mps``.
        precision: ``fp32``, ``bf16`` or ``fp16``.
        out: Run folder; ``runs/<head>-<data>-<backbone>-<layer>`` when left out.
        overwrite: Replace what the folder holds instead of resuming it.
        workers: Processes; the results are the same bytes at any number.
        executor: ``NAME[:ADDRESS]`` of the executor.
        video: Write an annotated mp4 per sequence.
        save_frames: Write annotated frames.
        progress: Told what goes on; nobody when left out.
        command: The words to keep in ``run.json``; ``sys.argv`` when left out.

    Returns:
        Scores, timings and what failed; the files are in ``out``.

    Raises:
        UniTrackError: If an input is not as it must be; nothing is written then.
    """
    spec = resolve_spec(
        head, data, backbone, layer, weights, root, split, limit, stride, observations,
        protocol, device, precision,
        merged_settings(config, settings, data_settings, backbone_settings), remap,
    )  # fmt: skip
    if video:
        find_ffmpeg("--video")
    folder = Path(out) if out else Path("runs") / _run_name(spec)
    chosen, parallel = open_executor(executor, workers)
    plan, report = execute(
        spec,
        folder,
        names=sequences,
        executor=chosen,
        parallel=parallel,
        overwrite=overwrite,
        progress=progress or Silent(),
        command=command if command is not None else sys.argv,
    )
    if video or save_frames:
        done = [sequence for sequence in plan.videos if sequence not in report.failed]
        draw_run(plan, folder, done, video=video, save_frames=save_frames)
    return report


def evaluate(
    results: str | Path,
    data: str,
    *,
    root: str | Path | None = None,
    split: str | None = None,
    sequences: Sequence[str] | None = None,
    limit: int | None = None,
    stride: int = 1,
    data_settings: Settings | None = None,
    metric: str | None = None,
    out: str | Path | None = None,
) -> Scored:
    """Score result files of any tracker; images are not needed.

    Args:
        results: Folder of result files in the benchmark's own form, or a run folder.
        data: Name of the data set.
        root: Folder of the data set; ``$UNITRACK_DATA/<data>`` when left out.
        split: Split of the data set; every annotated sequence when left out.
        sequences: Names of the sequences to score; all when left out.
        limit: First frames of each sequence to score.
        stride: Score every n-th frame only.
        data_settings: The data set's settings.
        metric: Another metric with the same scores, e.g. ``posetrack_clean``; the data set's own
            when left out.
        out: Write ``scores.json`` and ``plots/`` there; nothing is written when left out.

    Returns:
        Scores per sequence and ``COMBINED`` (fractions in 0..1, counts as integers), further
        tables, and curves.

    Raises:
        UniTrackError: If a file is absent or malformed, nothing is annotated, or ``out`` cannot be
            written.
    """
    folder = _results_folder(results)
    opened = dataset(data, root=root, split=split, settings=data_settings)
    videos = choose(opened, sequences, stride, limit)
    check_truth(videos, folder)
    _, scorer = open_metric(data, metric)
    scored = score(opened, scorer, videos, folder, stride)
    if out is not None:
        tables = {"schema": 1, "scores": scored.scores, "breakdown": scored.breakdown}
        write_json(Path(out) / "scores.json", tables)
        write_plots(scored.plots, Path(out) / "plots")
    return scored


def submit(
    results: str | Path,
    data: str,
    archive: str | Path,
    *,
    root: str | Path | None = None,
    split: str | None = None,
    data_settings: Settings | None = None,
) -> None:
    """Pack result files into the one archive that the benchmark's server takes.

    Args:
        results: Folder of result files in the benchmark's own form, or a run folder.
        data: Name of the data set.
        archive: The archive to write.
        root: Folder of the data set; ``$UNITRACK_DATA/<data>`` when left out.
        split: Split of the data set; every annotated sequence when left out.
        data_settings: The data set's settings.

    Raises:
        UniTrackError: If the benchmark has no server, a result is absent or malformed, or the
            archive cannot be written.
    """
    folder = _results_folder(results)
    opened = dataset(data, root=root, split=split, settings=data_settings)
    if not isinstance(opened, Submittable):
        raise UniTrackError(
            f"--data {data}", "has no server that takes an archive", "Send the files as they are."
        )
    opened.submit(folder, Path(archive))


def _results_folder(results: str | Path) -> Path:
    """The folder that holds result files: of a run, or itself."""
    folder = Path(results)
    if not folder.is_dir():
        raise UniTrackError(folder, "is no folder of results", "Give it with --results DIR.")
    inside = folder / "results"
    return inside if inside.is_dir() else folder


def replay(
    folder: str | Path,
    *,
    root: str | Path | None = None,
    weights: str | Path | None = None,
    workers: int = 1,
    executor: str = "local",
    progress: Progress | None = None,
) -> ReplayReport:
    """Repeat a run from its folder and say whether the bytes agree; the folder is not changed.

    Args:
        folder: A run folder.
        root: Where the data set is now, if it has moved.
        weights: Where the checkpoint file is now, if it has moved.
        workers: Processes.
        executor: ``NAME[:ADDRESS]`` of the executor.
        progress: Told what goes on; nobody when left out.

    Raises:
        UniTrackError: If it is no run folder, or an input is gone.
    """
    chosen, parallel = open_executor(executor, workers)
    return _replay(
        Path(folder),
        root=Path(root) if root else None,
        weights=Path(weights) if weights else None,
        executor=chosen,
        parallel=parallel,
        progress=progress or Silent(),
    )


def backbone(
    name: str | None = None,
    *,
    layer: str | None = None,
    weights: str | Path | None = None,
    remap: str | None = None,
    device: str = "auto",
    precision: str = "fp32",
    letterbox: tuple[int, int] | None = None,
    settings: Settings | None = None,
) -> Embedder:
    """A frozen appearance model: images in, feature maps with their grids out.

    Args:
        name: Name of the backbone; the embedded default when left out.
        layer: Tap; the default tap when left out.
        weights: ``random[:SEED]`` or a checkpoint file; the backbone's own when left out.
        remap: How such a file is laid out; see `run`.
        device: ``auto``, ``cpu``, ``cuda[:N]`` or ``mps``.
        precision: ``fp32``, ``bf16`` or ``fp16``.
        letterbox: Network input (height, width), or None for native size.
        settings: The backbone's settings.

    Raises:
        UniTrackError: If a name, checkpoint or device is not as it must be.
    """
    _, record = named_backbone(name)
    chosen = resolve_settings(record, None, {}, settings or {})
    model = build_backbone(
        record,
        tap=layer,
        weights=str(weights) if weights else None,
        device=device,
        precision=precision,
        settings=chosen,
        layouts=known_layouts(checked_remap(remap, weights), record),
    )
    return Embedder(model, letterbox)


def dataset(
    name: str,
    *,
    root: str | Path | None = None,
    split: str | None = None,
    settings: Settings | None = None,
) -> Dataset:
    """A benchmark on disk: its sequences, its reader and its writer.

    Args:
        name: Name of the data set.
        root: Its folder; ``$UNITRACK_DATA/<name>`` when left out.
        split: Its split; every annotated sequence when left out.
        settings: Its settings.

    Raises:
        UniTrackError: If the folder is not there or not laid out as the benchmark is.
    """
    record = registry().get("datasets", name)
    assert isinstance(record, DatasetRecord)
    chosen = resolve_settings(record, None, {}, settings or {})
    return open_dataset(record, dataset_folder(record, root, chosen), split, chosen)


def _run_name(spec: RunSpec) -> str:
    parts = (spec.head, spec.data, spec.backbone, spec.layer)
    return "-".join(part.replace("/", "_").replace(":", "_") for part in parts)
