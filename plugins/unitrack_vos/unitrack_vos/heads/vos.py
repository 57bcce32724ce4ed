"""Head ``vos``: carry the masks of given objects through a video."""

from __future__ import annotations

from unitrack.heads.base import FrameFeatures, Resolve, TaskHead
from unitrack.heads.propagation import PropagationHead
from unitrack.heads.propagation_settings import propagation_config
from unitrack.propagation.mask import MaskPropagator
from unitrack.types import SequenceInfo
from unitrack_vos.heads.settings import VosSettings

__all__ = ["vos"]


def vos(settings: VosSettings, resolve: Resolve) -> TaskHead:
    """Build the head.

    Args:
        settings: Checked settings.
        resolve: Not needed.
    """
    del resolve
    config = propagation_config(settings)

    def begin(sequence: SequenceInfo) -> MaskPropagator:
        del sequence
        return MaskPropagator(
            config,
            norm_mask=settings.norm_mask,
            edge_radius=settings.edge_radius,
            edge_epsilon=settings.edge_epsilon,
            compact_ids=settings.compact_ids,
        )

    return PropagationHead(needs=FrameFeatures(stretch=settings.vos_size), begin=begin)
