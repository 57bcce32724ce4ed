"""docs/write-a-plugin.md is followed from its first line to its last, in a fresh environment.

Only what a test cannot wait for differs: builds use the tools that are here, runs stop after two
frames, the server has a free port and stays in the background.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.e2e.environment import ROOT, Environment, build, fresh
from tests.ssl.made import moco, resnet
from tests.test_scaffold import lines_of_code

PAGE = (ROOT / "docs" / "write-a-plugin.md").read_text(encoding="utf-8")
# In the order of the page: the name of a file or empty, the language, the text.
BLOCKS = re.findall(r"(?:`([\w./-]+)`\n\n)?```(\w+)\n(.*?)```\n", PAGE, re.DOTALL)
PORT = "8000"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="needs symbolic links and a POSIX shell"),
]


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    made = Environment(tmp_path / "venv", tmp_path / "wheels")
    build(made.wheels, ROOT, ROOT / "plugins" / "unitrack_mot")
    fresh(made.folder, tmp_path / "dependencies")
    made.install("unitrack-core", "unitrack-mot")
    return made


@pytest.fixture
def servers() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for server in started:
        server.terminate()
        server.wait()


def test_the_page_leads_to_an_installed_backbone(
    environment: Environment, tmp_path: Path, servers: list[subprocess.Popen[bytes]]
) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    torch.save(moco("one")(dict(resnet(18, 0)), {}), folder / "my.pth")
    port = str(_free_port())
    variables = {
        "PATH": f"{environment.folder / 'bin'}:{os.environ['PATH']}",
        "UNITRACK_CACHE": str(tmp_path / "cache"),
        "OMP_NUM_THREADS": "1",  # the machine may be busy
        "PIP_NO_BUILD_ISOLATION": "0",  # pip's own riddle: 0 switches isolation off
        "PIP_INDEX_URL": "http://127.0.0.1:9",  # everything is here already
    }
    for name, language, text in BLOCKS:
        if language == "python":
            (folder / name).write_text(text)
            assert lines_of_code(text) <= 15
            continue
        for line in text.replace(PORT, port).splitlines():
            if "http.server" in line:
                environment.uninstall("unitrack-my-moco")
                servers.append(_serve(line, folder, variables, int(port)))
                continue
            done = environment.run("sh", "-c", _quick(line), cwd=folder, **variables)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    assert (folder / "features.png").is_file()
    assert "ResNet-18, MoCo on my videos" in done.stdout
    (installed,) = environment.folder.rglob("unitrack_my_moco/plugin.py")
    assert installed.read_text() == next(text for _, kind, text in BLOCKS if kind == "python")


def _quick(line: str) -> str:
    if line.startswith("unitrack run"):
        return f"{line} --limit 2 --set data.sequences=1"
    return f"{line} --no-isolation" if line.startswith("python -m build") else line


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _serve(
    line: str, folder: Path, variables: dict[str, str], port: int
) -> subprocess.Popen[bytes]:
    server = subprocess.Popen(
        ["sh", "-c", f"exec {line}"],
        cwd=folder,
        env={**os.environ, **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(100):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.05)
    server.terminate()
    pytest.fail(f"no server: {line}")
