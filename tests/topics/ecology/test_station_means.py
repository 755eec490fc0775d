"""From the rows of the station platform to stations, counties and the city."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest

from topics.ecology import air
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import Observation, PeriodKind, ValueStatus
from topics.kit.errors import RefreshFailed
from topics.kit.refresh.assembly import CityPeriods
from topics.kit.refresh.contracts import RefreshContext, Row

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
CATALOGUE = Catalogue.load([SHIPPED])
CLEAN: dict[str, object] = {
    "so2": "7",
    "no2": "20",
    "co": "0.8",
    "o3": "60",
    "pm10": "40",
    "pm25": "20",
}
AT: dict[str, object] = {"time": "2026-11-20T09:00:00+08:00", "date": "2026-11-20"}
Refresher = Callable[[RefreshContext], Iterator[Observation]]


def told(
    refresher: str, function: Refresher, kind: PeriodKind, rows: Sequence[Row]
) -> dict[tuple[str, str], Observation]:
    spec = next(one for one in CATALOGUE.refreshers() if one.id == refresher)
    periods = CityPeriods()
    ctx = RefreshContext(NOW, periods.at(NOW, kind), spec, periods, lambda _: rows, lambda _: ())
    return {(one.indicator.partition(".")[2], one.region): one for one in function(ctx)}


def hourly(*rows: Row) -> dict[tuple[str, str], Observation]:
    return told("ecology.air_hourly", air.hourly, PeriodKind.HOUR, rows)


def station(code: str, **cells: object) -> Row:
    return {"code": code, **AT, **CLEAN, **cells}


def test_a_county_is_the_mean_of_its_stations_and_the_city_of_all_stations() -> None:
    """HJ 663: concentrations of the points first (verified-secondary)."""
    found = hourly(
        station("SGKQ01", pm25="20"), station("SGKQ02", pm25="40"), station("SGKQ05", pm25="60")
    )
    assert found["pm25_hour", "440203"].value == 30
    assert found["pm25_hour", "440205"].value == 60
    assert found["pm25_hour", "440200"].value == 40
    assert found["pm25_hour", "SGKQ02"].value == 40


def test_the_index_of_a_county_rates_the_mean_concentration() -> None:
    """Mean 60 µg/m³ is index 100, though one station alone would be at 128 (HJ 633-2026)."""
    rows = (station("SGKQ01", pm25="30"), station("SGKQ02", pm25="90"))
    found = told("ecology.air_now", air.aqi_now, PeriodKind.INSTANT, rows)
    assert found["aqi", "440203"].value == 100


def test_a_daily_report_has_stations_counties_and_city() -> None:
    found = told("ecology.air_daily", air.daily, PeriodKind.DAY, (station("SGKQ05", o3="170"),))
    assert found["o3_8h_day", "SGKQ05"].value == 170
    assert found["aqi_day", "440205"].value == found["aqi_day", "440200"].value == 110
    assert ("aqi_day", "SGKQ05") not in found


def test_a_row_that_names_a_region_stands_as_it_is() -> None:
    rows = ({"code": "440203", **AT, **CLEAN},)
    found = told("ecology.air_now", air.aqi_now, PeriodKind.INSTANT, rows)
    assert set(found) == {("aqi", "440203")}


def test_a_station_without_a_value_leaves_the_mean() -> None:
    found = hourly(station("SGKQ01", pm25="ND"), station("SGKQ02", pm25="40"))
    assert found["pm25_hour", "SGKQ01"].status is ValueStatus.MISSING
    assert found["pm25_hour", "440203"].value == 40


def test_an_inverted_hour_is_kept_and_marked_up_to_the_city() -> None:
    found = hourly(station("SGKQ01", pm25="80", pm10="40"), station("SGKQ03"))
    for place in ("SGKQ01", "440203", "440200"):
        assert found["pm25_hour", place].status is ValueStatus.SUSPECT
    assert found["pm25_hour", "440204"].status is ValueStatus.OK


def test_half_a_detection_limit_is_marked_as_an_estimate() -> None:
    found = hourly(station("SGKQ05", o3="<4"))
    assert (found["o3_hour", "SGKQ05"].value, found["o3_hour", "SGKQ05"].status) == (
        2.0, ValueStatus.ESTIMATED,
    )  # fmt: skip
    assert found["o3_hour", "440205"].status is ValueStatus.ESTIMATED


@pytest.mark.parametrize("cell", ["ND", "-3", "维护", ""])
def test_an_index_without_one_of_its_pollutants_is_withheld(cell: str) -> None:
    """HJ 633-2026 5.3.1."""
    rows = (station("SGKQ05", co=cell),)
    found = told("ecology.air_now", air.aqi_now, PeriodKind.INSTANT, rows)
    assert (found["aqi", "440205"].value, found["aqi", "440205"].status) == (
        None, ValueStatus.MISSING,
    )  # fmt: skip


def test_an_index_of_a_station_that_does_not_measure_a_pollutant_is_published() -> None:
    """HJ 633-2026 5.3.2."""
    rows = (station("SGKQ05", co="/"),)
    found = told("ecology.air_now", air.aqi_now, PeriodKind.INSTANT, rows)
    assert found["aqi", "440205"].value == 40


def test_carbon_monoxide_in_micrograms_is_no_value() -> None:
    assert hourly(station("SGKQ05", co="800"))["co_hour", "SGKQ05"].value is None


def test_a_source_without_rows_fails_with_the_reason() -> None:
    with pytest.raises(RefreshFailed, match="没有给出任何站点"):
        hourly()
