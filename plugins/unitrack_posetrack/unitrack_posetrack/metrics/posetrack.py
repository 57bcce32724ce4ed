"""PoseTrack's scores: every joint is a tracking problem of its own, then the mean is taken.

Source:
    Andriluka et al., CVPR 2018; details from the published evaluation (benchmarks.md 7.6, 7.7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.data.base import Sequence as Video
from unitrack.metrics.base import Metric, Partial, Row, Table
from unitrack.skeleton import SKELETONS
from unitrack.types import PoseObservation, SequenceResult
from unitrack_posetrack.metrics.clear import Tracks
from unitrack_posetrack.metrics.people import Scored, scored_frames
from unitrack_posetrack.metrics.precision import average_precisions, right_joints

__all__ = ["posetrack", "posetrack_clean"]

_NEAR = 0.5  # heads
_SUMMED = (
    "objects", "predictions", "matches", "switches", "misses", "false_positives", "annotated",
)  # fmt: skip
# As the benchmark's tables group the joints.
_PARTS = {
    "Head": ("head_top", "neck", "nose"),
    "Shou": ("r_shoulder", "l_shoulder"),
    "Elb": ("r_elbow", "l_elbow"),
    "Wri": ("r_wrist", "l_wrist"),
    "Hip": ("r_hip", "l_hip"),
    "Knee": ("r_knee", "l_knee"),
    "Ankl": ("r_ankle", "l_ankle"),
}

Array = NDArray[np.float64]


def posetrack() -> Metric:
    """Scores as the published evaluation gives them, with its slips (dagger 45).

    For tracking it leaves out the last annotated frame of each sequence; where nobody is found it
    counts one miss and one false positive per joint, whoever is there; IDF1 is the mean over
    sequences, and a joint that one of them lacks is left out; MOTP adds up more distances than
    there are matches. AP counts every frame.
    """
    return _PoseTrack(clean=False)


def posetrack_clean() -> Metric:
    """The same scores without the slips: all frames, true counts, IDF1 from summed counts."""
    return _PoseTrack(clean=True)


@dataclass(frozen=True, slots=True)
class _PoseTrack:
    clean: bool

    def evaluate(self, sequence: Video, result: SequenceResult) -> Partial:
        """Count on one sequence.

        Raises:
            UniTrackError: If there is no truth, or a head box that is needed is not there.
        """
        frames = list(scored_frames(sequence, result))
        tracked = frames if self.clean else frames[:-1]
        names = _joint_names(sequence)
        tracks = Tracks(
            len(names),
            1 + max((int(f.true.ids.max(initial=-1)) for f in frames), default=-1),
            1 + max((int(f.found.ids.max(initial=-1)) for f in frames), default=-1),
        )
        for frame in tracked:
            self._step(tracks, frame)
        counts = {name: getattr(tracks, name) for name in _SUMMED[:-1]}
        return {
            "joints": names,
            **counts,
            "annotated": sum(
                (f.true.there.sum(axis=0) for f in frames), np.zeros_like(tracks.objects)
            ),
            "gaps": tracks.gaps if self.clean else tracks.events,
            "identical": tracks.identical(),
            **_found(frames),
        }

    def combine(self, partials: Sequence[Partial]) -> Row:
        """Counts are summed over sequences, then per joint ratios are taken, then their mean."""
        return _row(self._by_joint(partials))

    def resample(
        self, partials: Sequence[Partial], counts: NDArray[np.int64]
    ) -> Mapping[str, Array]:
        """The same of many draws of the sequences; of AP see `average_precisions`."""
        found = self._draws(partials, counts)
        known = {name: np.isfinite(values) for name, values in found.items()}
        means = {
            name: np.where(known[name], values, 0.0).sum(axis=1)
            / np.maximum(known[name].sum(axis=1), 1)
            for name, values in found.items()
        }
        return {**means, "IDSW": found["IDSW"].sum(axis=1)}

    def breakdown(
        self, videos: Mapping[str, Video], partials: Mapping[str, Partial]
    ) -> Mapping[str, Table]:
        """The same scores of each joint, and of the parts of the body in the benchmark's tables."""
        del videos
        counted = list(partials.values())
        names = next((partial["joints"] for partial in counted if partial["joints"]), ())
        scores = self._by_joint(counted)

        def row(chosen: Sequence[str]) -> Row:
            rows = [names.index(name) for name in chosen if name in names]
            return _row({name: values[rows] for name, values in scores.items()})

        return {
            "part": {part: row(joints) for part, joints in _PARTS.items()},
            "joint": {name: row([name]) for name in names},
        }

    def _step(self, tracks: Tracks, frame: Scored) -> None:
        true, found = frame.true, frame.found
        if not self.clean and not (len(true.ids) and len(found.ids)):
            tracks.unmatched()
            return
        gaps = np.where(frame.distances <= _NEAR, frame.distances, np.inf)
        tracks.step(true.ids, found.ids, true.there.T, found.there.T, gaps)

    def _by_joint(self, partials: Sequence[Partial]) -> dict[str, Array]:
        """Each score per joint, ``(J,)``; NaN for a joint that has none."""
        once = np.ones((1, len(partials)), np.int64)
        return {name: values[0] for name, values in self._draws(partials, once).items()}

    def _draws(self, partials: Sequence[Partial], counts: NDArray[np.int64]) -> dict[str, Array]:
        """Each score per draw and joint, ``(B, J)``; NaN for a joint that has none."""
        there = [place for place, partial in enumerate(partials) if partial["joints"]]
        if not there:
            return {name: np.zeros((len(counts), 0)) for name in (*_FRACTIONS, "IDSW")}
        counted, times = [partials[place] for place in there], counts[:, there]
        total = {name: times @ np.array([part[name] for part in counted]) for name in _SUMMED}
        detected = total["matches"] + total["switches"]
        faults = total["misses"] + total["switches"] + total["false_positives"]
        gaps = times @ np.array([part["gaps"] for part in counted])
        asked = total["annotated"]
        joints = asked.shape[1]
        hits = times @ np.array(
            [np.bincount(part["joint"][part["right"]], minlength=joints) for part in counted]
        )
        scores = {
            "MOTA": 1 - _ratio(faults, total["objects"]),
            "IDF1": self._idf1(counted, times),
            "AP": _precisions(counted, times, joints),
            "PCKh": _ratio(hits, asked),
            "MOTP": 1 - _ratio(gaps, detected, empty=1.0),
            "Prec": _ratio(detected, detected + total["false_positives"]),
            "Rec": _ratio(detected, total["objects"]),
        }
        known = {name: np.where(asked > 0, values, np.nan) for name, values in scores.items()}
        return {**known, "IDSW": total["switches"].astype(np.float64)}

    def _idf1(self, counted: Sequence[Partial], times: NDArray[np.int64]) -> Array:
        same = np.array([2 * part["identical"] for part in counted])
        all_ = np.array([part["objects"] + part["predictions"] for part in counted])
        if self.clean:
            return _ratio(times @ same, times @ all_)
        rates = _ratio(same, all_)
        missing = (times > 0).astype(np.float64) @ ~np.isfinite(rates)
        means: Array = times @ np.nan_to_num(rates) / times.sum(axis=1, keepdims=True)
        return np.where(missing > 0, np.nan, means)


_FRACTIONS = ("MOTA", "IDF1", "AP", "PCKh", "MOTP", "Prec", "Rec")


def _joint_names(sequence: Video) -> tuple[str, ...]:
    poses = (one.observation for frame in sequence.truth or () for one in frame)
    known = (pose.skeleton for pose in poses if isinstance(pose, PoseObservation))
    skeleton = next(known, None)
    return SKELETONS[skeleton].joints if skeleton else ()


def _found(frames: Sequence[Scored]) -> dict[str, NDArray[np.generic]]:
    """Every joint that was found: which one, how sure, whether right."""
    joints, scores, rights = [np.zeros(0, np.int16)], [np.zeros(0)], [np.zeros(0, np.bool_)]
    for frame in frames:
        joint, pose = np.nonzero(frame.found.there.T)
        right = right_joints(frame.distances <= _NEAR, frame.true.there.T)
        joints.append(joint.astype(np.int16))  # kept, and read, by the million
        scores.append(frame.found.scores[pose, joint])
        rights.append(right[joint, pose])
    return {
        "joint": np.concatenate(joints),
        "score": np.concatenate(scores),
        "right": np.concatenate(rights),
    }


def _precisions(counted: Sequence[Partial], times: NDArray[np.int64], joints: int) -> Array:
    """Average precision of each joint in each draw, ``(B, J)``; NaN where nobody has it."""
    labels, scores, right = (
        np.concatenate([part[name] for part in counted]) for name in ("joint", "score", "right")
    )
    owners = np.repeat(np.arange(len(counted)), [len(part["joint"]) for part in counted])
    order = np.argsort(labels, kind="stable")
    ends = np.cumsum(np.bincount(labels, minlength=joints))[:-1]
    annotated = np.array([part["annotated"] for part in counted])
    found = zip(*(np.split(one[order], ends) for one in (scores, right, owners)), strict=True)
    columns = [
        average_precisions(score, hit, owner, times, annotated[:, joint])
        for joint, (score, hit, owner) in enumerate(found)
    ]
    return np.stack(columns, axis=1)


def _ratio(part: NDArray[np.generic], whole: NDArray[np.generic], empty: float = np.nan) -> Array:
    """Quotients; ``empty`` where the whole is 0."""
    part, whole = part.astype(np.float64), whole.astype(np.float64)
    quotients: Array = np.divide(part, whole, out=np.full(part.shape, empty), where=whole != 0)
    return quotients


def _row(scores: Mapping[str, Array]) -> Row:
    """Mean over the joints that have a score; identity switches are summed."""
    row: dict[str, float | int] = {}
    for name in ("MOTA", "IDF1", "IDSW", *_FRACTIONS[2:]):
        values = scores[name]
        if name == "IDSW":
            row[name] = int(values.sum())
            continue
        known = values[np.isfinite(values)]
        row[name] = float(known.mean()) if len(known) else 0.0
    return row
