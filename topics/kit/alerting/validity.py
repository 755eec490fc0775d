"""When a rule holds: its season, days of the week, workdays or days off, hours. Asia/Shanghai.

A year that the work calendar does not hold puts no rule to sleep: it stays awake, and that is said.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from topics.kit.errors import UncoveredYear
from topics.kit.manifest_alerts import AlertSpec
from topics.kit.worktime.calendar import WorkCalendar

_LOCAL = ZoneInfo("Asia/Shanghai")
_NO_CALENDAR = "没有工作日历"
_AWAKE = "规则按有效处理"


def holds(spec: AlertSpec, calendar: WorkCalendar | None, moment: datetime) -> bool:
    """Whether the rule holds on that day and at that time."""
    local = moment.astimezone(_LOCAL)
    week = not spec.weekdays or local.isoweekday() in spec.weekdays
    season = _in_season(spec.season, local.date()) and _in_hours(spec.hours, local)
    return week and season and _on_day(spec, calendar, local.date())


def unknown_day(spec: AlertSpec, calendar: WorkCalendar | None, moment: datetime) -> str:
    """Why it is not known whether that day is worked, where the rule asks; else ""."""
    if not spec.days:
        return ""
    if calendar is None:
        return f"{_NO_CALENDAR};{_AWAKE}"
    try:
        calendar.require(moment.astimezone(_LOCAL).year)
    except UncoveredYear as wrong:
        return f"{wrong};此前{_AWAKE}"
    return ""


def turns(spec: AlertSpec) -> bool:
    """Whether the day decides when it holds."""
    return bool(spec.season or spec.weekdays or spec.days)


def _on_day(spec: AlertSpec, calendar: WorkCalendar | None, day: date) -> bool:
    if not spec.days or calendar is None:
        return True
    try:
        return calendar.works(day) is (spec.days == "workdays")
    except UncoveredYear:
        return True


def _in_season(season: str, day: date) -> bool:
    if not season:
        return True
    first, last = season.split("..")
    today = day.strftime("%m-%d")
    if first <= last:
        return first <= today <= last
    return today >= first or today <= last


def _in_hours(hours: str, moment: datetime) -> bool:
    if not hours:
        return True
    first, last = hours.split("-")
    now = moment.strftime("%H:%M")
    return first <= now < last if first < last else now >= first or now < last
