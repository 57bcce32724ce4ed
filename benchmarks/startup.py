"""Start-up times of the command line, each in a fresh process: best and median.

Budget: 0.3 s with every first-party plugin installed.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

_MAIN = "import sys; from unitrack.cli.main import main; sys.exit(main(sys.argv[1:]))"
_ROUNDS = 11
_BUDGET_S = 0.3
_COMMANDS = (
    ("--help",),
    ("list", "heads"),
    ("list", "backbones", "--default"),
    ("plugins",),
    ("run", "--help"),
)


def _seconds(arguments: tuple[str, ...]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", _MAIN, *arguments], capture_output=True, check=True)
    return time.perf_counter() - start


def main() -> int:
    print(f"{'command':38}{'best s':>8}{'median s':>10}   budget {_BUDGET_S} s")
    worst = 0.0
    for arguments in _COMMANDS:
        times = [_seconds(arguments) for _ in range(_ROUNDS)]
        worst = max(worst, min(times))
        print(
            f"{'unitrack ' + ' '.join(arguments):38}"
            f"{min(times):8.3f}{statistics.median(times):10.3f}"
        )
    return int(worst > _BUDGET_S)


if __name__ == "__main__":
    sys.exit(main())
