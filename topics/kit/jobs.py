"""Work handed to the worker: queued once, claimed by one process, retried, cancelled."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from layers.errors import LayerError, StoreUnavailable
from topics.kit.errors import TopicError

logger = logging.getLogger(__name__)


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work; `kind` chooses the handler, `payload` is JSON."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    state: JobState
    attempts: int
    max_attempts: int
    error: str = ""
    result: Any = None


class JobQueue(Protocol):
    """The queue of all processes. A claim lapses when its heartbeat stops."""

    def claim(self, worker: str, kinds: Sequence[str], *, now: datetime) -> Job | None:
        """The oldest job that is due, or whose worker fell silent; now it is this worker's."""

    def beat(self, job: str, worker: str, *, now: datetime) -> bool:
        """Say that the worker lives; False when the job was cancelled or is another's by now."""

    def finish(self, job: str, worker: str, result: Any, *, now: datetime) -> None:
        """Record success, if the job is still this worker's."""

    def fail(self, job: str, worker: str, error: str, *, now: datetime) -> None:
        """Record failure: queued again with a growing delay until its attempts are used up."""


Handler = Callable[[Job, threading.Event], Any]
"""Does the work and returns a JSON result; the event is set when the job is cancelled."""


class JobRunner:
    """Runs queued jobs one after the other until told to stop."""

    def __init__(
        self,
        queue: JobQueue,
        handlers: Mapping[str, Handler],
        *,
        worker: str,
        pause: timedelta = timedelta(milliseconds=500),
        beat_every: timedelta = timedelta(seconds=5),
    ) -> None:
        """Take jobs of the handlers' kinds in the name of `worker`."""
        self._queue = queue
        self._handlers = handlers
        self._worker = worker
        self._pause = pause
        self._beat_every = beat_every

    def run(self, stop: threading.Event) -> None:
        """Take and do jobs until `stop`; a queue that is away or broken is waited for."""
        away = False
        while not stop.is_set():
            try:
                busy = self.step()
                away = False
            except Exception as wrong:  # the thread's edge: it must not end
                if not away:
                    known = isinstance(wrong, StoreUnavailable)
                    logger.warning("后台任务暂停:%s", wrong, exc_info=None if known else wrong)
                away, busy = True, False
            if not busy:
                stop.wait(self._pause.total_seconds())

    def step(self) -> bool:
        """Do one job if there is one; False when nothing was due.

        Whatever a job does wrong is that job's failure; only the queue's own errors are raised.
        """
        job = self._queue.claim(self._worker, list(self._handlers), now=datetime.now(UTC))
        if job is None:
            return False
        try:
            with self._beating(job) as cancelled:
                result = self._handlers[job.kind](job, cancelled)
        except (TopicError, LayerError) as wrong:
            self._queue.fail(job.id, self._worker, str(wrong), now=datetime.now(UTC))
        except Exception as wrong:  # an edge: a job must not end the others
            logger.exception("后台任务 %s(%s)出错", job.id, job.kind)
            said = f"程序出错({type(wrong).__name__});请查看运行日志,并告诉系统维护者"
            self._queue.fail(job.id, self._worker, said, now=datetime.now(UTC))
        else:
            self._queue.finish(job.id, self._worker, result, now=datetime.now(UTC))
        return True

    @contextmanager
    def _beating(self, job: Job) -> Iterator[threading.Event]:
        cancelled, ended = threading.Event(), threading.Event()

        def beat() -> None:
            while not ended.wait(self._beat_every.total_seconds()):
                try:
                    alive = self._queue.beat(job.id, self._worker, now=datetime.now(UTC))
                except StoreUnavailable:
                    continue
                if not alive:
                    cancelled.set()

        thread = threading.Thread(target=beat, name=f"beat-{job.id}", daemon=True)
        thread.start()
        try:
            yield cancelled
        finally:
            ended.set()
            thread.join()
