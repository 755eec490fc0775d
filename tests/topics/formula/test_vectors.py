"""Published numbers that the engine must give back, with their sources."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.topics.formula.small_city import CUMULATIVE, END, formula, month, said, spec, value_of
from topics.kit.contracts import PeriodKind
from topics.kit.formula.cells import Why
from topics.kit.formula.clocks import period

_TABLE = (Path(__file__).parent / "ratios.csv").read_text(encoding="utf-8")
RATIOS = list(csv.DictReader(_TABLE.splitlines()))
TOTAL, GROWTH = spec("a.total", "亿元", CUMULATIVE), spec("a.growth", "%", CUMULATIVE)


@pytest.mark.parametrize("row", RATIOS, ids=lambda row: row["metric"])
def test_a_ratio_of_the_statistics_is_given_back_to_its_printed_decimals(
    row: dict[str, str],
) -> None:
    over, under = spec("a.over", "件"), spec("a.under", "件")
    one = formula("a.over / a.under * 100", over, under, result=spec("a.rate", "%"))
    rows = [
        said("a.over", month(2021, 1), float(row["numerator"])),
        said("a.under", month(2021, 1), float(row["denominator"])),
    ]
    value, status, _ = value_of(one, rows, month(2021, 1))
    assert (f"{value:.2f}%", status) == (row["computed"], "ok")


def test_two_years_of_growth_average_to_the_published_one() -> None:
    one = formula("two_year_avg(a.growth)", GROWTH, result=spec("a.two", "%", CUMULATIVE))
    rows = [
        said("a.growth", month(2020, 2, CUMULATIVE), -13.5),
        said("a.growth", month(2021, 2, CUMULATIVE), 35.1),
    ]
    value, _, _ = value_of(one, rows, month(2021, 2, CUMULATIVE))
    assert value is not None
    assert round(value, 1) == 8.1


MONTHS = [(2, 100.0), (3, 160.0), (4, 205.0)]


@pytest.mark.parametrize(("number", "expected"), [(3, 60.0), (4, 45.0)])
def test_a_month_is_the_cumulative_value_less_the_one_before(number: int, expected: float) -> None:
    one = formula("monthly(a.total)", TOTAL, result=spec("a.month", "亿元"))
    rows = [said("a.total", month(2026, n, CUMULATIVE), value) for n, value in MONTHS]
    assert value_of(one, rows, month(2026, number))[0] == expected


def test_february_has_no_month_of_its_own_where_january_and_february_are_one_release() -> None:
    one = formula("monthly(a.total)", TOTAL, result=spec("a.month", "亿元"))
    rows = [said("a.total", month(2026, n, CUMULATIVE), value) for n, value in MONTHS]
    assert value_of(one, rows, month(2026, 2)) == (None, "missing", Why.COMBINED)


def test_february_is_a_month_where_january_was_reported_too() -> None:
    one = formula("monthly(a.total)", TOTAL, result=spec("a.month", "亿元"))
    rows = [said("a.total", month(2026, n, CUMULATIVE), v) for n, v in [(1, 40.0), *MONTHS]]
    assert [value_of(one, rows, month(2026, n))[0] for n in (1, 2)] == [40.0, 60.0]


def test_the_change_of_a_growth_is_in_points() -> None:
    one = formula("mom_points(a.growth)", GROWTH, result=spec("a.points", "百分点", CUMULATIVE))
    rows = [
        said("a.growth", month(2018, 12, CUMULATIVE), 5.7),
        said("a.growth", month(2019, 2, CUMULATIVE), 5.3),
    ]
    value, _, _ = value_of(one, rows, month(2019, 2, CUMULATIVE))
    assert value == pytest.approx(-0.4)


def test_the_symmetric_growth_and_its_index_are_those_of_the_composite_method() -> None:
    level = spec("a.x", "件")
    change = formula("symmetric_growth(a.x)", level, result=spec("a.r", "%"))
    index = formula("100 * (200 + a.r) / (200 - a.r)", spec("a.r", ""), result=spec("a.i", ""))
    rows = [said("a.x", month(2026, 1), 100.0), said("a.x", month(2026, 2), 110.0)]
    grown, _, _ = value_of(change, rows, month(2026, 2))
    assert grown == pytest.approx(9.5238, abs=1e-4)
    found, _, _ = value_of(index, [said("a.r", month(2026, 2), grown)], month(2026, 2))
    assert found == pytest.approx(110.0)


@pytest.mark.parametrize(("now", "base", "target"), [(70.0, 60, 80), (9.35, 9.2, 9.5)])
def test_progress_goes_from_the_base_to_the_target(now: float, base: float, target: float) -> None:
    one = formula(f"progress(a.x, {base}, {target})", spec("a.x", "分"), result=spec("a.done", "%"))
    value, _, _ = value_of(one, [said("a.x", month(2026, 6), now)], month(2026, 6))
    assert value == pytest.approx(50.0)


@pytest.mark.parametrize(("number", "expected"), [(1, 100 / 12), (6, 50.0), (12, 100.0)])
def test_so_much_of_the_year_is_over_at_the_end_of_a_month(number: int, expected: float) -> None:
    done = spec("a.done", "%", CUMULATIVE)
    one = formula("a.done - elapsed()", done, result=spec("a.ahead", "百分点", CUMULATIVE))
    when = month(2026, number, CUMULATIVE)
    value, _, _ = value_of(one, [said("a.done", when, 60.0)], when)
    assert value == pytest.approx(60.0 - expected)


def test_a_day_of_a_leap_year_is_one_of_366() -> None:
    done = spec("a.done", "%", PeriodKind.DAY)
    one = formula("a.done - elapsed()", done, result=spec("a.ahead", "%", PeriodKind.DAY))
    when = period(19782, PeriodKind.DAY)  # 29 February 2024, the 60th day
    assert value_of(one, [said("a.done", when, 60.0)], when)[0] == pytest.approx(60 - 6000 / 366)


def test_a_stock_is_compared_with_the_end_of_the_last_year() -> None:
    stock = spec("a.stock", "亿元", END)
    one = formula("since_december(a.stock)", stock, result=spec("a.more", "亿元", END))
    rows = [
        said("a.stock", month(2025, 12, END), 900.0),
        said("a.stock", month(2026, 5, END), 960.0),
    ]
    assert value_of(one, rows, month(2026, 5, END))[0] == 60.0
