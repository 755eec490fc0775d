"""A value changes only when something it says it reads changed, and then it is looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.formula.small_city import (
    CITY,
    COUNTIES,
    GEOGRAPHY,
    REGIONS,
    formula,
    said,
    spec,
)
from tests.topics.formula.test_evaluator import CASES, FIRST, RATE, TOTAL, X, Y, some_rows
from topics.kit.contracts import Period, PeriodKind
from topics.kit.formula.clocks import Clock, clock_of, count, count_of, period, start_of
from topics.kit.formula.cubes import cubes_of
from topics.kit.formula.evaluate import evaluate
from topics.kit.formula.geography import Geography
from topics.kit.formula.reach import Place, affected, reads
from topics.kit.formula.steps import Step
from topics.kit.periods import a_year_before, period_at, previous

MIDDLE = FIRST + 14
ALL_CASES = {**CASES, "ytd(a.x)": "件", "share_of_parent(a.x) + 0 * rank(a.y)": "%"}


@settings(max_examples=60, deadline=None)
@given(
    expression=st.sampled_from(sorted(ALL_CASES)),
    missing=st.sampled_from(["withhold", "skip", "estimate"]),
    region=st.sampled_from([CITY, *COUNTIES]),
    at=st.integers(FIRST, FIRST + 25),
    which=st.sampled_from([X, Y, RATE, TOTAL]),
    seed=st.integers(0, 1000),
)
def test_exactly_what_is_affected_changes_and_it_reads_what_changed(
    expression: str, missing: str, region: str, at: int, which: object, seed: int
) -> None:
    kind = {"ytd(a.x)": PeriodKind.CUMULATIVE}.get(expression, PeriodKind.MONTH)
    result = spec("a.result", ALL_CASES[expression], kind)
    one = formula(expression, X, Y, RATE, TOTAL, result=result, missing=missing)
    name = which.id  # type: ignore[attr-defined]
    rows = some_rows(seed, 0.05)
    changed = said(name, period(at, which.period_kind), 999.5, region)  # type: ignore[attr-defined]
    others = [
        o for o in rows if (o.indicator, o.region, o.period) != (name, region, changed.period)
    ]
    counts = np.arange(FIRST, FIRST + 26)
    before = evaluate(one, cubes_of(rows, GEOGRAPHY), counts)
    after = evaluate(one, cubes_of([*others, changed], GEOGRAPHY), counts)
    same = (before.value == after.value) | (np.isnan(before.value) & np.isnan(after.value))
    same &= (before.state == after.state) & (before.present == after.present)
    touched = affected(one, GEOGRAPHY, name, [Place(region, at)])
    for code, row in GEOGRAPHY.row.items():
        for column, when in enumerate(counts.tolist()):
            place = Place(code, when)
            assert same[row, column] or place in touched, place
            if place in touched and not one.within_children:
                read = {(r.indicator, r.region, r.at) for r in reads(one, GEOGRAPHY, *place)}
                assert (name, region, at) in read


STEPS = [
    Step("previous"),
    Step("previous", 5),
    Step("previous", cumulative=True),
    Step("previous", 3, cumulative=True),
    Step("previous", 2, stride=3),
    Step("year"),
    Step("year", clock=Clock.QUARTERS),
    Step("year", clock=Clock.DAYS),
    Step("year", clock=Clock.HOURS),
    Step("december"),
    Step("ytd"),
    Step("rolling", 4),
    Step("rolling", 3, stride=3),
    Step("of_year", clock=Clock.MONTHS),
    Step("of_year", clock=Clock.DAYS),
]
CENTRE = {Clock.DAYS: 19780, Clock.HOURS: 19780 * 24 + 7, Clock.QUARTERS: 2024 * 4 + 1}


@pytest.mark.parametrize("step", STEPS, ids=lambda one: f"{one.what}-{one.times}-{one.clock}")
def test_a_step_forward_undoes_a_step_back(step: Step) -> None:
    centre = CENTRE.get(step.clock, 24300)
    span = {Clock.DAYS: 800, Clock.MONTHS: 100}.get(step.clock, 40)
    target = centre if step.what != "of_year" else 2024
    first = centre - 2 if step.what != "of_year" else centre - 500
    candidates = np.arange(first, first + span * (24 if step.clock is Clock.HOURS else 1) * 11)
    back = step.back(candidates)
    hits = (back == target).any(axis=1) if step.is_window else back == target
    assert set(step.forward(target)) == set(candidates[hits].tolist())


@given(
    moment=st.integers(9000, 44000),
    kind=st.sampled_from(sorted(PeriodKind)),
)
def test_a_period_and_its_number_are_the_same(moment: int, kind: PeriodKind) -> None:
    start = start_of(moment, Clock.DAYS)
    when = period_at(start, kind)
    assert period(count(when), kind) == when
    if kind in (PeriodKind.MONTH, PeriodKind.DAY, PeriodKind.HOUR):
        step = Step("previous", clock=clock_of(kind))
        assert int(step.back(np.array([count(when)]))[0]) == count(previous(when))
    if kind is not PeriodKind.INSTANT:
        step = Step("year", clock=clock_of(kind))
        assert int(step.back(np.array([count(when)]))[0]) == count(a_year_before(when))


def test_a_region_is_no_child_before_it_was_founded_or_after_it_was_withdrawn() -> None:
    regions = [
        replace(one, valid_from=date(2024, 7, 1) if one.code == COUNTIES[0] else one.valid_from)
        for one in REGIONS
    ]
    geography = Geography(regions)
    june, july = (
        count(Period(start_of(24288 + n, Clock.MONTHS), PeriodKind.MONTH)) for n in (5, 6)
    )
    assert geography.children(CITY, Clock.MONTHS, june) == COUNTIES[1:]
    assert geography.children(CITY, Clock.MONTHS, july) == COUNTIES
    assert count_of(start_of(july, Clock.MONTHS), Clock.MONTHS) == july
