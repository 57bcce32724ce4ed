"""Head ``poseprop``: carry the joints of given poses through a video."""

from __future__ import annotations

from unitrack.heads.base import FrameFeatures, Resolve, TaskHead
from unitrack.heads.propagation import PropagationHead
from unitrack.heads.propagation_settings import propagation_config
from unitrack.propagation.base import Propagator
from unitrack.propagation.patches import PatchConfig, PatchPropagator
from unitrack.propagation.pose import PosePropagator
from unitrack.types import SequenceInfo
from unitrack_posetrack.heads.poseprop_settings import PosePropSettings

__all__ = ["poseprop"]


def poseprop(settings: PosePropSettings, resolve: Resolve) -> TaskHead:
    """Build the head.

    Args:
        settings: Checked settings.
        resolve: Not needed.
    """
    del resolve
    config = propagation_config(settings)

    patches = PatchConfig(
        radius=settings.patch_radius,
        sigma=settings.patch_sigma,
        first=settings.patch_first,
        reach=settings.patch_reach,
    )

    def begin(sequence: SequenceInfo) -> Propagator:
        del sequence
        if settings.carry == "patches":
            return PatchPropagator(patches)
        return PosePropagator(
            config, eta=settings.eta, belief=settings.belief, readout=settings.pose_readout
        )

    return PropagationHead(needs=FrameFeatures(stretch=settings.pose_size), begin=begin)
