"""GB 3095 by day and averaging time: every limit at, just under and just over."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from topics.ecology.limits import judge, limit_on
from topics.kit.measured import Measured, read_measured

LIMITS = Path(__file__).parents[3] / "data" / "reference" / "gb3095_limits.csv"
OLD, NEW, FINAL = date(2026, 2, 28), date(2026, 3, 1), date(2031, 1, 1)


def _limits() -> list[dict[str, str]]:
    with LIMITS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _last_day(row: dict[str, str]) -> date:
    return date.fromisoformat(row["valid_to"]) - timedelta(days=1)


@pytest.mark.parametrize("grade", [1, 2])
@pytest.mark.parametrize(
    "row", _limits(), ids=lambda row: "-".join((row["phase"], row["pollutant"], row["averaging"]))
)
def test_equal_to_a_limit_keeps_it_and_above_it_does_not(row: dict[str, str], grade: int) -> None:
    """GB 3095-2012 table 1; GB 3095-2026 tables 1 and 2."""
    moment = _last_day(row) if row["valid_to"] else date.fromisoformat(row["valid_from"])
    value = float(row[f"grade{grade}"])
    step = 0.1 if row["pollutant"] == "CO" else 1.0 if value >= 1 else value / 100
    for amount, within in ((value - step, True), (value, True), (value + step, False)):
        found = judge(
            Measured(amount, row["unit"]), row["pollutant"], row["averaging"], moment, grade=grade
        )
        assert found.within is within


@pytest.mark.parametrize(
    ("pollutant", "averaging", "old", "new", "final"),
    [
        ("PM2.5", "24h", 75, 60, 50),
        ("PM2.5", "annual", 35, 30, 25),
        ("PM10", "24h", 150, 120, 100),
        ("NO2", "24h", 80, 80, 50),
        ("SO2", "annual", 60, 60, 20),
        ("O3", "8h", 160, 160, 160),
    ],
)
def test_a_limit_is_that_of_the_day_of_observation(
    pollutant: str, averaging: str, old: float, new: float, final: float
) -> None:
    """GB 3095-2012, GB 3095-2026 4.1: transition until 2030-12-31, final from 2031-01-01."""
    days = (OLD, NEW, date(2030, 12, 31), FINAL)
    found = [limit_on(pollutant, averaging, one) for one in days]
    assert [None if one is None else one.value for one in found] == [old, new, new, final]


def test_limits_that_know_no_transition_stay_after_2030() -> None:
    """GB 3095-2026 table 2: TSP."""
    found = limit_on("TSP", "24h", FINAL)
    assert found is not None
    assert found.value == 300


@pytest.mark.parametrize("pollutant", ["PM2.5", "PM10"])
def test_an_hourly_particle_mean_is_never_held_against_a_daily_limit(pollutant: str) -> None:
    """GB 3095 has no 1-hour limit for particles."""
    found = judge(Measured(400.0, "µg/m³"), pollutant, "1h", NEW)
    assert found.within is None
    assert "没有" in found.why


def test_carbon_monoxide_in_micrograms_is_converted() -> None:
    found = judge(Measured(4100.0, "µg/m³"), "CO", "24h", NEW)
    assert found.within is False
    assert found.multiple == pytest.approx(0.025)
    assert judge(Measured(4049.0, "µg/m³"), "CO", "24h", NEW).within is True


def test_the_concentration_is_rounded_half_to_even_before_it_is_judged() -> None:
    assert judge(Measured(60.5, "µg/m³"), "PM2.5", "24h", NEW).within is True
    assert judge(Measured(60.51, "µg/m³"), "PM2.5", "24h", NEW).within is False


@pytest.mark.parametrize("cell", ["ND", "/", "", "-", "坏", "-5", True])
def test_what_is_no_number_is_judged_by_nothing(cell: object) -> None:
    found = judge(read_measured(cell, "µg/m³"), "PM2.5", "24h", NEW)
    assert found.within is None
    assert found.why


def test_below_a_detection_limit_that_keeps_the_limit_is_within() -> None:
    assert judge(read_measured("<2", "µg/m³"), "PM2.5", "24h", NEW).within is True
    assert judge(read_measured("<80", "µg/m³"), "PM2.5", "24h", NEW).within is None


def test_a_number_in_water_units_is_never_judged() -> None:
    assert "单位" in judge(Measured(1.0, "mg/L"), "PM2.5", "24h", NEW).why


def test_there_is_no_third_grade() -> None:
    with pytest.raises(ValueError, match="一级和二级"):
        limit_on("PM2.5", "24h", NEW, grade=3)


def test_a_limit_says_where_it_stands_and_how_sure_that_is() -> None:
    found = limit_on("PM2.5", "24h", FINAL)
    assert found is not None
    assert (found.standard, found.phase, found.basis) == (
        "GB 3095-2026", "最终限值", "GB 3095-2026 表 1",
    )  # fmt: skip
