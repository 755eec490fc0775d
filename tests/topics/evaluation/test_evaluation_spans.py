"""考核 of a quarter, half-year or year: the months together, whether they are drafts or kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.topics.evaluation.kept_cases import KeptCases, on
from tests.topics.evaluation.some_cases import RULES
from topics.kit.errors import BadPeriod
from topics.kit.evaluation.months import MonthEvent, MonthStep
from topics.kit.evaluation.spans import read_span, together

NOW = on("2026-11-20 09:00")
AUTUMN = read_span("2026-Q4").months


@pytest.fixture
def kept(database_url: str) -> KeptCases:
    return KeptCases(database_url)


@pytest.mark.parametrize(
    ("text", "title", "months"),
    [
        ("2026-10", "2026 年 10 月", [10]),
        ("2026-Q3", "2026 年三季度", [7, 8, 9]),
        ("2026-H1", "2026 年上半年", [1, 2, 3, 4, 5, 6]),
        ("2026-H2", "2026 年下半年", [7, 8, 9, 10, 11, 12]),
        ("2026", "2026 年全年", list(range(1, 13))),
    ],
)
def test_a_period_is_read_and_said(text: str, title: str, months: list[int]) -> None:
    span = read_span(text)
    assert (span.title, [one.month for one in span.months]) == (title, months)
    assert {one.year for one in span.months} == {2026}


@pytest.mark.parametrize("text", ["2026-Q5", "2026-H3", "2026-13", "26", "2026Q3", "x", "2026-1"])
def test_what_is_no_period_is_refused_with_how_it_is_written(text: str) -> None:
    with pytest.raises(BadPeriod, match="季写 2026-Q3"):
        read_span(text)


def cells(result: dict, by: str) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (row["id"], key): (one["numerator"], one["denominator"])
        for row in result[by]["rows"]
        for key, one in row["cells"].items()
        if "denominator" in one
    }


def test_drafts_read_at_once_say_what_each_month_says_alone(kept: KeptCases) -> None:
    late = timedelta(days=9)
    for day, steps in (("10-02", 8), ("10-28", 8), ("10-30", 5), ("11-03", 8), ("11-18", 2)):
        kept.put(f"2026-{day} 09:00", steps=steps)
        kept.put(f"2026-{day} 10:00", steps=steps, late=late if steps == 8 else timedelta(0))
    kept.put("2026-09-20 09:00", steps=8)  # of the month before, asked for 重复发生
    found, told = kept.evaluations.over(AUTUMN, NOW)
    assert [month for month, _ in told] == [
        date(2026, 10, 1),
        date(2026, 11, 1),
    ]  # 12 月 is to come
    alone = [kept.evaluations.count(month, NOW) for month, _ in told]
    for by in ("region", "unit", "post"):
        assert cells(found, by) == cells(together(alone, RULES), by)
        for number, (_, one) in enumerate(told):
            assert cells(one.result, by) == cells(alone[number], by)
    key = ("440203", "filing_rate")
    sums = [cells(one, "region")[key] for one in alone]
    assert cells(found, "region")[key] == tuple(map(sum, zip(*sums, strict=True)))


def test_a_frozen_month_counts_with_what_is_kept_of_it(kept: KeptCases) -> None:
    kept.put("2026-10-02 09:00")
    take(kept, MonthStep.FREEZE, NOW)
    kept.put("2026-10-03 09:00")  # came in afterwards
    kept.put("2026-11-03 09:00")
    found, told = kept.evaluations.over(AUTUMN, NOW + timedelta(hours=1))
    assert cells(found, "region")["440203", "filing_rate"] == (2, 2)
    assert [one.month.state.value for _, one in told] == ["冻结", "草稿"]


def test_a_period_that_has_not_begun_says_so(kept: KeptCases) -> None:
    with pytest.raises(BadPeriod, match="还没有开始"):
        kept.evaluations.over(read_span("2027-Q1").months, NOW)


def take(kept: KeptCases, step: MonthStep, at: datetime) -> None:
    kept.evaluations.take(date(2026, 10, 1), MonthEvent(step, at, "zhou", "理由"))
