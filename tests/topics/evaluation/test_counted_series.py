"""Indicators counted from cases: the same number as 考核, said again when cases go on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from tests.topics.cases.case_desk import CATEGORIES, CLOCKS, DUTY, HANDLER, REFERENCE, REGIONS
from tests.topics.evaluation.kept_cases import KeptCases, on
from topics.kit.cases.contracts import CategoryKey
from topics.kit.cases.history import Turn
from topics.kit.cases.machine import Order
from topics.kit.catalogue import SHIPPED, Catalogue
from topics.kit.contracts import Observation, Period, PeriodKind, ValueStatus
from topics.kit.evaluation.months import MonthEvent, MonthStep
from topics.kit.evaluation.period_values import SOURCE, PeriodValues
from topics.kit.evaluation.series import CaseSeries
from topics.kit.manifest_counts import CountSpec
from topics.kit.manifest_refreshers import RefresherSpec
from topics.kit.refresh.memory import Forgetful
from topics.kit.stores.postgres_case_facts import PostgresCaseFacts
from topics.kit.stores.postgres_case_moves import PostgresCaseMoves
from topics.kit.worktime.calendar import WorkCalendar
from topics.kit.worktime.clock import WorkClock
from topics.kit.worktime.schedule import WorkSchedule

CATALOGUE = Catalogue.load([SHIPPED])
CITY, WUJIANG, LECHANG = "440200", "440203", "440281"
OCTOBER = date(2026, 10, 1)
NOW = on("2026-11-05 10:00")
MONTH = Period(on("2026-10-01 00:00"), PeriodKind.MONTH)


def spec(name: str) -> RefresherSpec:
    found = CATALOGUE.refresher(name)
    assert found is not None
    return found


def day(text: str) -> Period:
    return Period(on(f"{text} 00:00"), PeriodKind.DAY)


@pytest.fixture
def kept(module_database_url: str) -> Iterator[KeptCases]:
    made = KeptCases(module_database_url)
    with made.engine.begin() as connection:
        connection.exec_driver_sql("truncate case_event, case_file, evaluation_step")
    yield made
    made.engine.dispose()


def series(
    kept: KeptCases, since: date | None = date(2026, 9, 1), work: WorkClock = CLOCKS.work
) -> CaseSeries:
    values = PeriodValues(
        kept.evaluations,
        PostgresCaseFacts(kept.engine, kept.store),
        REGIONS,
        work,
        CATALOGUE.indicator,
        CATEGORIES.majors,
    )
    return CaseSeries(values, PostgresCaseMoves(kept.engine), Forgetful(), since=since)


def said(
    counting: CaseSeries, name: str, now: datetime = NOW
) -> dict[tuple[str, str, Period], Observation]:
    counted = counting.count(spec(name), now)
    counted.done()
    return {(one.indicator, one.region, one.period): one for one in counted.observations}


def value(found: dict[tuple[str, str, Period], Observation], *key: object) -> float | None:
    return found[key].value  # type: ignore[index]


def test_a_months_numbers_are_those_of_the_months_evaluation(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00")
    kept.put("2026-10-13 09:00", late=timedelta(days=9))
    kept.put("2026-10-14 09:00", steps=5)
    kept.put("2026-10-15 09:00", steps=1, region="440281001")
    found = said(series(kept), "grid.cases_month")
    rows = kept.evaluations.told(OCTOBER, NOW).result["region"]["rows"]
    assert {row["id"] for row in rows} == {WUJIANG, LECHANG}
    for one in spec("grid.cases_month").counts:
        cells = {row["id"]: row["cells"][one.formula][one.part] for row in rows}
        for region in (WUJIANG, LECHANG):
            assert value(found, one.indicator, region, MONTH) == cells[region], one.indicator
        assert value(found, one.indicator, CITY, MONTH) == sum(cells.values())
    assert value(found, "grid.month_opened", CITY, MONTH) == 3
    assert value(found, "grid.month_handled_in_time", CITY, MONTH) == 1


def test_a_day_counts_what_was_reported_fell_due_and_was_closed_in_it(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00")
    kept.put("2026-10-12 10:00", region="440281001")
    found = said(series(kept), "grid.cases_day")
    monday = day("2026-10-12")
    assert value(found, "grid.events_today", CITY, monday) == 2
    assert value(found, "grid.events_appearance", LECHANG, monday) == 1
    assert value(found, "grid.events_facility", CITY, monday) == 0
    due = {
        key[2]: one.value
        for key, one in found.items()
        if key[:2] == ("grid.due", CITY) and one.value
    }
    assert sum(due.values()) == 2
    assert found["grid.due", CITY, monday].source == SOURCE


def test_hours_of_handling_are_working_hours_and_nothing_where_nothing_closed(
    kept: KeptCases,
) -> None:
    kept.put("2026-10-12 09:00")
    found = said(series(kept), "grid.cases_day")
    hours = [
        one
        for key, one in found.items()
        if key[:2] == ("grid.handling_hours", WUJIANG) and one.value is not None
    ]
    assert len(hours) == 1
    assert 0 < (hours[0].value or 0) < 3
    empty = found["grid.handling_hours", LECHANG, day("2026-10-12")]
    assert empty.value is None
    assert empty.status is ValueStatus.NOT_MONITORED


def test_without_the_years_holidays_working_hours_are_missing_and_all_other_numbers_are_there(
    kept: KeptCases, caplog: pytest.LogCaptureFixture
) -> None:
    kept.put("2026-10-12 09:00")
    calendar = WorkCalendar({date(2025, 10, 1): False})
    counting = series(
        kept, work=WorkClock(calendar, WorkSchedule.load(REFERENCE / "work_hours.csv"))
    )
    found = said(counting, "grid.cases_day")
    assert value(found, "grid.events_today", CITY, day("2026-10-12")) == 1
    hours = [one for key, one in found.items() if key[0] == "grid.handling_hours"]
    missing = [one.period for one in hours if one.status is ValueStatus.MISSING]
    assert set(missing) == {day("2026-10-12")}
    assert all(one.value is None for one in hours)
    (told,) = [one.message for one in caplog.records if "平均工作时" in one.message]
    assert "没有 2026 年" in told


def test_the_running_day_is_said_only_where_it_grows(kept: KeptCases) -> None:
    kept.put("2026-11-05 09:00", steps=1)
    found = said(series(kept), "grid.cases_day")
    today = day("2026-11-05")
    assert value(found, "grid.events_today", CITY, today) == 1
    assert ("grid.due", CITY, today) not in found
    assert ("grid.month_opened", CITY, Period(on("2026-11-01 00:00"), PeriodKind.MONTH)) not in (
        said(series(kept), "grid.cases_month")
    )


def test_a_second_run_says_only_what_may_have_changed(kept: KeptCases) -> None:
    kept.put("2026-09-20 09:00")
    counting = series(kept)
    said(counting, "grid.cases_day")
    later = NOW + timedelta(minutes=2)
    quiet = {key[2] for key in said(counting, "grid.cases_day", later)}
    said(counting, "grid.cases_day", later)
    assert day("2026-09-20") in quiet  # the run before is looked through once more
    quiet = {key[2] for key in said(counting, "grid.cases_day", later)}
    assert quiet == {day("2026-11-05")}
    kept.put("2026-10-12 09:00")
    found = said(counting, "grid.cases_day", later)
    assert value(found, "grid.events_today", CITY, day("2026-10-12")) == 1
    assert day("2026-09-20") not in {key[2] for key in found}


def test_a_frozen_month_says_what_was_frozen_and_its_cases(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00")
    event = MonthEvent(MonthStep.FREEZE, NOW, "zhou", "理由")
    kept.evaluations.take(OCTOBER, event)
    kept.put("2026-10-13 09:00")
    later = NOW + timedelta(hours=1)
    counting = series(kept)
    found = said(counting, "grid.cases_month", later)
    kept_cells = kept.evaluations.told(OCTOBER, later).result["region"]["rows"][0]["cells"]
    assert value(found, "grid.month_opened", WUJIANG, MONTH) == 1
    assert kept_cells["filing_rate"]["numerator"] == 1


def test_cases_speak_from_the_day_after_the_first_one(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00")
    counting = series(kept, since=None)
    assert not counting.covers(day("2026-10-12"))
    assert counting.covers(day("2026-10-13"))
    assert not counting.covers(MONTH)
    night = Period(on("2026-10-12 23:00"), PeriodKind.HOUR)
    assert not counting.covers(night)
    assert counting.covers(Period(on("2026-10-13 00:00"), PeriodKind.HOUR))
    assert all(key[2].start >= on("2026-10-13 00:00") for key in said(counting, "grid.cases_day"))


def test_without_any_case_nothing_is_said_and_other_sources_count(kept: KeptCases) -> None:
    counting = series(kept, since=None)
    assert said(counting, "grid.cases_day") == {}
    assert not counting.covers(day("2026-10-13"))


def test_the_cases_behind_a_number_are_as_many_as_it_says(kept: KeptCases) -> None:
    first = kept.put("2026-10-12 09:00")
    kept.put("2026-10-12 10:00", region="440281001")
    counting = series(kept)
    one = next(x for x in spec("grid.cases_day").counts if x.indicator == "grid.events_today")
    monday = day("2026-10-12")
    assert counting.cases(one, WUJIANG, monday, NOW) == [first]
    assert len(counting.cases(one, CITY, monday, NOW) or ()) == 2
    assert counting.cases(one, WUJIANG, monday, on("2026-10-12 08:30")) == []


def test_what_is_overdue_now_is_past_its_deadline_and_not_closed(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00", steps=4)
    kept.put("2026-10-12 09:30")
    found = said(series(kept), "grid.cases_now")
    assert value(found, "grid.overdue", CITY, Period(NOW, PeriodKind.INSTANT)) == 1
    assert value(found, "grid.overdue", LECHANG, Period(NOW, PeriodKind.INSTANT)) == 0
    early = Period(on("2026-10-12 12:00"), PeriodKind.INSTANT)
    assert value(found, "grid.overdue", CITY, early) == 0


def test_what_was_answered_late_was_overdue_until_then(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00", late=timedelta(days=9))
    found = said(series(kept), "grid.cases_now")
    between = Period(on("2026-10-15 12:00"), PeriodKind.INSTANT)
    assert value(found, "grid.overdue", CITY, between) == 1
    assert value(found, "grid.overdue", CITY, Period(NOW, PeriodKind.INSTANT)) == 0


def test_orders_of_the_hotline_are_counted_apart_from_all_other_cases(kept: KeptCases) -> None:
    kept.put("2026-10-12 09:00", source="hotline", reference="o1")
    kept.put("2026-10-13 09:00", source="hotline", reference="o2", late=timedelta(days=9))
    kept.put("2026-10-14 09:00")  # by phone of an inspector
    found = said(series(kept), "grid.cases_hotline")

    def of(name: str) -> float | None:
        return value(found, f"grid.order_{name}", CITY, MONTH)

    assert [of(one) for one in ("reported", "sent", "due", "in_time", "sent_back")] == [
        2, 2, 2, 1, 0,
    ]  # fmt: skip


def test_an_order_that_its_unit_sent_back_counts_once_as_sent_back(kept: KeptCases) -> None:
    at = on("2026-10-12 09:00")
    order = Order("派遣", unit="cgj", note="x")
    steps = [
        (4, Order("受理"), DUTY), (8, Order("立案"), DUTY), (15, order, DUTY),
        (20, Order("退回", note="不归我们"), HANDLER), (25, order, DUTY),
    ]  # fmt: skip
    turns = [Turn(at + timedelta(minutes=after), one, who) for after, one, who in steps]
    kept.put("2026-10-12 09:00", turns=turns, source="hotline", reference="o1")
    found = said(series(kept), "grid.cases_hotline")
    assert value(found, "grid.order_sent_back", CITY, MONTH) == 1
    assert value(found, "grid.order_sent", CITY, MONTH) == 1


def test_the_orders_behind_a_number_are_the_hotlines_only(kept: KeptCases) -> None:
    own = kept.put("2026-10-12 09:00", source="hotline", reference="o1")
    kept.put("2026-10-14 09:00")
    counting = series(kept)
    one = next(one for one in spec("grid.cases_hotline").counts if one.part == "denominator")
    assert counting.cases(one, CITY, MONTH, NOW) == [own]
    assert "只计12345 热线来的事件" in counting.words(one)


def called(kept: KeptCases, when: str, reference: str, **more: object) -> str:
    return kept.put(when, source="hotline", reference=reference, **more)


def again(kept: KeptCases, period: Period = MONTH) -> float | None:
    found = said(series(kept), "grid.cases_hotline")
    return value(found, "grid.order_again", CITY, period)


NUMBER = {"contact": "13800000000"}


def test_a_call_of_the_same_number_about_the_same_within_seven_days_is_a_repeated_one(
    kept: KeptCases,
) -> None:
    called(kept, "2026-10-12 09:00", "o1", **NUMBER)
    called(kept, "2026-10-19 09:00", "o2", contact="+86 138-0000-0000")  # seven days to the minute
    called(kept, "2026-10-26 09:01", "o3", **NUMBER)
    called(kept, "2026-10-13 09:00", "o4", contact="13900000000")
    found = said(series(kept), "grid.cases_hotline")
    assert value(found, "grid.order_again", CITY, MONTH) == 1
    assert value(found, "grid.order_calls", CITY, MONTH) == 4


def test_another_matter_or_another_source_makes_no_repeated_call(kept: KeptCases) -> None:
    called(kept, "2026-10-12 09:00", "o1", **NUMBER)
    other = CategoryKey("城市管理", "事项", "06017")
    called(kept, "2026-10-13 09:00", "o2", category=other, **NUMBER)
    kept.put("2026-10-13 10:00", **NUMBER)  # an inspector's report with a number
    assert again(kept) == 0


def test_a_call_of_the_month_before_is_known_though_its_case_ended_then(kept: KeptCases) -> None:
    called(kept, "2026-09-28 09:00", "o1", **NUMBER)
    called(kept, "2026-10-02 09:00", "o2", **NUMBER)
    assert again(kept) == 1


def test_without_a_number_the_place_stands_for_the_caller_and_without_both_nobody(
    kept: KeptCases,
) -> None:
    here = {"longitude": 113.5801, "latitude": 24.8401}
    called(kept, "2026-10-12 09:00", "o1", **here)
    called(kept, "2026-10-13 09:00", "o2", **here)
    called(kept, "2026-10-13 09:00", "o3", contact="无", **here)  # no number either
    called(kept, "2026-10-14 09:00", "o4", **NUMBER, **here)  # a number is no place
    nowhere = {"longitude": None, "latitude": None}
    called(kept, "2026-10-15 09:00", "o5", **nowhere)
    called(kept, "2026-10-16 09:00", "o6", **nowhere)
    assert again(kept) == 2


def test_the_calls_behind_the_number_and_its_words_say_how_they_were_counted(
    kept: KeptCases,
) -> None:
    called(kept, "2026-10-12 09:00", "o1", **NUMBER)
    second = called(kept, "2026-10-13 09:00", "o2", **NUMBER)
    counting = series(kept)
    one = next(one for one in spec("grid.cases_hotline").counts if one.what == "called_again")
    assert counting.cases(one, CITY, MONTH, NOW) == [second]
    assert counting.cases(one, CITY, MONTH, on("2026-10-12 12:00")) == []
    assert "没有号码的按同一地点" in counting.words(one)
    assert "前 7 日" in counting.words(one)


@pytest.mark.parametrize("days", [0, 32, -1])
def test_days_of_repeated_calls_that_cannot_be_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match="请写 1–31"):
        CountSpec(indicator="grid.order_again", window="reported", what="called_again", days=days)
