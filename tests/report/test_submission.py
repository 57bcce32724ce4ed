from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from tests.report.made import run_folder, spec_of, suite_folder
from tests.vos import made as vos
from unitrack.api import dataset
from unitrack.errors import UniTrackError
from unitrack.report.record import read_run
from unitrack.report.source import read_source
from unitrack.report.submission import pack
from unitrack.report.write import write_report


def test_archives_hold_every_sequence_and_the_report_names_them(
    mot_root: Path, vos_root: Path, sot_root: Path, tmp_path: Path
) -> None:
    runs = [
        run_folder(tmp_path / head, spec_of(head, root))
        for head, root in (("mot", mot_root), ("vos", vos_root), ("sot", sot_root))
    ]
    write_report(runs, tmp_path / "out", submission=True)
    folder = tmp_path / "out/submission"
    archives = {path.name: set(zipfile.ZipFile(path).namelist()) for path in folder.iterdir()}
    mot, davis = sorted(archives)
    assert archives[mot] == {f"SYNTH-0{k}.txt" for k in (1, 2, 3)}
    assert {name.split("/")[0] for name in archives[davis]} == {f"synth-0{k}" for k in (1, 2, 3)}
    text = (tmp_path / "out/report.md").read_text()
    assert hashlib.sha256((folder / mot).read_bytes()).hexdigest() in text
    assert "has no server that takes an archive" in text


def test_an_archive_of_a_suite_is_that_of_a_run(mot_root: Path, tmp_path: Path) -> None:
    suite = suite_folder(tmp_path / "made", {("A", "MOT"): [spec_of("mot", mot_root)]})
    run = run_folder(tmp_path / "run", spec_of("mot", mot_root), quality=0.9)
    (record,) = read_source(suite).records
    one = pack(record, tmp_path / "one.zip")
    other = pack(read_run(run), tmp_path / "other.zip")
    assert (one.sha256, one.sequences) == (other.sha256, 3)


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        ("gone", "cannot be read"),
        ("other", "has 3 columns, not 7"),
        ("failed", "lacks SYNTH-02, which failed"),
    ],
)
def test_what_is_incomplete_is_not_packed(
    spoil: str, what: str, mot_root: Path, tmp_path: Path
) -> None:
    failed = {"SYNTH-02": "too dark"} if spoil == "failed" else None
    run = run_folder(tmp_path / "run", spec_of("mot", mot_root), failed=failed)
    record = read_run(run)
    file = run / "results/SYNTH-02.txt"
    if spoil == "gone":
        file.unlink()
    elif spoil == "other":
        file.write_text("1,2,3\n")
    with pytest.raises(UniTrackError) as caught:
        pack(record, tmp_path / "out.zip")
    assert what in str(caught.value)
    assert not (tmp_path / "out.zip").exists()


def test_an_archive_that_reads_otherwise_is_taken_away(
    mot_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = read_run(run_folder(tmp_path / "run", spec_of("mot", mot_root)))
    kind = type(dataset("synthetic_mot", root=mot_root))

    def half(self: object, results: Path, archive: Path) -> None:
        del self
        with zipfile.ZipFile(archive, "w") as packed:
            for file in results.iterdir():
                text = file.read_text().splitlines(keepends=True)
                packed.writestr(file.name, "".join(text[::2]))

    monkeypatch.setattr(kind, "submit", half)
    with pytest.raises(UniTrackError, match="does not hold SYNTH-01 as it was run"):
        pack(record, tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


def test_servers_that_ask_for_some_frames_get_those(tmp_path: Path) -> None:
    """YouTube-VOS wants some frames only, below Annotations/; the others are no lack."""
    frames = {number: vos.two_objects(number // 5) for number in range(0, 30, 5)}
    root = vos.youtube(tmp_path / "data", {"v": frames}, objects={"v": {1: "cat", 3: "dog"}})
    meta = root / "train/meta.json"
    meta.write_text(meta.read_text().replace('"00015", ', ""))
    spec = spec_of("vos", root / "train", data="youtube_vos")
    archive = pack(read_run(run_folder(tmp_path / "run", spec)), tmp_path / "out.zip")
    names = zipfile.ZipFile(archive.path).namelist()
    assert names == [f"Annotations/v/{number:05d}.png" for number in (0, 5, 10, 20, 25)]
    assert archive.sequences == 1
