"""From the rows of the station platform to stations, counties and the city."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from topics.ecology import air, stations
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.errors import RefreshFailed
from topics.kit.refresh.assembly import CityPeriods
from topics.kit.refresh.contracts import RefreshContext, Row

HOUR = timedelta(hours=1)
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


def test_an_index_without_a_pollutant_that_is_not_in_the_plan_alone_is_withheld() -> None:
    """HJ 633-2026 5.3.2 asks also that it was not primary on a polluted day of three years."""
    rows = (station("SGKQ05", co="/"),)
    found = told("ecology.air_now", air.aqi_now, PeriodKind.INSTANT, rows)
    assert found["aqi", "440205"].status is ValueStatus.MISSING


def test_an_index_of_a_station_that_need_not_measure_a_pollutant_is_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """HJ 633-2026 5.3.2: column `exempt` of the stations."""
    monkeypatch.setattr(air, "exempted", lambda _: frozenset({"CO"}))
    rows = (station("SGKQ05", co="/"),)
    found = told("ecology.air_now", air.aqi_now, PeriodKind.INSTANT, rows)
    assert found["aqi", "440205"].value == 40


def test_carbon_monoxide_in_micrograms_is_no_value() -> None:
    assert hourly(station("SGKQ05", co="800"))["co_hour", "SGKQ05"].value is None


def test_a_source_without_rows_fails_with_the_reason() -> None:
    with pytest.raises(RefreshFailed, match="没有给出任何站点"):
        hourly()


def test_concentrations_in_milligrams_are_suspect_up_to_the_index() -> None:
    """All six in mg/m³ would be an index of 15 in clean air."""
    cells = {"so2": "0.007", "no2": "0.02", "o3": "0.12", "pm10": "0.05", "pm25": "0.03"}
    found = hourly(station("SGKQ05", **cells))
    for name in cells:
        assert found[f"{name}_hour", "SGKQ05"].status is ValueStatus.SUSPECT, name
    index = told("ecology.air_now", air.aqi_now, PeriodKind.INSTANT, (station("SGKQ05", **cells),))
    assert index["aqi", "440205"].status is ValueStatus.SUSPECT


def test_clean_air_of_nothing_at_all_is_no_wrong_unit() -> None:
    found = hourly(station("SGKQ05", so2="0", o3="0.5"))
    assert found["so2_hour", "SGKQ05"].status is ValueStatus.OK
    assert found["o3_hour", "SGKQ05"].status is ValueStatus.OK


def test_the_city_counts_the_stations_of_the_controls_that_are_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """air_city_mean.csv: SGKQ01 is 国控, SGKQ06 省控."""
    rows = (station("SGKQ01", pm25="20"), station("SGKQ06", pm25="60"))
    assert hourly(*rows)["pm25_hour", "440200"].value == 40
    chosen = {"level": "city", "controls": "国控"}
    monkeypatch.setattr(stations, "rows_on", lambda *_: (chosen,))
    found = hourly(*rows)
    assert found["pm25_hour", "440200"].value == 20
    assert found["pm25_hour", "440222"].value == 60


def hours_of(values: Sequence[object]) -> list[Row]:
    return [
        station("SGKQ05", pm10=one) | {"time": f"2026-11-20T{10 - n:02}:00:00+08:00"}
        for n, one in enumerate(reversed(values), 1)
    ]


def batch(values: Sequence[object], stored: Sequence[float]) -> list[tuple[float | None, str]]:
    """What is said of PM10 of the batch's hours, after the stored hours before them."""
    rows = hours_of(values)
    first = datetime(2026, 11, 20, 2 - len(values), tzinfo=UTC)
    kept = [
        Observation("ecology.pm10_hour", "SGKQ05", Period(first - n * HOUR, PeriodKind.HOUR), value)
        for n, value in enumerate(reversed(stored), 1)
    ]
    spec = next(one for one in CATALOGUE.refreshers() if one.id == "ecology.air_hourly")
    periods = CityPeriods()
    ctx = RefreshContext(
        NOW, periods.at(NOW, PeriodKind.HOUR), spec, periods, lambda _: rows, lambda _: (),
        lambda *_: kept,
    )  # fmt: skip
    found = [
        one for one in air.hourly(ctx)
        if (one.indicator, one.region) == ("ecology.pm10_hour", "SGKQ05")
    ]  # fmt: skip
    return [(one.value, one.status.value) for one in sorted(found, key=lambda one: one.period)]


def test_an_hour_that_ends_five_equal_ones_is_suspect_by_what_is_stored() -> None:
    """station_faults.csv: five equal hours, whoever brought the first of them."""
    assert batch(["40"], [40, 40, 40, 40]) == [(40.0, "suspect")]
    assert batch(["40"], [41, 40, 40, 40]) == [(40.0, "ok")]
    assert batch(["40"], []) == [(40.0, "ok")]


def test_an_hour_is_a_spike_once_the_next_one_is_there() -> None:
    assert batch(["200"], [40, 45]) == [(200.0, "ok")]
    assert batch(["200", "42"], [40, 45]) == [(200.0, "suspect"), (42.0, "ok")]
    assert batch(["200", "190"], [40, 45]) == [(200.0, "ok"), (190.0, "ok")]


@pytest.mark.parametrize(("count", "known"), [("19", False), ("20", True), ("", True)])
def test_a_daily_mean_of_too_few_hours_is_not_taken(count: str, known: bool) -> None:
    """GB 3095-2026 table 4: twenty valid hours, where the platform counts them."""
    rows = (station("SGKQ05", pm25="30", pm25_count=count),)
    found = told("ecology.air_daily", air.daily, PeriodKind.DAY, rows)
    assert (found["pm25_day", "SGKQ05"].value is not None) is known
    assert (found["aqi_day", "440205"].value is not None) is known
    assert found["pm10_day", "SGKQ05"].value == 40
