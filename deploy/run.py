"""Sets up what is missing and runs the product: `python3 deploy/run.py [tonglan run options]`."""

from __future__ import annotations

import os
import sys

from environment import VENV, SetUpFailed, prepare, say


def main() -> int:
    """Prepare the environment, then become `tonglan run`."""
    try:
        prepare(for_tests=False)
    except SetUpFailed as wrong:
        say(str(wrong))
        return 1
    tonglan = VENV / "bin" / "tonglan"
    os.execv(tonglan, [str(tonglan), "run", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
