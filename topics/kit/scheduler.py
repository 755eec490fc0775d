"""The leader's clock: fires every refresher at its ticks and catches up on what was missed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from layers.errors import StoreUnavailable
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.circuit import OPENS_AFTER, may_try
from topics.kit.refresh.runner import RefreshRunner
from topics.kit.runs import Claim, RunLog, RunRecord
from topics.kit.schedule import Schedule, missed, schedule_of

logger = logging.getLogger(__name__)

CATCH_UP = timedelta(days=7)
"""Ticks missed for longer are let go: the next one brings newer values anyway."""

_THREADS = 8
_RETRY = timedelta(seconds=10)
FOLLOWS = timedelta(seconds=5)
"""How soon the clocks follow a switch between 平时 and 战时."""

_STORE_PAUSE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Beat:
    """Something else the leader does again and again."""

    name: str
    every: timedelta
    act: Callable[[], object]


class RefreshScheduler:
    """Runs while this process leads; `start` and `stop` may alternate any number of times."""

    def __init__(
        self,
        specs: Sequence[RefresherSpec],
        runner: RefreshRunner,
        runs: RunLog,
        *,
        beats: Sequence[Beat] = (),
        paused: Callable[[], Container[str]] = frozenset,
        wartime: Callable[[], bool] = lambda: False,
        catch_up: timedelta = CATCH_UP,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Fire `specs` through `runner`; every tick is claimed in `runs` first.

        What is `paused` is not fired; the clock of its schedule goes on. While `wartime` holds, a
        refresher keeps the schedule that it declares for it.
        """
        self._specs = {one.id: one for one in specs}
        self._in_wartime = False
        self._schedules = _schedules(specs, wartime=False)
        self._runner = runner
        self._runs = runs
        self._beats = beats
        self._paused = paused
        self._wartime = wartime
        self._catch_up = catch_up
        self._clock = clock
        self._fence = 0
        self._scheduler: BackgroundScheduler | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin to lead: a new fence, what was missed once, then every tick."""
        self._fence = self._runs.next_fence()
        self._in_wartime = self._wartime()
        self._schedules = _schedules(self._specs.values(), wartime=self._in_wartime)
        now = self._clock()
        due = missed(self._schedules, self._runs.ticks(), now=now, within=self._catch_up)
        for refresher in self._runs.abandon(now=now):
            if refresher in self._schedules:
                due.setdefault(refresher, now)
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(_THREADS)},
            # A process that slept fires once for all it slept through, however long it was.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=UTC,
        )
        for refresher, schedule in self._schedules.items():
            scheduler.add_job(self._tick, schedule.trigger(), args=[refresher], id=refresher)
        for refresher, tick in due.items():
            scheduler.add_job(self._fire, args=[refresher, tick, "catch-up"])
        for beat in self._beats:
            seconds = beat.every.total_seconds()
            scheduler.add_job(_quietly, "interval", args=[beat], seconds=seconds, id=beat.name)
        follow = Beat("cadence", FOLLOWS, self.follow_mode)
        scheduler.add_job(_quietly, "interval", args=[follow], seconds=FOLLOWS.total_seconds())
        scheduler.start()
        with self._lock:
            self._scheduler = scheduler

    def stop(self) -> None:
        """Fire nothing more; runs under way end by themselves or are fenced off."""
        with self._lock:
            scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=False)

    def follow_mode(self) -> None:
        """Let the clocks be those of 平时 or 战时, whichever it is now."""
        wartime = self._wartime()
        with self._lock:
            if self._scheduler is None or wartime == self._in_wartime:
                return
            self._in_wartime = wartime
            self._schedules = _schedules(self._specs.values(), wartime=wartime)
            changed = [name for name, one in self._specs.items() if one.wartime]
            for name in changed:
                self._scheduler.reschedule_job(name, trigger=self._schedules[name].trigger())
        logger.info(
            "%s:%d 个取数任务换用相应的运行计划", "战时" if wartime else "平时", len(changed)
        )

    def _tick(self, refresher: str) -> None:
        tick = self._schedules[refresher].near(self._clock())
        if tick is not None:
            self._fire(refresher, tick, "schedule")

    def _fire(self, refresher: str, tick: datetime, cause: str) -> None:
        claim = Claim(refresher, tick, self._fence)
        try:
            if refresher in self._paused():
                return
            if cause == "schedule" and not self._worth_trying(refresher):
                return
            if self._runs.claim(claim):
                record = self._runner.run(self._specs[refresher], cause=cause, claim=claim)
                self._retry_soon(refresher, record)
        except StoreUnavailable as wrong:
            logger.debug("取数 %s 未执行:%s", refresher, wrong)
            self._resume_later(refresher, since=self._clock())

    def _resume_later(self, refresher: str, *, since: datetime) -> None:
        """Catch up once the database is back: the next tick of a slow schedule may be tomorrow."""

        def resume() -> None:
            try:
                last = self._runs.latest().get(refresher)
            except StoreUnavailable:
                self._resume_later(refresher, since=since)
                return
            if last is None or last.started <= since:
                self._fire(refresher, self._clock(), "catch-up")

        self._later(f"{refresher}:resume", _STORE_PAUSE, resume)

    def _retry_soon(self, refresher: str, record: RunRecord) -> None:
        """Have a slow schedule tried again within minutes: a source may only be starting."""
        failures = record.failures_in_row
        delay = _RETRY * 2 ** max(0, failures - 1)
        if not failures or failures >= OPENS_AFTER or self._schedules[refresher].interval <= delay:
            return

        def retry() -> None:
            self._fire(refresher, self._clock(), "retry")

        self._later(f"{refresher}:retry", delay, retry)

    def _later(self, name: str, delay: timedelta, act: Callable[[], None]) -> None:
        """Do it after `delay`, if this process still leads then; a later wish replaces it."""
        with self._lock:
            if self._scheduler is not None:
                due = self._clock() + delay
                self._scheduler.add_job(act, "date", run_date=due, id=name, replace_existing=True)

    def _worth_trying(self, refresher: str) -> bool:
        schedule: Schedule = self._schedules[refresher]
        last: Any = self._runs.latest().get(refresher)
        return may_try(last, schedule.interval, self._clock())


def _schedules(specs: Iterable[RefresherSpec], *, wartime: bool) -> dict[str, Schedule]:
    found = {one.id: schedule_of(one, wartime=wartime) for one in specs}
    return {name: one for name, one in found.items() if one is not None}


def _quietly(beat: Beat) -> None:
    try:
        beat.act()
    except StoreUnavailable as wrong:
        logger.debug("%s 未执行:%s", beat.name, wrong)
