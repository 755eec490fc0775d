"""Forecasting in a process of its own, so that a heavy library never stalls the worker.

The process lives for one round: memory and library go with it.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from topics.kit.forecast.task import Result, Task

logger = logging.getLogger(__name__)

_PATIENCE_S = 120.0  # for one series, the library's import included
_DIED = "预测进程在这条序列上意外结束"
_ROOT = Path(__file__).resolve().parents[3]
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def forecast_apart(tasks: Sequence[Task]) -> Iterator[Result]:
    """The results as they come.

    A process that dies or hangs ends them early, with a reason for the series it was at; the rest
    stays due.
    """
    command = [sys.executable, "-m", "topics.kit.forecast.child"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        env={**os.environ, **_ONE_THREAD},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        feeder = threading.Thread(target=_feed, args=[process.stdin, tasks], daemon=True)
        feeder.start()
        came = 0
        watch = _watch(process)
        try:
            for line in process.stdout:
                watch.cancel()
                came += 1
                yield Result.read(line)
                watch = _watch(process)
        finally:
            watch.cancel()
            process.kill()
            feeder.join()  # it owns the pipe: whoever closes a dead one first hears of it
    if came < len(tasks):
        logger.warning("预测进程提前结束,完成 %d/%d 条;其余下一轮再算", came, len(tasks))
        # Kept as what it is, so that the next round gets past it.
        yield Result(tasks[came].number, "", _DIED, None, None, None, None, [], [])


def _watch(process: subprocess.Popen[bytes]) -> threading.Timer:
    """End the process when nothing more comes."""
    watch = threading.Timer(_PATIENCE_S, process.kill)
    watch.daemon = True
    watch.start()
    return watch


def _feed(pipe: IO[bytes], tasks: Sequence[Task]) -> None:
    try:
        with pipe:
            for one in tasks:
                pipe.write(one.line())
    except BrokenPipeError:
        return
