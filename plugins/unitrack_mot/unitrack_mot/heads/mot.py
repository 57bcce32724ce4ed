"""Head ``mot``: link the boxes of a detector by looks, motion and overlap."""

from __future__ import annotations

from unitrack.heads.association import AssociationHead
from unitrack.heads.base import Resolve, TaskHead
from unitrack.heads.boxes import Boxes
from unitrack.heads.build import association_config, similarity
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
    return AssociationHead(
        similarity=similarity(settings, resolve, shape="box", roi_grid=settings.roi_grid),
        config=association_config(
            settings,
            confirm_by_looks=settings.confirm_by == "looks",
            report_unconfirmed=settings.least_seen > 1,
            output_box=settings.output_box,
        ),
        form=Boxes(
            min_area=settings.min_box_area,
            max_aspect=settings.max_aspect,
            authors_letterbox=_LETTERBOX if settings.authors_geometry else None,
        ),
        letterbox=_LETTERBOX,
        conf_thres=settings.conf_thres,
        lost_frames=settings.lost_frames,
        lost_seconds=settings.lost_seconds,
        noise_fps=settings.noise_fps,
        doubtful=settings.doubtful,
        least_seen=settings.least_seen,
        unsure_seconds=settings.unsure_seconds,
    )
