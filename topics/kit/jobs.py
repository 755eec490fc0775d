"""Work handed to the worker: queued once, claimed by one process, retried, cancelled."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from time import monotonic
from typing import Any, Protocol

from layers.errors import LayerError, StoreUnavailable
from topics.kit.errors import TopicError

logger = logging.getLogger(__name__)

_LOOK_S = 0.25  # how soon a job under way sees that its process is asked to end
_TELL_EVERY_S = 0.5


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
    subject: str = ""  # what it is about, e.g. "layer:water.outfalls"
    created_by: str = ""
    progress: Mapping[str, Any] | None = None  # {"step", "done", "of"}
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


class JobQueue(Protocol):
    """The queue of all processes. A claim lapses when its heartbeat stops."""

    def claim(
        self,
        worker: str,
        kinds: Sequence[str],
        *,
        now: datetime,
        silence: timedelta | None = None,
    ) -> Job | None:
        """The oldest job that is due, or whose worker fell silent; now it is this worker's.

        `silence` is how long a worker of these kinds may be silent (None: the queue's own). A job
        whose workers died as often as it may be tried is failed instead.
        """

    def beat(self, job: str, worker: str, *, now: datetime) -> bool:
        """Say that the worker lives; False when the job was cancelled or is another's by now."""

    def advance(self, job: str, worker: str, progress: Mapping[str, Any]) -> None:
        """Record how far the job is, if it is still this worker's."""

    def release(self, job: str, worker: str, *, now: datetime) -> None:
        """Give the job back as if it had not been tried: this worker ends."""

    def finish(self, job: str, worker: str, result: Any, *, now: datetime) -> None:
        """Record success, if the job is still this worker's."""

    def fail(self, job: str, worker: str, error: str, *, now: datetime) -> None:
        """Record failure: queued again with a growing delay until its attempts are used up."""


Progress = Callable[[str, int, int], None]
"""Told the step in words, how many of its parts are done, and of how many."""

Handler = Callable[[Job, threading.Event, Progress], Any]
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
        silence: timedelta | None = None,
    ) -> None:
        """Take jobs of the handlers' kinds in the name of `worker`.

        A worker of these kinds that is silent for `silence` (None: the queue's own) counts as dead.
        """
        self._queue = queue
        self._handlers = handlers
        self._worker = worker
        self._pause = pause
        self._beat_every = beat_every
        self._silence = silence

    def run(self, stop: threading.Event) -> None:
        """Take and do jobs until `stop`; a queue that is away or broken is waited for."""
        away = False
        while not stop.is_set():
            try:
                busy = self.step(stop)
                away = False
            except Exception as wrong:  # the thread's edge: it must not end
                if not away:
                    known = isinstance(wrong, StoreUnavailable)
                    logger.warning("后台任务暂停:%s", wrong, exc_info=None if known else wrong)
                away, busy = True, False
            if not busy:
                stop.wait(self._pause.total_seconds())

    def step(self, stop: threading.Event | None = None) -> bool:
        """Do one job if there is one; False when nothing was due.

        Whatever a job does wrong is that job's failure; only the queue's own errors are raised. A
        job that is under way when `stop` is set is given back to the queue.
        """
        job = self._queue.claim(
            self._worker, list(self._handlers), now=datetime.now(UTC), silence=self._silence
        )
        if job is None:
            return False
        try:
            with self._beating(job, stop or threading.Event()) as cancelled:
                told = Throttled(partial(self._queue.advance, job.id, self._worker))
                result = self._handlers[job.kind](job, cancelled, told)
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
    def _beating(self, job: Job, stop: threading.Event) -> Iterator[threading.Event]:
        cancelled, ended = threading.Event(), threading.Event()

        def beat() -> None:
            last = monotonic()
            while not ended.wait(min(_LOOK_S, self._beat_every.total_seconds())):
                try:
                    if stop.is_set():
                        self._queue.release(job.id, self._worker, now=datetime.now(UTC))
                        cancelled.set()
                        return
                    if monotonic() - last < self._beat_every.total_seconds():
                        continue
                    last = monotonic()
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


class Throttled:
    """Tells progress as often as a person can follow: each new step, and twice a second within."""

    def __init__(
        self, tell: Callable[[Mapping[str, Any]], None], clock: Callable[[], float] = monotonic
    ) -> None:
        """Tell by `tell`, which may fail: progress is not worth the work."""
        self._tell = tell
        self._clock = clock
        self._step: str | None = None
        self._told = 0.0

    def __call__(self, step: str, done: int, of: int) -> None:
        """Tell that `done` of the `of` parts of `step` are done, unless that was told just now."""
        now = self._clock()
        if step == self._step and done < of and now - self._told < _TELL_EVERY_S:
            return
        self._step, self._told = step, now
        try:
            self._tell({"step": step, "done": done, "of": of})
        except StoreUnavailable as wrong:
            logger.debug("进度没有写入:%s", wrong)
