"""Periods on the clock of the city, as sources write them."""

from __future__ import annotations

from datetime import date, datetime

from topics.kit.contracts import Period, PeriodKind
from topics.kit.errors import BadPeriod
from topics.kit.period_texts import parse_period
from topics.kit.periods import period_at


class CityPeriods:
    """Periods on the clock of the city."""

    def read(self, text: object, kind: PeriodKind) -> Period:
        """The period a source means; raises BadPeriod."""
        if isinstance(text, int):  # 202609 in JSON
            text = str(text)
        if not isinstance(text, str | date):
            raise BadPeriod(f"时间“{text}”读不懂;请写成 2026-09-30 或 2026-09-30T08:00:00")
        return parse_period(text, kind)

    def at(self, moment: datetime, kind: PeriodKind) -> Period:
        """The period that holds the moment."""
        return period_at(moment, kind)
