"""What a worker does for a suite: track one sequence, write it, count on what is written."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from unitrack.data.select import expand, whole
from unitrack.engine.inputs import open_metric
from unitrack.engine.plan import Plan
from unitrack.engine.run import track_planned, versions
from unitrack.engine.score import read_result
from unitrack.engine.spec import RunSpec
from unitrack.suite.codec import encode
from unitrack.suite.features import FeatureCache, Remembering
from unitrack.suite.records import SCHEMA
from unitrack.suite.store import Finished

__all__ = ["Job"]


@dataclass(frozen=True, slots=True)
class Job:
    """A pure function of ``NUMBER/SEQUENCE``, wherever it runs; nothing is left on its disk.

    Attributes:
        specs: Runs by their number.
        features: Where features are kept for the next cell that needs them, if anywhere.
    """

    specs: Mapping[str, RunSpec]
    features: FeatureCache | None = None

    @property
    def device(self) -> str:
        """Where all of them run; executors that place work by device ask for it."""
        return next(iter(self.specs.values())).device

    def __call__(self, name: str) -> Finished:
        """Track and count.

        Raises:
            UniTrackError: If an input is not as it must be.
        """
        number, _, sequence = name.partition("/")
        spec = self.specs[number]
        plan = Plan.of(spec, [sequence])
        if self.features is not None:
            kept = Remembering(plan.embedder, self.features, spec.backbone_settings)
            plan = replace(plan, embedder=kept)
        video = plan.videos[sequence]
        tracked = track_planned(plan, sequence, lambda: None)
        record, metric = open_metric(spec.data)
        with tempfile.TemporaryDirectory(prefix="unitrack-") as temporary:
            folder = Path(temporary)
            length = whole(video).length
            plan.dataset.write(expand(tracked.result, stride=spec.stride, length=length), folder)
            results = {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in sorted(folder.rglob("*"))
                if path.is_file()
            }
            counted = None
            if video.truth is not None:
                read = read_result(plan.dataset, video, folder, spec.stride)
                counted = encode(metric.evaluate(video, read))
        facts = {
            "schema": SCHEMA,
            "sequence": sequence,
            "metric": record.name,
            "weights_id": plan.weights_id,
            "weights_layout": plan.weights_layout,
            "spec": spec.to_json(),
            "versions": versions(),
            **tracked.facts,
        }
        return Finished(facts, results, counted, tracked.key)
