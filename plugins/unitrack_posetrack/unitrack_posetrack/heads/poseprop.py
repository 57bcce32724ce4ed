"""Head ``poseprop``: carry the joints of given poses through a video."""

from __future__ import annotations

from unitrack.heads.base import FrameFeatures, Resolve, TaskHead
from unitrack.heads.propagation import PropagationHead
from unitrack.heads.propagation_settings import propagation_config
from unitrack.propagation.pose import PosePropagator
from unitrack.types import SequenceInfo
from unitrack_posetrack.heads.poseprop_settings import PosePropSettings

__all__ = ["poseprop"]

# Network input, height and width; both axes are stretched on their own.
_STRETCH = (320, 320)


def poseprop(settings: PosePropSettings, resolve: Resolve) -> TaskHead:
    """Build the head.

    Args:
        settings: Checked settings.
        resolve: Not needed.
    """
    del resolve
    config = propagation_config(settings)

    def begin(sequence: SequenceInfo) -> PosePropagator:
        del sequence
        return PosePropagator(
            config, eta=settings.eta, belief=settings.belief, readout=settings.pose_readout
        )

    return PropagationHead(needs=FrameFeatures(stretch=_STRETCH), begin=begin)
