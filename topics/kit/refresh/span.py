"""Which stretch of time a run reads, and how it is written into a path or a query.

`{from}` is the first day, `{to}` the day after the last, `{last}` the last day; `{from:%Y%m%d}`
sets the form (default 2026-10-01). Days are days of the city (Asia/Shanghai).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from topics.kit.errors import BadPeriod
from topics.kit.periods import ZONE

MOST_DAYS = 366
"""A back-fill may not be longer: who needs more asks twice."""

_PLACE = re.compile(r"\{(from|to|last)(?::([^{}]*))?\}")
_BRACED = re.compile(r"\{(?:from|to|last)\b[^}]*\}?")
_DEFAULT = "%Y-%m-%d"
_FORM = re.compile(r"[%YmdHMSTZ:+/ ._0-9-]+")


@dataclass(frozen=True, slots=True)
class Span:
    """Days [first, until) of the city."""

    first: date
    until: date

    @property
    def start(self) -> datetime:
        """The moment (UTC) at which it begins."""
        return datetime.combine(self.first, time(), ZONE).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The moment (UTC) at which it is over."""
        return datetime.combine(self.until, time(), ZONE).astimezone(UTC)

    def __str__(self) -> str:
        """Name it as people do: 2026-10-01 or 2026-10-01—2026-10-15."""
        last = self.until - timedelta(days=1)
        return f"{self.first}" if last == self.first else f"{self.first}—{last}"

    def days(self) -> Iterator[Span]:
        """Yield its days, each a span of its own."""
        day = self.first
        while day < self.until:
            yield Span(day, day + timedelta(days=1))
            day += timedelta(days=1)


def recent(window: timedelta, now: datetime) -> Span:
    """The days that reach from `window` ago to the end of today."""
    until = now.astimezone(ZONE).date() + timedelta(days=1)
    return Span((now - window).astimezone(ZONE).date(), until)


def span_of(first: str, last: str, *, now: datetime) -> Span:
    """The days from `first` to `last`, both included; BadPeriod says what is wrong with them."""
    try:
        begin, end = date.fromisoformat(first.strip()), date.fromisoformat(last.strip())
    except ValueError as wrong:
        raise BadPeriod(f"补跑的日期“{first}”“{last}”读不懂;写成 2026-10-01") from wrong
    if end < begin:
        raise BadPeriod(f"补跑的止日 {end} 早于起日 {begin};请对调")
    if end > now.astimezone(ZONE).date():
        raise BadPeriod(f"补跑的止日 {end} 在未来;最晚到今天")
    if (end - begin).days >= MOST_DAYS:
        raise BadPeriod(f"补跑 {begin} 至 {end} 超过 {MOST_DAYS} 天;请分几次补跑")
    return Span(begin, end + timedelta(days=1))


def has_placeholder(text: str) -> bool:
    """Whether the text names the time to be read."""
    return _PLACE.search(text) is not None


def placeholder_problem(text: str) -> str:
    """What is wrong with the placeholders of a path or query; empty: nothing."""
    for found in _BRACED.finditer(text):
        whole = _PLACE.fullmatch(found[0])
        form = whole[2] if whole else None
        if whole is None or (form is not None and not (form and _FORM.fullmatch(form))):
            return f"{found[0]} 读不懂;写成 {{from}}、{{to}}、{{last}} 或 {{from:%Y%m%d}}"
    return ""


def filled(text: str, span: Span) -> str:
    """The text with every placeholder replaced."""
    days = {"from": span.first, "to": span.until, "last": span.until - timedelta(days=1)}

    def fill(found: re.Match[str]) -> str:
        moment = datetime.combine(days[found[1]], time(), ZONE)
        return moment.strftime(found[2] or _DEFAULT)

    return _PLACE.sub(fill, text)
