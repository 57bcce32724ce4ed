"""Claim: peak memory does not grow with the length of the sequence (50 and 500 frames).

Each length runs in a process of its own, on the same rendered video, with the embedded default.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

LENGTHS = (50, 500)
RUN = [
    sys.executable, "-m", "unitrack", "run", "--head", "mot", "--data", "synthetic_mot",
    "--set", "data.sequences=1", "--set", f"data.frames={LENGTHS[-1]}",
    "--set", "data.width=320", "--set", "data.height=240",
]  # fmt: skip


def main() -> None:
    peaks = {}
    with tempfile.TemporaryDirectory() as folder:
        for length in LENGTHS:
            out = Path(folder) / str(length)
            command = [*RUN, "--limit", str(length), "--out", str(out)]
            subprocess.run(command, check=True, capture_output=True)
            peaks[length] = json.loads((out / "results.json").read_text())["peak_memory_bytes"]
            print(f"{length:4d} frames: peak {peaks[length] / 2**20:7.1f} MiB")
    print(f"ratio {peaks[LENGTHS[-1]] / peaks[LENGTHS[0]]:.3f}")


if __name__ == "__main__":
    main()
