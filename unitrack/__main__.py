"""``python -m unitrack``."""

import sys

from unitrack.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
