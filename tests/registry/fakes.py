"""Made-up wheels: a folder on the path with a module and its metadata, as pip would leave them."""

from __future__ import annotations

from pathlib import Path

HEADER = """
from unitrack.registry import BackboneRecord, HeadRecord, hookimpl


def backbone(name, **more):
    fields = {"factory": "nowhere.build:net", "taps": {"last": 8}, "default_tap": "last", **more}
    return BackboneRecord(name=name, **fields)
"""


def offering(*names: str) -> str:
    """Source of a plugin that yields backbones of these names."""
    return f"""{HEADER}

@hookimpl
def unitrack_backbones():
    for name in {names!r}:
        yield backbone(name)
"""


def install(site: Path, wheel: str, source: str, *, module: str = "", entry: str = "") -> None:
    """Lay out ``wheel`` 1.0 below ``site``: its module, entry point and metadata."""
    name = wheel.replace("-", "_")
    module = module or name
    (site / f"{module}.py").write_text(source)
    info = site / f"{name}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {wheel}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[unitrack]\n{entry or module} = {module}\n")
