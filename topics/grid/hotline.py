"""12345 metrics from work orders: what counts in each denominator is written once, here.

Definitions are general practice of 接诉即办 (unverified, configurable by the hotline's own rules):
响应率 = 按时签收 ÷ 派发; 按时办结率 = 按时办结 ÷ 应办结; 解决率 = 诉求解决 ÷ 回访;
满意率 = 满意 ÷ 有效评价 (未评价 counts nowhere);
重复来电率 = 同号同事项 7 日内再来电 ÷ 来电. 满意率 belongs to 12345 only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from topics.grid.grid_rules import grid_rules


class Rating(StrEnum):
    """What the caller said when asked; NONE was asked and said nothing, or was not asked."""

    SATISFIED = "满意"
    DISSATISFIED = "不满意"
    NONE = "未评价"


@dataclass(frozen=True, slots=True)
class Order:
    """A work order; times carry a zone. `solved` is None before a return visit."""

    id: str
    caller: str
    matter: str
    received: datetime
    sent: datetime | None = None
    accept_by: datetime | None = None
    accepted: datetime | None = None
    due: datetime | None = None
    closed: datetime | None = None
    returned: bool = False
    solved: bool | None = None
    rating: Rating = Rating.NONE


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of orders, %; `percent` is None where the denominator is 0 (没有可算的工单)."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """`part` of `whole`, %."""
        return 100 * self.part / self.whole if self.whole else None


def response(orders: Iterable[Order], now: datetime) -> Rate:
    """响应率: accepted by their time, of those sent whose time has come or that were accepted."""
    asked = [one for one in orders if one.sent and one.accept_by and _decided(one, now)]
    return _rate(asked, lambda one: _by(one.accepted, one.accept_by))


def closed_in_time(orders: Iterable[Order], begin: datetime, end: datetime) -> Rate:
    """按时办结率: of the orders due in [begin, end), those closed by then (the moment included)."""
    due = [one for one in orders if one.due and begin <= one.due < end]
    return _rate(due, lambda one: _by(one.closed, one.due))


def solved(orders: Iterable[Order]) -> Rate:
    """解决率: of the orders visited afterwards, those whose matter was solved."""
    return _rate([one for one in orders if one.solved is not None], lambda one: bool(one.solved))


def satisfied(orders: Iterable[Order]) -> Rate:
    """满意率: of the valid ratings, the satisfied ones."""
    rated = [one for one in orders if one.rating is not Rating.NONE]
    return _rate(rated, lambda one: one.rating is Rating.SATISFIED)


def returned(orders: Iterable[Order]) -> Rate:
    """退单率: of the orders sent, those sent back."""
    return _rate([one for one in orders if one.sent], lambda one: one.returned)


def repeated(orders: Iterable[Order], within: timedelta | None = None) -> Rate:
    """重复来电率: calls whose caller called about the same matter in the days before."""
    within = within or timedelta(days=grid_rules()["repeated_within"])
    before: dict[tuple[str, str], datetime] = {}
    again, calls = 0, sorted(orders, key=lambda one: (one.received, one.id))
    for one in calls:
        last = before.get((one.caller, one.matter))
        again += last is not None and one.received - last <= within
        before[one.caller, one.matter] = one.received
    return Rate(again, len(calls))


def median_hours(orders: Iterable[Order]) -> float | None:
    """The median of clock hours from receipt to closing; None without a closed order.

    Open orders are not in it, so it is told beside how many are open; an order closed before it
    was received is a fault of the record and is left out.
    """
    hours = [
        (one.closed - one.received) / timedelta(hours=1)
        for one in orders
        if one.closed and one.closed >= one.received
    ]
    return median(hours) if hours else None


def _decided(one: Order, now: datetime) -> bool:
    return one.accepted is not None or (one.accept_by is not None and one.accept_by < now)


def _by(done: datetime | None, limit: datetime | None) -> bool:
    return done is not None and limit is not None and done <= limit


def _rate(of: Sequence[Order], counts: Callable[[Order], bool]) -> Rate:
    return Rate(sum(map(counts, of)), len(of))
