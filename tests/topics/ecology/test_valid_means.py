"""GB 3095-2026 table 4: how many valid days make a month or a year."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from topics.ecology.valid_means import valid_month, valid_year
from topics.kit.contracts import Region
from topics.kit.formula.domain import Frame

CITY = Region("440200", "韶关市", "韶关", "city", None, 0, date(1988, 1, 1))


def frame(*days: date) -> Frame:
    return Frame([CITY], days)


@pytest.mark.parametrize(
    ("month", "days", "valid"),
    [
        (date(2026, 10, 1), 27, True),
        (date(2026, 10, 1), 26, False),
        (date(2026, 2, 1), 25, True),
        (date(2026, 2, 1), 24, False),
        (date(2024, 2, 1), 25, True),
    ],
)
def test_a_month_needs_27_valid_days_and_february_25(month: date, days: int, valid: bool) -> None:
    found = valid_month(frame(month), np.array([[21.5]]), np.array([[float(days)]]))
    assert np.isfinite(found.value[0, 0]) == valid
    assert (found.why == "") is valid


def test_what_a_month_lacks_is_said() -> None:
    found = valid_month(frame(date(2026, 10, 1)), np.array([[21.5]]), np.array([[26.0]]))
    assert found.why == "有效 26 天,不足 27 天"


def test_a_whole_row_of_months_is_judged_each_by_its_own_number() -> None:
    months = frame(date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))
    found = valid_month(months, np.full((1, 3), 20.0), np.array([[26.0, 25.0, 31.0]]))
    assert np.isnan(found.value[0]).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("days", "months", "valid"),
    [(324.0, 12.0, True), (323.0, 12.0, False), (360.0, 11.0, False), (np.nan, 12.0, False)],
)
def test_a_year_needs_324_valid_days_and_twelve_valid_months(
    days: float, months: float, valid: bool
) -> None:
    found = valid_year(
        frame(date(2025, 1, 1)), np.array([[20.0]]), np.array([[days]]), np.array([[months]])
    )
    assert np.isfinite(found.value[0, 0]) == valid
    assert (found.why == "") is valid
