"""What cases were at an earlier moment, taken from the log at once, is what the fold says of each.

Random cases go random ways: returns, reworks, extensions, merging, reopening, 挂账, 协办.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from psycopg.rows import dict_row

from layers.stores.postgres_engine import connect
from tests.topics.cases.case_desk import (
    DUTY,
    HANDLER,
    OTHER_DUTY,
    at,
    report,
)
from tests.topics.cases.stored_desk import stored_desk
from topics.kit.cases.contracts import CaseEvent
from topics.kit.cases.fold import fold
from topics.kit.cases.lines import line_of
from topics.kit.cases.machine import Order
from topics.kit.cases.service import Cases
from topics.kit.errors import TopicError
from topics.kit.stores.postgres_case_before import NAMES, as_they_were
from topics.kit.stores.postgres_cases import PostgresCases

BEGIN, LAST = at("20 09:00"), at("28 12:00")
ON = {
    "上报": "受理", "受理": "立案", "立案": "派遣", "派遣": "签收", "签收": "处置",
    "处置": "反馈", "反馈": "核查", "核查": "结案",
}  # fmt: skip
WORDS = (
    *ON.values(), "退回", "作废", "挂账", "恢复", "协调", "重开", "重开", "待核实", "上报", "备注",
    "申请延期", "延期", "延期", "并案", "上报上级", "退回", "退回",
)  # fmt: skip


def cases_of(cases: Cases) -> list[str]:
    """In the order of their numbers: ids are drawn anew in each run, the dice must not see them."""
    with cases.store.writing() as connection:
        ids = connection.execute(sa.text("SELECT id FROM case_file ORDER BY number"))
        return list(ids.scalars())


def step(
    cases: Cases, case: str, dice: random.Random, word: str, when: datetime, state: str = ""
) -> str | None:
    """The state after it; None where the desk refuses."""
    mine = word in ("签收", "处置", "反馈", "申请延期") or (word == "退回" and state != "核查")
    who = HANDLER if mine else dice.choice((DUTY, OTHER_DUTY))
    order: dict[str, Any] = {"note": "说明"}
    if word == "派遣":
        order |= {"unit": "cgj", "support": ("zjj",) if dice.random() < 0.1 else ()}
    if word in ("挂账", "申请延期"):
        order["until"] = when + timedelta(days=dice.randrange(1, 4))
    if word == "并案":
        order["into"] = dice.choice(cases_of(cases))
    try:
        return cases.move(case, Order(word, confirmed=True, **order), who, now=when).state.value
    except TopicError:
        return None


def walk(cases: Cases, dice: random.Random, when: datetime) -> None:
    source = dice.choice(("phone", "form", "video"))
    made = cases.report(report(at=when, source=source), now=when).case
    state = made.state.value
    for _ in range(dice.randrange(60)):
        when += timedelta(minutes=dice.choice((1, 7, 40, 300)))
        if when > LAST:
            break
        word = ON.get(state, "重开") if dice.random() < 0.6 else dice.choice(WORDS)
        if state in ("派遣", "签收") and dice.random() < 0.15:
            word = "退回"
        if state in ("签收", "处置") and dice.random() < 0.2:
            step(cases, made.id, dice, "申请延期", when)
            when, word = when + timedelta(minutes=5), "延期"
        if state in ("上报", "受理") and dice.random() < 0.1:
            word = "作废"
        if state == "处置" and dice.random() < 0.3:
            word = "挂账"
        if state in ("核查", "结案") and dice.random() < 0.3:
            word = {"核查": "退回", "结案": "重开"}[state]
        if state == "挂账" and dice.random() < 0.7:
            word = "恢复"
        after = step(cases, made.id, dice, word, when, state)
        state = state if after is None else after


@pytest.fixture(scope="module")
def store(module_database_url: str) -> Iterator[PostgresCases]:
    engine = connect(module_database_url)
    cases = stored_desk(engine, emptied=True)
    dice = random.Random(1)
    for _ in range(60):
        walk(cases, dice, BEGIN + timedelta(minutes=dice.randrange(7 * 24 * 60)))
    yield cases.store
    engine.dispose()


def logs_of(store: PostgresCases) -> dict[str, list[CaseEvent]]:
    with store.writing() as connection:
        ids = connection.execute(sa.text("SELECT id FROM case_file ORDER BY number"))
        return store.events_of(ids.scalars().all())


def told(store: PostgresCases, cases: list[str], as_of: datetime) -> dict[str, dict[str, Any]]:
    with store.writing() as connection:
        raw = connection.connection.driver_connection
        as_they_were(raw, cases, as_of, store.events_of, fold)
        with raw.cursor(row_factory=dict_row) as cursor:
            rows = cursor.execute("select * from case_then").fetchall()
    return {row["id"]: {name: row[name] for name in NAMES} for row in rows}


def test_the_log_at_once_says_what_the_fold_says_of_each_case(store: PostgresCases) -> None:
    logs, dice = logs_of(store), random.Random(7)
    steps = [one.at for log in logs.values() for one in log]
    moments = [BEGIN, LAST, *dice.sample(steps, 20)]
    moments += [one - timedelta(microseconds=1) for one in dice.sample(steps, 10)]
    for moment in moments:
        found = told(store, list(logs), moment)
        known = {case: [one for one in log if one.at <= moment] for case, log in logs.items()}
        assert set(found) == {case for case, log in known.items() if log}
        for case, row in found.items():
            folded = fold(known[case])
            assert folded is not None
            line = line_of(folded, known[case][0].at)
            for name in NAMES:
                said, expected = row[name], getattr(line, name)
                if isinstance(expected, tuple):
                    said, expected = list(said), list(expected)
                assert said == expected, (case, moment, name)


def test_the_random_cases_have_what_a_short_cut_stumbles_over(store: PostgresCases) -> None:
    lines = [line_of(one, BEGIN) for log in logs_of(store).values() if (one := fold(log))]
    assert sum(not one.support for one in lines) > 25  # the others are left to the fold
    for name in ("reworks", "returns", "extensions", "reopened"):
        assert sum(getattr(one, name) > 0 for one in lines) > 0, name
    assert any(one.state == "作废" for one in lines)
    steps = [one for log in logs_of(store).values() for one in log]
    assert sum(one.data.get("from") == "挂账" for one in steps) > 5
    assert any(one.support for one in lines)
