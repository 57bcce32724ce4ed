from __future__ import annotations

from pathlib import Path

import pytest

from unitrack.errors import UniTrackError
from unitrack.suite.read import BUILT_IN, read
from unitrack.suite.table import Cell, expand

GOOD = """backbones:
  - backbone: imagenet_r50
    layers: [layer3, layer4]
entries:
  - head: mot
    data: mot16
    settings:
      motion: off
"""


@pytest.fixture
def said(tmp_path: Path) -> object:
    """What is said of a suite with this text: line number, what, mend."""

    def call(text: str) -> tuple[int, str, str]:
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UniTrackError) as caught:
            read(str(path))
        file, _, line = caught.value.where.rpartition(":")
        assert file == str(path)
        return int(line), caught.value.what, caught.value.mend

    return call


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ("imagenet_r50", "imagenet_r5", 2, "imagenet_r5: no backbone is called so", "imagenet_r50"),
        ("layer4", "layer5", 3, "layer5: imagenet_r50 has no such layer", "layer3, layer4"),
        ("head: mot", "head: mott", 5, "mott: no head is called so", "Nearest: mot"),
        ("data: mot16", "data: mot61", 6, "mot61: no dataset is called so", "mot16"),
        ("data: mot16", "data: otb100", 6, "the head mot cannot run on it", "Data sets for mot"),
        ("motion: off", "notion: off", 7, "mot has no such setting", "Nearest: motion"),
        ("motion: off", "motion: sometimes", 7, "unable to interpret input", "See its values"),
        ("data: mot16", "dada: mot16", 6, "entries.0.dada: extra inputs", "Nearest: data"),
        ("    data: mot16\n", "", 5, "entries.0.data: field required", "docs/suites.md"),
        (
            "    settings:",
            "    setings:",
            7,
            "entries.0.setings: extra inputs",
            "Nearest: settings",
        ),
        ("    data: mot16", "    data: mot16\n    limit: 0", 7, "greater than or equal to 1", ""),
        ("    data: mot16", "    data: mot16\n    protocol: papr", 7, "no such protocol", "paper"),
        ("    data: mot16", "    data: mot16\n    vary: {motion: [on, of]}", 7, "motion", ""),
        (
            "entries:",
            "  - backbone: imagenet_r50\n    layers: [layer3]\nentries:",
            4,
            "another of the backbones is called imagenet_r50",
            "Give each a label",
        ),
        (
            "entries:",
            "entries:\n  - {head: mot, data: mot16}",
            6,
            "another of the entries is called mot mot16",
            "Give each a label",
        ),
        ("entries:", "entires:", 4, "entires", "Nearest: entries"),
        ("      motion: off", "\tmotion: off", 8, "is no YAML", ""),
        ("[layer3, layer4]", "[layer3, layer4", 4, "is no YAML", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    said: object, old: str, new: str, line: int, what: str, mend: str
) -> None:
    assert callable(said)
    found = said(GOOD.replace(old, new, 1))
    assert found[0] == line
    assert what in found[1]
    assert mend in found[2]


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "backbones: []\nentries: []\n"])
def test_what_is_no_suite_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UniTrackError):
        read(str(path))


def test_an_unknown_suite_gets_the_nearest() -> None:
    with pytest.raises(UniTrackError, match="Nearest: smoke"):
        read("smok")


@pytest.mark.parametrize("name", BUILT_IN)
def test_what_is_built_in_is_sound(name: str) -> None:
    suite = read(name)
    assert suite.name == name
    assert suite.content.about


def test_rows_layers_and_what_varies_make_the_cells(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        GOOD + "    vary: {similarity: [rsm, cf], roi_grid: [[4, 10]]}\n", encoding="utf-8"
    )
    suite = read(str(path))
    table = expand(suite.content, tmp_path, "cpu")
    assert [column.label for column in table.columns] == [
        "mot mot16, similarity rsm, roi_grid [4, 10]",
        "mot mot16, similarity cf, roi_grid [4, 10]",
    ]
    assert [(cell.row, cell.layer, cell.column) for cell in table.cells] == [
        (0, "layer3", 0), (0, "layer3", 1), (0, "layer4", 0), (0, "layer4", 1),
    ]  # fmt: skip
    first = table.cells[0].spec
    assert first is not None
    assert first.root == str(tmp_path / "mot16")
    assert first.head_settings["motion"] is False
    assert first.head_settings["similarity"] == "rsm"


def test_the_papers_first_tables_have_motion_off_and_both_layers() -> None:
    for name, rows in (("table1", 20), ("table2", 5)):
        suite = read(name).content
        table = expand(suite, Path("/nowhere"), "cpu")
        assert len(table.rows) == rows
        assert all(row.layers == ("layer3", "layer4") for row in table.rows)
        assert len(table.columns) == 6
        assert len(table.cells) == rows * 2 * 6
        motion = [cell.spec.head_settings.get("motion") for cell in table.cells if cell.spec]
        assert set(motion) == {None, False}


@pytest.mark.parametrize("name", ["table4", "table5"])
def test_the_reid_checkpoint_lies_in_the_data_root(name: str, tmp_path: Path) -> None:
    def cells() -> list[tuple[str, Cell]]:
        table = expand(read(name).content, tmp_path, "cpu")
        return [(str(table.columns[c.column].varied["similarity"]), c) for c in table.cells]

    without = cells()
    assert {similarity for similarity, cell in without if cell.fault} == {"reid"}
    fault = next(cell.fault for _, cell in without if cell.fault)
    assert fault.where == f"--set reid_weights={tmp_path / 'market_bot_R50.pth'}"
    (tmp_path / "market_bot_R50.pth").write_bytes(b"weights")
    within = cells()
    assert [cell.fault for _, cell in within] == [None] * len(without)
    weights = {
        (s == "reid", cell.spec.head_settings["reid_weights"]) for s, cell in within if cell.spec
    }
    assert weights == {(True, str(tmp_path / "market_bot_R50.pth")), (False, None)}
