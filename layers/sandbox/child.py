"""The child: `python -m layers.sandbox.child FOLDER PARENT LIMITS READER`.

Confined first, then reads the file that FOLDER/asked.json names with READER ("module:function")
and leaves its answer in FOLDER.
"""

from __future__ import annotations

import importlib
import json
import sys
import traceback
from pathlib import Path

from layers.sandbox.confine import confine
from layers.sandbox.limits import Limits


def main(folder: Path, reader: str) -> None:
    """Read and answer; whatever goes wrong is the answer."""
    # Only now, confined: these load the libraries that files of strangers are fed to.
    from layers.errors import LayerError
    from layers.sandbox.passing import read_asked, write_error, write_failure, write_reading

    try:
        module, _, function = reader.partition(":")
        read = getattr(importlib.import_module(module), function)
        upload, options = read_asked(folder)
        write_reading(folder, read(upload, options))
    except LayerError as wrong:
        write_error(folder, wrong)
    except MemoryError:
        write_failure(folder, "memory", "")
    except OSError as wrong:
        write_failure(folder, "output" if wrong.errno in _FULL else "program", _trace())
    except Exception:  # noqa: BLE001  the process's edge: the parent says it in words
        write_failure(folder, "program", _trace())


_FULL = {27, 28, 122}  # EFBIG, ENOSPC, EDQUOT


def _trace() -> str:
    return traceback.format_exc(limit=-8)


if __name__ == "__main__":
    confine(Limits(**json.loads(sys.argv[3])), int(sys.argv[2]))
    main(Path(sys.argv[1]), sys.argv[4])
