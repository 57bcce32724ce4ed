"""Every choice of the association, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unitrack.association.kalman import Aspect
from unitrack.association.memory import MemoryMode

__all__ = ["AssociationConfig"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationConfig:
    """How tracklets and detections are matched, and how long tracklets live.

    A cost is 1 minus a similarity, or 1 minus an overlap.

    Attributes:
        tracklet_feature: What a tracklet remembers of its looks.
        pool_size: Observations in a ``pool``.
        use_kalman: Predict and filter boxes. Without it there are no overlap stages, tracklets are
            confirmed at once and the output is the detection's box.
        overlap_share: Share of the cost of overlap in that of appearance, in 0..1.
        motion: Let the distance from the prediction enter stage 1.
        motion_lambda: Share of the appearance in the cost of stage 1, in 0..1.
        motion_gated: Forbid pairs beyond the 95 % gate of the filter.
        gate_after_assignment: Apply the gate to the matches instead of the costs.
        only_position: Gate and distance from the centre only.
        aspect: Meaning of the aspect in the state.
        stage1_limit: Cost limit of appearance and motion, confirmed and lost tracklets.
        stage2_limit: Cost limit of overlap, tracklets left over that were seen in the last frame.
        confirm: Whether a new tracklet must be seen again in the next frame.
        confirm_limit: Cost limit of overlap, unconfirmed tracklets.
        confirm_by_looks: Whether looks may confirm where overlap does not.
        refind_limit: Cost limit of looks alone, beyond the gate: confirmed and lost tracklets
            that are left over. 0 leaves this stage out.
        report_unconfirmed: Whether new tracklets are reported before they are confirmed.
        iou_plus_one: Overlaps of inclusive pixel boxes.
        class_gate: Stages in which different classes cannot match.
        dup_limit: A tracked and a lost tracklet whose cost of overlap is below are one.
        late_removal: An overdue tracklet can still be matched in one more frame.
        output_box: The box that is reported.
    """

    tracklet_feature: MemoryMode = "last"
    pool_size: int = 5
    use_kalman: bool = True
    overlap_share: float = 0.0
    motion: bool = True
    motion_lambda: float = 0.98
    motion_gated: bool = True
    gate_after_assignment: bool = False
    only_position: bool = False
    aspect: Aspect = "w/h"
    stage1_limit: float = 0.7
    stage2_limit: float = 0.5
    confirm: bool = True
    confirm_limit: float = 0.7
    confirm_by_looks: bool = False
    refind_limit: float = 0.0
    report_unconfirmed: bool = False
    iou_plus_one: bool = True
    class_gate: Literal["all", "stage1"] = "all"
    dup_limit: float = 0.15
    late_removal: bool = False
    output_box: Literal["filtered", "detection"] = "filtered"
