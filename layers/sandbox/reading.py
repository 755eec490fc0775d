"""A stranger's file read in a confined process: a file can waste its own reading, nothing else."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from layers.errors import Cancelled, LayerError, UnreadableFile
from layers.readers.contracts import Reading, ReadOptions, Upload
from layers.sandbox.confine import environment
from layers.sandbox.limits import Limits
from layers.sandbox.passing import BrokenAnswer, read_answer, write_asked
from layers.stores.files import LayerFiles

logger = logging.getLogger(__name__)

READER = "layers.readers:read"
_SOURCE = str(Path(__file__).resolve().parents[2])
_LOOK_S = 0.05
_MEMORY = (
    "读取它需要的内存超过上限 {memory_mb} MB;请把文件分成几份,或请管理员调大 sandbox.memory_mb"
)
_TIME = "读取超过时限({what});请核实文件是否正常,把它分成几份,或请管理员调大 sandbox.{key}"
_CRASH = "读取时程序崩溃({what}),文件可能已损坏;请重新导出后再试,仍不行请把文件交给系统维护者"


def read_in_sandbox(
    upload: Upload,
    options: ReadOptions | None = None,
    *,
    limits: Limits | None = None,
    cancelled: threading.Event | None = None,
    folder: Path | None = None,
    reader: str = READER,
) -> Reading:
    """What `layers.readers.read` says of the upload, read in a process that can harm nobody.

    Raises what the reader raises, and UnreadableFile when it crashed or went beyond `limits`. Works
    in a folder of its own inside `folder` (None: the system's temporary folder), gone afterwards.
    The child ends with this process, and at once when `cancelled` is set (raises Cancelled).
    """
    bounds = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="read-", dir=folder) as place:
        work = Path(place)
        write_asked(work, upload, options or ReadOptions())
        status = _run(upload, work, bounds, cancelled or threading.Event(), reader)
        return _answer(upload, work, status, bounds)


class SandboxReader:
    """Reads strangers' files in the sandbox, in folders that a sweep clears after a kill -9."""

    def __init__(self, files: LayerFiles, limits: Limits) -> None:
        """Work among `files`, within `limits`."""
        self._files = files
        self._limits = limits

    def __call__(
        self, upload: Upload, options: ReadOptions, *, cancelled: threading.Event | None = None
    ) -> Reading:
        """What the upload contains; see `read_in_sandbox`."""
        with self._files.workspace(None) as work:
            return read_in_sandbox(
                upload, options, limits=self._limits, cancelled=cancelled, folder=work.folder
            )


def _run(
    upload: Upload, work: Path, limits: Limits, cancelled: threading.Event, reader: str
) -> int:
    ends = time.monotonic() + limits.wall_s
    with _child(work, limits, reader) as child:
        while True:
            try:
                return child.wait(_LOOK_S)
            except subprocess.TimeoutExpired:
                if cancelled.is_set():
                    raise Cancelled("已取消") from None
                if time.monotonic() > ends:
                    _refuse(upload, _TIME.format(what=f"{limits.wall_s} 秒", key="wall_s"))


@contextmanager
def _child(work: Path, limits: Limits, reader: str) -> Iterator[subprocess.Popen[bytes]]:
    """The running child; it and all it may have started are ended with the block."""
    command = [sys.executable, "-P", "-s", "-m", "layers.sandbox.child", str(work)]
    command += [str(os.getpid()), json.dumps(asdict(limits)), reader]
    with (work / "stderr").open("wb") as said:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            cwd=work,
            env=environment(_SOURCE, str(work)),
            start_new_session=True,
        )
        try:
            yield child
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _answer(upload: Upload, work: Path, status: int, limits: Limits) -> Reading:
    if status != 0:
        logger.warning("读取 %s 的进程以 %s 结束:%s", upload.name, status, _tail(work / "stderr"))
        if status == -signal.SIGXCPU:
            _refuse(upload, _TIME.format(what=f"{limits.cpu_s} 秒处理器时间", key="cpu_s"))
        _refuse(upload, _ended(status, limits))
    try:
        found = read_answer(work)
    except BrokenAnswer as wrong:
        logger.warning("读取 %s 的结果不可信:%s", upload.name, wrong)
        _refuse(upload, _CRASH.format(what="结果不完整"))
    if isinstance(found, LayerError):
        raise found
    if isinstance(found, Reading):
        return found
    kind, text = found
    logger.warning("读取 %s 没有成功(%s):%s", upload.name, kind, text)
    if kind == "memory":
        _refuse(upload, _MEMORY.format(memory_mb=limits.memory_mb))
    if kind == "output":
        _refuse(upload, "读出的内容大得不正常;请核实来源,或分成几个文件导入")
    _refuse(upload, _CRASH.format(what="程序出错"))


def _ended(status: int, limits: Limits) -> str:
    if status in (-signal.SIGKILL, -signal.SIGABRT):  # the kernel's or the allocator's last word
        return _MEMORY.format(memory_mb=limits.memory_mb)
    what = signal.Signals(-status).name if status < 0 else f"状态 {status}"
    return _CRASH.format(what=what)


def _refuse(upload: Upload, said: str) -> NoReturn:
    raise UnreadableFile(f"{upload.name}:{said}")


def _tail(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_bytes()[-2000:].decode("utf-8", "replace")
    return ""
