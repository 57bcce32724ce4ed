"""Where downloads and rendered data are kept."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """``$UNITRACK_CACHE``, else the platform's cache folder for ``unitrack``; may not exist yet."""
    chosen = os.environ.get("UNITRACK_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("unitrack"))
