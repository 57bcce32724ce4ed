"""Claim: peak memory does not grow with the length of the sequence (50 and 500 frames).

Each length runs in a process of its own, on the same rendered video, with the embedded default.
The videos are rendered beforehand, so that no process does it beside its run. Some heads only:
name them.

    python -m benchmarks.memory [mot sot vos poseprop]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

LENGTHS = (50, 500)
HEADS = ("mot", "sot", "vos", "poseprop")
# As little of everything that costs time and not memory: no picture matters to the claim.
DATA = ("sequences=1", f"frames={LENGTHS[-1]}", "width=320", "height=240")
FASTER = {"sot": ("--set", "crop_size=256")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("heads", nargs="*", default=HEADS)
    for head in parser.parse_args().heads:
        with tempfile.TemporaryDirectory() as folder:
            few, many = (peak / 2**20 for peak in peaks(head, Path(folder)))
        print(
            f"{head:9s} {LENGTHS[0]} frames {few:7.1f} MiB, {LENGTHS[1]} frames {many:7.1f} MiB, "
            f"ratio {many / few:.3f}",
            flush=True,
        )


def peaks(head: str, folder: Path) -> list[float]:
    """Bytes of each length."""
    root = folder / "data"
    unitrack("data", "synth", head, "--out", str(root), *(f"--set={word}" for word in DATA))
    found = []
    for length in LENGTHS:
        out = folder / str(length)
        unitrack(
            "run", "--head", head, "--data", f"synthetic_{head}", "--root", str(root),
            "--limit", str(length), "--out", str(out), *FASTER.get(head, ()),
        )  # fmt: skip
        found.append(json.loads((out / "results.json").read_text())["peak_memory_bytes"])
    return found


def unitrack(*words: str) -> None:
    """One command, in a process of its own."""
    subprocess.run([sys.executable, "-m", "unitrack", *words], check=True, capture_output=True)


if __name__ == "__main__":
    main()
