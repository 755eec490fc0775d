"""The funnel of the loop, ready to show."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from topics.kit.cases.boards import Funnel
from topics.kit.periods import ZONE
from topics.kit.words.clock import local
from topics.kit.words.lasting import lasting


def funnel_json(funnel: Funnel, since: datetime, until: datetime, *, today: bool) -> dict[str, Any]:
    """Stages with counts and medians; rates are None where there is nothing to divide by."""
    return {
        "stages": [
            {
                "stage": one.stage.value,
                "count": one.count,
                "median_s": one.median_s,
                "median_text": ""
                if one.median_s is None
                else lasting(timedelta(seconds=one.median_s)),
                "open": funnel.places.get(one.stage, 0),
            }
            for one in funnel.stages
        ],
        "open": funnel.open,
        "overdue": funnel.overdue,
        "overdue_rate": _rate(funnel.overdue, funnel.open),
        "returned": funnel.returned,
        "returned_rate": _rate(funnel.returned, funnel.answered),
        "satisfaction": None,  # belongs to 12345 alone (PRACTICE 3)
        "period_text": "今日" if today else f"{local(since):%m-%d %H:%M} 起",
        "from": local(since).isoformat(),
        "to": local(until).isoformat(),
    }


def midnight(moment: datetime) -> datetime:
    """When the day of that moment began in China."""
    here = moment.astimezone(ZONE)
    return datetime.combine(here.date(), time(), ZONE).astimezone(UTC)


def _rate(part: int, whole: int) -> float | None:
    return None if not whole else round(100 * part / whole, 1)
