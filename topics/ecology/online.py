"""Online pollution sources from the raw hours of the platform: value, unit and HJ 212 data flag.

What is valid, over, offline or stopped is said by the rules here (online_sources.py, tables
online_flags.csv and online_rules.csv), not by the platform. A source of which nothing came is
offline once it was silent as long as the rule says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from topics.ecology.online_sources import (
    HourRecord,
    SourceState,
    offline_after,
    ratio_of,
    state,
    stopped,
    summarise,
)
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.errors import RefreshFailed
from topics.kit.measured import read_measured
from topics.kit.reference_rows import read_rows
from topics.kit.refresh.contracts import RefreshContext
from topics.kit.refresh.values import parse_region
from topics.kit.tables_in_force import read_once, topic_table

CHINA = ZoneInfo("Asia/Shanghai")
SOURCE = "市污染源自动监控平台"
_HOUR = timedelta(hours=1)
_DAY_HOURS = 24
_SILENT = HourRecord(None)

Hours = Mapping[datetime, HourRecord]


def hourly(ctx: RefreshContext) -> Iterator[Observation]:
    """占限值比 and 在线状态 of each hour that came.

    The state looks back over the hours of the answer; where they are too few to call a silent
    source offline nothing is said of it.
    """
    found = _hours(ctx)
    first, last = _reach(found)
    yield from _strangers(found, "ecology.source_ratio", PeriodKind.HOUR)
    for code, site in _sites().items():
        limit, unit = float(site["limit"]), site["unit"]
        hours = found.get(code, {})
        for at in _each(first, last):
            day, period = _day(at), Period(at, PeriodKind.HOUR)
            if at in hours:
                ratio = ratio_of(hours[at], limit, unit, day)
                status = ValueStatus.OK if ratio is not None else ValueStatus.MISSING
                if stopped(hours[at], day):
                    status = ValueStatus.NOT_MONITORED
                yield _said("ecology.source_ratio", code, period, ratio, status, "%")
            back = [hours.get(one, _SILENT) for one in _each(first, at)]
            if at not in hours and len(back) < offline_after(day):
                continue
            now = state(back, limit, unit, day)
            yield _said("ecology.source_state", code, period, float(now), ValueStatus.OK, "")
            if now is SourceState.OFFLINE and at not in hours:
                yield _said("ecology.source_ratio", code, period, None, ValueStatus.MISSING, "%")


def daily(ctx: RefreshContext) -> Iterator[Observation]:
    """应收, 收到, 有效 and 超标时数 of each whole day that the answer reaches over."""
    found = _hours(ctx)
    first, last = _reach(found)
    yield from _strangers(found, "ecology.source_due", PeriodKind.DAY)
    midnights = [at for at in _each(first, last) if at.astimezone(CHINA).hour == 0]
    for midnight in (one for one in midnights if one + (_DAY_HOURS - 1) * _HOUR <= last):
        day, period = _day(midnight), Period(midnight, PeriodKind.DAY)
        for code, site in _sites().items():
            hours = found.get(code, {})
            records = [hours.get(midnight + n * _HOUR, _SILENT) for n in range(_DAY_HOURS)]
            told = summarise(records, float(site["limit"]), site["unit"], day)
            for name, number in (
                ("due", told.expected), ("received", told.received),
                ("valid", told.valid), ("over", told.over),
            ):  # fmt: skip
                name = f"ecology.source_{name}"
                yield _said(name, code, period, float(number), ValueStatus.OK, "h")


def _strangers(
    found: Mapping[str, Hours], indicator: str, kind: PeriodKind
) -> Iterator[Observation]:
    """One observation of each outlet that the table does not know; the run refuses and tells it."""
    for code in sorted(set(found) - set(_sites())):
        yield _said(indicator, code, Period(min(found[code]), kind), None, ValueStatus.MISSING, "")


def _hours(ctx: RefreshContext) -> Mapping[str, dict[datetime, HourRecord]]:
    rows = ctx.rows()
    if not rows:
        raise RefreshFailed(f"来源 {ctx.spec.source} 没有给出任何排口;请检查平台是否在线")
    found: defaultdict[str, dict[datetime, HourRecord]] = defaultdict(dict)
    for row in rows:
        code = parse_region(row.get("code"))
        start = ctx.periods.read(row.get("time"), PeriodKind.HOUR).start
        unit = str(row.get("unit") or _sites().get(code, {}).get("unit", ""))
        flag = str(row.get("flag") or "N")
        found[code][start] = HourRecord(read_measured(row.get("value"), unit), flag)
    return found


def _reach(found: Mapping[str, Hours]) -> tuple[datetime, datetime]:
    every = [at for hours in found.values() for at in hours]
    return min(every), max(every)


def _each(first: datetime, last: datetime) -> Iterator[datetime]:
    at = first
    while at <= last:
        yield at
        at += _HOUR


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def _said(
    indicator: str, code: str, period: Period, value: float | None, status: ValueStatus, unit: str
) -> Observation:
    return Observation(indicator, code, period, value, status, unit, source=SOURCE)


@read_once
def _sites() -> Mapping[str, Mapping[str, str]]:
    table = topic_table(Path(__file__).parent, "online_sources.csv")
    return {row["code"]: row for row in read_rows(table, ("code", "limit", "unit"))}
