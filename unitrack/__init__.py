"""UniTrack: one frozen appearance model, every tracking task.

The Python API is ``unitrack.run``, ``unitrack.evaluate``, ``unitrack.replay``, ``unitrack.submit``,
``unitrack.bench_suite``, ``unitrack.compare``, ``unitrack.write_report``, ``unitrack.backbone``,
``unitrack.dataset`` and ``unitrack.new_plugin``; nothing heavy is imported before one of them is
first used.
"""

from typing import TYPE_CHECKING

from unitrack.errors import UniTrackError

if TYPE_CHECKING:
    from unitrack.api import (
        backbone,
        compare,
        dataset,
        evaluate,
        replay,
        run,
        submit,
        write_report,
    )
    from unitrack.scaffold import new_plugin
    from unitrack.suite.bench import bench_suite

__all__ = [
    "UniTrackError",
    "__version__",
    "backbone",
    "bench_suite",
    "compare",
    "dataset",
    "evaluate",
    "new_plugin",
    "replay",
    "run",
    "submit",
    "write_report",
]

__version__ = "0.1.0"

# What does not lie in `unitrack.api`.
_ELSEWHERE = {"bench_suite": "unitrack.suite.bench", "new_plugin": "unitrack.scaffold"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'unitrack' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_ELSEWHERE.get(name, "unitrack.api")), name)
