"""The life of tracklets: match, confirm, lose, find again, remove."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unitrack.association import kalman
from unitrack.association.assign import assign, contained, overlaps
from unitrack.association.base import Similarity
from unitrack.association.config import AssociationConfig
from unitrack.association.descriptors import Descriptors
from unitrack.association.kalman import Array
from unitrack.association.memory import recall, remember
from unitrack.association.tracklet import Life, Tracklets

__all__ = ["Associator", "Detections", "Tracked"]

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Detections:
    """What was seen in one frame.

    Attributes:
        boxes: ``x1, y1, x2, y2``, ``(M, 4)``, in one unit of the head's choice.
        labels: Class numbers, ``(M,)``.
        looks: One descriptor each; one without points is linked by overlap alone.
        sure: Which may start a tracklet, ``(M,)``; None for all.
    """

    boxes: Array
    labels: Indices
    looks: Descriptors
    sure: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.boxes)


@dataclass(frozen=True, slots=True)
class Tracked:
    """Who was seen in one frame: the confirmed tracklets, by id.

    Attributes:
        ids: Identities, ``(K,)``.
        detections: Number of the detection each was matched with, ``(K,)``.
        boxes: Reported boxes, ``(K, 4)``.
    """

    ids: Indices
    detections: Indices
    boxes: Array


class Associator:
    """Links the detections of one sequence, frame by frame.

    Tracklets that are removed leave nothing behind, so that memory depends on how many objects
    there are, not on the length of the sequence.

    Args:
        config: All choices.
        similarity: Compares looks.
        lost_frames: Frames for which a tracklet may stay unseen.
        noise_scale: Factor of the filter's noise, for frames farther apart than it was made for.
    """

    def __init__(
        self,
        config: AssociationConfig,
        similarity: Similarity,
        lost_frames: int,
        noise_scale: float = 1.0,
    ) -> None:
        self._config = config
        self._similarity = similarity
        self._lost_frames = lost_frames
        self._noise_scale = noise_scale
        self._frame = 0
        self._next_id = 1
        self._tracklets = Tracklets.none()

    def step(self, detections: Detections) -> Tracked:
        """Take the next frame's detections; say who is who.

        Source:
            Wang et al., NeurIPS 2021; the life cycle is that of the authors' code.
        """
        self._frame += 1
        life = self._tracklets.life.copy()
        self._predict()
        free = np.arange(len(detections))
        free = self._match_looks(life != Life.UNCONFIRMED, free, detections)
        if self._config.use_kalman:
            left = (life == Life.TRACKED) & self._unseen()
            free = self._match_overlap(left, free, detections, self._config.stage2_limit)
            free = self._match_overlap(
                life == Life.UNCONFIRMED, free, detections, self._config.confirm_limit
            )
        if self._config.confirm_by_looks:
            new = (life == Life.UNCONFIRMED) & self._unseen()
            self._move(new)
            free = self._match_looks(new, free, detections)
        if self._config.refind_limit:
            free = self._refind((life != Life.UNCONFIRMED) & self._unseen(), free, detections)
        self._retire()
        self._begin(free, detections)
        self._bury()
        self._drop_duplicates()
        return self._report()

    def _predict(self) -> None:
        """Move confirmed and lost tracklets on; a lost one keeps its height."""
        known = self._tracklets
        if not self._config.use_kalman:
            return
        known.means[known.life == Life.LOST, 7] = 0
        self._move(known.life != Life.UNCONFIRMED)

    def _move(self, moving: NDArray[np.bool_]) -> None:
        known = self._tracklets
        known.means[moving], known.covariances[moving] = kalman.predict(
            known.means[moving], known.covariances[moving], self._noise_scale
        )

    def _match_looks(
        self, chosen: NDArray[np.bool_], free: Indices, detections: Detections
    ) -> Indices:
        """Stage 1, and perhaps a last one: looks and motion. Gives the detections left over."""
        rows, seen = self._with_looks(chosen, free, detections)
        if len(rows) == 0 or len(seen) == 0:
            return free
        cost = self._unlike(rows, detections.looks.take(seen.tolist()))
        cost = self._with_overlap(cost, rows, detections.boxes[seen])
        cost, allowed = self._with_motion(cost, rows, detections.boxes[seen])
        cost[self._tracklets.labels[rows, None] != detections.labels[None, seen]] = np.inf
        matches, _, _ = assign(cost, self._config.stage1_limit)
        matches = matches[allowed[matches[:, 0], matches[:, 1]]]
        self._accept(rows[matches[:, 0]], seen[matches[:, 1]], detections)
        return np.setdiff1d(free, seen[matches[:, 1]])

    def _refind(self, chosen: NDArray[np.bool_], free: Indices, detections: Detections) -> Indices:
        """Looks alone, wherever the filter expects it. Gives the detections left over.

        Compared with all of the frame's detections: among the few left over anybody looks alike.
        """
        rows, seen = self._with_looks(chosen, free, detections)
        if len(rows) == 0 or len(seen) == 0:
            return free
        cost = self._unlike(rows, detections.looks)[:, seen]
        cost[self._tracklets.labels[rows, None] != detections.labels[None, seen]] = np.inf
        matches, _, _ = assign(cost, self._config.refind_limit)
        self._accept(rows[matches[:, 0]], seen[matches[:, 1]], detections)
        return np.setdiff1d(free, seen[matches[:, 1]])

    def _with_looks(
        self, chosen: NDArray[np.bool_], free: Indices, detections: Detections
    ) -> tuple[Indices, Indices]:
        """Which of the chosen tracklets, and which of the free detections, have points at all."""
        rows = np.flatnonzero(chosen)
        rows = rows[[bool(self._tracklets.memories[row]) for row in rows]]
        return rows, free[np.array(detections.looks.counts, np.int64)[free] > 0]

    def _unlike(self, rows: Indices, seen: Descriptors) -> Array:
        """1 - similarity of tracklets and looks, ``(N, M)``."""
        looks = recall(self._tracklets.memories[row] for row in rows)
        alike = self._similarity.compare(looks, seen)
        cost: Array = 1.0 - alike.double().cpu().numpy()
        return cost

    def _with_overlap(self, cost: Array, rows: Indices, boxes: Array) -> Array:
        """Let the overlap with the predicted boxes have its share of ``(N, M)`` costs."""
        share = self._config.overlap_share
        if not share:
            return cost
        apart = 1.0 - overlaps(self._boxes()[rows], boxes, plus_one=self._config.iou_plus_one)
        return (1 - share) * cost + share * apart

    def _with_motion(
        self, cost: Array, rows: Indices, boxes: Array
    ) -> tuple[Array, NDArray[np.bool_]]:
        """Fuse the distance from the predictions into ``(N, M)`` costs.

        Returns:
            Costs, and which matches may stand.
        """
        config = self._config
        allowed = np.ones(cost.shape, bool)
        if not (config.use_kalman and config.motion):
            return cost, allowed
        distance = kalman.gating_distance(
            self._tracklets.means[rows],
            self._tracklets.covariances[rows],
            kalman.measure(boxes, config.aspect),
            only_position=config.only_position,
        )
        fused = config.motion_lambda * cost + (1 - config.motion_lambda) * distance
        if not config.motion_gated:
            return fused, allowed
        inside = distance <= kalman.GATE[2 if config.only_position else 4]
        if config.gate_after_assignment:
            return fused, inside
        return np.where(inside, fused, np.inf), allowed

    def _match_overlap(
        self, chosen: NDArray[np.bool_], free: Indices, detections: Detections, limit: float
    ) -> Indices:
        """Stages 2 and 3: overlap alone. Gives the detections still left over.

        A detection without looks is what shows of an object that is nearly hidden: far smaller
        than the object was, so that the share of it that lies in the object's place counts.
        """
        rows = np.flatnonzero(chosen)
        boxes, found = self._boxes()[rows], detections.boxes[free]
        plus_one = self._config.iou_plus_one
        overlap = overlaps(boxes, found, plus_one=plus_one)
        hidden = np.array(detections.looks.counts, np.int64)[free] == 0
        overlap[:, hidden] = contained(found[hidden], boxes, plus_one=plus_one).T
        cost = 1.0 - overlap
        if self._config.class_gate == "all":
            cost[self._tracklets.labels[rows, None] != detections.labels[None, free]] = np.inf
        matches, _, left = assign(cost, limit)
        self._accept(rows[matches[:, 0]], free[matches[:, 1]], detections)
        return free[left]

    def _accept(self, rows: Indices, found: Indices, detections: Detections) -> None:
        """Row ``rows[k]`` is detection ``found[k]``."""
        known, config = self._tracklets, self._config
        if config.use_kalman and len(rows):
            known.means[rows], known.covariances[rows] = kalman.update(
                known.means[rows],
                known.covariances[rows],
                kalman.measure(detections.boxes[found], config.aspect),
            )
        known.life[rows] = Life.TRACKED
        known.boxes[rows] = detections.boxes[found]
        known.labels[rows] = detections.labels[found]
        known.last[rows] = self._frame
        known.seen[rows] = found
        looks = detections.looks.split()
        for row, number in zip(rows, found, strict=True):
            known.memories[row] = remember(
                known.memories[row], looks[number].points, config.tracklet_feature, config.pool_size
            )

    def _unseen(self) -> NDArray[np.bool_]:
        return self._tracklets.last < self._frame

    def _retire(self) -> None:
        """Tracked ones that were not seen are lost; unconfirmed ones are gone."""
        known, unseen = self._tracklets, self._unseen()
        known.life[(known.life == Life.TRACKED) & unseen] = Life.LOST
        self._tracklets = known.select(known.life != Life.UNCONFIRMED)

    def _begin(self, free: Indices, detections: Detections) -> None:
        """Every detection left over starts a tracklet, if it may."""
        if detections.sure is not None:
            free = free[detections.sure[free]]
        count, config = len(free), self._config
        if count == 0:
            return
        sure = not config.confirm or not config.use_kalman or self._frame == 1
        boxes = detections.boxes[free]
        means, covariances = kalman.initiate(
            kalman.measure(boxes, config.aspect), self._noise_scale
        )
        looks = detections.looks.split()
        new = Tracklets(
            ids=np.arange(self._next_id, self._next_id + count),
            life=np.full(count, Life.TRACKED if sure else Life.UNCONFIRMED, np.int64),
            means=means,
            covariances=covariances,
            boxes=boxes,
            labels=detections.labels[free],
            first=np.full(count, self._frame),
            last=np.full(count, self._frame),
            seen=free,
            doomed=np.zeros(count, bool),
            memories=[
                remember((), looks[number].points, config.tracklet_feature, config.pool_size)
                for number in free
            ],
        )
        self._next_id += count
        self._tracklets = self._tracklets.extended(new)

    def _bury(self) -> None:
        """Remove tracklets that were lost for too long.

        The authors' form lets an overdue one live for one more frame; if it is found in that frame,
        it is removed as soon as it is lost again.
        """
        known = self._tracklets
        lost = known.life == Life.LOST
        overdue = lost & (self._frame - known.last > self._lost_frames)
        gone = lost & known.doomed if self._config.late_removal else overdue
        known.doomed[overdue] = True
        self._tracklets = known.select(~gone)

    def _drop_duplicates(self) -> None:
        """Where a seen and a lost tracklet of one class lie on each other, the older one stays."""
        known, boxes = self._tracklets, self._boxes()
        lost = np.flatnonzero(known.life == Life.LOST)
        here = np.flatnonzero(known.life != Life.LOST)
        cost = 1.0 - overlaps(boxes[here], boxes[lost], plus_one=self._config.iou_plus_one)
        if self._config.class_gate == "all":
            cost[known.labels[here, None] != known.labels[None, lost]] = np.inf
        first, second = np.nonzero(cost < self._config.dup_limit)
        age = known.last - known.first
        older = age[here[first]] > age[lost[second]]
        kept = np.ones(len(known), bool)
        kept[lost[second[older]]] = False
        kept[here[first[~older]]] = False
        self._tracklets = known.select(kept)

    def _boxes(self) -> Array:
        """Where each tracklet is thought to be, ``(N, 4)``."""
        if not self._config.use_kalman:
            return self._tracklets.boxes
        return kalman.to_boxes(self._tracklets.means, self._config.aspect)

    def _report(self) -> Tracked:
        known = self._tracklets
        shown = known.life == Life.TRACKED
        if self._config.report_unconfirmed:
            shown |= known.life == Life.UNCONFIRMED
        rows = np.flatnonzero(shown)
        rows = rows[np.argsort(known.ids[rows], kind="stable")]
        boxes = known.boxes if self._config.output_box == "detection" else self._boxes()
        return Tracked(known.ids[rows], known.seen[rows], boxes[rows])
