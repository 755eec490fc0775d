"""Compliance with GB 3095 by day and by year: by limits of their time, not by AQI (HJ 633 6.2)."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from topics.ecology import compliance
from topics.ecology.assessment import annual_statistics
from topics.ecology.limits import judge, limit_on
from topics.ecology.validity import day_is_valid
from topics.kit.contracts import Region
from topics.kit.formula.domain import Derived, Frame
from topics.kit.measured import Measured

NEW, OLD, FINAL = date(2026, 6, 1), date(2026, 2, 28), date(2031, 1, 1)
CLEAN = {"so2": 10.0, "no2": 20.0, "co": 0.8, "o3": 100.0, "pm10": 40.0, "pm25": 20.0}
NAMES = {"so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3", "pm10": "PM10", "pm25": "PM2.5"}
YEAR = (
    ("so2", "annual"), ("no2", "annual"), ("pm10", "annual"), ("pm25", "annual"),
    ("so2", "24h"), ("no2", "24h"), ("pm10", "24h"), ("pm25", "24h"), ("co", "24h"), ("o3", "8h"),
)  # fmt: skip


def frame(day: date) -> Frame:
    return Frame([Region("440200", "韶关市", "韶关", "city", None, 1, date.min)], [day])


def cell(value: float) -> Any:
    return np.array([[value]])


def by_day(day: date, **other: float) -> Derived:
    values = CLEAN | other
    return compliance.day_over(frame(day), *(cell(one) for one in values.values()))


def by_year(day: date, *values: float) -> Derived:
    return compliance.year_over(frame(day), *(cell(one) for one in values))


def test_a_day_within_every_limit_keeps_the_standard() -> None:
    assert by_day(NEW).value[0, 0] == 0


@pytest.mark.parametrize("name", sorted(CLEAN))
@pytest.mark.parametrize("day", [OLD, NEW, FINAL])
def test_a_day_equal_to_a_limit_keeps_it_and_above_does_not(name: str, day: date) -> None:
    """GB 3095-2012 and 2026 table 1, grade 2, of the day itself; the same as `judge`."""
    averaging = "8h" if name == "o3" else "24h"
    limit = limit_on(NAMES[name], averaging, day)
    assert limit is not None
    step = 0.1 if name == "co" else 1.0
    for value, over in ((limit.value, 0), (limit.value + step * 0.4, 0), (limit.value + step, 1)):
        assert by_day(day, **{name: value}).value[0, 0] == over
        told = judge(Measured(value, limit.unit), NAMES[name], averaging, day)
        assert told.within is (over == 0)


def test_the_limit_of_a_day_is_that_of_its_own_time() -> None:
    """PM2.5 24 h: 75 until 2026-02-28, 60 from 2026-03-01 on."""
    assert by_day(OLD, pm25=70).value[0, 0] == 0
    assert by_day(date(2026, 3, 1), pm25=70).value[0, 0] == 1


def test_a_day_with_one_missing_is_over_by_another_or_not_told() -> None:
    assert np.isnan(by_day(NEW, co=float("nan")).value).all()
    assert "CO 24 小时 缺测" in by_day(NEW, co=float("nan")).why
    assert by_day(NEW, co=float("nan"), pm25=61.0).value[0, 0] == 1


def test_a_year_is_held_against_the_ten_limits_in_force_at_its_end() -> None:
    """HJ 663-2026 table 1 (secondary); GB 3095-2026 table 1."""
    limits = []
    for name, averaging in YEAR:
        found = limit_on(NAMES[name], averaging, date(2026, 12, 31))
        assert found is not None
        limits.append(found.value)
    assert by_year(date(2026, 1, 1), *limits).value[0, 0] == 0
    for place in range(len(limits)):
        above = [one + (place == n) for n, one in enumerate(limits)]
        assert by_year(date(2026, 1, 1), *above).value[0, 0] == 1, YEAR[place]
    assert by_year(date(2025, 1, 1), *[*limits[:3], 35.0, *limits[4:]]).value[0, 0] == 0
    assert by_year(date(2026, 1, 1), *[*limits[:3], 35.0, *limits[4:]]).value[0, 0] == 1


@pytest.mark.parametrize(("days", "known"), [(323, False), (324, True), (365, True)])
def test_a_year_of_too_few_days_has_no_statistic(days: float, known: bool) -> None:
    """GB 3095-2026 table 4."""
    found = compliance.enough_days(frame(date(2026, 1, 1)), cell(30.0), cell(days))
    assert bool(np.isfinite(found.value).all()) is known
    assert ("324" in found.why) is not known


def test_a_year_has_each_statistic_that_is_judged() -> None:
    """Each annual statistic of HJ 663's table has its place among the ten."""
    held = {(name, averaging) for name, averaging in YEAR}
    for name, pollutant in NAMES.items():
        for kind in annual_statistics(pollutant, [1.0] * 365, NEW):
            wanted = "annual" if kind == "annual" else "8h" if pollutant == "O3" else "24h"
            assert (name, wanted) in held


@pytest.mark.parametrize(
    ("pollutant", "count", "value", "valid"),
    [
        ("PM2.5", 19, 30.0, False),
        ("PM2.5", 20, 30.0, True),
        ("O3", 13, 160.4, False),
        ("O3", 14, 100.0, True),
        ("O3", 5, 161.0, True),
        ("O3", 5, None, False),
    ],
)
def test_a_day_needs_so_many_valid_hours(
    pollutant: str, count: float, value: float | None, valid: bool
) -> None:
    """GB 3095-2026 table 4; ozone by HJ 663 (unverified)."""
    assert day_is_valid(pollutant, count, value, NEW) is valid
