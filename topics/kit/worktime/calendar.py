"""Which days are worked: the weekdays, but for what the yearly notice of the State Council moves.

A year that the table does not hold is never guessed: the notice for it may not be out yet. A year
of which the table says only a part is refused: its days would count for working days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from topics.kit.errors import BadManifest, UncoveredYear
from topics.kit.reference_rows import read_rows

_COLUMNS = ("day", "kind", "name", "source", "status")
_KINDS = {"休": False, "班": True}
_FRIDAY = 4
_HOLIDAYS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
_SURE = ("01-01", "05-01", "10-01", "10-02", "10-03")
"""SOURCE: 全国年节及纪念日放假办法(国务院令第 795 号), from memory, unverified."""


class WorkCalendar:
    """The working days of the years in the table. Immutable."""

    def __init__(self, moved: Mapping[date, bool]) -> None:
        """Take the days that differ from the week: True is worked (调休上班), False is off.

        A year is known when at least one of its days is named. BadManifest: a year between two
        known ones is missing.
        """
        self._moved = dict(moved)
        years = sorted({day.year for day in moved})
        missing = sorted(set(range(years[0], years[-1] + 1)) - set(years)) if years else []
        if missing:
            raise BadManifest(
                f"工作日历缺 {'、'.join(map(str, missing))} 年;请按国务院办公厅当年的放假通知补上"
            )
        self.years = tuple(years)

    @classmethod
    def load(cls, path: Path) -> WorkCalendar:
        """The calendar of work_calendar.csv; BadManifest names file, row, column and fix."""
        moved: dict[date, bool] = {}
        names: dict[int, set[str]] = {}
        for number, row in enumerate(read_rows(path, _COLUMNS), 2):
            where = f"{path.name} 第 {number} 行"
            if row["kind"] not in _KINDS:
                raise BadManifest(f"{where} kind:{row['kind']!r} 应写“休”或“班”")
            try:
                day = date.fromisoformat(row["day"])
            except ValueError as wrong:
                raise BadManifest(f"{where} day:{row['day']!r} 不是日期;写成 2026-10-01") from wrong
            if day in moved:
                raise BadManifest(f"{where} day:{day} 重复;请删去一行")
            moved[day] = _KINDS[row["kind"]]
            if not moved[day]:
                names.setdefault(day.year, set()).update(
                    one for one in _HOLIDAYS if one in row["name"]
                )
        if not moved:
            raise BadManifest(f"{path.name}:没有一天;请按国务院办公厅的放假通知填写")
        for year in sorted({day.year for day in moved}):
            _complete(path, year, names.get(year, set()), moved)
        return cls(moved)

    def covers(self, day: date) -> bool:
        """Whether the year of the day is in the table."""
        return bool(self.years) and self.years[0] <= day.year <= self.years[-1]

    def require(self, year: int) -> None:
        """Raise UncoveredYear when the table does not hold the year."""
        if year not in self.years:
            have = f"{self.years[0]}–{self.years[-1]}" if self.years else "无"
            raise UncoveredYear(
                f"工作日历没有 {year} 年(现有:{have});请管理员按国务院办公厅的放假通知补充 "
                "reference/work_calendar.csv"
            )

    def works(self, day: date) -> bool:
        """Whether the day is worked; raises UncoveredYear."""
        self.require(day.year)
        return self._moved.get(day, day.weekday() <= _FRIDAY)

    def workdays(self) -> tuple[date, ...]:
        """Every working day of the known years, in order."""
        if not self.years:
            return ()
        first, last = date(self.years[0], 1, 1), date(self.years[-1], 12, 31)
        days = (first + timedelta(n) for n in range((last - first).days + 1))
        return tuple(day for day in days if self.works(day))


def _complete(path: Path, year: int, names: set[str], moved: Mapping[date, bool]) -> None:
    """BadManifest unless the table names every statutory holiday of the year."""
    lacking = [one for one in _HOLIDAYS if one not in names]
    days = [date.fromisoformat(f"{year}-{text}") for text in _SURE]
    lacking += [str(day) for day in days if moved.get(day) is not False]
    if lacking:
        raise BadManifest(
            f"{path.name}:{year} 年不全,缺 {'、'.join(lacking)}(kind 写“休”,name 写节日名);"
            "请按国务院办公厅的放假通知补全,通知没有公布的先删去这一年的行"
        )
