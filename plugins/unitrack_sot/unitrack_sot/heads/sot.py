"""Head ``sot``: follow the box of the first frame."""

from __future__ import annotations

from unitrack.heads.base import Crops, Resolve, TaskHead
from unitrack.heads.propagation import PropagationHead
from unitrack.propagation.box import BoxConfig, BoxPropagator
from unitrack.propagation.correlation import BoxFilter
from unitrack.propagation.dcf import Dcf, DcfConfig
from unitrack.propagation.sides import SidesConfig
from unitrack.propagation.xcorr import XCorr, XCorrConfig
from unitrack.types import SequenceInfo
from unitrack_sot.heads.settings import SotSettings

__all__ = ["sot"]


def sot(settings: SotSettings, resolve: Resolve) -> TaskHead:
    """Build the head.

    Args:
        settings: Checked settings.
        resolve: Not needed: this head uses no other record.
    """
    del resolve
    config = BoxConfig(
        side=settings.crop_size,
        subcell=settings.subcell_peak,
        size_cap=settings.size_cap,
        origin=settings.sot_origin,
        sides=_sides(settings),
    )

    def appearance() -> BoxFilter:
        return XCorr(_xcorr(settings)) if settings.propagator == "xcorr" else Dcf(_dcf(settings))

    def begin(sequence: SequenceInfo) -> BoxPropagator:
        return BoxPropagator(sequence.name, appearance, config)

    return PropagationHead(needs=Crops(), begin=begin)


def _sides(settings: SotSettings) -> SidesConfig | None:
    if settings.sides_gain == 0:
        return None
    return SidesConfig(gain=settings.sides_gain, hold=settings.sides_hold)


def _xcorr(settings: SotSettings) -> XCorrConfig:
    return XCorrConfig(
        side=settings.crop_size,
        block=settings.template_block,
        update=settings.xcorr_update,
        keep=settings.xcorr_keep,
        readout=settings.readout,
    )


def _dcf(settings: SotSettings) -> DcfConfig:
    return DcfConfig(
        side=settings.crop_size,
        template_window=settings.dcf_template_window,
        block=settings.template_block,
        update=settings.dcf_update,
        ridge_per_channel=settings.dcf_lambda_per_channel,
        readout=settings.readout,
    )
