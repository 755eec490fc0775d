"""The hours that are worked on a working day, by season."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

from topics.kit.errors import BadManifest
from topics.kit.reference_rows import read_rows

Span = tuple[time, time]
_COLUMNS = ("first_day", "last_day", "hours", "source", "status")
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–—~]\s*(\d{1,2}):(\d{2})")
_LEAP = 2024  # has every day of the year


@dataclass(frozen=True, slots=True)
class Season:
    """The hours from one day of the year to another, both included."""

    first: tuple[int, int]
    last: tuple[int, int]
    spans: tuple[Span, ...]

    def holds(self, day: date) -> bool:
        """Whether the day lies in the season; one may run over the turn of the year."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


class WorkSchedule:
    """The hours of every day of a year. Immutable."""

    def __init__(self, seasons: Sequence[Season]) -> None:
        """Take seasons that cover the year without overlap; BadManifest names the day otherwise."""
        self._seasons = tuple(seasons)
        day = date(_LEAP, 1, 1)
        while day.year == _LEAP:
            count = sum(one.holds(day) for one in self._seasons)
            if count != 1:
                fault = "没有作息时间" if count == 0 else "有两套作息时间"
                raise BadManifest(f"work_hours.csv:{day:%m-%d} {fault};请改 first_day、last_day")
            day += timedelta(1)

    @classmethod
    def load(cls, path: Path) -> WorkSchedule:
        """The schedule of work_hours.csv; BadManifest names file, row, column and fix."""
        found = []
        for number, row in enumerate(read_rows(path, _COLUMNS), 2):
            where = f"{path.name} 第 {number} 行"
            first, last = (_day(where, name, row[name]) for name in ("first_day", "last_day"))
            found.append(Season(first, last, read_spans(row["hours"], where)))
        return cls(found)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The hours of that day, were it a working day."""
        return next(one.spans for one in self._seasons if one.holds(day))


def read_spans(text: str, where: str = "作息时间") -> tuple[Span, ...]:
    """The spans in "08:30-12:00,14:30-17:30"; BadManifest when they overlap or run backwards."""
    found = []
    for part in re.sub("[;;,、]", ",", text).split(","):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise BadManifest(f"{where} hours:{text!r} 读不懂;写成 08:30-12:00,14:30-17:30")
        try:
            found.append((time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))))
        except ValueError as wrong:
            raise BadManifest(f"{where} hours:{part!r} 不是一天内的时间") from wrong
    ends = [moment for span in found for moment in span]
    if any(later <= earlier for earlier, later in pairwise(ends)):
        raise BadManifest(f"{where} hours:{text!r} 前后重叠或颠倒;请按先后写")
    return tuple(found)


def one_schedule(hours: str) -> WorkSchedule:
    """The same hours all year round."""
    return WorkSchedule([Season((1, 1), (12, 31), read_spans(hours))])


def _day(where: str, column: str, text: str) -> tuple[int, int]:
    try:
        found = date.fromisoformat(f"{_LEAP}-{text}")
    except ValueError as wrong:
        raise BadManifest(f"{where} {column}:{text!r} 不是月日;写成 05-01") from wrong
    return found.month, found.day
