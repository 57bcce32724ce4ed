"""From the settings of an association head to the head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, cast

from unitrack.association.base import Similarity, SimilaritySettings
from unitrack.association.config import AssociationConfig
from unitrack.association.memory import MemoryMode
from unitrack.heads.association import AssociationHead
from unitrack.heads.base import Resolve
from unitrack.heads.masks import Draw, Masks, Place
from unitrack.heads.settings import AssociationSettings, MaskSettings
from unitrack.registry.records import load

__all__ = ["association_config", "mask_head", "similarity"]


def mask_head(
    settings: MaskSettings,
    resolve: Resolve,
    *,
    draw: Draw | None = None,
    place: Place | None = None,
) -> AssociationHead:
    """A head that links masks, or other observations that ``draw`` makes masks of.

    Args:
        settings: Checked settings.
        resolve: Gives the record of the similarity that is named in them.
        draw: See `unitrack.heads.masks.Masks`.
        place: See there.

    Raises:
        UniTrackError: If the similarity is unknown, cannot be built, or does not take masks.
    """
    return AssociationHead(
        similarity=similarity(
            settings, resolve, shape="silhouette", max_points=settings.max_points
        ),
        config=association_config(settings, confirm=settings.confirm, output_box="detection"),
        form=Masks(
            draw=draw,
            place=place,
            mad_factor=settings.mad_factor,
            duplicate_iou=settings.duplicate_iou,
            keep_vanished=settings.empty_mask == "overlap",
            authors_geometry=settings.authors_geometry,
        ),
        conf_thres=settings.conf_thres,
        lost_frames=settings.lost_frames,
        lost_seconds=settings.lost_seconds,
        noise_fps=settings.noise_fps,
        doubtful=settings.doubtful,
    )


def similarity(
    settings: AssociationSettings,
    resolve: Resolve,
    *,
    shape: Literal["box", "silhouette"],
    roi_grid: tuple[int, int] = (4, 10),
    max_points: int = 200,
) -> Similarity:
    """The similarity that the settings name.

    Raises:
        UniTrackError: If it is unknown, cannot be built, or does not take such objects.
    """
    record = resolve("similarities", settings.similarity)
    factory = cast("Callable[[SimilaritySettings], Similarity]", load(record.factory))
    return factory(
        SimilaritySettings(
            shape=shape,
            roi_grid=roi_grid,
            max_points=max_points,
            rsm_scale=settings.rsm_scale,
            rsm_padding=settings.rsm_padding,
            pool_prenorm=settings.pool_prenorm,
            reid_weights=settings.reid_weights,
        )
    )


def association_config(
    settings: AssociationSettings,
    *,
    confirm: bool = True,
    confirm_by_looks: bool = False,
    report_unconfirmed: bool = False,
    output_box: Literal["filtered", "detection"] = "filtered",
) -> AssociationConfig:
    """The choices of the association.

    Args:
        settings: Checked settings.
        confirm: Whether a new tracklet must be seen again in the next frame.
        confirm_by_looks: Whether looks may say that it is.
        report_unconfirmed: Whether it is reported before that.
        output_box: The box that is reported.
    """
    by_similarity: MemoryMode = "last" if settings.similarity == "rsm" else "smooth"
    chosen = settings.tracklet_feature
    return AssociationConfig(
        tracklet_feature=by_similarity if chosen == "auto" else chosen,
        pool_size=settings.pool_size,
        use_kalman=settings.use_kalman,
        overlap_share=settings.overlap_share,
        motion=settings.motion,
        motion_lambda=settings.motion_lambda,
        motion_gated=settings.motion_gated,
        gate_after_assignment=settings.gate_after_assignment,
        only_position=settings.only_position,
        aspect=settings.aspect,
        stage1_limit=settings.stage1_limit,
        stage2_limit=settings.stage2_limit,
        confirm=confirm,
        confirm_limit=settings.confirm_limit,
        confirm_by_looks=confirm_by_looks,
        refind_limit=settings.refind_limit,
        report_unconfirmed=report_unconfirmed,
        iou_plus_one=settings.iou_plus_one,
        class_gate=settings.class_gate,
        dup_limit=settings.dup_iou_thres,
        late_removal=settings.late_removal,
        output_box=output_box,
    )
