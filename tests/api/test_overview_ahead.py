"""What lies ahead of the shift: dues, shifts, warnings that end and forecasts, nothing invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.api import overview_ahead
from tests.api.case_city import CaseCity
from topics.kit.contracts import Period, PeriodKind
from topics.kit.directives.contracts import Subject as About
from topics.kit.forecast.contracts import ForecastPoint
from topics.kit.stores.postgres_forecasts import Made

HOUR = timedelta(hours=1)
PM25 = "ecology.pm25_hour"


@pytest.fixture
def city(home: Path, database_url: str, valkey_url: str) -> CaseCity:
    return CaseCity(home, database_url, valkey_url, overview_ahead)


def ahead(city: CaseCity, who: str = "duty", **query: object) -> dict[str, Any]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    found: dict[str, Any] = city.get(who, f"/overview-ahead?{asked}")
    return found


def counted(found: dict[str, Any]) -> int:
    return sum(one["count"] for one in found["due"])


def test_an_open_case_is_counted_in_the_hour_it_falls_due(city: CaseCity) -> None:
    case = city.report()  # 立案 is due in half an hour or less, whatever the hour of the day
    due = datetime.fromisoformat(case["due"])
    found = ahead(city, hours=24)
    if due < datetime.now(UTC) + 24 * HOUR:
        hour = due.replace(minute=0, second=0, microsecond=0)
        assert [(datetime.fromisoformat(one["at"]), one["count"]) for one in found["due"]] == [
            (hour, 1)
        ]
    else:  # reported before days without work
        assert found["due"] == []


def test_a_case_that_ended_is_due_no_more(city: CaseCity) -> None:
    case = city.report()
    city.move("duty", case["id"], "作废", note="重复")
    assert counted(ahead(city, hours=24)) == 0


def test_another_county_s_due_is_not_counted(city: CaseCity) -> None:
    city.report()
    assert counted(ahead(city, hours=24, region="440281")) == 0
    assert counted(ahead(city, hours=24, region="440203")) == counted(ahead(city, hours=24))


def test_as_of_before_the_report_nothing_was_due(city: CaseCity) -> None:
    before = datetime.now(UTC)
    city.report()
    moment = before.isoformat().replace("+00:00", "Z")
    assert counted(ahead(city, hours=24, as_of=moment)) == 0


def test_who_sees_no_case_is_told_no_count(city: CaseCity) -> None:
    city.report()
    assert ahead(city, "water", hours=24)["due"] == []


def keep_forecast(city: CaseCity) -> datetime:
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    points = [
        ForecastPoint(Period(hour + n * HOUR, PeriodKind.HOUR), 20.0 + n, 18.0, 40.0, 15.0, 45.0)
        for n in range(25)
    ]
    through = Period(hour - HOUR, PeriodKind.HOUR)
    made = Made(PM25, "440200", hour, through, "MSTL", "", 0.6, 1.1, 0.8, 0.95, points)
    city.services.forecast_store.keep([made])
    return hour


def test_forecasts_of_the_hours_ahead_are_worded_with_their_range(city: CaseCity) -> None:
    hour = keep_forecast(city)
    (found,) = ahead(city, "viewer", hours=3)["forecasts"]
    assert found["indicator"] == PM25
    texts = [one["text"] for one in found["points"]]
    assert texts[:3] == ["20", "21", "22"]
    assert len(texts) in (3, 4)  # the hour that runs, and those that begin within three hours
    assert datetime.fromisoformat(found["points"][0]["at"]) == hour
    assert found["points"][0]["range"] == "18–40"
    assert found["made_text"]


def test_a_forecast_that_was_made_later_is_not_in_the_past(city: CaseCity) -> None:
    hour = keep_forecast(city)
    before = (hour - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    assert ahead(city, "viewer", hours=3, as_of=before)["forecasts"] == []


def test_a_directive_is_an_event_at_its_deadline_for_who_may_see_it(city: CaseCity) -> None:
    now = datetime.now(UTC)
    city.services.directives.issue(
        About("indicator", "ecology.aqi|440200"),
        named="d1",
        unit="swj",
        text="查明原因并整改",
        deadline=now + 2 * HOUR,
        by="u-he",
        now=now,
        connection=None,
    )
    (told,) = ahead(city, "leader")["events"]
    assert (told["kind"], told["text"]) == ("督办", "查明原因并整改 到期")
    assert ahead(city, "leader", hours=1)["events"] == []
    assert ahead(city, "grid-app")["events"] == []


def test_a_region_of_nowhere_is_refused_with_the_fix(city: CaseCity) -> None:
    answer = city.ask("duty", "GET", "/overview-ahead?region=999999")
    assert answer.status_code in (404, 422)
    assert "999999" in answer.text


def test_the_future_is_no_past_moment(city: CaseCity) -> None:
    answer = city.ask("duty", "GET", "/overview-ahead?as_of=2099-01-01T00:00:00Z")
    assert answer.status_code == 422
    assert "不能晚于现在" in answer.text
