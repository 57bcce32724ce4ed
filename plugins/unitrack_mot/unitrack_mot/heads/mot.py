"""Head ``mot``: link the boxes of a detector by looks, motion and overlap."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from unitrack.association.base import Similarity, SimilaritySettings
from unitrack.association.config import AssociationConfig
from unitrack.association.memory import MemoryMode
from unitrack.heads.association import AssociationHead
from unitrack.heads.base import Resolve, TaskHead
from unitrack.registry.records import load
from unitrack_mot.heads.settings import MotSettings

__all__ = ["mot"]

# Network input, height and width.
_LETTERBOX = (608, 1088)


def mot(settings: MotSettings, resolve: Resolve) -> TaskHead:
    """Build the head.

    Args:
        settings: Checked settings.
        resolve: Gives the record of the similarity that is named in them.

    Raises:
        UniTrackError: If the similarity is unknown or cannot be built.
    """
    record = resolve("similarities", settings.similarity)
    factory = cast("Callable[[SimilaritySettings], Similarity]", load(record.factory))
    return AssociationHead(
        similarity=factory(_similarity_settings(settings)),
        config=_config(settings),
        letterbox=_LETTERBOX,
        conf_thres=settings.conf_thres,
        lost_frames=settings.lost_frames,
        min_box_area=settings.min_box_area,
        max_aspect=settings.max_aspect,
        authors_geometry=settings.authors_geometry,
    )


def _similarity_settings(settings: MotSettings) -> SimilaritySettings:
    return SimilaritySettings(
        roi_grid=settings.roi_grid,
        rsm_scale=settings.rsm_scale,
        rsm_padding=settings.rsm_padding,
        pool_prenorm=settings.pool_prenorm,
        reid_weights=settings.reid_weights,
    )


def _config(settings: MotSettings) -> AssociationConfig:
    by_similarity: MemoryMode = "last" if settings.similarity == "rsm" else "smooth"
    chosen = settings.tracklet_feature
    return AssociationConfig(
        tracklet_feature=by_similarity if chosen == "auto" else chosen,
        pool_size=settings.pool_size,
        use_kalman=settings.use_kalman,
        motion=settings.motion,
        motion_lambda=settings.motion_lambda,
        motion_gated=settings.motion_gated,
        gate_after_assignment=settings.gate_after_assignment,
        only_position=settings.only_position,
        aspect=settings.aspect,
        stage1_limit=settings.stage1_limit,
        stage2_limit=settings.stage2_limit,
        confirm_limit=settings.confirm_limit,
        iou_plus_one=settings.iou_plus_one,
        class_gate=settings.class_gate,
        dup_limit=settings.dup_iou_thres,
        late_removal=settings.late_removal,
        output_box=settings.output_box,
    )
