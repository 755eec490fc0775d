"""协办 count for their own unit, by their own clock, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.topics.cases.case_desk import DUTY, HANDLER, SUPPORT
from tests.topics.evaluation.kept_cases import KeptCases, on
from topics.kit.cases.history import Turn
from topics.kit.cases.machine import Order

OCTOBER, NOW = date(2026, 10, 1), on("2026-11-05 10:00")
BEGAN = "2026-10-12 09:00"


@pytest.fixture
def kept(module_database_url: str) -> Iterator[KeptCases]:
    made = KeptCases(module_database_url)
    with made.engine.begin() as connection:
        connection.exec_driver_sql("truncate case_event, case_file, evaluation_step")
    yield made
    made.engine.dispose()


def turns(answered: int | None, limit: str = "2 小时") -> list[Turn]:
    """A case that 住建局 supports and answers so many minutes after it began, if at all."""
    given = Order("派遣", unit="cgj", support=("zjj",), limits={"zjj": limit})
    steps = [(4, Order("受理"), DUTY), (8, Order("立案"), DUTY), (15, given, DUTY)]
    steps += [(30, Order(word, note="好"), HANDLER) for word in ("签收", "处置", "反馈")]
    if answered is not None:
        steps += [(answered, Order(word, note="好"), SUPPORT) for word in ("签收", "处置", "反馈")]
    return [Turn(on(BEGAN) + timedelta(minutes=at), order, who) for at, order, who in steps]


def cell(result: Any, by: str, row: str, key: str) -> tuple[int, int] | None:
    found = [one for one in result[by]["rows"] if one["id"] == row]
    one = found[0]["cells"][key] if found else None
    return None if one is None else (one["numerator"], one["denominator"])


@pytest.mark.parametrize(
    ("answered", "rate", "in_time"),
    [(60, (1, 1), (1, 1)), (200, (1, 1), (0, 1)), (None, (0, 1), (0, 1))],
)
def test_a_support_is_judged_by_its_own_clock(
    kept: KeptCases, answered: int | None, rate: tuple[int, int], in_time: tuple[int, int]
) -> None:
    kept.put(BEGAN, turns=turns(answered))
    result = kept.evaluations.count(OCTOBER, NOW)
    assert cell(result, "unit", "zjj", "handling_rate") == rate
    assert cell(result, "unit", "zjj", "handling_in_time") == in_time
    assert cell(result, "unit", "cgj", "handling_in_time") == (1, 1)


def test_a_case_with_supports_is_one_case_of_its_region_and_of_the_posts(kept: KeptCases) -> None:
    kept.put(BEGAN, turns=turns(60))
    result = kept.evaluations.count(OCTOBER, NOW)
    assert cell(result, "region", "440203", "handling_rate") == (1, 1)
    assert cell(result, "post", "处置", "handling_rate") == (1, 1)
    assert cell(result, "unit", "zjj", "closing_rate") in (None, (0, 0))


def test_what_a_support_did_later_does_not_count_as_of_before(kept: KeptCases) -> None:
    kept.put(BEGAN, turns=turns(200))
    before = kept.evaluations.count(OCTOBER, on("2026-10-12 12:00"))
    assert cell(before, "unit", "zjj", "handling_rate") == (0, 1)


def test_the_cases_behind_the_number_of_a_support_are_named(kept: KeptCases) -> None:
    case = kept.put(BEGAN, turns=turns(60))
    found = kept.evaluations.cases(OCTOBER, "unit", "zjj", "handling_rate", "numerator", now=NOW)
    assert found == [case]
