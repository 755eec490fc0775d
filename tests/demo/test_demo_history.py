"""Two years of numbers that a statistician would not laugh at."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from app.demo import economy, market, models, tables
from app.demo.history import brought, history, levels_brought
from app.demo.periods import CHINA, DELAYED
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import Observation, Period, ValueStatus
from topics.kit.periods import end_of, local_start

NOW = datetime(2026, 11, 22, 10, 24, 36, tzinfo=CHINA).astimezone(UTC)
CATALOGUE = Catalogue.load([SHIPPED])
BROUGHT = [
    one for one in brought(CATALOGUE) if {"city", "county"} & set(levels_brought(CATALOGUE, one))
]
EACH = pytest.mark.parametrize("indicator", [one.id for one in BROUGHT])
# Counts and amounts, which add up; rates and indices do not.
RATES = frozenset({"%", "‰", "百分点", "分", "", "天", "分钟", "工作日"})
SUMMED = {
    name for name in models.names() if models.model(name).shape in ("sum", "ytd", "day", "count")
}
MADE = {*economy.VALUES, *market.VALUES, "grid.closed_in_time", "water.billed"}
MADE |= {"water.problems_fixed", "water.problems_in_time"}
ADDED = {
    one.id
    for one in BROUGHT
    if {"city", "county"} <= set(one.levels)
    and one.unit not in RATES
    and one.id in SUMMED | MADE
    and one.id != "market.entities"
}
# Changes of prices, which may fall.
PRICES = {"economy.cpi", "economy.cpi_mom", "economy.ppi"}
# The sources bring its counties, a formula adds them up.
COUNTIES_ONLY = {"market.entities"}

# What the manifest says adds up does.
ADDED |= {
    one.id
    for one in BROUGHT
    if one.id.startswith("grid.") and one.checks and one.checks.additive == "sum"
}


# An index of mean concentrations is no mean of indices.
INDICES = {"ecology.aqi", "ecology.aqi_day"}


@cache
def _told(indicator: str) -> tuple[Observation, ...]:
    spec = CATALOGUE.indicator(indicator)
    levels = set(levels_brought(CATALOGUE, spec)) - {"site"}
    return tuple(history(spec, NOW, levels))


def _final(indicator: str) -> dict[Period, dict[str, Observation]]:
    """What stands at the end, by period and region: the last statement wins."""
    found: defaultdict[Period, dict[str, Observation]] = defaultdict(dict)
    for one in _told(indicator):
        found[one.period][one.region] = one
    return found


@EACH
def test_nothing_comes_from_the_future(indicator: str) -> None:
    assert all(one.recorded_at and one.recorded_at <= NOW for one in _told(indicator))
    assert all(one.period.start <= NOW for one in _told(indicator))


@EACH
def test_it_reaches_back_nearly_two_years_and_up_to_its_newest_period(indicator: str) -> None:
    spec = CATALOGUE.indicator(indicator)
    starts = sorted(_final(indicator))
    assert NOW - starts[0].start > timedelta(days=640)
    late = indicator in DELAYED or indicator == "market.elevators_online"
    assert (NOW - end_of(starts[-1]) > spec.freshness) == late


@EACH
def test_values_stand_where_the_status_says_there_is_one(indicator: str) -> None:
    for one in _told(indicator):
        known = one.status not in (ValueStatus.MISSING, ValueStatus.NOT_MONITORED)
        assert (one.value is not None) == known


@EACH
def test_the_city_is_never_missing(indicator: str) -> None:
    assert all(one.value is not None for one in _told(indicator) if one.region == tables.CITY)


@pytest.mark.parametrize("indicator", sorted(ADDED))
def test_the_counties_add_up_to_the_city(indicator: str) -> None:
    for regions in _final(indicator).values():
        parts = [one.value for code, one in regions.items() if code != tables.CITY]
        if None not in parts:
            assert sum(filter(None, parts)) == pytest.approx(regions[tables.CITY].value, abs=0.02)


@pytest.mark.parametrize(
    "indicator", [one.id for one in BROUGHT if one.id not in ADDED | INDICES | COUNTIES_ONLY]
)
def test_a_rate_of_the_city_lies_within_its_counties(indicator: str) -> None:
    for regions in _final(indicator).values():
        parts = [one.value for code, one in regions.items() if code != tables.CITY]
        whole = regions[tables.CITY].value if tables.CITY in regions else None
        if whole is not None and parts and None not in parts:
            assert min(filter(lambda v: v is not None, parts)) - 1e-3 <= whole
            assert whole <= max(filter(lambda v: v is not None, parts)) + 1e-3


@pytest.mark.parametrize(
    "indicator",
    [
        one.id
        for one in BROUGHT
        if one.unit == "%" and "growth" not in one.id and one.id not in PRICES
    ],
)
def test_shares_stay_between_nothing_and_all(indicator: str) -> None:
    assert all(0 <= one.value <= 100 for one in _told(indicator) if one.value is not None)


def test_january_has_no_cumulative_release_of_its_own() -> None:
    months = {local_start(period).month for period in _final("economy.retail")}
    assert months == set(range(2, 13))


def test_some_values_were_corrected_after_their_first_report() -> None:
    said = defaultdict(list)
    for one in _told("economy.industry_growth"):
        said[one.region, one.period].append(one)
    corrected = [statements for statements in said.values() if len(statements) == 2]
    assert corrected
    assert all(first.recorded_at < last.recorded_at for first, last in corrected)
    assert all(first.value != last.value for first, last in corrected)


def test_one_county_has_not_reported_its_newest_month() -> None:
    newest = max(_final("water.leakage"))
    assert _final("water.leakage")[newest]["440233"].status is ValueStatus.MISSING


def test_one_indicator_stands_over_its_threshold() -> None:
    final = _final("water.leakage")
    limits = CATALOGUE.indicator("water.leakage").thresholds
    assert limits
    assert final[max(final)][tables.CITY].value > limits.bad


@pytest.mark.parametrize("name", ["grid.events_today", "market.new_entities", "water.rain"])
def test_growing_numbers_never_fall_within_a_day(name: str) -> None:
    midnight = datetime(2026, 6, 9, tzinfo=CHINA).timestamp()
    for counts in models.by_region(name, midnight + np.arange(0, 86400, 97.0)).values():
        assert (np.diff(counts) >= 0).all()
        assert counts[0] == 0


@pytest.mark.parametrize("day", range(1, 366, 13))
def test_the_late_indicator_is_late_on_any_day_of_the_year(day: int) -> None:
    now = datetime(2026, 1, 1, 9, tzinfo=CHINA) + timedelta(days=day)
    spec = CATALOGUE.indicator("economy.retail")
    newest = max(one.period for one in history(spec, now.astimezone(UTC)))
    assert spec.freshness < now - end_of(newest) < 3 * spec.freshness


@pytest.mark.parametrize("day", range(1, 366, 13))
def test_the_other_monthly_indicators_are_in_time_on_any_day_of_the_year(day: int) -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=CHINA) + timedelta(days=day)
    for name in ("economy.gdp", "economy.industry_growth", "water.leakage", "ecology.so2_month"):
        spec = CATALOGUE.indicator(name)
        newest = max(one.period for one in history(spec, now.astimezone(UTC)))
        assert now - end_of(newest) <= spec.freshness, name


@pytest.mark.parametrize("indicator", ["economy.retail", "economy.budget_revenue", "economy.gdp"])
def test_what_adds_up_since_january_never_falls_within_a_year_leap_years_included(
    indicator: str,
) -> None:
    city = [one for one in _told(indicator) if one.region == tables.CITY]
    by_year = defaultdict(list)
    for one in sorted(city, key=lambda each: each.period):
        by_year[local_start(one.period).year].append(one.value)
    assert {2024, 2025, 2026} <= set(by_year)
    assert all(values == sorted(values) for values in by_year.values())
