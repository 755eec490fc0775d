"""What the address of an indicator's page asks for, read and made safe."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.errors import BadRequest
from topics.kit.contracts import Period, PeriodKind
from topics.kit.manifest_indicators import IndicatorSpec
from topics.kit.period_texts import parse_moment, parse_period

MOST_REGIONS = 5  # lines that can still be told apart
MOST_PICKED = 400  # periods offered to choose from, newest first
MOST_POINTS = 20_000  # periods read for one page; the rest is said to be cut off

Order = Literal["rank", "statutory"]
Theme = Literal["dark", "light"]

_COUNT = re.compile(r"\d{1,4}")
_SPAN = re.compile(r"(\d{1,4})([hdmy])")
_DAYS = {"d": 1, "m": 31, "y": 366}
_COARSE = (("24", "近 24 期"), ("3y", "近 3 年"), ("all", "全部"))
_RANGES: Mapping[PeriodKind, Sequence[tuple[str, str]]] = {
    PeriodKind.INSTANT: (("1h", "近 1 小时"), ("24h", "近 24 小时"), ("7d", "近 7 天")),
    PeriodKind.HOUR: (("24", "近 24 期"), ("7d", "近 7 天"), ("30d", "近 30 天")),
    PeriodKind.DAY: (("24", "近 24 期"), ("90d", "近 90 天"), ("1y", "近 1 年")),
}


def ranges(kind: PeriodKind) -> Sequence[tuple[str, str]]:
    """The stretches offered for a kind of period, id and words; the first is the usual one."""
    return _RANGES.get(kind, _COARSE)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which periods are shown: the last `count`, or those that start in [start, end).

    All None: everything there is.
    """

    asked: str
    count: int | None = None
    back: timedelta | None = None
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One view of the page; `period` None is the latest, `as_of` None is now."""

    spec: IndicatorSpec
    region: str
    period: Period | None
    stretch: Stretch
    as_of: datetime | None = None
    compare: tuple[str, ...] = ()  # further regions, or ("years",) for overlaid cycles
    order: Order = "rank"
    theme: Theme = "light"

    @property
    def overlaid(self) -> bool:
        """Whether cycles (years, days) are laid over each other instead of regions."""
        return self.compare == ("years",)


def read_question(
    spec: IndicatorSpec,
    *,
    region: str,
    period: str = "",
    stretch: str = "",
    as_of: str = "",
    compare: str = "",
    order: str = "rank",
    theme: str = "light",
) -> Question:
    """The question in a query string; BadRequest or BadPeriod say how to write a part."""
    named = tuple(dict.fromkeys(one.strip() for one in compare.split(",") if one.strip()))
    others = tuple(one for one in named if one != region)
    if "years" in others and others != ("years",):
        raise BadRequest("compare 写 years(与往年比)或区划代码,不能同时写")
    if len(others) > MOST_REGIONS - 1:
        raise BadRequest(f"一次最多比较 {MOST_REGIONS} 个区划;请减少 compare 中的代码")
    return Question(
        spec=spec,
        region=region,
        period=parse_period(period, spec.period_kind) if period else None,
        stretch=read_stretch(stretch or ranges(spec.period_kind)[0][0]),
        as_of=parse_moment(as_of) if as_of else None,
        compare=others,
        order="statutory" if order == "statutory" else "rank",
        theme="dark" if theme == "dark" else "light",
    )


def read_stretch(text: str) -> Stretch:
    """24 (periods), 7d, 3y, all, or FROM..TO with TO left out of it; BadRequest otherwise."""
    if text == "all":
        return Stretch(text)
    if _COUNT.fullmatch(text) and 0 < int(text) <= MOST_PICKED:
        return Stretch(text, count=int(text))
    span = _SPAN.fullmatch(text)
    if span and int(span[1]):
        number = int(span[1])
        back = timedelta(hours=number) if span[2] == "h" else timedelta(number * _DAYS[span[2]])
        return Stretch(text, back=back)
    if ".." in text:
        begin, _, end = text.partition("..")
        start, stop = (parse_moment(one) if one else None for one in (begin, end))
        if start is not None and stop is not None and start >= stop:
            raise BadRequest(f"{text!r} 的起点不早于终点;写成 2024-01-01..2026-01-01")
        return Stretch(text, start=start, end=stop)
    raise BadRequest(f"{text!r} 不是范围;写成 24、7d、3y、all 或 2024-01-01..2026-01-01")
