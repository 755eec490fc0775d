"""Periods in the words of official releases: 一季度, 上半年, 全年, 1–10 月, 10 月末, 今日."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from topics.kit.contracts import Period, PeriodKind
from topics.kit.periods import ZONE, local_start

_CUMULATIVE = {3: "一季度", 6: "上半年", 9: "前三季度", 12: "全年"}
_QUARTERS = ("一季度", "二季度", "三季度", "四季度")


def label(period: Period, *, now: datetime | None = None) -> str:
    """What people call the period; the year (or day) is left out when it is the one of `now`."""
    start = local_start(period)
    today = now.astimezone(ZONE) if now else None
    if period.kind in (PeriodKind.INSTANT, PeriodKind.HOUR, PeriodKind.DAY):
        return _within_days(period.kind, start, today)
    if period.kind is PeriodKind.YEAR:
        return f"{start.year} 年"
    words = _WORDS[period.kind](start.month)
    return words if today and today.year == start.year else f"{start.year} 年{_gap(words)}{words}"


def _cumulative(month: int) -> str:
    if month == 1:
        return "1 月"
    return _CUMULATIVE.get(month) or f"1–{month} 月"


_WORDS: dict[PeriodKind, Callable[[int], str]] = {
    PeriodKind.MONTH: lambda month: f"{month} 月",
    PeriodKind.CUMULATIVE: _cumulative,
    PeriodKind.QUARTER: lambda month: _QUARTERS[(month - 1) // 3],
    PeriodKind.END: lambda month: f"{month} 月末",
}


def _gap(words: str) -> str:
    return " " if words[0].isdigit() else ""


def _within_days(kind: PeriodKind, start: datetime, today: datetime | None) -> str:
    clock = {
        PeriodKind.DAY: "",
        PeriodKind.HOUR: f"{start.hour} 时",
        PeriodKind.INSTANT: f"{start:%H:%M}",
    }[kind]
    day = _day(start, today)
    if day == "今日" and clock:
        return clock
    return f"{day} {clock}".strip()


def _day(start: datetime, today: datetime | None) -> str:
    if today is not None:
        if start.date() == today.date():
            return "今日"
        if start.date() == today.date() - timedelta(days=1):
            return "昨日"
    year = "" if today and today.year == start.year else f"{start.year} 年 "
    return f"{year}{start.month} 月 {start.day} 日"
