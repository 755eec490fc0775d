"""How one of our processes starts another one: the same interpreter, the same source."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def python_command(module: str, *arguments: str) -> list[str]:
    """The command line that runs `module` with this interpreter, never from the current folder."""
    return [sys.executable, "-P", "-m", module, *arguments]


def python_environment() -> dict[str, str]:
    """This process's environment, in which our source is found and text is UTF-8."""
    source = str(Path(__file__).resolve().parents[2])
    before = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [source, *(path for path in before if path and path != source)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}
