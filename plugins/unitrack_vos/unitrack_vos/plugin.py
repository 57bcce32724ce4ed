"""Hooks of the wheel unitrack-vos: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import DatasetRecord, HeadRecord, MetricRecord, hookimpl

__all__: list[str] = []


@hookimpl
def unitrack_heads() -> Iterator[HeadRecord]:
    """Video object segmentation."""
    yield HeadRecord(
        name="vos",
        factory="unitrack_vos.heads.vos:vos",
        settings="unitrack_vos.heads.settings:VosSettings",
        protocols="unitrack_vos.heads.settings:PROTOCOLS",
        stage="propagation",
        shape="mask",
        summary="video object segmentation: masks of the first frame in, masks of all out",
        paper="Wang et al., NeurIPS 2021",
    )


@hookimpl
def unitrack_datasets() -> Iterator[DatasetRecord]:
    """DAVIS, YouTube-VOS, and a synthetic set in the layout of DAVIS."""
    yield DatasetRecord(
        name="davis2016",
        factory="unitrack_vos.data.davis:davis2016",
        settings="unitrack_vos.data.settings:DavisSettings",
        summary="DAVIS 2016: one object a sequence",
        heads=("vos",),
        metric="davis2016",
        licence="the benchmark's own terms, for research",
        source="https://davischallenge.org/davis2016/code.html",
    )
    yield DatasetRecord(
        name="davis2017",
        factory="unitrack_vos.data.davis:davis2017",
        settings="unitrack_vos.data.settings:DavisSettings",
        summary="DAVIS 2017: several objects, given in the first frame",
        heads=("vos",),
        metric="davis",
        licence="the benchmark's own terms, for research",
        source="https://davischallenge.org/davis2017/code.html",
    )
    yield DatasetRecord(
        name="youtube_vos",
        factory="unitrack_vos.data.youtube:youtube_vos",
        summary="YouTube-VOS: several objects, given when they first appear",
        heads=("vos",),
        metric="youtube_vos",
        licence="the benchmark's own terms, for research",
        source="https://youtube-vos.org/dataset/vos",
    )
    yield DatasetRecord(
        name="synthetic_vos",
        factory="unitrack_vos.data.davis:synthetic_vos",
        settings="unitrack_vos.data.synthetic_settings:SyntheticVosSettings",
        summary="rendered people with exact masks, in DAVIS layout",
        heads=("vos",),
        metric="davis",
        synthesise="unitrack_vos.data.synthetic:synthesise",
        licence="CC0",
    )


@hookimpl
def unitrack_metrics() -> Iterator[MetricRecord]:
    """Region similarity and contour accuracy, averaged as each benchmark does."""
    scores = ("J&F", "J", "F")
    davis = (*scores, "J-recall", "F-recall", "J-decay", "F-decay")
    yield MetricRecord(
        name="davis",
        factory="unitrack_vos.metrics.davis:davis",
        scores=davis,
        lower=("J-decay", "F-decay"),
        stage="propagation",
        shape="mask",
        paper="Perazzi et al., CVPR 2016; Pont-Tuset et al. 2017",
        summary="DAVIS 2017, semi-supervised: mean over all objects, without first and last frame",
    )
    yield MetricRecord(
        name="davis2016",
        factory="unitrack_vos.metrics.davis:davis2016",
        scores=davis,
        lower=("J-decay", "F-decay"),
        stage="propagation",
        shape="mask",
        paper="Perazzi et al., CVPR 2016",
        summary="DAVIS 2016: the same with all objects of a sequence as one",
    )
    yield MetricRecord(
        name="youtube_vos",
        factory="unitrack_vos.metrics.youtube:youtube_vos",
        scores=scores,
        stage="propagation",
        shape="mask",
        paper="Xu et al. 2018",
        summary="YouTube-VOS: J and F after an object's first frame; seen and unseen classes apart",
    )
