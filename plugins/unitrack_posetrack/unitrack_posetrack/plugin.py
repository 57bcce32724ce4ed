"""Hooks of the wheel unitrack-posetrack: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import DatasetRecord, HeadRecord, MetricRecord, hookimpl

__all__: list[str] = []


@hookimpl
def unitrack_heads() -> Iterator[HeadRecord]:
    """Pose tracking, and propagation of poses."""
    yield HeadRecord(
        name="posetrack",
        factory="unitrack_posetrack.heads.posetrack:posetrack",
        settings="unitrack_posetrack.heads.posetrack_settings:PosetrackSettings",
        protocols="unitrack_posetrack.heads.posetrack_settings:PROTOCOLS",
        summary="pose tracking: poses of a detector in, identities out",
        shape="pose",
        paper="Wang et al., NeurIPS 2021",
    )
    yield HeadRecord(
        name="poseprop",
        factory="unitrack_posetrack.heads.poseprop:poseprop",
        settings="unitrack_posetrack.heads.poseprop_settings:PosePropSettings",
        protocols="unitrack_posetrack.heads.poseprop_settings:PROTOCOLS",
        stage="propagation",
        shape="pose",
        summary="propagation of poses: joints of the first frame in, joints of all out",
        paper="Wang et al., NeurIPS 2021",
    )


@hookimpl
def unitrack_datasets() -> Iterator[DatasetRecord]:
    """JHMDB, PoseTrack and its forerunner, and synthetic sets in their layouts."""
    yield DatasetRecord(
        name="jhmdb",
        factory="unitrack_posetrack.data.jhmdb:jhmdb",
        summary="JHMDB: 15 joints of one person, given in the first frame",
        heads=("poseprop",),
        metric="pck",
        licence="research only (J-HMDB)",
        source="http://jhmdb.is.tue.mpg.de",
    )
    yield DatasetRecord(
        name="synthetic_poseprop",
        factory="unitrack_posetrack.data.jhmdb:synthetic_poseprop",
        settings="unitrack_posetrack.data.synthetic_settings:SyntheticPosepropSettings",
        summary="rendered people walking with exact joints, in JHMDB layout",
        heads=("poseprop",),
        metric="pck",
        synthesise="unitrack_posetrack.data.synthetic_poseprop:synthesise",
        licence="CC0",
    )
    for year in (17, 18):
        yield DatasetRecord(
            name=f"posetrack{year}",
            factory=f"unitrack_posetrack.data.posetrack:posetrack{year}",
            summary=f"PoseTrack 20{year}: 15 joints of several people",
            heads=("posetrack",),
            metric="posetrack",
            licence="research only (PoseTrack)",
            source="https://posetrack.net",
        )
    yield DatasetRecord(
        name="posetrack_bonn",
        factory="unitrack_posetrack.data.bonn:posetrack_bonn",
        summary="multi-person clips of Bonn (CVPR 2017): 14 joints of several people",
        heads=("posetrack",),
        metric="posetrack",
        licence="research only (Bonn)",
        source="https://pages.iai.uni-bonn.de/iqbal_umar/PoseTrack/",
    )
    yield DatasetRecord(
        name="synthetic_posetrack",
        factory="unitrack_posetrack.data.posetrack:synthetic_posetrack",
        settings="unitrack_posetrack.data.synthetic_settings:SyntheticPosetrackSettings",
        summary="rendered people with exact joints, in PoseTrack 2018 layout",
        heads=("posetrack",),
        metric="posetrack",
        synthesise="unitrack_posetrack.data.synthetic_posetrack:synthesise",
        licence="CC0",
    )


@hookimpl
def unitrack_metrics() -> Iterator[MetricRecord]:
    """PCK of given poses; per-joint tracking scores and precision of people's poses."""
    yield MetricRecord(
        name="pck",
        factory="unitrack_posetrack.metrics.pck:pck",
        scores=("PCK@0.1", "PCK@0.2", "PCK@0.3", "PCK@0.4", "PCK@0.5", "undefined"),
        lower=("undefined",),
        stage="propagation",
        shape="pose",
        paper="Yang and Ramanan, TPAMI 2013; as Jabri et al., NeurIPS 2020, evaluate it",
        summary="share of joints within a part of the person's size, first frame left out",
    )
    scores = ("MOTA", "IDF1", "IDSW", "AP", "PCKh", "MOTP")
    paper = "Andriluka et al., CVPR 2018"
    yield MetricRecord(
        name="posetrack",
        factory="unitrack_posetrack.metrics.posetrack:posetrack",
        scores=scores,
        lower=("IDSW",),
        shape="pose",
        paper=paper,
        summary="MOTA, IDF1 and AP, mean over joints, as the published evaluation counts",
    )
    yield MetricRecord(
        name="posetrack_clean",
        factory="unitrack_posetrack.metrics.posetrack:posetrack_clean",
        scores=scores,
        lower=("IDSW",),
        shape="pose",
        paper=paper,
        summary="the same with all frames, true counts and IDF1 from summed counts",
    )
