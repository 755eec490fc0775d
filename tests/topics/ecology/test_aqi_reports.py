"""Reports of HJ 633 as formulas ask for them: arrays, editions, publishing with gaps, ties."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.ecology import aqi, aqi_functions, iaqi
from topics.ecology.aqi_functions import ORDER
from topics.kit.contracts import Region
from topics.kit.formula.domain import Derived, Frame

NEW, OLD = date(2026, 3, 1), date(2026, 2, 28)
COLUMNS = sorted(aqi.rules_on(NEW).scales)
BREAKPOINTS = [
    (edition, pollutant, averaging, float(bound), int(index))
    for edition in (NEW, OLD)
    for (pollutant, averaging), scale in sorted(aqi.rules_on(edition).scales.items())
    for bound, index in zip(scale.concentrations, scale.indices, strict=True)
]


def place(**facts: str) -> Region:
    return Region("A1", "甲站", "甲站", "site", "440203", 1, date.min, facts=tuple(facts.items()))


def frame(*days: date, **facts: str) -> Frame:
    return Frame([place(**facts)], list(days) or [NEW])


def report(averaging: str, values: dict[str, float], at: Frame | None = None) -> Derived:
    given_values = [np.array([[values.get(name, np.nan)]]) for name in ORDER]
    function = aqi_functions.aqi_hour if averaging == "1h" else aqi_functions.aqi_day
    return function(at or frame(), *given_values)


def primary(averaging: str, values: dict[str, float]) -> str:
    given_values = [np.array([[values.get(name, np.nan)]]) for name in ORDER]
    hourly = averaging == "1h"
    function = aqi_functions.primary_hour if hourly else aqi_functions.primary_day
    found = function(frame(), *given_values).value[0, 0]
    return aqi_functions.primary_labels()[int(found)]


def _vectors() -> list[dict[str, str]]:
    with (Path(__file__).parent / "aqi_day_vectors.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", _vectors(), ids=lambda row: row["case"])
def test_a_report_is_what_the_vectors_say(row: dict[str, str]) -> None:
    values = {name: float(row[name]) for name in ORDER}
    assert report(row["averaging"], values).value[0, 0] == int(row["aqi"])
    assert primary(row["averaging"], values) == ("、".join(row["primary"].split()) or "无")


def test_the_day_of_observation_chooses_the_edition_within_one_call() -> None:
    """HJ 633-2026 in force 2026-03-01: PM2.5 60 is 100, the day before 82 (HJ 633-2012)."""
    values = [np.full((1, 2), 60.0 if name == "PM2.5" else 0.0) for name in ORDER]
    found = aqi_functions.aqi_day(frame(OLD, NEW), *values)
    assert found.value.tolist() == [[82.0, 100.0]]


@pytest.mark.parametrize(("edition", "pollutant", "averaging", "bound", "index"), BREAKPOINTS)
def test_a_breakpoint_has_its_own_index_and_just_above_is_worse(
    edition: date, pollutant: str, averaging: str, bound: float, index: int
) -> None:
    """HJ 633 table 1 (2012), table 3 (2026): eq. 1, rounded up above a breakpoint."""
    scale = aqi.rules_on(edition).scales[pollutant, averaging]
    assert scale.iaqi(bound) == index
    step = 10.0**-scale.decimals
    if bound < scale.concentrations[-1]:
        assert scale.iaqi(bound + step) > index
    if bound > 0:
        assert scale.iaqi(bound - step) <= index


@pytest.mark.parametrize(
    ("edition", "pollutant", "averaging", "value", "expected"),
    [
        (NEW, "SO2", "1h", 801, 200.0),  # HJ 633-2026 table 3 note b
        (NEW, "O3", "8h", 801, 300.0),  # note c
        (OLD, "SO2", "1h", 800, 200.0),
        (OLD, "SO2", "1h", 801, None),  # HJ 633-2012 table 1 note: use the 24-hour mean
        (OLD, "O3", "8h", 801, None),  # HJ 633-2012 table 1 note: use the 1-hour mean
        (OLD, "O3", "1h", 1300, 500.0),
    ],
)
def test_above_the_last_breakpoint_each_edition_has_its_own_rule(
    edition: date, pollutant: str, averaging: str, value: float, expected: float | None
) -> None:
    found = aqi.rules_on(edition).scales[pollutant, averaging].iaqi(value)
    assert (None if np.isnan(found) else float(found)) == expected


def test_an_index_of_the_2012_edition_without_its_sulphur_dioxide_is_withheld() -> None:
    values: dict[str, float | None] = {"SO2": 900, "PM2.5": 40}
    assert aqi.rules_on(OLD).aqi(values, aqi.HOURLY).text == "NA"
    assert aqi.rules_on(NEW).aqi(values, aqi.HOURLY).value == 200


def test_hourly_particles_are_rated_by_the_daily_column() -> None:
    """HJ 633-2026 4.2.3."""
    assert aqi.rules_on(NEW).scale("PM10", "1h") is aqi.rules_on(NEW).scale("PM10", "24h")


def test_a_daily_report_takes_the_eight_hour_ozone() -> None:
    """HJ 633-2026 4.2.2: 200 µg/m³ is 137 over eight hours and 100 over one."""
    values = dict.fromkeys(ORDER, 0.0) | {"O3": 200.0}
    assert report("24h", values).value[0, 0] == 137
    assert report("1h", values).value[0, 0] == 100


def test_an_index_with_a_pollutant_missing_is_withheld_with_the_reason() -> None:
    """HJ 633-2026 5.3.1: published only above 100."""
    values = dict.fromkeys(ORDER, 1.0) | {"PM10": float("nan"), "PM2.5": 60.0}
    found = report("24h", values)
    assert np.isnan(found.value).all()
    assert found.why.startswith("PM10 缺测")
    assert report("24h", values | {"PM2.5": 61.0}).value[0, 0] == 101


def test_a_pollutant_outside_the_plan_does_not_withhold_the_index() -> None:
    """HJ 633-2026 5.3.2: not in the plan, and not primary on a polluted day of three years."""
    values = dict.fromkeys(ORDER, 1.0) | {"CO": float("nan"), "PM2.5": 60.0}
    planned = frame(items="SO2 NO2 O3 PM10 PM2.5", exempt="CO")
    assert report("24h", values, planned).value[0, 0] == 100
    unproven = frame(items="SO2 NO2 O3 PM10 PM2.5")
    assert np.isnan(report("24h", values, unproven).value).all()
    measured = frame(items="SO2 NO2 CO O3 PM10 PM2.5", exempt="CO")
    assert np.isnan(report("24h", values, measured).value).all()
    assert np.isnan(report("24h", values | {"SO2": float("nan")}, planned).value).all()


def test_nothing_known_is_no_index() -> None:
    assert np.isnan(report("1h", {}).value).all()


def test_a_negative_concentration_is_no_clean_air() -> None:
    assert np.isnan(aqi.rules_on(NEW).scale("SO2", "24h").iaqi(-3))
    values = dict.fromkeys(ORDER, 1.0) | {"SO2": -1.0}
    assert np.isnan(report("24h", values).value).all()


def test_concentrations_are_rounded_before_they_are_rated() -> None:
    """HJ 633-2026 4.2.2, GB/T 8170: 60.5 → 60 (100), 61.5 → 62 (102)."""
    base = dict.fromkeys(ORDER, 0.0)
    assert report("24h", base | {"PM2.5": 60.5}).value[0, 0] == 100
    assert report("24h", base | {"PM2.5": 61.5}).value[0, 0] == 102


@pytest.mark.parametrize(("pm25", "said"), [(35, "无"), (36, "PM2.5")])
def test_a_primary_pollutant_is_named_above_fifty_only(pm25: float, said: str) -> None:
    """HJ 633-2026 3.3."""
    assert primary("24h", dict.fromkeys(ORDER, 0.0) | {"PM2.5": pm25}) == said


def test_three_that_tie_are_told_as_several() -> None:
    """HJ 633-2026 4.3.1."""
    values = dict.fromkeys(ORDER, 0.0) | {"PM2.5": 60.0, "PM10": 120.0, "NO2": 80.0}
    assert primary("24h", values) == "三项以上并列"


def test_a_withheld_index_has_no_primary_pollutant() -> None:
    values = [np.full((1, 1), np.nan if name == "SO2" else 60.0) for name in ORDER]
    values[2] = np.array([[0.5]])
    assert np.isnan(aqi_functions.primary_day(frame(), *values).value).all()


@pytest.mark.parametrize(("pm25", "text"), [(500, "500"), (501, "500(指数封顶)"), (349.6, "400")])
def test_above_five_hundred_the_index_is_said_to_be_the_end_of_the_scale(
    pm25: float, text: str
) -> None:
    """HJ 633-2026 table 3: the index ends at 500."""
    assert aqi.rules_on(NEW).aqi({"PM2.5": pm25}, aqi.DAILY).text == text


def test_the_single_indices_stay_known_where_the_index_is_withheld() -> None:
    """HJ 633-2026 5.3.1: single IAQI are published, the AQI is NA."""
    found = aqi.rules_on(NEW).aqi({"PM2.5": 60.0, "PM10": None}, aqi.DAILY)
    assert (found.text, dict(found.indices), found.unrated) == ("NA", {"PM2.5": 100}, ("PM10",))


CLEAN = st.fixed_dictionaries({name: st.floats(0, 900) for name in ORDER})


@given(CLEAN, st.sampled_from(ORDER), st.floats(0, 300))
def test_more_of_any_pollutant_never_lowers_the_index(
    values: dict[str, float], name: str, more: float
) -> None:
    worse = values | {name: values[name] + more}
    assert report("24h", values).value[0, 0] <= report("24h", worse).value[0, 0]


@given(CLEAN)
def test_arrays_and_single_reports_agree(values: dict[str, float]) -> None:
    one = aqi.rules_on(NEW).aqi(values, aqi.DAILY)
    assert report("24h", values).value[0, 0] == one.value


@given(st.sampled_from(COLUMNS), st.floats(0, 3000))
def test_an_index_lies_between_nought_and_five_hundred(
    column: tuple[str, str], value: float
) -> None:
    assert 0 <= aqi.rules_on(NEW).scales[column].iaqi(value) <= 500


def test_what_lies_beyond_the_table_of_2012_is_told_by_its_own_edition() -> None:
    """HJ 633-2012 table 1 note: SO2 above 800 µg/m³ in an hour has no index of its own."""
    values = dict.fromkeys(ORDER, 1.0) | {"SO2": 900.0}
    found = report("1h", values, Frame(frame().regions, [OLD]))
    assert np.isnan(found.value).all()
    assert "SO2 超过 800,按 HJ 633-2012 表 1 注" in found.why
    assert "5.3.1" not in found.why
    assert report("1h", values).value[0, 0] == 200


def test_the_index_of_a_single_pollutant_is_told_where_the_aqi_is_not() -> None:
    """HJ 633-2026 5.3.1: 单项指数照常公布."""
    values = dict.fromkeys(ORDER, 1.0) | {"PM10": float("nan"), "PM2.5": 60.5}
    assert np.isnan(report("24h", values).value).all()
    alone = iaqi.iaqi_pm25_day(frame(), np.array([[60.5]]))
    assert alone.value[0, 0] == 100
    assert np.isnan(iaqi.iaqi_pm10_day(frame(), np.array([[np.nan]])).value).all()


@pytest.mark.parametrize("name", sorted(one for one in vars(iaqi) if one.startswith("iaqi_")))
def test_each_single_index_is_that_of_its_pollutant_and_time(name: str) -> None:
    column, _, kind = name.removeprefix("iaqi_").partition("_")
    pollutant = {"pm25": "PM2.5"}.get(column, column.upper())
    averaging = "1h" if kind == "hour" else "24h"
    for value in (0.0, 3.0, 70.0, 700.0, 5000.0):
        found = getattr(iaqi, name)(frame(), np.array([[value]])).value[0, 0]
        assert found == float(aqi.rules_on(NEW).scale(pollutant, averaging).iaqi(value))
