from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from unitrack.cli.scores import breakdown_tables
from unitrack.engine.score import score, write_plots
from unitrack.metrics.base import Partial, Row, Table
from unitrack.metrics.curves import Curve, Plot
from unitrack.testing.scenes import Scene, perfect
from unitrack.types import SequenceResult


class Counting:
    """Counts objects, also per length of the video, and draws a line."""

    def evaluate(self, sequence: Any, result: SequenceResult) -> Partial:
        del sequence
        return {"objects": sum(map(len, result.frames))}

    def combine(self, partials: Sequence[Partial]) -> Row:
        return {"N": sum(partial["objects"] for partial in partials)}

    def breakdown(
        self, videos: Mapping[str, Any], partials: Mapping[str, Partial]
    ) -> Mapping[str, Table]:
        return {
            "frames": {str(videos[name].length): self.combine([p]) for name, p in partials.items()}
        }

    def plots(self, partials: Mapping[str, Partial]) -> Mapping[str, Plot]:
        curves = tuple(Curve(name, (0.0, 1.0), (0.0, 1.0)) for name in partials)
        return {"line": Plot("Line", "x", "y", curves)}


class Kept:
    """A data set whose results are the truth."""

    def read(self, sequence: Any, folder: Path) -> SequenceResult:
        del folder
        return perfect(sequence)


def test_tables_and_curves_go_beside_the_scores(tmp_path: Path) -> None:
    videos: dict[str, Any] = {"a": Scene("a", 2), "b": Scene("b", 3)}
    dataset: Any = Kept()
    scored = score(dataset, Counting(), videos, tmp_path, 1)
    assert scored.scores == {"COMBINED": {"N": 5}, "a": {"N": 2}, "b": {"N": 3}}
    assert scored.breakdown == {"frames": {"2": {"N": 2}, "3": {"N": 3}}}
    printed = breakdown_tables(scored.breakdown, ("N",))
    assert printed.split() == ["frames", "N", "2", "2", "3", "3"]
    (path,) = write_plots(scored.plots, tmp_path / "plots")
    drawn = path.read_text()
    assert path.name == "line.svg"
    assert "<svg" in drawn
    write_plots(scored.plots, tmp_path / "plots")
    assert path.read_text() == drawn
