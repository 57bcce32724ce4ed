"""Hooks of the wheel unitrack-mot: names only, nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from unitrack.registry import DatasetRecord, HeadRecord, MetricRecord, hookimpl

__all__: list[str] = []

_LICENCE = "CC BY-NC-SA 3.0 (MOTChallenge)"


@hookimpl
def unitrack_heads() -> Iterator[HeadRecord]:
    """Multi-object tracking of boxes, and video instance segmentation."""
    yield HeadRecord(
        name="mot",
        factory="unitrack_mot.heads.mot:mot",
        settings="unitrack_mot.heads.settings:MotSettings",
        protocols="unitrack_mot.heads.settings:PROTOCOLS",
        summary="multi-object tracking: detections in, identities out",
        paper="Wang et al., NeurIPS 2021",
    )
    yield HeadRecord(
        name="mots",
        factory="unitrack_mot.heads.mots:mots",
        settings="unitrack_mot.heads.mots_settings:MotsSettings",
        protocols="unitrack_mot.heads.mots_settings:PROTOCOLS",
        summary="multi-object tracking and segmentation: masks in, identities out",
        shape="mask",
        paper="Wang et al., NeurIPS 2021",
    )
    yield from _vis_heads()


@hookimpl
def unitrack_datasets() -> Iterator[DatasetRecord]:
    """MOTChallenge, and a synthetic set in its layout."""
    for year in (15, 16, 17, 20):
        yield DatasetRecord(
            name=f"mot{year}",
            factory=f"unitrack_mot.data.motchallenge:mot{year}",
            settings="unitrack_mot.data.settings:MotDataSettings",
            summary=f"MOTChallenge 20{year}: boxes, mostly pedestrians",
            heads=("mot",),
            metric="mot20" if year == 20 else "mot",  # noqa: PLR2004 - the year
            licence=_LICENCE,
            source="https://motchallenge.net",
        )
    yield DatasetRecord(
        name="video",
        factory="unitrack_mot.data.own_video:video",
        settings="unitrack_mot.data.settings:MotDataSettings",
        summary="your own films, each with its detections beside it",
        heads=("mot",),
        metric="mot",
        licence="your own",
        source="a folder of films: street.mp4, street.txt",
    )
    yield DatasetRecord(
        name="synthetic_mot",
        factory="unitrack_mot.data.motchallenge:synthetic_mot",
        settings="unitrack_mot.data.synthetic_settings:SyntheticMotSettings",
        summary="rendered crowds with exact truth, in MOTChallenge layout",
        heads=("mot",),
        metric="mot",
        synthesise="unitrack_mot.data.synthetic:synthesise",
        licence="CC0",
    )
    yield DatasetRecord(
        name="kitti_2d_box",
        factory="unitrack_mot.data.kitti:kitti_2d_box",
        summary="KITTI tracking, 2-D boxes of cars (evaluation of result files)",
        heads=("mot",),
        metric="kitti_2d_box",
        licence="CC BY-NC-SA 3.0 (KITTI)",
        source="https://www.cvlibs.net/datasets/kitti/eval_tracking.php",
    )
    yield DatasetRecord(
        name="mots",
        factory="unitrack_mot.data.mots:mots",
        summary="MOTS20: masks of pedestrians in MOTChallenge's videos",
        heads=("mots",),
        metric="mots",
        licence=_LICENCE,
        source="https://motchallenge.net/data/MOTS/",
    )
    yield DatasetRecord(
        name="kitti_mots",
        factory="unitrack_mot.data.mots:kitti_mots",
        summary="KITTI-MOTS: masks of cars and pedestrians from a moving car",
        heads=("mots",),
        metric="kitti_mots",
        licence="CC BY-NC-SA 3.0 (KITTI)",
        source="https://www.vision.rwth-aachen.de/page/mots",
    )
    yield DatasetRecord(
        name="synthetic_mots",
        factory="unitrack_mot.data.mots:synthetic_mots",
        settings="unitrack_mot.data.mots_synthetic_settings:SyntheticMotsSettings",
        summary="rendered crowds with exact masks, in MOTS20 layout",
        heads=("mots",),
        metric="mots",
        synthesise="unitrack_mot.data.mots_synthetic:synthesise",
        licence="CC0",
    )
    yield from _vis_datasets()


@hookimpl
def unitrack_metrics() -> Iterator[MetricRecord]:
    """HOTA, CLEAR and Identity, with each benchmark's preprocessing."""
    scores = ("HOTA", "MOTA", "IDF1", "IDSW", "DetA", "AssA")
    paper = "Luiten et al., IJCV 2021; Bernardin and Stiefelhagen 2008; Ristani et al. 2016"
    yield MetricRecord(
        name="mot",
        factory="unitrack_mot.metrics.mot:mot",
        scores=scores,
        lower=("IDSW",),
        paper=paper,
        summary="HOTA, CLEAR, Identity after MOTChallenge's distractor removal",
    )
    yield MetricRecord(
        name="mot20",
        factory="unitrack_mot.metrics.mot:mot20",
        scores=scores,
        lower=("IDSW",),
        paper=paper,
        summary="the same with MOTChallenge 2020's distractors",
    )
    yield MetricRecord(
        name="kitti_2d_box",
        factory="unitrack_mot.metrics.kitti:kitti_2d_box",
        scores=scores,
        lower=("IDSW",),
        paper=paper,
        summary="HOTA, CLEAR, Identity after KITTI's preprocessing (cars)",
    )
    masks = ("sMOTSA", "IDF1", "IDSW", "MOTSA", "HOTA", "DetA", "AssA")
    for name, summary in (
        ("mots", "HOTA, CLEAR, Identity of masks outside the regions to be ignored"),
        ("kitti_mots", "the same for cars and for pedestrians"),
    ):
        yield MetricRecord(
            name=name,
            factory=f"unitrack_mot.metrics.mots:{name}",
            scores=masks,
            lower=("IDSW",),
            shape="mask",
            paper=f"Voigtlaender et al., CVPR 2019; {paper}",
            summary=summary,
        )
    yield from _vis_metrics()


# Video instance segmentation.


def _vis_heads() -> Iterator[HeadRecord]:
    """Instances: masks in classes, linked."""
    yield HeadRecord(
        name="vis",
        factory="unitrack_mot.heads.vis:vis",
        settings="unitrack_mot.heads.vis_settings:VisSettings",
        protocols="unitrack_mot.heads.vis_settings:PROTOCOLS",
        shape="mask",
        summary="video instance segmentation: masks in classes in, scored tubes out",
        paper="Wang et al., NeurIPS 2021",
    )


def _vis_datasets() -> Iterator[DatasetRecord]:
    """YouTube-VIS, and a synthetic set in its layout."""
    yield DatasetRecord(
        name="youtube_vis",
        factory="unitrack_mot.data.youtube_vis:youtube_vis",
        summary="YouTube-VIS 2019, 2021, 2022: instance masks in classes",
        heads=("vis",),
        metric="youtube_vis",
        one_file=True,
        licence="CC BY 4.0 (annotations); videos under YouTube's terms",
        source="https://youtube-vos.org/dataset/vis/",
    )
    yield DatasetRecord(
        name="synthetic_vis",
        factory="unitrack_mot.data.youtube_vis:youtube_vis",
        settings="unitrack_mot.data.vis_synthetic_settings:SyntheticVisSettings",
        summary="rendered crowds with exact masks in three classes, in YouTube-VIS layout",
        heads=("vis",),
        metric="youtube_vis",
        one_file=True,
        synthesise="unitrack_mot.data.vis_synthetic:synthesise",
        licence="CC0",
    )


def _vis_metrics() -> Iterator[MetricRecord]:
    """Average precision of tubes."""
    yield MetricRecord(
        name="youtube_vis",
        factory="unitrack_mot.metrics.vis:youtube_vis",
        shape="mask",
        scores=("AP", "AP50", "AP75", "AR1", "AR10"),
        paper="Yang et al., ICCV 2019; Lin et al., ECCV 2014",
        summary="COCO's average precision and recall of tubes, by spatio-temporal overlap",
    )
