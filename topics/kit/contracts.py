"""The values that cross the borders of the topics. Times are UTC and carry their zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ValueStatus(StrEnum):
    """What is known about a value. "missing" and "not_monitored" differ and neither has a value."""

    OK = "ok"
    ESTIMATED = "estimated"
    SUSPECT = "suspect"
    MISSING = "missing"
    NOT_MONITORED = "not_monitored"


class PeriodKind(StrEnum):
    """What stretch of time a value speaks of, in the words of the statistics bureaus."""

    INSTANT = "时点"
    HOUR = "小时"
    DAY = "日"
    MONTH = "当月"
    CUMULATIVE = "累计"
    QUARTER = "季"
    END = "期末"
    YEAR = "年"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Start (UTC) and kind. A 累计 period starts at its last month: 1–10 月 starts on 1 October."""

    start: datetime
    kind: PeriodKind


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of one indicator, region and period, as one source gave it.

    `value` is never rounded and is None when missing or not monitored; `recorded_at` is when we
    learned it (set by the store when None); `source` names the system it came from.
    """

    indicator: str
    region: str
    period: Period
    value: float | None
    status: ValueStatus = ValueStatus.OK
    unit: str = ""
    recorded_at: datetime | None = None
    source: str = ""
    run: str | None = None


@dataclass(frozen=True, slots=True)
class Region:
    """A region, or with level "site" a place inside one: a section, a station, a plant, a grid.

    Code, Chinese name, level, parent code; valid in [valid_from, valid_to). Sites also have a
    kind ("断面"), WGS-84 degrees where known, and facts of their own (river, target class …).
    """

    code: str
    name: str
    short_name: str
    level: str  # "city", "county", "town", "site"
    parent: str | None
    order: int
    valid_from: date
    valid_to: date | None = None
    kind: str = ""
    longitude: float | None = None
    latitude: float | None = None
    facts: tuple[tuple[str, str], ...] = ()

    def fact(self, name: str) -> str:
        """What the sites' table says of it in that column; "" when it says nothing."""
        return dict(self.facts).get(name, "")


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the live stream; `seq` rises by one within an epoch."""

    seq: int
    indicator: str
    region: str
    period: Period
    value: float | None
    status: ValueStatus
    recorded_at: datetime
