"""Dues that a missing calendar year hid are told once the table has it, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from layers.stores.postgres_engine import connect
from tests.topics.cases.case_desk import (
    CATEGORIES,
    CLOCKS,
    DUTY,
    HANDLER,
    REFERENCE,
    REGIONS,
    SUPPORT,
    report,
)
from tests.topics.evaluation.some_cases import RULES
from tests.topics.worktime.test_work_tables import year
from topics.kit.cases.contracts import CaseStep, CategoryKey
from topics.kit.cases.limits import CaseClocks, load_local_limits, load_stage_limits
from topics.kit.cases.lines import CaseQuery, Sight
from topics.kit.cases.machine import Order
from topics.kit.cases.routing import Routing
from topics.kit.cases.service import Cases
from topics.kit.evaluation.service import Evaluations
from topics.kit.organisations import Organisations
from topics.kit.periods import ZONE
from topics.kit.stores.postgres_case_facts import PostgresCaseFacts
from topics.kit.stores.postgres_case_lists import PostgresCaseLists
from topics.kit.stores.postgres_cases import PostgresCases
from topics.kit.stores.postgres_evaluation import PostgresEvaluations
from topics.kit.worktime.calendar import WorkCalendar
from topics.kit.worktime.clock import WorkClock
from topics.kit.worktime.schedule import WorkSchedule

WATER = CategoryKey("城市管理", "事项", "06025")  # 15 工作日
ALL = Sight(("城市管理",))


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


FILLED = on("2027-01-04 08:00")


@pytest.fixture(scope="module")
def engine(module_database_url: str) -> Iterator[sa.Engine]:
    made = connect(module_database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> CaseClocks:
    """The clocks of the same city once somebody added 2027 to its table."""
    path: Path = tmp_path_factory.mktemp("tables") / "work_calendar.csv"
    shipped = (REFERENCE / "work_calendar.csv").read_text(encoding="utf-8")
    path.write_text(shipped.rstrip("\n") + "\n" + year(2027), encoding="utf-8")
    return CaseClocks(
        WorkClock(WorkCalendar.load(path), WorkSchedule.load(REFERENCE / "work_hours.csv")),
        load_stage_limits(REFERENCE / "case_stage_limits.csv"),
        load_local_limits(REFERENCE / "case_limits.csv"),
        CATEGORIES.find,
    )


@pytest.fixture
def cases(engine: sa.Engine) -> Cases:
    with engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE case_event, case_file, case_number"))
    return made(engine, CLOCKS)


def made(engine: sa.Engine, clocks: CaseClocks) -> Cases:
    store = PostgresCases(engine)
    routing = Routing.load(REFERENCE / "case_routing.csv")
    return Cases(store, PostgresCaseLists(engine, store), CATEGORIES, clocks, routing, REGIONS)


def move(cases: Cases, case: str, word: str, when: str, **more: Any) -> None:
    who = HANDLER if word in ("签收", "处置", "反馈") else DUTY
    cases.move(case, Order(word, note="说明", confirmed=True, **more), who, now=on(when))


def dispatched(cases: Cases, day: str = "2026-12-14", **more: Any) -> str:
    at = on(f"{day} 09:00")
    case = cases.report(report(at=at, category=WATER), now=at).case.id
    for word, when in (("受理", "09:01"), ("立案", "09:02")):
        move(cases, case, word, f"{day} {when}")
    move(cases, case, "派遣", f"{day} 09:03", unit="cgj", **more)
    return case


def test_a_december_case_is_late_in_january_once_the_table_has_the_year(
    cases: Cases, engine: sa.Engine, filled: CaseClocks
) -> None:
    case = dispatched(cases, support=("zjj",))
    before = cases.require(case)
    assert (before.due, before.due_note[:4]) == (None, "时限未定")
    after = made(engine, filled)
    assert after.settle(FILLED) == []
    found = after.require(case)
    assert found.due == on("2027-01-05 17:30")
    assert found.handle_due == found.due == found.tasks[0].due == found.tasks[1].due
    assert found.due_note == ""
    late = CaseQuery(ALL, overdue=True)
    assert [one.id for one in after.board(late, now=on("2027-01-10 09:00")).lines] == [case]
    assert after.store.differing() == []
    assert after.lists.work.hidden("", 9) == []


def test_a_moment_before_the_table_had_the_year_still_knows_no_due(
    cases: Cases, engine: sa.Engine, filled: CaseClocks
) -> None:
    case = dispatched(cases)
    after = made(engine, filled)
    after.settle(FILLED)
    assert after.require(case, on("2027-01-03 09:00")).due is None
    assert after.events(case)[-1].step is CaseStep.CLOCKED
    assert after.board(CaseQuery(ALL), now=FILLED, as_of=on("2027-01-03 09:00")).overdue == 0


def test_without_the_year_nothing_is_said_however_often_it_is_looked_at(cases: Cases) -> None:
    case = dispatched(cases)
    for _ in range(2):
        assert cases.settle(FILLED) == []
    assert cases.require(case).due is None
    assert len(cases.events(case)) == 4


def test_the_due_of_a_case_that_stood_or_was_answered_is_told_too(
    cases: Cases, engine: sa.Engine, filled: CaseClocks
) -> None:
    plain = dispatched(cases)
    held = dispatched(cases)
    move(cases, held, "挂账", "2026-12-15 09:00", until=on("2026-12-18 09:00"))
    move(cases, held, "恢复", "2026-12-17 09:00")
    standing = dispatched(cases)
    move(cases, standing, "挂账", "2026-12-15 09:00", until=on("2027-02-01 09:00"))
    after = made(engine, filled)
    after.settle(FILLED)
    first, second = after.require(plain).due, after.require(held).due
    assert first is not None
    assert second is not None
    assert second > first
    assert after.require(standing).due_note == "挂账,停表"
    move(after, standing, "恢复", "2027-01-05 09:00")
    assert after.require(standing).due is not None
    assert after.store.differing() == []


def test_every_hidden_due_is_told_however_many(
    cases: Cases, engine: sa.Engine, filled: CaseClocks
) -> None:
    waiting = [dispatched(cases) for _ in range(5)]
    after = made(engine, filled)
    after.settle(FILLED, batch=2)
    assert all(after.require(one).due is not None for one in waiting)


def test_the_evaluation_counts_what_was_hidden_and_as_of_before_it_does_not(
    cases: Cases, engine: sa.Engine, filled: CaseClocks
) -> None:
    late = dispatched(cases)
    for word in ("签收", "处置"):
        move(cases, late, word, "2026-12-15 09:00")
    after = made(engine, filled)
    move(after, late, "反馈", "2027-01-28 09:00")
    move(after, late, "核查", "2027-01-28 10:00")
    move(after, late, "结案", "2027-01-28 11:00")
    known = on("2027-02-01 08:00")
    assert after.require(late).handle_due is None
    after.settle(known)
    assert after.require(late).handle_due is not None
    evaluations = Evaluations(
        PostgresEvaluations(engine), PostgresCaseFacts(engine, after.store), RULES, REGIONS,
        Organisations.load(REFERENCE / "organisations.csv"),
    )  # fmt: skip

    def in_time(at: datetime) -> tuple[int, int]:
        result = evaluations.count(date(2027, 1, 1), at)
        row = next(one for one in result["unit"]["rows"] if one["id"] == "cgj")
        return tuple(row["cells"]["handling_in_time"][one] for one in ("numerator", "denominator"))  # type: ignore[return-value]

    assert in_time(on("2027-02-02 08:00")) == (0, 1)
    assert in_time(on("2027-01-31 08:00")) == (1, 1)  # nobody knew better then
    assert SUPPORT.unit == "zjj"
