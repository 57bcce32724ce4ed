"""What ``--feature-cache`` saves: similarities side by side, as in Tables 4 to 6, with and without.

Both fill an empty store with the same cells on one worker; their results must be the same bytes.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from unitrack.engine.executors import open_executor
from unitrack.engine.progress import Silent
from unitrack.suite.features import FeatureCache
from unitrack.suite.read import read
from unitrack.suite.run import fill
from unitrack.suite.store import Store
from unitrack.suite.table import expand

SUITE = """
backbones: [{backbone: imagenet_r18, weights: "random:0"}]
entries:
  - head: mot
    data: synthetic_mot
    data_settings: {sequences: 1, frames: 8}
    vary: {motion: [on, off], similarity: [rsm, cf, gpf]}
"""
ROOM = 10**9  # bytes


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "ablation.yaml").write_text(SUITE, encoding="utf-8")
        run(folder, "warm", None)  # renders the data, loads what is loaded once
        plain, results = run(folder, "plain", None)
        cache = FeatureCache(folder / "features", ROOM)
        shared, same = run(folder, "shared", cache)
        assert results == same, "the cache changed a result"
        size = sum(path.stat().st_size for path in cache.folder.iterdir())
    print(f"6 cells of one sequence, 8 frames each: {plain:.1f} s without the cache,")
    print(f"{shared:.1f} s with it: {plain / shared:.2f} x faster; {size / 1e6:.0f} MB on disk")


def run(folder: Path, name: str, cache: FeatureCache | None) -> tuple[float, list[object]]:
    """Seconds, and every result file of the store."""
    table = expand(read(str(folder / "ablation.yaml")).content, folder, "cpu")
    store = Store(folder / name)
    store.open()
    executor, parallel = open_executor("local", 1)
    start = time.perf_counter()
    filled = fill(
        "ablation", "", table, store, folder / f"{name}-out", executor=executor, parallel=parallel,
        retry_failed=False, progress=Silent(), say=print, command=[], features=cache,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    assert all(cell.state == "done" for cell in filled.record.cells)
    keys = sorted(path.stem for path in store.folder.glob("sequences/*/*.zip"))
    return seconds, [(key, store.results(key)) for key in keys]


if __name__ == "__main__":
    main()
