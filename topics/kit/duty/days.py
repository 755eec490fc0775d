"""How a day is called in the roster: 周一, 周四 国庆节, 周日 春节调休; whether it is worked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from topics.kit.errors import UncoveredYear
from topics.kit.reference_rows import read_rows
from topics.kit.worktime.calendar import WorkCalendar

_WEEK = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class DayNames:
    """Names of days. Of a year without a notice of holidays nothing is said but the week."""

    calendar: WorkCalendar
    names: Mapping[date, str]

    @classmethod
    def load(cls, path: Path) -> DayNames:
        """By work_calendar.csv; BadManifest where it cannot be read."""
        calendar = WorkCalendar.load(path)
        rows = read_rows(path, ("day", "kind", "name"))
        return cls(calendar, {date.fromisoformat(row["day"]): row["name"] for row in rows})

    def off(self, day: date) -> bool | None:
        """Whether nobody works that day; None where the year has no notice yet: nothing guessed."""
        return None if self.missing([day]) else not self.calendar.works(day)

    def missing(self, days: Iterable[date]) -> list[str]:
        """What to add for each year of the days that has no notice, in words; usually nothing."""
        said = []
        for year in sorted({day.year for day in days}):
            try:
                self.calendar.require(year)
            except UncoveredYear as wrong:
                said.append(f"{wrong};此前不标休息日和调休")
        return said

    def label(self, day: date) -> str:
        """The day of the week, and what else the day is."""
        week = f"周{_WEEK[day.weekday()]}"
        return " ".join(one for one in (week, self.names.get(day, "")) if one)
