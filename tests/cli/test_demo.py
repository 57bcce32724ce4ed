"""``unitrack demo``: every file that it tells a newcomer to look at is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from unitrack.cli import demo
from unitrack.cli.main import main
from unitrack.data.film import Film


@pytest.mark.slow
def test_what_the_demo_names_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "_FRAMES", 3)
    monkeypatch.chdir(tmp_path)
    assert main(["demo", "--out", "runs"]) == 0
    said = capsys.readouterr().out
    named = [line.split()[0] for line in said.partition("Look at:")[2].splitlines() if line]
    assert all(any(tmp_path.glob(name)) for name in named), named
    films = [Film(tmp_path / name) for name in named if name.endswith(".mp4")]
    assert [film.length for film in films] == [3] * 7
    page = (tmp_path / "runs" / "report" / "report.html").read_text()
    assert "efficientnet_lite0 (random:0)" in page
