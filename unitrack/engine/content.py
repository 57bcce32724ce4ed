"""What a result depends on, as one digest: the same digest, the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from unitrack.checkpoint import file_sha256
from unitrack.engine.settings import files_of
from unitrack.engine.spec import RunSpec
from unitrack.registry.manager import registry

__all__ = ["code_version", "content_key"]

_CORE = "unitrack"

# Rooms of the core that look at results and decide none: a better picture or a new command makes
# no result out of date.
_SILENT = ("cli", "render", "report", "scaffold.py", "suite", "testing")


def content_key(spec: RunSpec, weights_id: str, fingerprint: str) -> str:
    """Digest of all that decides the result of one sequence.

    Args:
        spec: The run; where its files lie does not count, what they hold does.
        weights_id: Digest of the weights.
        fingerprint: Digest of the frames and observations.

    Raises:
        UniTrackError: If a file that a setting of the head names cannot be read.
    """
    asked = spec.to_json()
    del asked["root"], asked["weights"]
    asked["device"] = asked["device"].partition(":")[0]
    asked["head_settings"] |= _digests(spec)
    parts = [asked, weights_id, fingerprint, [code_version(target) for target in _targets(spec)]]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _digests(spec: RunSpec) -> Mapping[str, Any]:
    """What the files hold that settings of the head name; where they lie does not count."""
    return {
        name: file_sha256(path)
        for name, path in files_of(registry().get("heads", spec.head), spec.head_settings).items()
    }


def _targets(spec: RunSpec) -> list[str]:
    offers = registry()
    return [
        f"{_CORE}:",
        offers.get("heads", spec.head).factory,
        offers.get("datasets", spec.data).factory,
        offers.get("backbones", spec.backbone).factory,
    ]


@lru_cache
def code_version(target: str) -> str:
    """Digest of the Python sources of the package that ``"package.module:attribute"`` lies in."""
    package = target.partition(":")[0].partition(".")[0]
    spec = find_spec(package)
    digest = hashlib.sha256()
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted(Path(folder).rglob("*.py")):
            inside = path.relative_to(folder)
            if package != _CORE or inside.parts[0] not in _SILENT:
                digest.update(inside.as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
