"""Which periods are owed and until when, in the calendar of the bureaus."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.topics.reporting.sheets import FORMS, economy, period, sewage
from topics.kit.errors import UnknownReport
from topics.kit.periods import ZONE, local_start
from topics.kit.reporting import calendar

NOW = datetime(2026, 3, 5, 12, tzinfo=ZONE).astimezone(UTC)


def months(form_id: str, since: datetime, now: datetime = NOW) -> list[str]:
    column = FORMS.columns(FORMS.spec(form_id))[0]
    return [f"{local_start(one):%Y-%m}" for one in calendar.owed(column, since, now)]


def test_a_form_is_due_on_its_day_of_the_next_month_in_the_citys_time() -> None:
    assert economy().due_at == datetime(2026, 11, 8, 18, tzinfo=ZONE)


def test_a_day_that_the_month_has_not_is_its_last() -> None:
    assert sewage().due_at == datetime(2026, 2, 28, 18, tzinfo=ZONE)


def test_a_day_that_the_month_has_is_that_day() -> None:
    form = FORMS.form(sewage().spec, period(2025, 12, "当月"))
    assert form.due_at == datetime(2026, 1, 31, 18, tzinfo=ZONE)


def test_a_cumulative_form_has_no_january_and_a_monthly_one_has() -> None:
    since = datetime(2025, 11, 1, tzinfo=ZONE)
    assert months("economy.monthly_report", since) == ["2026-02", "2025-12", "2025-11"]
    assert months("water.sewage_report", since) == ["2026-02", "2026-01", "2025-12", "2025-11"]


def test_a_new_form_is_owed_from_the_period_that_had_just_ended() -> None:
    spec = FORMS.spec("water.sewage_report")
    start = calendar.start_of(spec, FORMS.columns(spec)[0], NOW)
    assert months("water.sewage_report", start) == ["2026-02"]


def test_a_period_is_over_only_at_its_end() -> None:
    end = datetime(2026, 3, 1, tzinfo=ZONE)
    since = datetime(2026, 1, 1, tzinfo=ZONE)
    assert months("water.sewage_report", since, end) == ["2026-02", "2026-01"]
    assert months("water.sewage_report", since, end.replace(year=2025))[:1] != ["2026-02"]


@pytest.mark.parametrize("text", ["2026-01", "2026-12", "soon"])
def test_a_period_that_the_form_has_not_is_said_to_be_so(text: str) -> None:
    with pytest.raises(UnknownReport):
        FORMS.read("economy.monthly_report", text, NOW)


def test_the_period_before_the_first_of_a_year_is_last_years_total() -> None:
    form = economy(2026, 2)
    assert FORMS.neighbours(form).last == period(2025, 12, "累计")
