"""Head ``mots``: link masks by looks, motion and overlap."""

from __future__ import annotations

from unitrack.heads.base import Resolve, TaskHead
from unitrack.heads.build import mask_head
from unitrack_mot.heads.mots_settings import MotsSettings

__all__ = ["mots"]


def mots(settings: MotsSettings, resolve: Resolve) -> TaskHead:
    """Build the head.

    Args:
        settings: Checked settings.
        resolve: Gives the record of the similarity that is named in them.

    Raises:
        UniTrackError: If the similarity is unknown, cannot be built, or does not take masks.
    """
    return mask_head(settings, resolve)
