"""DAVIS 2016 and 2017 (semi-supervised): sequences, results, the server's archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from unitrack.data.base import Dataset, Sequence
from unitrack.errors import UniTrackError
from unitrack.types import SequenceResult
from unitrack_vos.data.layout import Place, find_sequences, open_sequence
from unitrack_vos.data.results import pack_masks, read_masks, write_masks
from unitrack_vos.data.sequence import MaskSequence
from unitrack_vos.data.settings import DavisSettings

__all__ = ["davis2016", "davis2017", "synthetic_vos"]


def davis2016(root: Path, split: str | None, settings: DavisSettings) -> Dataset:
    """DAVIS 2016: one object a sequence; with the archive of 2017, all of its objects together."""
    return _Davis(tuple(find_sequences(root, "2016", split, settings.resolution)), merged=True)


def davis2017(root: Path, split: str | None, settings: DavisSettings) -> Dataset:
    """DAVIS 2017: several objects, all of them in the first frame."""
    return _Davis(tuple(find_sequences(root, "2017", split, settings.resolution)), merged=False)


def synthetic_vos(root: Path, split: str | None, settings: object) -> Dataset:
    """Rendered sequences in the same layout."""
    del settings  # they describe the rendering, not the files
    return davis2017(root, split, DavisSettings(resolution="480p"))


@dataclass(frozen=True, slots=True)
class _Davis:
    places: tuple[Place, ...]
    merged: bool

    def sequences(self) -> list[Sequence]:
        return [open_sequence(place, merged=self.merged) for place in self.places]

    def write(self, result: SequenceResult, folder: Path) -> None:
        places = {place.annotations.name: place for place in self.places}
        write_masks(result, open_sequence(places[result.name], merged=self.merged), folder)

    def read(self, sequence: Sequence, folder: Path) -> SequenceResult:
        return read_masks(cast("MaskSequence", sequence), folder)

    def submit(self, results: Path, archive: Path) -> None:
        """Pack for the server of DAVIS 2017: the sequences' folders at the root."""
        if self.merged:
            raise UniTrackError(
                "--data davis2016", "has no server", "Score the results with: unitrack eval"
            )
        pack_masks((open_sequence(p, merged=False) for p in self.places), results, archive)
