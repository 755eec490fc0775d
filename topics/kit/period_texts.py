"""Periods and moments as sources, forms and addresses write them; bare ones are Asia/Shanghai."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from topics.kit.contracts import Period, PeriodKind
from topics.kit.errors import BadPeriod
from topics.kit.periods import ZONE, period_at

_SUMS = {"一季度": 3, "上半年": 6, "前三季度": 9, "全年": 12}
_QUARTERS = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
# An address turns the "+" of an offset into a space when it was not escaped.
_LOST_PLUS = re.compile(r"(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) (\d{2}:\d{2})$")

_Found = re.Match[str]


@dataclass(frozen=True, slots=True)
class _Form:
    """One way of writing a stretch of time, and the kinds of which it speaks."""

    pattern: re.Pattern[str]
    month: Callable[[_Found], int]
    kinds: frozenset[PeriodKind]


def _form(pattern: str, month: Callable[[_Found], int], *kinds: PeriodKind) -> _Form:
    return _Form(re.compile(r"(\d{4})" + pattern), month, frozenset(kinds))


_MONTHS = (PeriodKind.MONTH, PeriodKind.CUMULATIVE, PeriodKind.END, PeriodKind.QUARTER)
_QUARTERLY = (PeriodKind.QUARTER, PeriodKind.CUMULATIVE, PeriodKind.END)
_YEARLY = (PeriodKind.YEAR, PeriodKind.CUMULATIVE, PeriodKind.END)
_FORMS = (
    _form(r"[-/.](\d{1,2})", lambda m: int(m[2]), *_MONTHS),
    _form(r"(\d{2})", lambda m: int(m[2]), *_MONTHS),
    _form(r"年(\d{1,2})月(?:份|末)?", lambda m: int(m[2]), *_MONTHS),
    _form(r"年1[-–—~至]+(\d{1,2})月(?:份)?", lambda m: int(m[2]), PeriodKind.CUMULATIVE),
    _form(r"年?(一季度|上半年|前三季度|全年)", lambda m: _SUMS[m[2]], PeriodKind.CUMULATIVE),
    _form(r"[-年]?第?([一二三四1-4])季度", lambda m: _QUARTERS[m[2]], *_QUARTERLY),
    _form(r"-?[Qq]([1-4])", lambda m: _QUARTERS[m[2]], *_QUARTERLY),
    _form(r"年?(?:全年)?", lambda _: 12, *_YEARLY),
)
_DAYS = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日|(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_COARSE = frozenset(PeriodKind) - {PeriodKind.INSTANT, PeriodKind.HOUR, PeriodKind.DAY}


def parse_period(text: str | date | datetime, kind: PeriodKind) -> Period:
    """The period of that kind that `text` names; BadPeriod shows how to write it.

    A moment or day inside the period names the period (2026-10-31 means October for 当月).
    """
    if kind in _COARSE and isinstance(text, str):
        month = _month(text, kind)
        if month is not None:
            return period_at(month, kind)
    try:
        return period_at(parse_moment(text), kind)
    except BadPeriod as wrong:
        raise BadPeriod(f"{text!r} 不是“{kind}”的时间;写成 {_EXAMPLES[kind]}") from wrong


def parse_moment(text: str | date | datetime) -> datetime:
    """The moment (UTC) that a date or datetime means; bare ones are Asia/Shanghai."""
    if isinstance(text, str):
        text = _read(text)
    if not isinstance(text, datetime):
        text = datetime.combine(text, time())
    here = text if text.tzinfo is not None else text.replace(tzinfo=ZONE)
    try:
        return here.astimezone(UTC)
    except OverflowError as wrong:
        raise BadPeriod(f"{text} 不是合理的时间;写成 2026-10-01T08:00:00+08:00") from wrong


def _read(text: str) -> datetime | date:
    plain = _LOST_PLUS.sub(r"\1+\2", text.strip())
    found = _DAYS.fullmatch(plain)
    try:
        if found:
            year, month, day = (int(one) for one in found.groups() if one is not None)
            return date(year, month, day)
        return datetime.fromisoformat(plain)
    except ValueError as wrong:
        raise BadPeriod(
            f"{text!r} 不是时间;写成 2026-10-01 或 2026-10-01T08:00:00+08:00"
        ) from wrong


def _month(text: str, kind: PeriodKind) -> datetime | None:
    plain = re.sub(r"\s+", "", text)
    for form in (one for one in _FORMS if kind in one.kinds):
        found = form.pattern.fullmatch(plain)
        if found:
            year, month = int(found[1]), form.month(found)
            if not (1900 <= year <= 2200 and 1 <= month <= 12):
                return None
            return datetime(year, month, 1, tzinfo=ZONE)
    return None


_EXAMPLES = {
    PeriodKind.INSTANT: "2026-10-01T08:05:00+08:00",
    PeriodKind.HOUR: "2026-10-01T08:00:00+08:00",
    PeriodKind.DAY: "2026-10-01",
    PeriodKind.MONTH: "2026-10 或 2026年10月",
    PeriodKind.CUMULATIVE: "2026-10 或 2026年1-10月(累计到 10 月)",
    PeriodKind.QUARTER: "2026Q3 或 2026年三季度",
    PeriodKind.END: "2026-10 或 2026年10月末",
    PeriodKind.YEAR: "2026",
}
