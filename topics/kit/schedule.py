"""When a refresher is due: pure arithmetic on its schedule; every process finds the same ticks."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from topics.kit.durations import schedule_interval
from topics.kit.manifest_refreshers import RefresherSpec

SHANGHAI = ZoneInfo("Asia/Shanghai")
_ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)
_LOOK_BACK = (timedelta(hours=1), timedelta(days=1), timedelta(days=8), timedelta(days=367))


class Schedule(Protocol):
    """The ticks of one refresher."""

    @property
    def interval(self) -> timedelta:
        """How long from tick to tick, about."""

    def before(self, now: datetime) -> datetime | None:
        """The last tick at or before `now`."""

    def near(self, now: datetime) -> datetime | None:
        """The tick that a timer firing at `now` stands for."""

    def trigger(self) -> BaseTrigger:
        """What fires at the ticks."""


@dataclass(frozen=True, slots=True)
class Every:
    """A tick every `interval`, at a phase of its own, so that not all refreshers start at once."""

    interval: timedelta
    phase: timedelta

    def before(self, now: datetime) -> datetime | None:
        """The last tick at or before `now`."""
        return self._start + (now - self._start) // self.interval * self.interval

    def near(self, now: datetime) -> datetime | None:
        """The tick nearest to `now`: a timer may fire a little early."""
        return self.before(now + self.interval / 4)

    def trigger(self) -> BaseTrigger:
        """What fires at the ticks."""
        seconds = self.interval.total_seconds()
        return IntervalTrigger(seconds=seconds, start_date=self._start, timezone=UTC)

    @property
    def _start(self) -> datetime:
        return _ORIGIN + self.phase


@dataclass(frozen=True, slots=True)
class Cron:
    """Ticks of a cron line, in Asia/Shanghai."""

    line: str

    @property
    def interval(self) -> timedelta:
        """How long from one tick to the next, from now on."""
        trigger = self.trigger()
        first = trigger.get_next_fire_time(None, datetime.now(UTC))
        second = first and trigger.get_next_fire_time(first, first + timedelta(seconds=1))
        return second - first if first and second else timedelta(days=1)

    def before(self, now: datetime) -> datetime | None:
        """The last tick at or before `now`; None when there was none within a year."""
        trigger = self.trigger()
        for back in _LOOK_BACK:
            tick = trigger.get_next_fire_time(None, now - back)
            if tick is None or tick > now:
                continue
            while (later := trigger.get_next_fire_time(tick, tick + _MOMENT)) and later <= now:
                tick = later
            return _utc(tick)
        return None

    def near(self, now: datetime) -> datetime | None:
        """The tick that a timer firing at `now` stands for; it may fire a little early."""
        return self.before(now + timedelta(seconds=5))

    def trigger(self) -> BaseTrigger:
        """What fires at the ticks."""
        minute, hour, day, month, weekday = self.line.split()
        return CronTrigger(
            minute=minute,
            hour=hour,
            day=day,
            month=month,
            day_of_week=_weekdays(weekday),
            timezone=SHANGHAI,
        )


_MOMENT = timedelta(microseconds=1)
_NAMES = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def schedule_of(spec: RefresherSpec, *, wartime: bool = False) -> Schedule | None:
    """The schedule of a refresher in 平时 or in 战时; None when it has none (push)."""
    line = (wartime and spec.wartime) or spec.schedule
    if not line:
        return None
    interval = schedule_interval(line)
    if interval is None:
        return Cron(line)
    share = zlib.crc32(spec.id.encode()) % 1000 / 1000
    return Every(interval, interval * share)


def missed(
    schedules: Mapping[str, Schedule],
    ticks: Mapping[str, datetime],
    *,
    now: datetime,
    within: timedelta,
) -> dict[str, datetime]:
    """The tick to catch up with for every refresher that missed some, or that never ran.

    However many were missed, one run makes up for them; ticks older than `within` are let go.
    """
    due: dict[str, datetime] = {}
    for refresher, schedule in schedules.items():
        last, tick = ticks.get(refresher), schedule.before(now)
        if last is None:
            due[refresher] = tick or now
        elif tick is not None and last < tick and now - tick <= within:
            due[refresher] = tick
    return due


def _utc(tick: datetime) -> datetime:
    return tick.astimezone(UTC)


def _weekdays(field: str) -> str:
    """Cron counts weekdays from Sunday = 0 (also 7), APScheduler from Monday: so name them."""
    parts = []
    for part in field.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        if span == "*":
            numbers = range(0, 7, int(step or 1))
        else:
            numbers = range(int(low), int(high or (6 if step else low)) + 1, int(step or 1))
        parts += [_NAMES[number % 7] for number in numbers]
    return ",".join(dict.fromkeys(parts))
