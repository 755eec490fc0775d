"""When air data are enough: GB 3095-2026 table 4."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from topics.ecology.concentrations import Concentration, mean_of, read_concentration
from topics.ecology.rule_rows import rows_on
from topics.ecology.validity import complete_year, day_max_8h, day_mean, days_of, hour_mean, needed
from topics.kit.contracts import ValueStatus

DAY = date(2026, 6, 1)
NAN = float("nan")


@pytest.mark.parametrize(("minutes", "known"), [(44, False), (45, True), (60, True)])
def test_an_hour_needs_forty_five_minutes(minutes: int, known: bool) -> None:
    """GB 3095-2026 table 4."""
    assert (hour_mean(30.0, minutes, "SO2", DAY).value is not None) is known


@pytest.mark.parametrize("value", [None, -1.0, NAN])
def test_an_hour_without_a_usable_value_is_none(value: float | None) -> None:
    assert hour_mean(value, 60, "SO2", DAY).value is None


@pytest.mark.parametrize(("hours", "known"), [(19, False), (20, True), (24, True)])
@pytest.mark.parametrize("pollutant", ["SO2", "NO2", "CO", "PM10", "PM2.5"])
def test_a_day_needs_twenty_hours(pollutant: str, hours: int, known: bool) -> None:
    """GB 3095-2026 table 4."""
    found = day_mean([30.0] * hours + [NAN] * (24 - hours), pollutant, DAY)
    assert (found.value is not None, found.count) == (known, hours)


def test_negative_hours_do_not_count_for_a_day() -> None:
    assert day_mean([30.0] * 19 + [-5.0] * 5, "PM2.5", DAY).value is None


def test_an_eight_hour_mean_needs_six_hours() -> None:
    """GB 3095-2026 table 4."""
    assert needed("8h", "O3", DAY) == 6
    five = [NAN] * 16 + [100.0] * 5 + [NAN] * 3
    assert day_max_8h(five, DAY).count == 0


def test_the_largest_eight_hour_mean_is_found() -> None:
    hours = np.full(24, 60.0)
    hours[11:19] = 150.0
    assert day_max_8h(hours, DAY).value == 150.0


def test_too_few_eight_hour_means_make_no_day_unless_they_exceed_the_limit() -> None:
    """Fourteen are asked (HJ 663, unverified), or a mean above the grade 2 limit of 160."""
    assert day_max_8h([NAN] * 12 + [160.0] * 12, DAY).value is None
    assert day_max_8h([NAN] * 12 + [161.0] * 12, DAY).value == 161.0


def test_a_day_of_other_than_24_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="24"):
        day_max_8h([1.0] * 23, DAY)


def test_a_year_of_every_day_is_complete() -> None:
    assert complete_year(days_of(2025), "PM2.5", 2025) == (True, "")


@pytest.mark.parametrize(("left_out", "complete"), [(41, True), (42, False)])
def test_a_year_needs_324_days(left_out: int, complete: bool) -> None:
    """GB 3095-2026 table 4; no month loses more than it may."""
    short = {2, 4, 6, 9, 11}
    gone = [one for one in days_of(2025) if one.day <= (3 if one.month in short else 4)][:left_out]
    kept = [one for one in days_of(2025) if one not in gone]
    assert complete_year(kept, "PM2.5", 2025)[0] is complete


@pytest.mark.parametrize(
    ("month", "days", "complete"), [(4, 27, True), (4, 26, False), (2, 25, True), (2, 24, False)]
)
def test_a_month_needs_27_days_and_february_25(month: int, days: int, complete: bool) -> None:
    """GB 3095-2026 table 4."""
    kept = [one for one in days_of(2025) if one.month != month or one.day <= days]
    assert complete_year(kept, "PM2.5", 2025)[0] is complete


def test_an_unheard_of_average_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="NH3"):
        needed("24h", "NH3", DAY)


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("23", ValueStatus.OK),
        ("<2", ValueStatus.ESTIMATED),
        ("ND", ValueStatus.MISSING),
        ("/", ValueStatus.NOT_MONITORED),
        ("", ValueStatus.MISSING),
        (None, ValueStatus.MISSING),
        ("维护", ValueStatus.MISSING),
        ("-3", ValueStatus.MISSING),
        ("nan", ValueStatus.MISSING),
        ("inf", ValueStatus.MISSING),
    ],
)
def test_a_cell_becomes_a_value_with_a_status(cell: object, status: ValueStatus) -> None:
    found = read_concentration(cell, "PM2.5")
    assert found.status is status
    assert (found.value is None) == (status in {ValueStatus.MISSING, ValueStatus.NOT_MONITORED})


def test_micrograms_of_carbon_monoxide_are_converted_where_the_unit_is_given() -> None:
    assert read_concentration("800", "CO", "µg/m³").value == pytest.approx(0.8)


def test_carbon_monoxide_that_must_be_micrograms_is_refused_with_the_reason() -> None:
    found = read_concentration("800", "CO")
    assert found.value is None
    assert "µg/m³" in found.why


def test_a_county_is_the_mean_of_the_stations_that_have_a_value() -> None:
    """HJ 663: concentrations of the stations first, then IAQI (verified-secondary)."""
    parts = [read_concentration(one, "PM2.5") for one in ("20", "ND", "40")]
    assert mean_of(parts) == Concentration(30.0, ValueStatus.OK)


def test_a_mean_with_an_estimate_in_it_is_an_estimate() -> None:
    parts = [read_concentration(one, "PM2.5") for one in ("<2", "3")]
    assert mean_of(parts) == Concentration(2.0, ValueStatus.ESTIMATED)


def test_missing_and_not_monitored_stay_apart_in_a_mean() -> None:
    missing, unplanned = (read_concentration(one, "CO") for one in ("", "/"))
    assert mean_of([unplanned, unplanned]).status is ValueStatus.NOT_MONITORED
    assert mean_of([missing, unplanned]).status is ValueStatus.MISSING
    assert mean_of([]).status is ValueStatus.MISSING


@pytest.mark.parametrize("averaging", ["month", "february", "annual"])
def test_what_table_4_says_of_months_and_years_is_verified_and_what_it_leaves_out_is_not(
    averaging: str,
) -> None:
    """GB 3095-2026 table 4 lists SO2, NO2, PM10, PM2.5 and NOx; CO and O3 follow unverified."""
    rows = rows_on("air_data_validity.csv", ("averaging", "pollutants"), DAY)
    told = {
        name: row["status"]
        for row in rows
        if row["averaging"] == averaging
        for name in row["pollutants"].split()
    }
    verified = {name for name, status in told.items() if status == "verified-primary"}
    assert verified >= {"SO2", "NO2", "PM10", "PM2.5", "NOx"}
    assert {told["CO"], told["O3"]} == {"unverified"}
    assert needed(averaging, "O3", DAY) == needed(averaging, "SO2", DAY)
