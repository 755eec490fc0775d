"""One holder per home: the flock on `HOME/engines/engines.lock`, held for the engines' lifetime."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType


class EnginesLock:
    """The right to run (and to end) the private engines of one home; gone with its holder."""

    def __init__(self, folder: Path) -> None:
        """Name the lock of the engines in `folder`; nothing is taken yet."""
        self._path = folder / "engines.lock"
        self._file: int | None = None

    def take(self) -> bool:
        """Take the lock if nobody holds it; tell whether it is ours now."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())  # for people; the lock itself is the flock
        self._file = file
        return True

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not ours."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> EnginesLock:
        """Return the lock, to be released at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Release the lock."""
        self.release()
