"""What is said of a computed value is what was computed: inputs, numbers, parts of a change."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.formula.small_city import (
    CITY,
    COUNTIES,
    CUMULATIVE,
    formula,
    month,
    said,
    service,
    spec,
)
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.errors import UnknownRegion
from topics.kit.formula.formula import Formula

SUPPLY = spec("w.supply", "万m³", title="供水总量")
BILLED = spec("w.billed", "万m³", title="注册用户用水量")
RATE = spec("w.rate", "%", title="漏损率")
NOW, BEFORE, A_YEAR_AGO = month(2026, 10), month(2026, 9), month(2025, 10)


def leakage(**more: object) -> Formula:
    expression = "(w.supply - w.billed) / w.supply * 100"
    return formula(expression, SUPPLY, BILLED, result=RATE, **more)


def rows(when: Period, *pairs: tuple[float, float]) -> list[Observation]:
    """Supply and billed of each county, and their sums for the city."""
    found = []
    for county, (supply, billed) in zip(COUNTIES, pairs, strict=True):
        found += [said("w.supply", when, supply, county), said("w.billed", when, billed, county)]
    for name, which in (("w.supply", 0), ("w.billed", 1)):
        found.append(said(name, when, math.fsum(pair[which] for pair in pairs)))
    return found


HISTORY = [
    *rows(NOW, (100, 91), (200, 180), (700, 640)),
    *rows(BEFORE, (90, 80), (210, 190), (700, 630)),
]


def test_a_value_is_explained_by_its_words_its_numbers_and_its_inputs() -> None:
    found = service(HISTORY, [leakage()], SUPPLY, BILLED).trace("w.rate", CITY, NOW, as_of=None)
    assert found is not None
    assert found.value == pytest.approx(8.9)
    assert found.words == "(供水总量 − 注册用户用水量) ÷ 供水总量 × 100"
    assert found.numbers == "(1,000 − 911) ÷ 1,000 × 100"
    assert [(one.role, one.computed) for one in found.inputs] == [
        ("供水总量", False),
        ("注册用户用水量", False),
    ]


def test_a_topic_may_word_its_formula_itself() -> None:
    one = leakage(words="漏损水量 ÷ 供水总量")
    found = service(HISTORY, [one], SUPPLY, BILLED).trace("w.rate", CITY, NOW, as_of=None)
    assert found is not None
    assert found.words == "漏损水量 ÷ 供水总量"


def test_what_is_missing_is_named_and_no_number_is_given() -> None:
    history = [one for one in HISTORY if (one.indicator, one.region) != ("w.billed", CITY)]
    found = service(history, [leakage()], SUPPLY, BILLED).trace("w.rate", CITY, NOW, as_of=None)
    assert found is not None
    assert (found.value, found.status) == (None, ValueStatus.MISSING)
    assert found.why == "缺 注册用户用水量"
    assert found.numbers == "(1,000 − ∅) ÷ 1,000 × 100"


def test_a_share_of_nothing_is_explained_in_the_indicators_own_word() -> None:
    named = spec("w.rate", "%", title="漏损率", idle="没有供水")
    share = formula("w.billed / w.supply * 100", SUPPLY, BILLED, result=named)
    history = [said("w.supply", NOW, 0.0), said("w.billed", NOW, 0.0)]
    found = service(history, [share], SUPPLY, BILLED).trace("w.rate", CITY, NOW, as_of=None)
    assert found is not None
    assert (found.value, found.status) == (None, ValueStatus.NOT_MONITORED)
    assert found.why == "没有供水:分母为 0,不能相除"


def test_an_input_of_last_year_is_called_so() -> None:
    one = formula("yoy(w.supply)", SUPPLY, result=spec("w.growth", "%"))
    history = [*HISTORY, said("w.supply", A_YEAR_AGO, 800.0)]
    found = service(history, [one], SUPPLY).trace("w.growth", CITY, NOW, as_of=None)
    assert found is not None
    assert [one.role for one in found.inputs] == ["供水总量", "供水总量 上年同期"]
    assert found.words == "(供水总量 ÷ 上年同期供水总量 − 1) × 100"
    assert found.numbers == "(1,000 ÷ 800 − 1) × 100"


def test_a_sum_that_left_out_a_county_says_how_many_went_in_and_who_is_missing() -> None:
    one = formula(
        "regional_sum(w.supply)", SUPPLY, result=spec("w.all", "万m³", levels=("city",)),
        missing="skip",
    )  # fmt: skip
    history = [said("w.supply", NOW, 5.0, COUNTIES[0]), said("w.supply", NOW, 7.0, COUNTIES[2])]
    found = service(history, [one], SUPPLY).trace("w.all", CITY, NOW, as_of=None)
    assert found is not None
    assert (found.value, found.status) == (12.0, ValueStatus.ESTIMATED)
    assert found.numbers == "(5 + ∅ + 7)(2/3,缺 浈江 供水总量)"


def test_a_computed_input_leads_on_to_its_own_formula() -> None:
    double = formula("w.rate * 2", RATE, result=spec("w.double", "%"))
    asked = service(HISTORY, [leakage(), double], SUPPLY, BILLED)
    found = asked.trace("w.double", CITY, NOW, as_of=None)
    assert found is not None
    assert [one.computed for one in found.inputs] == [True]


def test_what_is_not_computed_has_no_trace() -> None:
    asked = service(HISTORY, [leakage()], SUPPLY, BILLED)
    assert asked.trace("w.supply", CITY, NOW, as_of=None) is None


def test_a_region_that_does_not_exist_is_refused_by_name() -> None:
    asked = service(HISTORY, [leakage()], SUPPLY, BILLED)
    with pytest.raises(UnknownRegion, match="999999"):
        asked.trace("w.rate", "999999", NOW, as_of=None)


def test_the_parts_of_a_rate_add_up_to_its_change() -> None:
    found = service(HISTORY, [leakage()], SUPPLY, BILLED).change(
        "w.rate", CITY, NOW, "previous", as_of=None
    )
    assert found is not None
    assert found.before == BEFORE
    assert found.amount == pytest.approx(8.9 - 10.0)
    # County 1: ((9 - 10) - 0.1 * (100 - 90)) / 1000, and so on.
    assert [round(one.amount, 9) for one in found.parts] == [-0.2, 0.1, -1.0]
    assert math.fsum(one.amount for one in found.parts) == found.amount


amounts = st.floats(1.0, 1e6)
pairs = st.tuples(amounts, amounts)
three = st.tuples(pairs, pairs, pairs)


@given(before=three, now=three)
@settings(max_examples=60, deadline=None)
def test_the_parts_of_any_ratio_of_sums_add_up(
    before: tuple[tuple[float, float], ...], now: tuple[tuple[float, float], ...]
) -> None:
    asked = service(
        [*rows(BEFORE, *before), *rows(NOW, *now)], [leakage()], SUPPLY, BILLED
    )  # fmt: skip
    found = asked.change("w.rate", CITY, NOW, "previous", as_of=None)
    assert found is not None
    assert len(found.parts) == 3
    rate = [sum(s - b for s, b in each) / sum(s for s, _ in each) * 100 for each in (before, now)]
    scale = max(abs(one.amount) for one in found.parts)
    assert sum(one.amount for one in found.parts) == pytest.approx(
        rate[1] - rate[0], abs=1e-9 * (1 + scale)
    )


def test_an_amount_that_is_brought_is_split_by_its_counties() -> None:
    found = service(HISTORY, [], SUPPLY).change("w.supply", CITY, NOW, "previous", as_of=None)
    assert found is not None
    assert [(one.region, one.amount) for one in found.parts] == [
        (COUNTIES[0], 10.0),
        (COUNTIES[1], -10.0),
        (COUNTIES[2], 0.0),
    ]


def test_a_rate_that_is_brought_is_not_split_and_says_why() -> None:
    history = [
        said("w.rate", when, 9.0, one) for when in (NOW, BEFORE) for one in (CITY, *COUNTIES)
    ]
    found = service(history, [], RATE).change("w.rate", CITY, NOW, "previous", as_of=None)
    assert found is not None
    assert (found.amount, list(found.parts)) == (0.0, [])
    assert "不能相加" in found.why


def test_counties_that_do_not_add_up_to_the_city_are_not_shown_as_its_parts() -> None:
    history = [*HISTORY, said("w.supply", NOW, 1100.0)]
    found = service(history, [], SUPPLY).change("w.supply", CITY, NOW, "previous", as_of=None)
    assert found is not None
    assert (found.amount, list(found.parts)) == (100.0, [])
    assert "之和与本级不等" in found.why


def test_a_county_without_a_value_is_named_instead_of_being_taken_for_zero() -> None:
    history = [*HISTORY, said("w.supply", NOW, None, COUNTIES[1])]
    found = service(history, [], SUPPLY).change("w.supply", CITY, NOW, "previous", as_of=None)
    assert found is not None
    assert found.why == "缺 浈江 的数,不能分解到区划"


def test_without_a_value_to_compare_with_there_is_no_change() -> None:
    found = service(HISTORY, [], SUPPLY).change("w.supply", CITY, NOW, "year", as_of=None)
    assert found is not None
    assert (found.amount, found.why) == (None, "对比期没有数,不能比较")


def test_a_county_has_nothing_below_it_to_be_split_into() -> None:
    found = service(HISTORY, [], SUPPLY).change(
        "w.supply", COUNTIES[0], NOW, "previous", as_of=None
    )
    assert found is not None
    assert (found.amount, found.why) == (10.0, "没有下一级区划")


def test_a_moment_is_compared_with_the_last_one_and_with_the_same_time_yesterday() -> None:
    load = spec("w.load", "万千瓦", PeriodKind.INSTANT, frequency="15m")
    minutes = [0, 60 * 24 - 10, 60 * 24]
    start = np.datetime64("2026-10-01T00:00")
    history = []
    for n, minute in enumerate(minutes):
        moment = (start + np.timedelta64(minute, "m")).astype("datetime64[us]").item()
        period = Period(moment.replace(tzinfo=NOW.start.tzinfo), PeriodKind.INSTANT)
        history.append(said("w.load", period, float(n)))
    asked, last = service(history, [], load), history[-1].period
    before = asked.change("w.load", CITY, last, "previous", as_of=None)
    yesterday = asked.change("w.load", CITY, last, "day", as_of=None)
    assert before is not None
    assert yesterday is not None
    assert (before.before, yesterday.before) == (history[1].period, history[0].period)


def test_a_quarterly_total_is_compared_with_the_quarter_before() -> None:
    total = spec("w.total", "亿元", CUMULATIVE, frequency="1q")
    history = [said("w.total", month(2026, n, CUMULATIVE), float(n)) for n in (3, 6, 9)]
    found = service(history, [], total).change(
        "w.total", CITY, month(2026, 9, CUMULATIVE), "previous", as_of=None
    )
    assert found is not None
    assert found.amount == 3.0
