"""Days in a month or a year so far in one value: means, counts, percentiles, and how many count."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.formula.small_city import (
    CITY,
    COUNTIES,
    CUMULATIVE,
    GEOGRAPHY,
    MONTH,
    Listed,
    formula,
    known,
    month,
    said,
    spec,
    value_of,
)
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.errors import BadFormula
from topics.kit.formula.book import FormulaBook
from topics.kit.formula.cells import Why
from topics.kit.formula.clocks import Clock, count_of, period, start_of
from topics.kit.formula.cubes import cubes_of
from topics.kit.formula.evaluate import evaluate
from topics.kit.formula.formula import Formula
from topics.kit.formula.reach import Place, affected, reads
from topics.kit.formula.releases import InheritedReleases
from topics.kit.formula.service import Formulas
from topics.kit.formula.spans import Span
from topics.kit.formula.steps import NEVER
from topics.kit.manifest_indicators import IndicatorSpec, Release

DAY = PeriodKind.DAY
AQI = spec("a.aqi", "", DAY, title="AQI 日报")
DUST = spec("a.dust", "µg/m³", DAY, title="PM2.5 日均")
SHARE = spec("a.share", "%", CUMULATIVE)
MEAN = spec("a.mean", "µg/m³", MONTH)
DAYS = spec("a.days", "d", MONTH)
GOOD = "within_count(a.aqi <= 100) / within_known(a.aqi) * 100"
OCTOBER = month(2026, 10)


def on(day: date) -> Period:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)
    return Period(moment, DAY)


def days(
    first: date, *values: float | None, name: str = "a.dust", region: str = CITY
) -> list[Observation]:
    return [said(name, on(first + timedelta(n)), value, region) for n, value in enumerate(values)]


def a_month_of(expression: str, *, result: IndicatorSpec = MEAN, **more: object) -> Formula:
    return formula(expression, DUST, AQI, result=result, **more)


def test_a_month_is_the_mean_of_its_own_days() -> None:
    rows = [
        *days(date(2026, 9, 30), 1000.0),
        *days(date(2026, 10, 1), 10.0, 20.0, None, 30.0),
        *days(date(2026, 11, 1), 1000.0),
    ]
    assert value_of(a_month_of("within_mean(a.dust)"), rows, OCTOBER) == (20.0, "ok", 0)


def test_below_the_least_number_of_days_there_is_no_mean_and_it_is_said_why() -> None:
    one = a_month_of("within_mean(a.dust, 27)")
    enough = days(date(2026, 10, 1), *[10.0] * 27)
    assert value_of(one, enough, OCTOBER)[0] == 10.0
    value, status, why = value_of(one, enough[1:], OCTOBER)
    assert (value, status, why) == (None, "missing", Why.TOO_FEW)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("within_sum(a.dust)", 60.0),
        ("within_min(a.dust)", 10.0),
        ("within_max(a.dust)", 30.0),
        ("within_percentile(a.dust, 0)", 10.0),
        ("within_percentile(a.dust, 50)", 20.0),
        ("within_percentile(a.dust, 95)", 29.0),
        ("within_percentile(a.dust, 100)", 30.0),
        ("within_percentile(a.dust + a.dust, 100) / 2", 30.0),
    ],
)
def test_every_way_to_sum_up_leaves_the_gaps_out(how: str, expected: float) -> None:
    rows = days(date(2026, 10, 3), 30.0, None, 10.0, 20.0)
    value, status, _ = value_of(a_month_of(how), rows, OCTOBER)
    assert value == pytest.approx(expected)
    assert status == "ok"


def test_what_leaves_days_out_is_estimated_where_the_policy_says_so() -> None:
    rows = days(date(2026, 10, 1), 10.0, None)
    one = a_month_of("within_mean(a.dust)", missing="skip")
    assert value_of(one, rows, OCTOBER) == (10.0, "estimated", 0)


def test_good_days_of_a_year_so_far_count_from_the_first_of_january() -> None:
    one = formula(GOOD, AQI, result=SHARE)
    rows = [
        *days(date(2025, 12, 31), 500.0, name="a.aqi"),
        *days(date(2026, 1, 1), 100.0, 101.0, name="a.aqi"),
        *days(date(2026, 10, 1), 50.0, None, 80.0, name="a.aqi"),
    ]
    so_far = month(2026, 10, CUMULATIVE)
    assert value_of(one, rows, so_far)[0] == 75.0
    assert value_of(one, rows, month(2026, 1, CUMULATIVE))[0] == 50.0


def test_a_month_of_the_year_that_has_no_day_yet_gets_no_value() -> None:
    one = formula(GOOD, AQI, result=SHARE)
    rows = days(date(2026, 10, 1), 50.0, name="a.aqi")
    counts = np.array([2026 * 12 + 9, 2026 * 12 + 10])
    found = evaluate(one, cubes_of(rows, GEOGRAPHY), counts)
    assert found.present[0].tolist() == [True, False]


def test_a_month_is_not_told_before_something_is_said_of_its_last_day() -> None:
    one = a_month_of("within_mean(a.dust)")
    counts = np.array([2026 * 12 + 9])
    rows = days(date(2026, 10, 1), *[10.0] * 30)
    assert not evaluate(one, cubes_of(rows, GEOGRAPHY), counts).present[0, 0]
    rows += days(date(2026, 10, 31), None)
    assert evaluate(one, cubes_of(rows, GEOGRAPHY), counts).present[0, 0]


def test_a_month_in_which_nothing_is_monitored_says_so() -> None:
    rows = [said("a.dust", on(date(2026, 10, 30)), None, CITY, ValueStatus.NOT_MONITORED)]
    assert value_of(a_month_of("within_mean(a.dust)"), rows, OCTOBER)[1] == "not_monitored"
    rows += days(date(2026, 10, 31), None)
    assert value_of(a_month_of("within_mean(a.dust)"), rows, OCTOBER)[1] == "missing"


def test_a_suspect_day_makes_the_month_suspect() -> None:
    rows = [
        *days(date(2026, 10, 1), 10.0),
        said("a.dust", on(date(2026, 10, 2)), 20.0, CITY, ValueStatus.SUSPECT),
    ]
    assert value_of(a_month_of("within_mean(a.dust)"), rows, OCTOBER) == (15.0, "suspect", 0)


def test_a_break_of_the_definition_inside_the_month_is_not_averaged_over() -> None:
    rows = days(date(2026, 10, 1), *[10.0] * 31)
    middle = count_of(on(date(2026, 10, 15)).start, Clock.DAYS)
    one = a_month_of("within_mean(a.dust)")
    assert value_of(one, rows, OCTOBER, breaks={"a.dust": [middle]})[0] is None
    before = count_of(on(date(2026, 10, 1)).start, Clock.DAYS)
    assert value_of(one, rows, OCTOBER, breaks={"a.dust": [before]})[0] == 10.0


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("within_mean(regional_sum(a.dust))", "写在外面"),
        ("within_mean(yoy(a.dust))", "写在外面"),
        ("within_percentile(a.dust, 101)", "0 到 100"),
        ("within_mean(3)", "按日"),
        ("within_known(a.mean) + within_mean(a.dust)", "细的时期"),
    ],
)
def test_what_cannot_be_summed_up_is_refused_with_the_fix(expression: str, says: str) -> None:
    with pytest.raises(BadFormula, match=says):
        formula(expression, DUST, MEAN, result=spec("a.result", "µg/m³", MONTH))


def test_rates_are_not_added_and_years_of_hours_are_not_read() -> None:
    rate = spec("a.rate", "%", DAY)
    with pytest.raises(BadFormula, match="率不能"):
        formula("within_sum(a.rate)", rate, result=spec("a.result", "%", MONTH))
    hourly = spec("a.hour", "µg/m³", PeriodKind.HOUR, frequency="1h")
    with pytest.raises(BadFormula, match="先合成按日"):
        formula("within_mean(a.hour)", hourly, result=spec("a.y", "µg/m³", PeriodKind.YEAR))
    assert formula("within_mean(a.hour, 20)", hourly, result=spec("a.day", "µg/m³", DAY))


def test_a_day_is_made_of_its_24_hours() -> None:
    hourly = spec("a.hour", "µg/m³", PeriodKind.HOUR, frequency="1h")
    one = formula("within_mean(a.hour, 20)", hourly, result=spec("a.day", "µg/m³", DAY))
    first = on(date(2026, 10, 1)).start
    rows = [
        said("a.hour", Period(first + timedelta(hours=n), PeriodKind.HOUR), float(n))
        for n in range(-1, 25)
    ]
    assert value_of(one, rows, on(date(2026, 10, 1)))[0] == 11.5


def test_the_explanation_names_the_days_that_are_missing_and_the_number_that_count() -> None:
    rows = days(date(2026, 10, 1), 50.0, 120.0, None, name="a.aqi")
    specs = known(AQI, SHARE)
    one = formula(GOOD, AQI, result=SHARE)
    found = Formulas(FormulaBook([one]), specs, GEOGRAPHY, Listed(rows)).trace(
        "a.share", CITY, month(2026, 10, CUMULATIVE), as_of=None
    )
    assert found is not None
    assert found.words == (
        "本年至本期各日中 AQI 日报 ≤ 100的个数 ÷ 本年至本期各日中有AQI 日报的个数 × 100"
    )
    assert found.numbers.startswith("1 ÷ 2 × 100(2/304,缺 ")
    assert found.value == 50.0


def test_a_result_waits_for_the_release_of_the_last_month_inside_it() -> None:
    monthly = spec("a.x", "件", release=Release(day=20, time="10:00"))
    result = spec("a.year", "件", PeriodKind.YEAR)
    book = FormulaBook([formula("within_sum(a.x)", monthly, result=result)])
    calendar = InheritedReleases(book, known(monthly, result))
    year = period(2026, PeriodKind.YEAR)
    assert calendar.at(result, year) == datetime(2027, 1, 20, 2, tzinfo=UTC)


@settings(max_examples=60, deadline=None)
@given(
    clock=st.sampled_from([Clock.MONTHS, Clock.QUARTERS, Clock.YEARS]),
    to_date=st.booleans(),
    day=st.dates(date(1999, 1, 1), date(2040, 12, 31)),
)
def test_every_day_is_read_by_exactly_the_periods_that_it_reaches(
    clock: Clock, to_date: bool, day: date
) -> None:
    span = Span(Clock.DAYS, clock, to_date and clock is Clock.MONTHS)
    at = count_of(on(day).start, Clock.DAYS)
    own = count_of(on(day).start, clock)
    around = np.arange(own - 13, own + 14)
    read = (span.back(around) == at).any(axis=1)
    assert tuple(around[read]) == span.forward(at)
    inside = [one for one in span.back(np.array([own]))[0] if one != NEVER]
    assert inside == sorted(set(inside))
    assert count_of(start_of(int(inside[-1]), Clock.DAYS), clock) == own
    assert count_of(start_of(int(inside[-1]) + 1, Clock.DAYS), clock) == own + 1


@settings(max_examples=40, deadline=None)
@given(
    expression=st.sampled_from([GOOD, "within_max(a.aqi) - within_min(a.aqi)"]),
    region=st.sampled_from([CITY, *COUNTIES]),
    day=st.integers(0, 89),
    seed=st.integers(0, 500),
)
def test_exactly_what_a_changed_day_affects_changes_and_reads_it(
    expression: str, region: str, day: int, seed: int
) -> None:
    result = spec("a.result", "%" if "100" in expression else "", CUMULATIVE)
    one = formula(expression, AQI, result=result)
    draw = np.random.default_rng(seed)
    first = date(2025, 12, 1)
    rows = [
        said("a.aqi", on(first + timedelta(n)), float(draw.integers(20, 180)), where)
        for where in (CITY, *COUNTIES)
        for n in range(90)
        if draw.random() > 0.1
    ]
    changed = said("a.aqi", on(first + timedelta(day)), 999.0, region)
    others = [o for o in rows if (o.region, o.period) != (region, changed.period)]
    counts = np.arange(2025 * 12 + 10, 2026 * 12 + 12)
    before = evaluate(one, cubes_of(rows, GEOGRAPHY), counts)
    after = evaluate(one, cubes_of([*others, changed], GEOGRAPHY), counts)
    same = (before.value == after.value) | (np.isnan(before.value) & np.isnan(after.value))
    at = count_of(changed.period.start, Clock.DAYS)
    touched = affected(one, GEOGRAPHY, "a.aqi", [Place(region, at)])
    for row, column in zip(*np.nonzero(~same), strict=True):
        place = Place(GEOGRAPHY.codes[row], int(counts[column]))
        assert place in touched
        assert any(
            (o.region, o.at) == (region, at) for o in reads(one, GEOGRAPHY, place.region, place.at)
        )
    assert period(at, DAY).start == changed.period.start
