"""Bytes of one request, written to an upload and made durable as they come."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from layers.errors import UploadTooLarge
from layers.stores.files import disk

_EVERY = 16 << 20
"""Bytes between two fdatasyncs: at most so much is sent again after a power cut or kill -9."""
_STAYS = "已收到的部分保留,处理后可以继续上传"


@dataclass(frozen=True, slots=True)
class Digest:
    """The running SHA-256 (None: unknown here) of the first `offset` bytes."""

    offset: int
    sha256: Any


class UploadWriter:
    """Holds the lock of one upload until it is closed.

    Bytes count only once they are kept: every 16 MB and on `keep`. With `whole` nothing is kept
    before `keep` is called, and closing without it drops everything written. May be closed by
    another thread than the one that writes; closing twice does nothing more.
    """

    def __init__(
        self,
        *,
        data: Path,
        lock: TextIOWrapper,
        length: int,
        offset: int,
        whole: bool,
        digest: Any,
        record: Callable[[Digest], None],
    ) -> None:
        """Cut `data` at `offset` and go on there; `record` makes an offset the durable one."""
        self._lock = lock
        self._guard = threading.RLock()
        self.closed = False
        self._length = length
        self._whole = whole
        self._sha256 = digest
        self._record = record
        self._written = self._kept = offset
        self._handle = os.open(data, os.O_WRONLY)
        try:
            os.ftruncate(self._handle, offset)
            os.lseek(self._handle, offset, os.SEEK_SET)
        except BaseException:
            os.close(self._handle)
            raise

    @property
    def offset(self) -> int:
        """How many bytes of the upload are durable."""
        return self._kept

    @property
    def finished(self) -> bool:
        """Whether every announced byte is durable."""
        return self._kept == self._length

    def write(self, block: bytes) -> None:
        """Write the next bytes; raises UploadTooLarge beyond the announced length."""
        if self._written + len(block) > self._length:
            raise UploadTooLarge(
                f"内容超过登记的大小 {self._length} 字节;请核对文件,删除这次上传后重新开始"
            )
        left = memoryview(block)
        with self._guard, disk(_STAYS):
            while left and not self.closed:
                done = os.write(self._handle, left)
                if self._sha256 is not None:
                    self._sha256.update(left[:done])
                self._written += done
                left = left[done:]
            if not self._whole and self._written - self._kept >= _EVERY:
                self.keep()

    def keep(self) -> int:
        """Make all that was written durable; returns the new offset."""
        with self._guard:
            if self._written != self._kept and not self.closed:
                with disk(_STAYS):
                    os.fdatasync(self._handle)
                    copied = None if self._sha256 is None else self._sha256.copy()
                    self._record(Digest(self._written, copied))
                self._kept = self._written
        return self._kept

    def close(self) -> None:
        """Keep what may be kept, drop the rest, and let the upload go."""
        with self._guard:
            if not self.closed:
                try:
                    if not self._whole:
                        self.keep()
                finally:
                    self.closed = True
                    self._let_go()

    def _let_go(self) -> None:
        with disk(_STAYS):
            try:
                if self._kept != self._written:
                    os.ftruncate(self._handle, self._kept)
            finally:
                os.close(self._handle)
                self._lock.close()
