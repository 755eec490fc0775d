"""特种设备: whether the next inspection is over, soon due or in time.

法定检验 must be done before the printed date; categories and the 30 days are from general knowledge
(unverified; `soon` is the caller's). A date that cannot be read is a state of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

CATEGORIES = (
    "锅炉", "压力容器", "压力管道", "电梯", "起重机械", "客运索道", "大型游乐设施",
    "场(厂)内专用机动车辆",
)  # fmt: skip
SOON = timedelta(days=30)


class Due(StrEnum):
    """Where a piece of equipment stands; STOPPED ones need no inspection until used again."""

    OVERDUE = "超期未检"
    SOON = "30 日内到期"
    IN_TIME = "在有效期内"
    STOPPED = "停用"
    UNKNOWN = "日期不明"


def due_state(due: object, today: date, *, in_use: bool = True, soon: timedelta = SOON) -> Due:
    """The state on `today`; on the due date itself the inspection is still valid."""
    if not in_use:
        return Due.STOPPED
    day = read_day(due)
    if day is None:
        return Due.UNKNOWN
    if day < today:
        return Due.OVERDUE
    return Due.SOON if day - today <= soon else Due.IN_TIME


def read_day(given: object) -> date | None:
    """The day a register writes as 2026-11-30, 2026/11/30, 2026.11.30 or 20261130; else None."""
    if isinstance(given, date):
        return given
    text = "" if given is None else str(given).strip()[:10]
    for mark in "/.":
        text = text.replace(mark, "-")
    parts = [text[:4], text[4:6], text[6:8]] if text.isdigit() else text.split("-")
    try:
        year, month, day = (int(one) for one in parts)
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts by state, and 定检率: in time (soon due included) of all in use with a known date."""

    counts: dict[Due, int]
    percent: float | None


def summary(states: Iterable[Due]) -> Summary:
    """The counts of all states; unknown dates stay outside the rate and are counted."""
    counts = Counter(states)
    valid = counts[Due.IN_TIME] + counts[Due.SOON]
    due = valid + counts[Due.OVERDUE]
    return Summary({one: counts[one] for one in Due}, 100 * valid / due if due else None)
