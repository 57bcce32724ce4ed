"""YouTube-VIS 2019, 2021 and 2022: sequences and result files (design: benchmarks.md 9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unitrack.data.base import Dataset, Sequence
from unitrack.errors import UniTrackError
from unitrack.files import write_atomic, zip_atomic
from unitrack.types import SequenceResult, TrackedObject
from unitrack_mot.data.vis_json import parse_tubes, tube_text
from unitrack_mot.data.vis_layout import find_parts
from unitrack_mot.data.vis_sequence import VisSequence, result_file
from unitrack_mot.data.vis_tubes import Tube, frames_of, tubes_of

__all__ = ["youtube_vis"]


def youtube_vis(root: Path, split: str | None, settings: object) -> Dataset:
    """Videos of YouTube-VIS in the layout of any of its years, or rendered ones.

    Args:
        root: The folder with ``train/``, ``valid/`` or ``test/``, one of these, or the one above.
        split: ``train``, ``valid``, ``val`` or ``test``; None for all that is annotated.
        settings: Of the rendering of a synthetic set; the files do not depend on them.

    Raises:
        UniTrackError: If there is no annotation file, or it is malformed.
    """
    del settings
    videos = [
        VisSequence(part, video)
        for part in find_parts(root, split)
        for video in part.annotation.videos
    ]
    return _YoutubeVis({video.name: video for video in videos})


@dataclass(frozen=True, slots=True)
class _YoutubeVis:
    videos: Mapping[str, VisSequence]

    def sequences(self) -> list[Sequence]:
        return list(self.videos.values())

    def write(self, result: SequenceResult, folder: Path) -> None:
        """A list of the video's tubes, in the order of their identities.

        The form has no place for identities: read back, they are positions in the list, from 1.
        """
        video = self._named(result.name).video
        lines = [tube_text(video, tube) for tube in tubes_of(result.frames).values()]
        write_atomic(folder / f"{result.name}.json", _list_text(lines))

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        """From the video's own file, or from a ``results.json`` with all videos of the split."""
        tubes = self._tubes(self._named(sequence.name), folder)
        frames = tuple(
            tuple(TrackedObject(number, mask) for number, _, mask in frame)
            for frame in frames_of(tubes, sequence.length)
        )
        return SequenceResult(sequence.name, frames)

    def submit(self, results: Path, archive: Path) -> None:
        """One ``results.json`` at the top of a zip file, the videos in the benchmark's order."""
        lines = [
            tube_text(one.video, tube)
            for one in self.videos.values()
            for tube in self._tubes(one, results)
        ]
        zip_atomic(archive, {"results.json": _list_text(lines)})

    def _named(self, name: str) -> VisSequence:
        if name not in self.videos:
            raise UniTrackError(name, "is no video of this split", "Choose its split with --split.")
        return self.videos[name]

    def _tubes(self, sequence: VisSequence, folder: Path) -> list[Tube]:
        file = result_file(folder, sequence.name)
        entries = sequence.entries(file)
        return parse_tubes(file, sequence.video, entries, sequence.categories, scored=True)


def _list_text(lines: list[str]) -> str:
    """A JSON list, one entry a line."""
    return "[" + ",".join(f"\n{line}" for line in lines) + "\n]\n"
