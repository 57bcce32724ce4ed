"""A fresh environment for real wheels; pip and build run in it as they do for anybody."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("backbones", "heads", "datasets", "metrics", "similarities", "executors")

# What a listing is made of: kind and name to the whole record.
Listing = dict[tuple[str, str], Any]


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment without UniTrack, and the wheels to put into it."""

    folder: Path
    wheels: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def install(self, *wheels: str) -> None:
        """Install with the dependencies checked, from the built wheels only."""
        self.pip("install", "--no-index", "--no-compile", "--find-links", self.wheels, *wheels)

    def uninstall(self, *wheels: str) -> None:
        self.pip("uninstall", "--yes", *wheels)

    def pip(self, *arguments: str | Path) -> None:
        _run(sys.executable, "-m", "pip", "--python", self.python, "--quiet", *arguments)

    def unitrack(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.run(self.folder / "bin" / "unitrack", *arguments, cwd=None, **variables)

    def pytest(self, *folders: Path) -> subprocess.CompletedProcess[str]:
        """Run tests as they lie, whatever this project's own pytest is told."""
        options = ("-q", "--import-mode=importlib", "-p", "no:cacheprovider")
        return self.run(self.python, "-m", "pytest", "-c", os.devnull, *options, *folders)

    def run(
        self, *arguments: str | Path, cwd: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("UNITRACK_", "PYTHON"))}
        return subprocess.run(
            arguments,
            env={**clean, "PYTHONDONTWRITEBYTECODE": "1", **variables},
            cwd=cwd or self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def listing(self) -> Listing:
        return {
            (kind, record["type"]): record
            for kind in KINDS
            for record in json.loads(self.unitrack("list", kind, "--json").stdout)
        }

    def files(self) -> set[Path]:
        return {path for path in self.folder.rglob("*") if "__pycache__" not in path.parts}


def _run(*arguments: str | Path) -> None:
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def build(wheels: Path, *sources: Path) -> None:
    """Build the wheel of each source folder."""
    for source in sources:
        _run(
            sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", wheels, source
        )  # fmt: skip


def fresh(folder: Path, dependencies: Path) -> None:
    """An environment that sees this one's packages, but nothing of UniTrack."""
    _run(sys.executable, "-m", "venv", "--without-pip", folder)
    dependencies.mkdir()
    installed = Path(sysconfig.get_path("purelib"))
    for entry in installed.iterdir():
        if entry.suffix != ".pth" and not entry.name.startswith(("unitrack", "_editable", "~")):
            (dependencies / entry.name).symlink_to(entry)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    path = folder / "lib" / version / "site-packages" / "dependencies.pth"
    path.write_text(f"{dependencies}\n")
