"""Let `import torchvision` (and timm, which imports it) work beside a torch it was not built for.

torchvision's binary operators load only beside the very torch build they were compiled with; the
public wheel and a CPU build of torch do not match. Importing torchvision then fails, because it
attaches shape rules to two operators that were never declared. Declaring their schemas is enough:
the models do not call them.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
from functools import lru_cache
from pathlib import Path

import torch

__all__ = ["declare_missing_operators"]

_ARGUMENTS = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


@lru_cache(maxsize=1)
def declare_missing_operators() -> torch.library.Library | None:
    """Declare ``torchvision::nms`` and ``torchvision::qnms`` where the build does not match.

    To be called before torchvision or timm is imported; later calls do nothing.

    Returns:
        The declaration, which lives as long as this process, or None where the build is sound or
        torchvision is not installed.
    """
    folder = _torchvision_folder()
    if folder is None or _operators_load(folder):
        return None
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for name in ("nms", "qnms"):
        if hasattr(torch.ops.torchvision, name):
            continue  # other code in this process was here before us
        library.define(name + _ARGUMENTS)  # type: ignore[no-untyped-call]
    return library


def _torchvision_folder() -> Path | None:
    spec = importlib.util.find_spec("torchvision")
    return Path(spec.origin).parent if spec and spec.origin else None


def _operators_load(folder: Path) -> bool:
    """Load the binary as torchvision itself is about to; loading twice does no harm."""
    loader = (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES)
    spec = importlib.machinery.FileFinder(str(folder), loader).find_spec("_C")
    if spec is None or spec.origin is None:
        return False
    try:
        torch.ops.load_library(spec.origin)  # type: ignore[no-untyped-call]
    except OSError:
        return False
    return hasattr(torch.ops.torchvision, "nms")
