"""Hooks of the wheel unitrack-sot: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import DatasetRecord, HeadRecord, MetricRecord, hookimpl

__all__: list[str] = []

_HEADS = ("sot",)
_TERMS = "the benchmark's own, see its source"
_PERFECT_AUC = 20 / 21  # no overlap is above the last of the 21 thresholds


@hookimpl
def unitrack_heads() -> Iterator[HeadRecord]:
    """Single-object tracking."""
    yield HeadRecord(
        name="sot",
        factory="unitrack_sot.heads.sot:sot",
        settings="unitrack_sot.heads.settings:SotSettings",
        protocols="unitrack_sot.heads.settings:PROTOCOLS",
        stage="propagation",
        shape="box",
        summary="single-object tracking: the box of the first frame in, its box in every frame out",
        paper="Wang et al., NeurIPS 2021",
    )


@hookimpl
def unitrack_datasets() -> Iterator[DatasetRecord]:
    """Benchmarks in which one object is given and followed, and a synthetic set."""
    for name, summary, metric, licence, source in (
        ("otb100", "OTB-2015: 100 sequences; splits otb50 and otb2013", "sot", _TERMS,
         "http://cvlab.hanyang.ac.kr/tracker_benchmark"),
        ("tc128", "Temple-Color 128: colour videos", "sot", _TERMS,
         "https://www3.cs.stonybrook.edu/~hling/data/TColor-128/TColor-128.html"),
        ("tlp", "Track Long and Prosper: 50 videos of minutes", "sot", _TERMS,
         "https://amoudgl.github.io/tlp"),
        ("lasot", "LaSOT: 1400 long videos of 70 classes", "lasot", _TERMS,
         "http://vision.cs.stonybrook.edu/~lasot"),
        ("trackingnet", "TrackingNet: videos from YouTube, test boxes on a server", "trackingnet",
         _TERMS, "https://tracking-net.org"),
    ):  # fmt: skip
        yield DatasetRecord(
            name=name,
            factory=f"unitrack_sot.data.{'otb' if name == 'otb100' else name}:{name}",
            summary=summary,
            heads=_HEADS,
            metric=metric,
            licence=licence,
            source=source,
        )
    yield DatasetRecord(
        name="oxuva",
        factory="unitrack_sot.data.oxuva:oxuva",
        settings="unitrack_sot.data.settings:OxuvaSettings",
        summary="OxUvA: long videos in which the object comes and goes",
        heads=_HEADS,
        metric="oxuva",
        licence=_TERMS,
        source="https://oxuva.github.io/long-term-tracking-benchmark",
    )
    for year in (2016, 2019):
        yield DatasetRecord(
            name=f"vot{year}",
            factory="unitrack_sot.data.vot:vot",
            settings="unitrack_sot.data.settings:VotSettings",
            summary=f"VOT{year} short-term: rotated boxes, restarts after failures",
            heads=_HEADS,
            metric=f"vot{year}",
            licence=_TERMS,
            source=f"https://www.votchallenge.net/vot{year}",
        )
    yield DatasetRecord(
        name="synthetic_sot",
        factory="unitrack_sot.data.otb:synthetic_sot",
        settings="unitrack_sot.data.synthetic_settings:SyntheticSotSettings",
        summary="one person in a rendered crowd, exact truth, in OTB's layout",
        heads=_HEADS,
        metric="sot",
        synthesise="unitrack_sot.data.synthetic:synthesise",
        licence="CC0",
    )


@hookimpl
def unitrack_metrics() -> Iterator[MetricRecord]:
    """Success and precision curves; presence; runs with restarts."""
    yield MetricRecord(
        name="sot",
        factory="unitrack_sot.metrics.one_pass:sot",
        scores=("AUC", "P@20", "SR0.5", "mIoU"),
        best=_PERFECT_AUC,
        summary="success and precision of a run in one pass, as in OTB",
        paper="Wu, Lim and Yang, PAMI 2015",
        stage="propagation",
        shape="box",
    )
    yield MetricRecord(
        name="lasot",
        factory="unitrack_sot.metrics.one_pass:lasot",
        scores=("AUC", "P@20", "NP", "SR0.5", "mIoU"),
        best=_PERFECT_AUC,
        summary="the same with normalised precision, as in LaSOT",
        paper="Fan et al., CVPR 2019",
        stage="propagation",
        shape="box",
    )
    yield MetricRecord(
        name="trackingnet",
        factory="unitrack_sot.metrics.one_pass:trackingnet",
        scores=("AUC", "P", "NP", "mIoU"),
        summary="areas below the curves of whole-pixel boxes, as in TrackingNet",
        paper="Müller et al., ECCV 2018",
        stage="propagation",
        shape="box",
    )
    yield MetricRecord(
        name="oxuva",
        factory="unitrack_sot.metrics.oxuva:oxuva",
        scores=("MaxGM", "TPR", "TNR", "GM"),
        summary="found where it is and absent where it is not, as in OxUvA",
        paper="Valmadre et al., ECCV 2018",
        stage="propagation",
        shape="box",
    )
    for year in (2016, 2019):
        yield MetricRecord(
            name=f"vot{year}",
            factory=f"unitrack_sot.metrics.vot:vot{year}",
            scores=("EAO", "A", "R"),
            lower=("R",),
            summary=f"expected average overlap, accuracy, robustness, as in VOT{year}",
            paper=f"Kristan et al., VOT{year} challenge results",
            stage="propagation",
            shape="box",
        )
