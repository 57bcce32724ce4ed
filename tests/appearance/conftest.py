"""A local file server whose faults can be chosen, and a cache folder of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


@dataclass
class Served:
    """What the server gives, and what it was asked for.

    ``stop_after`` cuts the next answers after so many bytes; ``ranges`` off ignores ``Range``.
    """

    url: str
    content: bytes = b""
    status: int = 200
    stop_after: int | None = None
    ranges: bool = True
    length: bool = True
    asked: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    served: Served

    def do_GET(self) -> None:
        served = self.served
        wanted = self.headers.get("Range", "")
        served.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-") or 0) if served.ranges else 0
        if start >= len(served.content) > 0:
            self.send_error(416)
            return
        body = served.content[start:]
        self.send_response(206 if start and served.status == 200 else served.status)
        if start:
            total = len(served.content)
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        if served.length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # the client may have heard enough
            self.wfile.write(body[: served.stop_after])

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


@pytest.fixture
def served() -> Iterator[Served]:
    class Handler(_Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.served = Served(f"http://127.0.0.1:{server.server_port}/net.pth")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Handler.served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("UNITRACK_CACHE", str(folder))
    return folder / "weights"
