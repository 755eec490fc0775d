"""Times as tables write them; a time that cannot be is refused, never bent into another."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from topics.kit.periods import ZONE

_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:[ T]+(?P<clock>.+))?"
)
_TOGETHER = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:[ T]?(?P<clock>.+))?")
_MONTH_FIRST = re.compile(
    r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?:[ T]+(?P<clock>.+))?"
)
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})[:\uff1a时点](?P<minute>\d{1,2})?分?(?:[:\uff1a]?(?P<second>\d{1,2})秒?)?(?:\.\d+)?"
    r"(?:\s*(?P<half>[AaPp][Mm]))?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=10)  # clocks of other systems


class BadMoment(ValueError):
    """A time that cannot be; the text says why."""


def read_moment(text: str, *, now: datetime, month_first: bool = False) -> datetime:
    """The moment in UTC; without a zone it is Asia/Shanghai. Raises BadMoment.

    `month_first` reads 3/14/2025 as the fourteenth of March (American tables); without it such a
    text is refused, because nobody can tell the day from the month.
    """
    plain = text.strip()
    match = _YEAR_FIRST.fullmatch(plain) or _TOGETHER.fullmatch(plain)
    if match is None and month_first:
        match = _MONTH_FIRST.fullmatch(plain)
    if match is None:
        raise BadMoment("写法不认识" if plain else "没有写时间")
    at = _made(match)
    if at > now + _AHEAD:
        raise BadMoment("在将来")
    if at < _EARLIEST:
        raise BadMoment("早于 2000 年")
    return at


def _made(match: re.Match[str]) -> datetime:
    year, month, day = (int(match[name]) for name in ("year", "month", "day"))
    hour = minute = second = 0
    zone = ""
    if match["clock"]:
        clock = _CLOCK.fullmatch(match["clock"].strip())
        if clock is None:
            raise BadMoment("钟点的写法不认识")
        hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
        half = (clock["half"] or "").lower()
        if half:
            if not 1 <= hour <= 12:
                raise BadMoment("没有这个钟点")
            hour = hour % 12 + (12 if half == "pm" else 0)
        zone = clock["zone"] or ""
    try:
        made = datetime(year, month, day, hour, minute, second, tzinfo=ZONE)
        if zone:
            made = datetime.fromisoformat(f"{made:%Y-%m-%dT%H:%M:%S}{zone}")
    except ValueError as wrong:
        raise BadMoment("日历上没有这一天或钟点不对") from wrong
    return made.astimezone(UTC)
