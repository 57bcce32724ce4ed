"""What a browser and a strict reader say about a page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

_VOID = {"meta", "link", "img", "br"}
_ADDRESSES = ("src", "href", "xlink:href", "srcset", "action", "data", "poster")


class _Strict(HTMLParser):
    """Elements are closed in order, and every address is inside the page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in _VOID:
            self.open.append(tag)
        self._look(attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._look(attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def _look(self, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in _ADDRESSES and not (value or "").startswith(("#", "data:")):
                self.outside.append(f"{name}={value}")


def check_page(text: str) -> list[str]:
    """Refuse a page that is not well formed or asks for anything; gives its tags."""
    parser = _Strict()
    parser.feed(text)
    parser.close()
    assert parser.open == []
    assert parser.outside == []
    assert len(parser.ids) == len(set(parser.ids)), "ids are unique"
    assert "script" not in parser.tags
    assert not re.search(r"url\((?!#)|@import", text)
    pictures = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    for picture in pictures:
        ET.fromstring(picture)  # noqa: S314 - our own text
    assert text.count("<svg") == len(pictures)
    return parser.tags


def browse(page: Path, tmp_path: Path) -> tuple[str, list[str]]:
    """Open a page in Chromium: the document it made, and what it said and asked for.

    No name of a machine is resolved; the log tells each request that was tried.
    """
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    log = tmp_path / "net.json"
    options = (
        "headless", "no-sandbox", "disable-gpu", "disable-background-networking", "no-first-run",
        "disable-component-update", f"user-data-dir={tmp_path / 'profile'}", f"log-net-log={log}",
        "net-log-capture-mode=Everything", "enable-logging=stderr", "dump-dom",
        "host-resolver-rules=MAP * ~NOTFOUND",
    )  # fmt: skip
    words = [browser, *(f"--{option}" for option in options), page.as_uri()]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return done.stdout, said + _asked(log.read_text(errors="replace"))


def _asked(log: str) -> list[str]:
    """Addresses that the page asked for; what the browser asks on its own has no origin."""
    # A browser that is closed leaves its last line open.
    events = json.loads(log if log.rstrip().endswith("}") else log.rstrip().rstrip(",") + "]}")
    told = [event.get("params") or {} for event in events["events"]]
    return [
        params["url"]
        for params in told
        if "url" in params and params.get("initiator", "not an origin") != "not an origin"
    ]
