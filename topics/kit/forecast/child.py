"""The forecasting process: tasks come on standard input, results leave on standard output.

It runs behind everything else, on one core, and ends with the process that started it.
"""

from __future__ import annotations

import os
import sys
import warnings

from topics.kit.forecast.task import Task
from topics.kit.forecast.work import work

_NICE = 15


def main() -> None:
    """Work until the input ends or the parent does."""
    parent = os.getppid()
    os.nice(_NICE)
    warnings.simplefilter("ignore")  # of the library, about series it cannot cope with
    for line in sys.stdin.buffer:
        if os.getppid() != parent:
            return
        sys.stdout.buffer.write(work(Task.read(line)).line())
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
