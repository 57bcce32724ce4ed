"""Settings of the head ``mots``, and the protocols over them."""

from __future__ import annotations

from unitrack.heads.settings import MASK_PROTOCOLS as PROTOCOLS
from unitrack.heads.settings import MaskSettings

__all__ = ["PROTOCOLS", "MotsSettings"]


class MotsSettings(MaskSettings):
    """Multi-object tracking and segmentation: similarity, motion, assignment, life cycle."""
