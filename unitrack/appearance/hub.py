"""Files of the Hugging Face hub: those that its own tools have fetched, and where to fetch more."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["SCHEME", "in_hub_cache", "web_address"]

SCHEME = "hf://"
_HOST = "https://huggingface.co"


def in_hub_cache(url: str) -> Path | None:
    """The file of ``hf://OWNER/REPOSITORY/FILE`` in the hub's own cache; None where it is not."""
    try:
        from huggingface_hub import try_to_load_from_cache
    except ImportError:  # whoever has no such library has no such cache
        return None
    repository, name = _parts(url)
    found = try_to_load_from_cache(repository, name)
    return Path(found) if isinstance(found, str) else None


def web_address(url: str) -> str:
    """The http address of ``hf://OWNER/REPOSITORY/FILE``, on ``$HF_ENDPOINT`` where that is set."""
    repository, name = _parts(url)
    host = os.environ.get("HF_ENDPOINT", _HOST).rstrip("/")
    return f"{host}/{repository}/resolve/main/{name}"


def _parts(url: str) -> tuple[str, str]:
    owner, repository, name = url.removeprefix(SCHEME).split("/", 2)
    return f"{owner}/{repository}", name
