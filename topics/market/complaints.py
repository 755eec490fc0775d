"""12315 投诉举报: what was handled within its limits, and how long it usually takes.

《市场监督管理投诉举报处理暂行办法》第 14 条: whether to accept within 7 working days of receipt;
第 21 条: mediation ends within 45 working days of acceptance (both verified-secondary). Working
days are counted by the caller's calendar, so that a year without one is refused, not guessed.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

DECIDE_WITHIN = 7
MEDIATE_WITHIN = 45
WorkingDays = Callable[[date, date], int]
"""Working days after the first day up to and including the second."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint: received, decided whether to accept, accepted, closed; agreed: 达成调解."""

    received: date
    decided: date | None = None
    accepted: bool = False
    closed: date | None = None
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Handling:
    """Percents are None when nothing was due; `open_in_time` waits within its limit, uncounted."""

    first_check: float | None
    on_time: float | None
    mediated: float | None
    median_days: float | None
    open_in_time: int
    impossible: int


def handling(complaints: Iterable[Complaint], today: date, between: WorkingDays) -> Handling:
    """The rates of all complaints; one whose days run backwards is counted apart, in no rate."""
    given = list(complaints)
    sound = [one for one in given if _sound(one, today)]
    checks = [_in_time(one.received, one.decided, DECIDE_WITHIN, today, between) for one in sound]
    accepted = [one for one in sound if one.accepted and one.decided is not None]
    ends = [
        _in_time(one.decided, one.closed, MEDIATE_WITHIN, today, between)
        for one in accepted
        if one.decided is not None
    ]
    closed = [one for one in accepted if one.closed is not None]
    spans = [between(one.received, one.closed) for one in closed if one.closed is not None]
    return Handling(
        _percent(checks),
        _percent(ends),
        100 * sum(one.agreed for one in closed) / len(closed) if closed else None,
        float(statistics.median(spans)) if spans else None,
        checks.count(None) + ends.count(None),
        len(given) - len(sound),
    )


def _in_time(
    start: date, end: date | None, limit: int, today: date, between: WorkingDays
) -> bool | None:
    """Whether it ended within the limit; None while it is open and the limit is not over."""
    taken = between(start, end or today)
    return None if end is None and taken <= limit else taken <= limit


def _percent(given: list[bool | None]) -> float | None:
    due = [one for one in given if one is not None]
    return 100 * sum(due) / len(due) if due else None


def _sound(one: Complaint, today: date) -> bool:
    days = [day for day in (one.received, one.decided, one.closed) if day is not None]
    return days == sorted(days) and days[-1] <= today and (one.closed is None or one.accepted)
