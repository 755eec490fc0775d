"""How a day is called in the roster: 周一, 周四 国庆节, 周日 春节调休; whether it is worked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from topics.kit.reference_rows import read_rows
from topics.kit.worktime.calendar import WorkCalendar

_WEEK = "一二三四五六日"
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class DayNames:
    """Names of days; a year without a notice of holidays has plain weeks."""

    calendar: WorkCalendar
    names: Mapping[date, str]

    @classmethod
    def load(cls, path: Path) -> DayNames:
        """By work_calendar.csv; BadManifest where it cannot be read."""
        calendar = WorkCalendar.load(path)
        rows = read_rows(path, ("day", "kind", "name"))
        return cls(calendar, {date.fromisoformat(row["day"]): row["name"] for row in rows})

    def off(self, day: date) -> bool:
        """Whether nobody works that day; by the week alone where the year has no notice yet."""
        if self.calendar.covers(day):
            return not self.calendar.works(day)
        return day.weekday() > _FRIDAY

    def label(self, day: date) -> str:
        """The day of the week, and what else the day is."""
        week = f"周{_WEEK[day.weekday()]}"
        return " ".join(one for one in (week, self.names.get(day, "")) if one)
