"""The kit passes what is sound and fails what is not: one flaw, one check that finds it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.registry.fakes import HEADER, install, offering
from unitrack.errors import UniTrackError
from unitrack.registry.records import (
    BackboneRecord,
    DatasetRecord,
    ExecutorRecord,
    HeadRecord,
    MetricRecord,
    Record,
    SimilarityRecord,
    WeightFile,
)
from unitrack.testing import (
    Check,
    Subject,
    cases,
    check_backbone,
    check_dataset,
    check_executor,
    check_head,
    check_metric,
    check_record,
    check_similarity,
    label,
)

MADE = "tests.testing.made."


def backbone(factory: str = "pool", **more: Any) -> BackboneRecord:
    fields = {
        "name": "pool", "factory": f"{MADE}backbones:{factory}", "summary": "means",
        "taps": {"means": 3}, "default_tap": "means", "anchor": 4.0, "paper": "none",
        "licence": "MIT", **more,
    }  # fmt: skip
    return BackboneRecord(**fields)


def head(flaw: str = "lanes") -> HeadRecord:
    return HeadRecord(name=flaw, factory=f"{MADE}heads:head_{flaw}", summary="lanes")


def similarity(flaw: str = "means") -> SimilarityRecord:
    return SimilarityRecord(
        name=flaw, factory=f"{MADE}similarities:similarity_{flaw}", summary="means"
    )


def metric(flaw: str = "none", scores: tuple[str, ...] = ("agreement", "missed")) -> MetricRecord:
    name = flaw.replace(" ", "_")
    return MetricRecord(
        name=name, factory=f"{MADE}metrics:metric_{name}", summary="ids", scores=scores
    )


def executor(flaw: str = "sound") -> ExecutorRecord:
    return ExecutorRecord(
        name=flaw, factory=f"{MADE}executors:executor_{flaw}", summary="runs it here"
    )


def dataset(factory: str = "clips", **more: Any) -> DatasetRecord:
    fields = {
        "name": "clips", "factory": f"{MADE}datasets:{factory}", "summary": "scenes",
        "heads": ("mot",), "metric": "mot", "licence": "CC0", "source": "here", **more,
    }  # fmt: skip
    return DatasetRecord(**fields)


Function = Callable[[Any], None]

CHECKS: dict[type[Record], tuple[Function, ...]] = {
    BackboneRecord: check_backbone.CHECKS,
    HeadRecord: check_head.CHECKS,
    SimilarityRecord: check_similarity.CHECKS,
    MetricRecord: check_metric.CHECKS,
    ExecutorRecord: check_executor.CHECKS,
    DatasetRecord: (*check_dataset.CHECKS, *check_dataset.CHECKS_WITH_DATA),
}
SOUND = [
    (record, check)
    for record in (backbone(), head(), similarity(), metric(), executor(), dataset())
    for check in CHECKS[type(record)]
]


def _name(value: Record | Function | str) -> str:
    """Of a record, of a check, or a name as it is."""
    if isinstance(value, str | Record):
        return str(getattr(value, "name", value))
    return value.__name__


@pytest.mark.parametrize(("record", "check"), SOUND, ids=_name)
def test_what_is_sound_passes(record: Record, check: Callable[[Any], None], tmp_path: Path) -> None:
    check(Subject(record, root=tmp_path))


def test_a_metric_may_rank_identities_and_break_ties_by_their_numbers() -> None:
    check_metric.check_ids_may_be_renamed(Subject(metric("ranks")))


def _weights(**more: Any) -> tuple[WeightFile, ...]:
    fields = {"name": "w", "url": "u", "file": "f", "sha256": "0" * 64, "licence": "MIT", **more}
    return (WeightFile(**fields),)


FLAWED: list[tuple[Record, str]] = [
    (backbone(paper=""), "has_provenance"),
    (backbone(licence="unknown"), "has_provenance"),
    (backbone(weights=_weights(sha256="no digest")), "weights_can_be_verified"),
    (backbone(weights=_weights(distribution="two origins")), "weights_can_be_verified"),
    (backbone(weights=_weights(licence="")), "weights_can_be_verified"),
    (backbone(taps={"means": 5}), "states_stride_and_channels"),
    (backbone(stride=4), "states_stride_and_channels"),
    (backbone("coarse_pool"), "states_stride_and_channels"),
    (backbone(anchor=0.5), "states_its_anchor"),
    (backbone("noisy_pool"), "is_deterministic"),
    (backbone("mixing_pool"), "a_batch_is_its_images"),
    (backbone("constant_pool"), "features_are_alive"),
    (head("needless"), "says_what_it_needs"),
    (head("bare"), "gives_tracked_objects"),
    (head("silent"), "gives_tracked_objects"),
    (head("zero"), "ids_are_unique_in_a_frame"),
    (head("twin"), "ids_are_unique_in_a_frame"),
    (head("fickle"), "starts_afresh"),
    (head("fickle"), "same_input_same_output"),
    (head("sharing"), "videos_do_not_mix"),
    (head("cutting"), "finish_keeps_the_video"),
    (head("hoarder"), "memory_is_bounded"),
    (similarity("picky"), "describes_every_observation"),
    (similarity("loud"), "stays_between_minus_one_and_one"),
    (similarity("one_per_point"), "stays_between_minus_one_and_one"),
    (similarity("never_nothing"), "nothing_to_compare_is_ordinary"),
    (similarity("opposite"), "an_object_is_most_like_itself"),
    (similarity("random"), "same_input_same_output"),
    (similarity("ordered"), "order_does_not_matter"),
    (similarity("training"), "holds_no_gradient"),
    (metric("forgets"), "gives_the_scores_it_names"),
    (metric(scores=()), "gives_the_scores_it_names"),
    (metric("percent"), "gives_the_scores_it_names"),
    (metric("percent"), "a_perfect_result_scores_one"),
    (metric("piles up"), "a_perfect_result_scores_one"),
    (metric("generous"), "a_worse_result_scores_less"),
    (metric("reads names"), "ids_may_be_renamed"),
    (metric("first counts"), "the_order_of_sequences_does_not_matter"),
    (metric("pile of halves"), "one_sequence_is_its_own_combination"),
    (metric("needs no truth"), "a_sequence_without_truth_is_refused"),
    (executor("forgetful"), "answers_every_name_once"),
    (executor("eager"), "answers_every_name_once"),
    (executor("silent"), "answers_every_name_once"),
    (executor("lonely"), "workers_compute_as_this_process"),
    (dataset(heads=()), "names_what_runs_and_scores_it"),
    (dataset(licence=""), "has_provenance"),
    (dataset(source=""), "has_provenance"),
    (dataset("clips_anywhere"), "an_absent_root_is_named"),
]


def _check(record: Record, name: str) -> Function:
    return next(check for check in CHECKS[type(record)] if check.__name__ == f"check_{name}")


@pytest.mark.parametrize(("record", "name"), FLAWED, ids=_name)
def test_a_flaw_is_found(record: Record, name: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        _check(record, name)(Subject(record, root=tmp_path))


FLAWED_FILES = {
    "none": "sequences_have_names_of_their_own",
    "same names": "sequences_have_names_of_their_own",
    "missing frame": "frames_are_as_stated",
    "counts from one": "frames_are_as_stated",
    "turned": "frames_are_as_stated",
    "once": "frames_can_be_asked_for_again",
    "short truth": "truth_is_sound",
    "twin truth": "truth_is_sound",
    "endless truth": "truth_is_sound",
    "short observations": "observations_are_given_per_frame",
    "no number": "observations_are_given_per_frame",
    "guessing oracle": "the_oracle_shows_the_truth",
    "any source": "an_unknown_source_is_refused",
    "restless": "the_fingerprint_stays",
    "off by one": "what_is_written_reads_back",
    "stamped": "what_is_written_reads_back",
    "invents": "results_that_are_not_there_are_named",
}


@pytest.mark.parametrize(("flaw", "name"), FLAWED_FILES.items())
def test_a_flaw_of_a_data_set_is_found(flaw: str, name: str, tmp_path: Path) -> None:
    (tmp_path / flaw).touch()
    with pytest.raises(AssertionError):
        _check(dataset(), name)(Subject(dataset(), root=tmp_path))


def test_counts_that_cannot_travel_are_found() -> None:
    with pytest.raises((AttributeError, pickle.PicklingError)):
        check_metric.check_counts_can_travel(Subject(metric("cannot travel")))


def test_a_metric_that_is_not_installed_is_found() -> None:
    with pytest.raises(UniTrackError, match="no metric is called so"):
        check_dataset.check_names_what_runs_and_scores_it(Subject(dataset(metric="qqqq")))


def test_a_silent_record_is_found() -> None:
    with pytest.raises(AssertionError, match="summary is empty"):
        check_record.check_has_a_summary(Subject(backbone(summary="")))


def test_settings_without_a_meaning_are_found(site: Path) -> None:
    (site / "mute_settings.py").write_text(
        "from pydantic import BaseModel\nclass Settings(BaseModel):\n    radius: int = 1\n"
    )
    record = backbone(settings="mute_settings:Settings")
    with pytest.raises(AssertionError, match="without a description: radius"):
        check_record.check_settings_explain_themselves(Subject(record))


@pytest.mark.slow
def test_a_listing_that_imports_torch_is_found(site: Path) -> None:
    install(site, "heavy", "import torch\n" + offering("crw_r18"))
    record, check = next(case for case in cases("heavy") if case[1].name == "listing_is_lazy")
    with pytest.raises(AssertionError, match="loaded True"):
        check(record)


def test_a_plugin_is_found_by_wheel_and_by_entry_point(site: Path) -> None:
    install(site, "wheel-a", offering("crw_r18"), entry="alpha")
    assert [label(r) for r, _ in cases("wheel-a")] == [label(r) for r, _ in cases("alpha")]
    assert cases("wheel_a")


@pytest.mark.parametrize("plugin", ["wheel-q", "wheel-bad"])
def test_a_plugin_that_is_absent_or_broken_is_said(site: Path, plugin: str) -> None:
    install(site, "wheel-bad", "import no_such_module_anywhere")
    with pytest.raises(UniTrackError, match=plugin):
        cases(plugin)


def test_every_case_has_a_readable_name_of_its_own() -> None:
    names = [f"{label(record)}-{label(check)}" for record, check in cases("unitrack-core")]
    assert "backbone-imagenet_r18-is_deterministic" in names
    assert len(set(names)) == len(names)


def test_every_check_says_its_promise() -> None:
    assert all(check.function.__doc__ for _, check in cases("unitrack-mot"))


def test_data_sets_are_checked_where_their_data_are(tmp_path: Path) -> None:
    without = {check.name for record, check in cases("unitrack-mot") if record.name == "mot15"}
    found = cases("unitrack-mot", roots={"mot15": tmp_path})
    with_root = {check.name for record, check in found if record.name == "mot15"}
    assert "truth_is_sound" in with_root - without
    assert {check.root for record, check in found if record.name == "mot15"} == {tmp_path}


@pytest.mark.parametrize("argument", ["known_failures", "settings", "roots"])
def test_a_misspelt_name_is_refused(argument: str) -> None:
    given: dict[str, Any] = {argument: {"qqqq": {}}}
    with pytest.raises(UniTrackError, match="there is no 'qqqq'"):
        cases("unitrack-core", **given)


SOURCE = f"""{HEADER}
@hookimpl
def unitrack_backbones():
    yield backbone("first", summary="means", paper="")
    yield backbone("second", summary="means", paper="cited")
"""


def _case(plugin: str, record: str, check: str, **arguments: Any) -> tuple[Record, Check]:
    found = cases(plugin, **arguments)
    return next(case for case in found if (case[0].name, case[1].name) == (record, check))


def test_a_known_failure_is_shown_as_such(site: Path) -> None:
    install(site, "wheel-a", SOURCE)
    known = {"first/has_provenance": "nobody knows"}
    record, check = _case("wheel-a", "first", "has_provenance", known_failures=known)
    with pytest.raises(pytest.xfail.Exception, match="nobody knows"):
        check(record)
    record, check = _case("wheel-a", "second", "has_provenance", known_failures=known)
    assert not check.known_failure


def test_a_known_failure_that_passes_is_a_failure(site: Path) -> None:
    install(site, "wheel-a", SOURCE.replace('"cited"', '"cited", licence="MIT"'))
    known = {"has_provenance": "nobody knows"}
    record, check = _case("wheel-a", "second", "has_provenance", known_failures=known)
    with pytest.raises(AssertionError, match="passes now"):
        check(record)


@pytest.mark.slow
def test_the_kit_needs_no_pytest() -> None:
    code = (
        "import sys; sys.modules['pytest'] = None\n"
        "from unitrack.testing import cases, label\n"
        "record, check = cases('unitrack-core')[0]\n"
        "print(label(record), label(check)); check(record)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("backbone-imagenet_")
