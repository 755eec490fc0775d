"""考核 over cases in the database: now, as of a moment, frozen, reviewed, final."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.topics.evaluation.kept_cases import KeptCases, on
from topics.kit.errors import BadEvaluation
from topics.kit.evaluation.months import MonthEvent, MonthState, MonthStep
from topics.kit.evaluation.sheet import corrected, differing

OCTOBER, SEPTEMBER = date(2026, 10, 1), date(2026, 9, 1)
NOW = on("2026-11-05 10:00")


@pytest.fixture
def kept(module_database_url: str) -> Iterator[KeptCases]:
    made = KeptCases(module_database_url)
    with made.engine.begin() as connection:
        connection.exec_driver_sql("truncate case_event, case_file, evaluation_step")
    yield made
    made.engine.dispose()


def cell(result: Any, key: str, by: str = "region", row: str = "440203") -> tuple[int, int]:
    found = next(one for one in result[by]["rows"] if one["id"] == row)["cells"][key]
    return found["numerator"], found["denominator"]


def take(kept: KeptCases, step: MonthStep, at: datetime, **more: Any) -> int:
    event = MonthEvent(step, at, more.pop("by", "zhou"), "理由", more)
    return kept.evaluations.take(OCTOBER, event)[1]


def test_cases_are_counted_by_county_unit_and_post(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00")
    kept.put("2026-10-13 09:00", late=timedelta(days=9))
    kept.put("2026-10-14 09:00", steps=5)
    kept.put("2026-10-15 09:00", steps=1, region="440281001")
    result = kept.evaluations.count(OCTOBER, NOW)
    assert cell(result, "filing_rate") == (3, 3)
    assert cell(result, "filing_rate", row="440281") == (0, 1)
    assert cell(result, "handling_in_time") == (1, 3)
    assert cell(result, "overdue_rate", "unit", "cgj") == (1, 3)
    assert cell(result, "dispatch_in_time", "post", "派遣") == (3, 3)
    names = {one["name"] for one in result["region"]["rows"]}
    assert names == {"武江区", "乐昌市"}


def test_the_same_kind_at_the_same_place_within_a_week_recurs(kept: KeptCases) -> None:
    kept.put("2026-09-28 09:00")
    kept.put("2026-10-02 09:00")
    kept.put("2026-10-20 09:00")
    assert cell(kept.evaluations.count(OCTOBER, NOW), "recurrence_rate") == (1, 2)


def test_drills_never_count(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00", drill=True)
    assert kept.evaluations.count(OCTOBER, NOW)["region"]["rows"] == []


def test_as_of_an_earlier_moment_the_cases_are_what_they_were(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00", late=timedelta(days=2))
    kept.put("2026-10-20 09:00")
    then = kept.evaluations.count(OCTOBER, on("2026-10-13 09:00"))
    assert cell(then, "filing_rate") == (1, 1)
    assert cell(then, "handling_rate")[0] == 0
    assert cell(kept.evaluations.count(OCTOBER, NOW), "handling_rate") == (2, 2)


def test_the_fold_and_the_register_count_alike(kept: KeptCases) -> None:
    for day in range(1, 20):
        kept.put(f"2026-10-{day:02d} 09:30", steps=day % 9, late=timedelta(hours=7 * (day % 5)))
    before = kept.evaluations.count(OCTOBER, NOW)
    with kept.engine.begin() as connection:
        connection.exec_driver_sql(
            "insert into case_event (case_id, version, step, at, actor, note, data, state, support)"
            " select id, version + 1, '备注', '2026-11-20', 'u', '后来', '{}', state, '{}'"
            " from case_file"
        )
    assert kept.evaluations.count(OCTOBER, NOW) == before


def test_a_frozen_month_does_not_follow_the_cases(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00")
    take(kept, MonthStep.FREEZE, NOW)
    kept.put("2026-10-13 09:00", steps=5)
    told = kept.evaluations.told(OCTOBER, NOW + timedelta(days=1))
    assert told.month.state is MonthState.FROZEN
    assert cell(told.result, "handling_rate") == (1, 1)
    assert differing(told.result, kept.evaluations.count(OCTOBER, NOW)) > 0


def test_a_granted_appeal_takes_cases_out_and_a_correction_stands_beside(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00")
    late = kept.put("2026-10-13 09:00", steps=5)
    hour = timedelta(hours=1)
    take(kept, MonthStep.FREEZE, NOW)
    take(kept, MonthStep.SHOW, NOW + hour)
    appeal = take(kept, MonthStep.APPEAL, NOW + 2 * hour, by="cgj", cases=[late])
    take(kept, MonthStep.REVIEW, NOW + 3 * hour)
    take(kept, MonthStep.DECIDE, NOW + 4 * hour, appeal=appeal, accepted=True, exclude=[late])
    later = NOW + timedelta(days=1)
    assert cell(kept.evaluations.told(OCTOBER, later).result, "handling_rate") == (1, 1)
    take(kept, MonthStep.FINISH, NOW + 5 * hour)
    kept.put("2026-10-14 09:00", steps=5)
    take(kept, MonthStep.CORRECT, NOW + 6 * hour)
    told = kept.evaluations.told(OCTOBER, later)
    assert cell(told.result, "handling_rate") == (1, 1)
    first, last = (one.result or {} for one in told.month.versions)
    beside = corrected(first["region"], last["region"], 2)["rows"][0]["cells"]
    assert beside["handling_rate"]["corrected"]["text"] == "50.0 %"
    shown = kept.evaluations.told(OCTOBER, later, as_of=NOW + 2 * hour)
    assert cell(shown.result, "handling_rate") == (1, 2)


def test_two_people_at_once_do_one_step(kept: KeptCases) -> None:
    event = MonthEvent(MonthStep.FREEZE, NOW, "zhou")
    kept.evaluations.take(OCTOBER, event)
    with pytest.raises(BadEvaluation):
        kept.evaluations.take(OCTOBER, event)
    assert kept.evaluations.told(SEPTEMBER, NOW).month.state is MonthState.DRAFT


def test_a_cell_leads_to_its_cases(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00")
    late = kept.put("2026-10-13 09:00", steps=5)
    for part, cases in (("rest", [late]), ("denominator", [late, "c001"]), ("numerator", ["c001"])):
        found = kept.evaluations.cases(OCTOBER, "unit", "cgj", "handling_rate", part, now=NOW)
        assert found == cases
    with pytest.raises(BadEvaluation, match="没有这个指标"):
        kept.evaluations.cases(OCTOBER, "unit", "cgj", "nothing", "rest", now=NOW)


def test_the_last_twelve_months_say_where_they_stand(kept: KeptCases) -> None:
    take(kept, MonthStep.FREEZE, NOW)
    months = kept.evaluations.months(NOW + timedelta(days=1))
    assert months[:3] == [
        (date(2026, 11, 1), MonthState.DRAFT),
        (OCTOBER, MonthState.FROZEN),
        (SEPTEMBER, MonthState.DRAFT),
    ]
    assert (len(months), months[-1][0]) == (12, date(2025, 12, 1))
