"""Overdue is one thing: any clock that runs is past due, in lists, counts and maps, then as now."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from layers.stores.postgres_engine import connect
from tests.topics.cases.case_desk import DUTY, HANDLER, SUPPORT, at, report
from tests.topics.cases.stored_desk import stored_desk
from topics.kit.cases.lines import CaseQuery, Sight
from topics.kit.cases.machine import Order, Person
from topics.kit.cases.service import Cases
from topics.kit.cases.transitions import Post
from topics.kit.stores.postgres_case_map import Window

ALL = Sight(("城市管理",))
LATE = CaseQuery(ALL, overdue=True)
OWN_LATE, PART_LATE, NOTHING_LATE = at("26 15:50"), at("26 11:30"), at("26 11:00")
"""The case is due at 15:40 (4 工作时), its 协办 at 11:10."""
EVERYWHERE = Window(-180.0, -90.0, 180.0, 90.0, 5.0)


@pytest.fixture(scope="module")
def engine(module_database_url: str) -> Iterator[sa.Engine]:
    made = connect(module_database_url)
    yield made
    made.dispose()


@pytest.fixture
def cases(engine: sa.Engine) -> Cases:
    return stored_desk(engine, emptied=True)


def move(cases: Cases, case: str, word: str, when: str, who: Person = DUTY, **more: Any) -> None:
    order = Order(word, note="说明", confirmed=True, **more)
    cases.move(case, order, who, now=at(when))


def given(cases: Cases, **more: Any) -> str:
    """A case with a 协办 that has two hours, unless said otherwise."""
    placed = report(longitude=113.6, latitude=24.8)
    case = cases.report(placed, now=at("26 09:00")).case.id
    move(cases, case, "受理", "26 09:05")
    move(cases, case, "立案", "26 09:08")
    own = {"support": ("zjj",), "limits": {"zjj": "2 小时"}}
    move(cases, case, "派遣", "26 09:10", unit="cgj", **(own | more))
    return case


def late(cases: Cases, moment: datetime, *, past: bool) -> tuple[set[str], int, int, int]:
    """Who is listed as overdue at a moment; how many the board, the map and the funnel say."""
    far = at("30 12:00") if past else moment
    then = {"as_of": moment} if past else {}
    listed = cases.board(LATE, now=far, **then)
    board = cases.board(CaseQuery(ALL), now=far, **then)
    drawn = cases.on_map(CaseQuery(ALL), far, EVERYWHERE, **then)
    funnel = cases.funnel(ALL, at("26 00:00"), moment)
    marked = sum(one.late for one in drawn.points)
    return {one.id for one in listed.lines}, board.overdue, marked, funnel.overdue


@pytest.mark.parametrize("past", [False, True])
def test_a_support_that_is_late_makes_the_case_overdue_everywhere(cases: Cases, past: bool) -> None:
    case = given(cases)
    assert late(cases, NOTHING_LATE, past=past) == (set(), 0, 0, 0)
    assert late(cases, PART_LATE, past=past) == ({case}, 1, 1, 1)
    assert late(cases, OWN_LATE, past=past) == ({case}, 1, 1, 1)


@pytest.mark.parametrize("past", [False, True])
def test_a_support_that_has_answered_is_late_no_more(cases: Cases, past: bool) -> None:
    case = given(cases)
    move(cases, case, "签收", "26 11:11", SUPPORT)
    move(cases, case, "处置", "26 11:12", SUPPORT)
    move(cases, case, "反馈", "26 11:13", SUPPORT)
    assert late(cases, PART_LATE, past=past) == (set(), 0, 0, 0)
    assert late(cases, OWN_LATE, past=past) == ({case}, 1, 1, 1)


@pytest.mark.parametrize("past", [False, True])
def test_nobody_there_in_time_is_overdue_until_somebody_begins(cases: Cases, past: bool) -> None:
    case = given(cases, support=(), limits={}, respond="2 小时")
    assert late(cases, PART_LATE, past=past) == ({case}, 1, 1, 1)
    assert cases.board(LATE, now=PART_LATE).lines[0].unanswered(PART_LATE)
    move(cases, case, "签收", "26 11:11", HANDLER)
    move(cases, case, "处置", "26 11:12", HANDLER)
    assert late(cases, PART_LATE, past=past) == (set(), 0, 0, 0)


@pytest.mark.parametrize("past", [False, True])
@pytest.mark.parametrize("word", ["挂账", "撤单"])
def test_what_is_suspended_or_over_is_not_overdue(cases: Cases, word: str, past: bool) -> None:
    case = given(cases)
    more = {"until": at("28 09:00")} if word == "挂账" else {}
    who = DUTY if word == "挂账" else Person("u-duty", frozenset({Post.SENDER}))
    move(cases, case, word, "26 11:15", who, **more)
    assert late(cases, PART_LATE, past=past) == (set(), 0, 0, 0)


def test_a_due_that_is_now_is_not_late_yet(cases: Cases) -> None:
    case = given(cases)
    due = at("26 11:10")
    assert cases.board(LATE, now=due).lines == ()
    line = cases.board(CaseQuery(ALL), now=due).lines[0]
    assert (line.id, line.next_due, line.overdue(due)) == (case, due, False)


def test_the_log_of_before_is_told_its_clocks_by_the_migration(
    cases: Cases, engine: sa.Engine
) -> None:
    given(cases)
    given(cases, support=(), limits={}, respond="2 小时")
    given(cases, support=(), limits={})
    said = sa.text("SELECT case_id, version, beside_due FROM case_event ORDER BY 1, 2")
    with engine.connect() as connection:
        before = connection.execute(said).all()
    step = importlib.import_module("app.migrations.versions.0029")
    with engine.begin() as connection:
        with Operations.context(MigrationContext.configure(connection)):
            step.downgrade()
            step.upgrade()
    with engine.connect() as connection:
        assert connection.execute(said).all() == before
    assert sum(row.beside_due is not None for row in before) == 2
